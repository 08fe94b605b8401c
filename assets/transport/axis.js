// The one horizontal axis of all views: where each cell stands, and how wide it may be.

import { short, svg, ticks, wide } from "./svg.js";

const NARROWEST = 14; // pixels between two cells, below which they are spaced evenly
const WIDEST = 72; // pixels of a cell

export class Axis {
  constructor(scene, width) {
    Object.assign(this, { scene, width });
    this.left = width < 500 ? 46 : 62;
    this.right = width - (width < 500 ? 30 : 54);
    const x = scene.positions;
    const span = x[x.length - 1] - x[0] || 1;
    const gaps = x.slice(1).map((at, index) => at - x[index]);
    const curves = scene.level === "curves";
    this.even = false;
    let [share, at] = [Math.min(...gaps, span) / span, x.map((value) => (value - x[0]) / span)];
    if (!curves && gaps.length && share * (this.right - this.left) / (1 + share) < NARROWEST) {
      const even = 1 / gaps.length;
      this.even = gaps.some((gap) => Math.abs(gap / span - even) > 1e-9);
      [share, at] = [even, at.map((_, index) => index * even)];
    }
    const room = this.right - this.left;
    this.cell = curves ? 0 : Math.min(WIDEST, (0.86 * share * room) / (1 + 0.86 * share));
    const margin = curves ? 14 : this.cell / 2;
    this.x = at.map((value) => this.left + margin + value * (room - 2 * margin));
    if (x.length === 1) this.x = [(this.left + this.right) / 2];
  }

  gap(boundary) {
    return this.x[boundary + 1] - this.x[boundary];
  }

  middle(boundary) {
    return (this.x[boundary] + this.x[boundary + 1]) / 2;
  }

  // The line at height y with the positions below it; `named` writes what they are beside it.
  draw(y, word) {
    const line = svg("line", { x1: this.left, x2: this.right, y1: y, y2: y, class: "gs-axis" });
    const marks = this.marks().map(([x, text]) => svg("text", { x, y: y + 14, class: "gs-tick" }, text));
    return svg("g", {}, line, ...marks, this.label(y + 14, word));
  }

  label(y, word) {
    return svg("text", { x: this.left - 8, y, class: "gs-side" }, word);
  }

  // Positions that have room for their text.
  marks() {
    const { positions, position_text: texts, level } = this.scene;
    if (level === "curves") {
      const [low, high] = [positions[0], positions[positions.length - 1]];
      const scale = (this.x[this.x.length - 1] - this.x[0]) / (high - low || 1);
      return ticks(low, high, this.width / 110).map((at) => [this.x[0] + (at - low) * scale, short(at)]);
    }
    let taken = -Infinity;
    return texts.map((text, cell) => [this.x[cell], text.replace("-", "−")]).filter(([x, text]) => {
      const half = wide(text) / 2;
      if (x - half < taken) return false;
      taken = x + half + 3;
      return true;
    });
  }

  // A new picture as wide as the axis.
  picture(height, label, ...children) {
    const attributes = { width: this.width, height, viewBox: `0 0 ${this.width} ${height}`, role: "group", "aria-label": label };
    return svg("svg", attributes, ...children);
  }
}

// The vertical axis: ticks at the left, and what they count.
export function upright(axis, scale, low, high, word, count = 4) {
  const marks = ticks(low, high, count).flatMap((value) => [
    svg("line", { x1: axis.left, x2: axis.right, y1: scale(value), y2: scale(value), class: "gs-grid" }),
    svg("text", { x: axis.left - 8, y: scale(value) + 4, class: "gs-side gs-value" }, short(value)),
  ]);
  const middle = (scale(low) + scale(high)) / 2;
  const turn = word.length > 1 ? "rotate(-90)" : "";
  const name = svg("text", { class: "gs-upright", transform: `translate(11 ${middle}) ${turn}` }, word);
  return svg("g", {}, ...marks, name);
}

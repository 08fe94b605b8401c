// How long z is along two walks, and the shell in which nearly all z of the training lie.

import { html, sample, patch, short, svg, ticks } from "../transport/svg.js";
import { legend } from "./view.js";

const TALL = 110, TOP = 18, BELOW = 18; // CSS pixels

// `from`, `to`: where the walks begin and end, in pixels of a picture that is `width` wide.
export class Norms {
  constructor(words, { linear, spherical }, [low, , high], { width, from, to }) {
    const most = 1.08 * Math.max(high, ...linear, ...spherical);
    Object.assign(this, { walks: [linear, spherical], x: (t) => from + t * (to - from), y: (norm) => TOP + TALL * (1 - norm / most) });
    const band = svg("rect", { x: from, width: to - from, y: this.y(high), height: this.y(low) - this.y(high), class: "gv-shell" });
    this.line = svg("line", { y1: TOP, y2: TOP + TALL, class: "gv-now" });
    this.place = svg("text", { y: TOP - 5 });
    this.dots = this.walks.map(() => svg("circle", { r: 4, class: "gv-dot" }));
    const size = { width, height: TOP + TALL + BELOW, viewBox: `0 0 ${width} ${TOP + TALL + BELOW}`, role: "img", "aria-label": words.norms };
    this.picture = svg("svg", size, band, ...this.scale(most, from, to), this.path(spherical, ""), this.path(linear, "6 4"),
      this.line, this.place, ...this.dots);
    const line = (dash) => sample("currentColor", dash, 2);
    const meaning = legend([[patch({ class: "gv-shell" }), words.shell], [line("6 4"), words.linear], [line(""), words.spherical]]);
    this.element = html("figure", { class: "gv-norms" }, html("figcaption", {}, html("strong", {}, words.norms), meaning), this.picture);
  }

  scale(most, from, to) {
    const { x, y } = this;
    const upright = ticks(0, most, 4).flatMap((norm) => [
      svg("line", { x1: from, x2: to, y1: y(norm), y2: y(norm), class: "gv-grid" }),
      svg("text", { x: from - 5, y: y(norm) + 4, class: "gv-end" }, short(norm)),
    ]);
    const along = ticks(0, 1, 5).map((t) => svg("text", { x: x(t), y: TOP + TALL + 14 }, t === 0 ? "A" : t === 1 ? "B" : short(t)));
    return [...upright, ...along];
  }

  path(norms, dash) {
    const points = Array.from(norms, (norm, at) => `${this.x(at / (norms.length - 1))} ${this.y(norm)}`);
    return svg("path", { d: `M${points.join("L")}`, class: "gv-walk-line", "stroke-dasharray": dash });
  }

  // Mark where `t` is.
  show(t) {
    const x = this.x(t);
    this.line.setAttribute("x1", x);
    this.line.setAttribute("x2", x);
    this.place.setAttribute("x", x);
    this.place.textContent = `t = ${t.toFixed(2)}`;
    this.walks.forEach((norms, at) => {
      this.dots[at].setAttribute("cx", x);
      this.dots[at].setAttribute("cy", this.y(norms[Math.round(t * (norms.length - 1))]));
    });
  }
}

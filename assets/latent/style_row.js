// The same z under every digit: what stays is the style, what changes is the condition.

import { fill, label, make } from "../live/page.js";
import { paint } from "./pixels.js";

const GAP = 4;

export class StyleRow {
  constructor(steering, words) {
    Object.assign(this, { steering, words });
    this.element = make("div", "gl-style");
    this.canvas = make("canvas", "");
    label(this.canvas, { "aria-hidden": true });
    this.cells = make("div", "gl-cells");
    label(this.cells, { role: "group", "aria-label": words.style });
    const { classes, digits } = steering.about;
    this.cells.append(...classes.map((name, digit) => {
      const known = digits.includes(digit);
      const cell = make("button", known ? "gl-plain" : "gl-plain gl-unknown", { type: "button", disabled: !known });
      label(cell, { "aria-label": fill(words.take, { digit: name }) });
      cell.onclick = () => steering.set({ digit, share: 0 });
      return cell;
    }));
    this.element.append(this.canvas, this.cells);
  }

  // The ten images after the first.
  draw(images = this.images) {
    this.images = images;
    const side = (this.element.clientWidth - 9 * GAP) / 10;
    if (images && side > 0) paint(this.canvas, images, { columns: 10, side, gap: GAP, first: 1, count: 10 });
  }
}

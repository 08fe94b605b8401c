// The two kept points: their pictures, and the buttons that fill them and go back to them.

import { PIXELS } from "../live/look.js";
import { html } from "../transport/svg.js";
import { paint } from "./pixels.js";
import { button } from "./view.js";

const NAMES = ["a", "b"];

export class Ends {
  constructor(steering, words) {
    Object.assign(this, { steering, words });
    this.canvases = NAMES.map(() => html("canvas", { width: 0, height: 0, "aria-hidden": "true" }));
  }

  // A, what lies between, B; and the buttons.
  frame(between) {
    const { words, steering } = this;
    const [a, b] = NAMES.map((name, at) => html("figure", {}, html("figcaption", {}, html("strong", {}, name.toUpperCase())), this.canvases[at]));
    const row = (word, act) => html("span", { class: "gv-bar", role: "group", "aria-label": words[word] }, words[word],
      ...NAMES.map((name) => button(name.toUpperCase(), () => act(name), { [`data-${word}`]: name, "aria-label": `${words[word]} ${name.toUpperCase()}` })));
    return html("div", {}, html("div", { class: "gv-ends" }, a, ...between, b),
      html("div", { class: "gv-keeping" }, row("keep", (name) => steering.keep(name, steering.point)), row("take", (name) => this.take(name))),
      html("p", { class: "gv-hint" }, words.begin));
  }

  take(name) {
    const { seed, moved, digit, other, share } = this.steering.kept[name];
    this.steering.set({ seed, moved, ...(this.steering.about.conditional ? { digit, other, share } : {}) });
  }

  // The first and the last of these images.
  draw(images, side) {
    this.canvases.forEach((canvas, at) => paint(canvas, images, { columns: 1, side, first: at && images.length / PIXELS - 1, count: 1 }));
  }
}

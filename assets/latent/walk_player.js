// A slider from A to B, that also plays: the two images that stand there, larger.

import { fill, html } from "../transport/svg.js";
import { paint } from "./pixels.js";
import { button } from "./view.js";

const STEP = 60; // milliseconds between two images
const THUMB = 16; // CSS pixels: the slider's own end lies half of it further out

export class WalkPlayer {
  // `changed(t)` is called when another place is shown.
  constructor(words, changed) {
    Object.assign(this, { words, changed, at: 0, way: 1, clock: null });
    this.slider = html("input", { type: "range", min: 0, max: 1, step: 1, "aria-label": words.t });
    this.slider.oninput = () => this.go(Number(this.slider.value));
    this.play = button("▶", () => this.toggle(), { class: "gv-play" });
    this.element = html("div", { class: "gv-player" }, this.play, this.slider);
    const blank = () => html("canvas", { width: 0, height: 0, "aria-hidden": "true" });
    this.views = ["linear", "spherical"].map((name) => ({ name, canvas: blank(), text: html("span", {}) }));
    this.pictures = this.views.map(({ name, canvas, text }) => html("figure", { "data-way": name },
      html("figcaption", {}, words[`${name}_short`]), canvas, text));
    this.say();
  }

  // Images along both ways, drawn with this `side`; t = 0 and t = 1 stand at these pixels.
  give(answers, { side, from, to }) {
    const first = !this.answers;
    Object.assign(this, { answers, side });
    this.last = answers.linear.arrays.norms.length - 1;
    this.slider.max = this.last;
    Object.assign(this.slider.style, { marginLeft: `${from - THUMB / 2}px`, width: `${to - from + THUMB}px` });
    this.show(first ? this.last / 2 : this.at);
  }

  go(at) {
    this.stop();
    this.show(at);
  }

  show(at) {
    this.at = at;
    this.slider.value = at;
    const t = at / this.last;
    this.slider.setAttribute("aria-valuetext", fill(this.words.at, { t: t.toFixed(2) }));
    for (const { name, canvas, text } of this.views) {
      const { images, norms } = this.answers[name].arrays;
      paint(canvas, images, { columns: 1, side: this.side, first: at, count: 1 });
      text.textContent = `|z| = ${norms[at].toFixed(2)}`;
    }
    this.element.dataset.at = at;
    this.changed(t);
  }

  toggle() {
    if (this.clock) return this.stop();
    this.clock = setInterval(() => this.tick(), STEP);
    this.say();
  }

  // There and back.
  tick() {
    if (!this.element.isConnected) return this.stop();
    if (this.at + this.way < 0 || this.at + this.way > this.last) this.way *= -1;
    this.show(this.at + this.way);
  }

  stop() {
    clearInterval(this.clock);
    this.clock = null;
    this.say();
  }

  say() {
    const word = this.clock ? this.words.pause : this.words.play;
    this.play.textContent = this.clock ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", word);
    this.play.title = word;
  }
}

// The training images that come nearest: did G learn to draw, or does it know some of them by heart?

import { fill, label, make, put } from "../live/page.js";
import { paint } from "./pixels.js";
import { packed } from "./steering.js";

const RESTED = 350; // milliseconds after the last move
const SIDE = 56, GAP = 6;
const WAYS = ["pixel", "feature"];
const COPY = 0.5; // of the usual distance: nearer than that, real images hardly ever are

export class Nearest {
  constructor(steering, words) {
    Object.assign(this, { steering, words });
    this.element = make("section", "gl-nearest");
    this.intro = make("p", "gl-quiet", { textContent: words.intro });
    this.rows = WAYS.map((way) => this.row(way));
    this.said = make("p", "gl-verdict");
    label(this.said, { role: "status" });
    this.source = make("p", "gl-quiet");
    this.element.append(this.intro, ...this.rows.map((row) => row.element), this.said, this.source);
    this.again = () => this.wait(RESTED);
    steering.addEventListener("point", this.again);
  }

  row(way) {
    const element = make("div", "gl-neighbours"), canvas = make("canvas", ""), labels = make("div", "gl-distances");
    label(canvas, { role: "img", "aria-label": this.words[way] });
    const usual = make("span", "gl-quiet");
    const head = make("div", "gl-line");
    head.append(make("strong", "", { textContent: this.words[way], title: this.words[`${way}_help`] }), usual);
    element.append(head, canvas, labels);
    return { way, element, canvas, labels, usual };
  }

  show() {
    this.wait(0);
  }

  resize() {}

  wait(time) {
    clearTimeout(this.clock);
    this.clock = setTimeout(() => this.look(), time);
  }

  async look() {
    if (!this.element.isConnected) return;
    const answer = await this.steering.ask("nearest", { point: packed(this.steering.point) });
    if (!answer) return;
    const { arrays, texts } = answer;
    this.rows.forEach((row, at) => this.draw(row, arrays, arrays.usual_distances[at]));
    this.judge(arrays);
    this.tell(texts);
  }

  // Where they were looked for; it may be less than what G was trained on.
  tell({ nearest_count, nearest_set }) {
    const { words } = this, { dataset } = this.steering.about, { sets } = words;
    const values = { count: Number(nearest_count).toLocaleString(words.locale), set: sets[nearest_set], trained: sets[dataset] };
    put(this.source, fill(nearest_set === dataset ? words.source : words.part, values));
  }

  draw({ way, canvas, labels, usual }, arrays, typical) {
    const distances = arrays[`${way}_distances`], digits = arrays[`${way}_digits`], { classes } = this.steering.about;
    paint(canvas, arrays[`${way}_images`], { columns: distances.length, side: SIDE, gap: GAP });
    labels.replaceChildren(...Array.from(distances, (distance, at) =>
      make("span", "", { textContent: `${classes[digits[at]]} · ${distance.toFixed(3)}` })));
    put(usual, fill(this.words.usual, { distance: typical.toFixed(3) }));
  }

  // In both spaces: how near the nearest one is, in units of what is usual among real images.
  judge(arrays) {
    const { words } = this;
    const ratios = WAYS.map((way, at) => arrays[`${way}_distances`][0] / arrays.usual_distances[at]);
    const verdict = ratios.every((ratio) => ratio < COPY) ? "copy" : ratios[0] < COPY ? "near_pixel" : ratios[1] < COPY ? "near_feature" : "no_copy";
    const [pixel, feature] = ratios.map((ratio) => ratio.toFixed(2));
    put(this.said, fill(words[verdict], { pixel, feature }), { "data-verdict": verdict });
  }

  close() {
    clearTimeout(this.clock);
    this.steering.removeEventListener("point", this.again);
  }
}

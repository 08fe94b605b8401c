// The training images that come nearest: did G learn to draw, or does it know some of them by heart?

import { fill, label, make, put } from "../live/page.js";
import { paint } from "./pixels.js";
import { packed } from "./steering.js";

const RESTED = 350; // milliseconds after the last move
const RUNNING = 3000; // milliseconds until a run that learns is asked again
const SIDE = 56, GAP = 6;
const WAYS = ["pixel", "feature"];
const MOVES = ["point", "learning"];
// By pixels, and of the distance of that training image to its own nearest other one. A simple shape, like a straight 1,
// is near to many: what is usual among all images would accuse it of being a copy.
const COPY = 0.5;

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
    for (const event of MOVES) steering.addEventListener(event, this.again);
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
    this.tell(texts, arrays);
    label(this.element, { "data-step": texts.step });
    if (this.steering.running) this.wait(RUNNING);
  }

  // Where they were looked for; it may be less than what G was trained on, or nothing.
  tell({ nearest_count, nearest_set }, arrays) {
    const { words } = this, { dataset } = this.steering.about, { sets } = words;
    const values = { count: Number(nearest_count).toLocaleString(words.locale), set: sets[nearest_set], trained: sets[dataset] };
    const found = arrays.pixel_distances.length > 0, source = nearest_set === dataset ? words.source : words.part;
    const said = found ? [fill(source, values)] : [fill(words.nothing, values)];
    if (found && !arrays.feature_distances.length) said.push(words.pixels_only);
    put(this.source, said.join(" "));
  }

  draw({ way, element, canvas, labels, usual }, arrays, typical) {
    const distances = arrays[`${way}_distances`], digits = arrays[`${way}_digits`], { classes } = this.steering.about;
    element.hidden = !distances.length;
    if (element.hidden) return;
    paint(canvas, arrays[`${way}_images`], { columns: distances.length, side: SIDE, gap: GAP });
    labels.replaceChildren(...Array.from(distances, (distance, at) =>
      make("span", "", { textContent: `${classes[digits[at]]} · ${distance.toFixed(3)}` })));
    const [own] = arrays[`${way}_own_distances`];
    put(usual, fill(this.words.own, { own: own.toFixed(3), distance: typical.toFixed(3) }));
  }

  // How near the nearest one is, in units of how near that one has another real image.
  judge(arrays) {
    const { words } = this, [nearest] = arrays.pixel_distances, ratio = nearest && nearest / arrays.pixel_own_distances[0];
    const verdict = nearest === undefined ? "" : ratio < COPY ? "copy" : "no_copy";
    const shown = Number.isFinite(ratio) ? ratio.toFixed(2) : "∞"; // of an image that is there twice
    put(this.said, verdict && fill(words[verdict], { ratio: shown }), { "data-verdict": verdict });
  }

  close() {
    clearTimeout(this.clock);
    for (const event of MOVES) this.steering.removeEventListener(event, this.again);
  }
}

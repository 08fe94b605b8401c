// The image under the student's fingers, large.

import { fill, label, make, put } from "../live/page.js";
import { paint } from "./pixels.js";
import { packed } from "./steering.js";

const LARGE = 224, SMALL = 140; // CSS pixels: eight and five for each pixel of the image
const NARROW = 560; // width of the stage below which it is small, to leave room for the sliders

export class Picture {
  constructor(steering, words) {
    Object.assign(this, { steering, words, side: LARGE });
    this.element = make("figure", "gl-picture");
    this.canvas = make("canvas", "", { tabIndex: 0 });
    label(this.canvas, { role: "img", "aria-label": words.picture });
    this.caption = make("figcaption", "");
    this.step = make("span", "gl-step");
    const save = make("button", "gl-small", { type: "button", textContent: words.png, title: words.save });
    save.onclick = () => steering.download("picture", { point: packed(steering.point), style: false }, "png", "ganscope-image.png");
    this.caption.append(this.step, save);
    this.element.append(this.canvas, this.caption);
  }

  resize(width) {
    this.side = width < NARROW ? SMALL : LARGE;
    if (this.images) this.draw(this.images);
  }

  show({ arrays, texts }) {
    const goesOn = texts.state === "running";
    this.draw(arrays.images);
    const step = Number(texts.step).toLocaleString(this.words.locale);
    put(this.step, fill(goesOn ? this.words.goes_on : this.words.step, { step }), { "data-running": goesOn });
    this.step.hidden = !texts.state; // only a run that has a process has a state
    if (arrays.digits) this.describe(arrays.digits.subarray(0, 10));
  }

  draw(images) {
    this.images = images;
    paint(this.canvas, images, { columns: 1, side: this.side, count: 1 });
  }

  // For those who cannot see it, what the classifier reads.
  describe(shares) {
    const most = Math.max(...shares), digit = shares.indexOf(most);
    const read = digit < 0 ? this.words.no_image : fill(this.words.reads, { digit, percent: Math.round(100 * most) });
    label(this.canvas, { "aria-label": `${this.words.picture}. ${read}` });
  }
}

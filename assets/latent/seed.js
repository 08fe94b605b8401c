// Which z: the seed that it is drawn from, a new one, and the way back to it.

import { label, make } from "../live/page.js";

const LARGEST = 2 ** 32 - 1;
const RANDOM = 100_000; // seeds of at most five digits: they can be told to a neighbour

export class Seed {
  constructor(steering, words) {
    this.steering = steering;
    this.element = make("div", "gl-line gl-seed");
    this.input = make("input", "", { type: "number", min: 0, max: LARGEST, step: 1 });
    this.input.onchange = () => this.take(this.input.value);
    const name = make("label", "", { title: words.seed_help });
    name.append(words.seed, this.input);
    const random = this.button(words.random, () => this.take(Math.floor(Math.random() * RANDOM)));
    this.reset = this.button(words.reset, () => steering.set({ moved: [] }), words.reset_help);
    this.element.append(name, random, this.reset);
    this.show();
  }

  button(text, act, title = "") {
    const button = make("button", "", { type: "button", textContent: text, title });
    button.onclick = act;
    return button;
  }

  take(value) {
    const seed = Math.round(Number(value));
    if (Number.isFinite(seed) && seed >= 0 && seed <= LARGEST) this.steering.set({ seed });
    this.show();
  }

  show() {
    const { point } = this.steering;
    this.input.value = point.seed;
    this.reset.disabled = !point.moved.some((value) => value);
    label(this.input, { "data-seed": point.seed });
  }
}

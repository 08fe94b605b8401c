// The condition c: a digit, or a blend of two.

import { fill, label, make, put } from "../live/page.js";

const pressed = (part) => (part === 1 ? "true" : part > 0 ? "mixed" : "false");

export class Condition {
  // `row` stands below the buttons: the same z under each digit.
  constructor(steering, words, row) {
    Object.assign(this, { steering, words });
    this.element = make("section", "gl-condition");
    this.digits = make("div", "gl-digits");
    label(this.digits, { role: "group", "aria-label": words.condition });
    this.buttons = steering.about.classes.map((name, digit) => this.button(name, digit));
    this.digits.append(...this.buttons);
    const head = make("div", "gl-line");
    head.append(make("strong", "", { textContent: words.condition, title: words.condition_help }), this.blend());
    this.element.append(head, this.digits, row.element, make("p", "gl-quiet", { textContent: words.style }));
    this.show();
  }

  button(name, digit) {
    const known = this.steering.about.digits.includes(digit);
    const button = make("button", "", { type: "button", textContent: name, disabled: !known, title: known ? name : this.words.not_learnt });
    button.onclick = () => this.steering.set({ digit, share: 0 });
    return button;
  }

  blend() {
    const { words, steering } = this, box = make("span", "gl-blend");
    this.other = make("select", "");
    label(this.other, { "aria-label": words.other });
    for (const digit of steering.about.digits) {
      this.other.append(make("option", "", { value: digit, textContent: steering.about.classes[digit] }));
    }
    this.other.onchange = () => steering.set({ other: Number(this.other.value) });
    this.share = make("input", "", { type: "range", min: 0, max: 1, step: 0.01 });
    label(this.share, { "aria-label": words.share });
    this.share.oninput = () => steering.set({ share: Number(this.share.value) });
    this.text = make("span", "gl-number");
    box.append(words.blend, this.other, this.share, this.text);
    box.title = words.blend_help;
    return box;
  }

  show() {
    const { digit, other, share } = this.steering.point, { classes } = this.steering.about;
    const parts = { [other]: share, [digit]: digit === other ? 1 : 1 - share };
    this.buttons.forEach((button, at) => label(button, { "aria-pressed": pressed(parts[at] ?? 0) }));
    this.other.value = other;
    if (Number(this.share.value) !== share) this.share.value = share;
    const part = Math.round(100 * share);
    put(this.text, fill(part ? this.words.mixture : this.words.alone, { first: classes[digit], second: classes[other], one: 100 - part, two: part }));
    this.element.dataset.digit = digit;
  }
}

// Where there is no condition: why, and where there is one.
export function unconditional(words) {
  const element = make("section", "gl-condition");
  const link = make("a", "", { href: words.lesson_address, target: "_self", textContent: words.lesson });
  const said = make("p", "gl-quiet", { textContent: `${words.unconditional} ` });
  said.append(link);
  element.append(make("strong", "", { textContent: words.condition }), said);
  return element;
}

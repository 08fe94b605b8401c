// The length of z beside the lengths that 95 % of all z have.

import { fill, label, make, put } from "../live/page.js";

const ROOM = 1.35; // of the axis beyond the shell
const FAR = 0.5; // of the shell's width beyond it: of a normal z, one in ten thousand is there

export class Shell {
  constructor(steering, words) {
    Object.assign(this, { steering, words });
    this.element = make("div", "gl-shell");
    const head = make("div", "gl-line");
    this.text = make("span", "gl-number");
    head.append(make("strong", "", { textContent: words.norm, title: words.norm_help }), this.text);
    this.axis = make("div", "gl-bar gl-norm");
    label(this.axis, { role: "img" });
    this.band = make("i", "");
    this.mark = make("b", "");
    this.axis.append(this.band, this.mark);
    this.said = make("p", "gl-quiet");
    this.element.append(head, this.axis, this.said);
  }

  show() {
    const { z, about } = this.steering;
    if (!z) return;
    const norm = Math.hypot(...z), [low, , high] = about.shell;
    const end = Math.max(ROOM * high, 1.05 * norm), part = (value) => `${(100 * value) / end}%`;
    Object.assign(this.band.style, { left: part(low), width: part(high - low) });
    this.mark.style.left = part(norm);
    const outside = about.latent === "uniform" ? z.filter((value) => Math.abs(value) > 1).length : 0;
    const sentence = this.sentence(norm, low, high, outside);
    put(this.text, norm.toFixed(2));
    put(this.said, sentence);
    const margin = FAR * (high - low);
    this.element.dataset.outside = Number(norm < low - margin || norm > high + margin || outside > 0);
    label(this.axis, { "aria-label": `${this.words.norm} ${norm.toFixed(2)}. ${sentence}` });
  }

  sentence(norm, low, high, outside) {
    const { words } = this, values = { low: low.toFixed(1), high: high.toFixed(1), dim: this.steering.about.dim, count: outside };
    if (outside) return fill(outside === 1 ? words.outside_cube_one : words.outside_cube, values);
    const margin = FAR * (high - low);
    if (norm < low) return fill(norm < low - margin ? words.far_inside : words.shorter, values);
    if (norm > high) return fill(norm > high + margin ? words.far_outside : words.longer, values);
    return fill(words.on_shell, values);
  }
}

// What the views have in common: they ask only while they are seen, and again whenever what they show has changed.

import { html } from "../transport/svg.js";
import { make, put } from "../live/page.js";

const RUNNING = 1000; // milliseconds until the picture of a running run is asked for again
const SPOKEN = 1500; // milliseconds without another sentence until one is read aloud: not each step of a slider, or of a run

export class View {
  // `events` of the steering after which the view is another one.
  constructor(name, { steering, words, colours }, events) {
    Object.assign(this, { steering, words, colours, about: steering.about, stale: true, width: 0, ears: new AbortController() });
    this.element = make("section", `gv-view gv-${name}`);
    for (const event of [...events, "learning"]) steering.addEventListener(event, () => this.change(), { signal: this.ears.signal });
  }

  show() {
    this.resize();
    if (this.stale) this.change();
  }

  resize() {
    const width = this.element.clientWidth;
    if (!width || width === this.width) return;
    this.width = width;
    this.lay();
  }

  change() {
    this.stale = !this.element.isConnected;
    if (!this.stale) this.refresh();
  }

  // A run that learns draws other images a moment later.
  heard({ texts }) {
    clearTimeout(this.clock);
    if (texts.state === "running") this.clock = setTimeout(() => this.change(), RUNNING);
  }

  lay() {}

  close() {
    clearTimeout(this.clock);
    this.ears.abort();
  }
}

// What is read aloud, and not seen.
export class Voice {
  constructor() {
    this.element = html("p", { class: "gv-voice", role: "status" });
  }

  say(text) {
    clearTimeout(this.clock);
    this.clock = setTimeout(() => put(this.element, text), SPOKEN);
  }
}

export function button(text, act, attributes = {}) {
  const element = html("button", { type: "button", ...attributes }, text);
  element.onclick = act;
  return element;
}

// Buttons that save what is seen as files of these forms.
export function files(label, forms, save) {
  const buttons = forms.map((form) => button(form === "npz" ? form : form.toUpperCase(), () => save(form), { "data-form": form }));
  return html("span", { class: "gv-files", role: "group", "aria-label": label }, ...buttons);
}

// What lines and areas mean: pairs of a sample and a text.
export const legend = (marks) =>
  html("span", { class: "gv-marks" }, ...marks.map(([mark, text]) => html("span", { class: "gv-mark-text" }, mark, text)));

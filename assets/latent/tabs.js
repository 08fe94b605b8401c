// What else can be seen from here, one at a time.

import { label, make } from "../live/page.js";

export class Tabs {
  // `entries`: name, title and view of each tab.
  constructor(entries, steering, words) {
    Object.assign(this, { entries, steering });
    this.element = make("section", "gl-tabs");
    this.list = make("div", "gl-tab-list");
    label(this.list, { role: "tablist", "aria-label": words.tab_list });
    this.panel = make("div", "gl-panel");
    label(this.panel, { role: "tabpanel", id: "gl-panel" });
    this.buttons = entries.map(([name, title], at) => this.button(name, title, at));
    this.list.append(...this.buttons);
    this.list.onkeydown = (event) => this.walk(event);
    this.element.append(this.list, this.panel);
    this.at = Math.max(0, entries.findIndex(([name]) => name === steering.tab)); // an unconditional one has fewer
  }

  button(name, title, at) {
    const button = make("button", "gl-tab", { type: "button", textContent: title, id: `gl-tab-${name}` });
    label(button, { role: "tab", "aria-controls": "gl-panel", "data-name": name });
    button.onclick = () => this.open(at);
    return button;
  }

  get view() {
    return this.entries[this.at][2];
  }

  show() {
    this.buttons.forEach((button, at) => {
      label(button, { "aria-selected": at === this.at, tabindex: at === this.at ? 0 : -1 });
    });
    label(this.panel, { "aria-labelledby": this.buttons[this.at].id });
    this.panel.replaceChildren(this.view.element);
    this.view.show();
  }

  // A view whose question was refused, or rests, asks anew when it is seen again.
  open(at) {
    const [name, , view] = this.entries[this.at];
    if (this.steering.troubles.has(name)) view.stale = true;
    this.steering.calm(name);
    this.at = at;
    this.show();
    this.steering.note("tab", this.entries[at][0]);
  }

  walk(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    this.open((this.at + way + this.entries.length) % this.entries.length);
    this.buttons[this.at].focus();
  }

  resize() {
    this.view.resize();
  }

  close() {
    for (const [, , view] of this.entries) view.close();
  }
}

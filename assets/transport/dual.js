// The dual: the best potential, and the student's own, whose points go up and down.

import { upright } from "./axis.js";
import { Handles } from "./handles.js";
import { Own } from "./own.js";
import { fill, html, sample, short, svg, view, wide } from "./svg.js";

const TALL = 190, TOP = 12;

export class Dual {
  constructor({ scene, words, colours }, axis, own, finished) {
    Object.assign(this, { scene, words, colours, axis, finished });
    this.plays = scene.level !== "curves";
    this.own = this.plays && new Own(scene, own);
    const high = this.plays ? this.own.highest : Math.max(1, ...scene.f.map(Math.abs));
    this.high = high;
    this.y = (f) => TOP + (TALL * (high - f)) / (2 * high);
    this.height = (y) => high - ((y - TOP) * 2 * high) / TALL;
    this.best = svg("path", { d: `M${scene.f.map((f, cell) => `${axis.x[cell]} ${this.y(f)}`).join("L")}`, class: "gs-best",
      stroke: colours.optimal, "stroke-dasharray": "7 4", fill: "none", "stroke-width": 3 });
    this.picture = axis.picture(TOP + TALL + 24, words.dual, upright(axis, this.y, -high, high, "f"), this.best,
      ...this.slopes(), axis.draw(TOP + TALL + 4, words.position));
    const legend = [[sample(colours.optimal, "7 4", 3), words.best]];
    if (this.plays) legend.push([sample(colours.own), words.own]);
    this.element = view("dual", words.dual, legend, this.picture, ...(this.plays ? this.game() : []));
    if (this.plays) this.show();
  }

  // The slope of the best potential, beside its line.
  slopes() {
    if (!this.plays) return [];
    return this.scene.flows.flatMap((flow, k) => {
      const [x, y] = [this.axis.middle(k), this.y((this.scene.f[k] + this.scene.f[k + 1]) / 2)];
      const text = flow ? (flow > 0 ? "−1" : "+1") : "0";
      return this.axis.gap(k) < 26 ? [] : [svg("text", { x: x + (flow < 0 ? -11 : 11), y: y - 5, class: "gs-slope", style: `fill: ${this.colours.optimal}` }, text)];
    });
  }

  game() {
    this.handles = new Handles(this);
    this.edges = this.scene.flows.map(() => svg("line", { stroke: this.colours.own, "stroke-width": 2.5 }));
    this.steep = this.scene.flows.map((_, k) => svg("text", { class: "gs-steep" }));
    this.best.before(...this.edges); // the best f stays visible when the student's lies on it
    this.picture.append(...this.steep, ...this.handles.points);
    this.bar = html("div", { class: "gs-fill" });
    this.number = html("span", { class: "gs-worth" });
    this.said = html("p", { class: "gs-said", role: "status" });
    const button = (name, word, heights) => {
      const element = html("button", { type: "button", class: `gs-${name}` }, word);
      element.onclick = () => this.take(heights);
      return element;
    };
    const zeros = this.scene.f.map(() => 0);
    return [html("div", { class: "gs-worths" }, this.number, html("div", { class: "gs-meter", "aria-hidden": true }, this.bar)),
      this.said, html("div", { class: "gs-bar" }, button("zeros", this.words.zeros, zeros), button("show-best", this.words.show_best, this.scene.f),
        html("span", { class: "gs-hint" }, this.words.drag))];
  }

  take(heights) {
    heights.forEach((height, cell) => this.own.put(cell, height));
    this.show();
    this.finished(this.own.f);
  }

  show() {
    const { own, y, words, scene, axis } = this;
    const steep = own.tooSteep;
    this.edges.forEach((edge, k) => {
      const ends = { x1: axis.x[k], x2: axis.x[k + 1], y1: y(own.f[k]), y2: y(own.f[k + 1]) };
      for (const [name, value] of Object.entries(ends)) edge.setAttribute(name, value);
      edge.classList.toggle("gs-too-steep", steep.includes(k));
      this.steep[k].setAttribute("x", axis.middle(k) - 13 * Math.sign(own.slope(k)));
      this.steep[k].setAttribute("y", (ends.y1 + ends.y2) / 2 - 6);
      this.steep[k].textContent = steep.includes(k) && wide(short(own.slope(k))) < axis.gap(k) ? short(own.slope(k)) : "";
    });
    this.handles.show();
    const worth = html(steep.length ? "s" : "b", {}, short(own.value));
    const text = fill(words.worth, { w: scene.w1_text }).split("{value}");
    this.number.replaceChildren(text[0], worth, text[1] ?? "", ...(steep.length ? [` ${words.does_not_count}`] : []));
    this.bar.style.width = `${100 * Math.max(0, Math.min(1, scene.w1 ? own.value / scene.w1 : 1))}%`;
    Object.assign(this.element.dataset, { value: Number(own.value.toPrecision(12)), best: own.isBest, steep: steep.join(" ") });
    this.say(steep);
  }

  say(steep) {
    const texts = this.scene.position_text;
    const named = steep.slice(0, 3).map((k) => {
      const slope = this.own.slope(k);
      const sentence = slope > 0 ? this.words.too_steep : this.words.too_steep_down;
      return fill(sentence, { left: texts[k], right: texts[k + 1], slope: short(slope) });
    });
    this.said.textContent = named.join(" ") || (this.own.isBest ? this.words.reached : "");
    this.said.dataset.state = steep.length ? "steep" : this.own.isBest ? "best" : "";
  }
}

// The page "Latent space" in the browser: one point, and everything that is seen from there.
// Mounted once by pages/components/latent/stage.py; after that only its data changes.

import { html } from "../transport/svg.js";
import { Matrix } from "./matrix.js";
import { Nearest } from "./nearest.js";
import { Plane } from "./plane.js";
import { Present } from "./present.js";
import { Steering } from "./steering.js";
import { Tabs } from "./tabs.js";
import { Twin } from "./twin.js";
import { Walk } from "./walk.js";

const VIEWS = { plane: Plane, walk: Walk, matrix: Matrix, nearest: Nearest };
const stages = new WeakMap();

class Stage {
  constructor(root) {
    this.root = root;
    this.sent = []; // what Python has been told and has not given back yet
    this.observer = new ResizeObserver(() => this.views?.forEach((view) => view.resize()));
    this.observer.observe(root);
  }

  // New data from Python: another generator, another link, or only another run of the page. What the student did at one
  // generator is nothing to another one.
  update(data, tell) {
    this.tell = tell;
    const look = JSON.stringify([data.about, data.words, data.colours]), given = JSON.stringify(data.state);
    const other = data.about.generator !== this.generator;
    if (other) this.sent = [];
    const anew = other || (given !== this.given && !this.isEcho(given));
    const state = anew ? data.state : this.steering.state;
    [this.given, this.generator] = [given, data.about.generator];
    if (look === this.look && !anew) return;
    this.look = look;
    this.build(data, state);
  }

  // Python gives back what the student did; by then they may have gone on.
  isEcho(given) {
    const at = this.sent.indexOf(given);
    this.sent.splice(0, at + 1);
    return at >= 0;
  }

  build(data, state) {
    this.clear();
    const { about, words, colours } = data;
    this.steering = new Steering(about, state, (now) => this.finish(now), words);
    const make = (View, name) => new View(this.steering, words[name] ?? words, colours);
    if (about.toy) {
      this.views = [make(Twin, "twin")];
    } else {
      const names = Object.keys(VIEWS).filter((name) => name !== "matrix" || about.conditional);
      this.tabs = new Tabs(names.map((name) => [name, words.tabs[name], make(VIEWS[name], name)]), this.steering, words);
      this.views = [make(Present, "present"), this.tabs];
    }
    this.root.replaceChildren(this.line(), html("div", { class: "gl-columns" }, ...this.views.map((view) => view.element)));
    this.root.classList.toggle("gl-toy", about.toy);
    this.root.dataset.generator = about.generator;
    for (const [name, colour] of Object.entries(colours)) this.root.style.setProperty(`--${name}`, colour);
    this.root.onkeydown = (event) => this.press(event);
    this.views.forEach((view) => view.show());
  }

  // What is wrong, as long as it is, and a way to try what was given up.
  line() {
    const { steering } = this, said = html("span", { role: "status" });
    const again = html("button", { type: "button", class: "gl-small", hidden: true }, steering.words.ask_again);
    const line = html("p", { class: "gl-trouble", hidden: true }, said, again);
    again.onclick = () => steering.askAgain();
    steering.addEventListener("trouble", () => {
      const { wrong } = steering;
      said.textContent = wrong?.message ?? "";
      line.dataset.kind = wrong?.kind ?? "";
      line.hidden = !wrong;
      again.hidden = !wrong?.rests;
    });
    return line;
  }

  // The keys 0 to 9 choose the digit, wherever in the stage the student is, but not where they write a number.
  press(event) {
    const { about } = this.steering, digit = "0123456789".indexOf(event.key);
    if (event.key.length !== 1 || digit < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input[type=number], select") || !about.digits.includes(digit)) return;
    event.preventDefault();
    this.steering.set({ digit, share: 0 });
  }

  // The student has rested: Python writes it into the URL, unless another generator was chosen meanwhile.
  finish(state) {
    const text = JSON.stringify(state);
    if (text === (this.sent[this.sent.length - 1] ?? this.given)) return;
    this.sent.push(text);
    this.tell({ ...state, generator: this.generator });
  }

  clear() {
    this.views?.forEach((view) => view.close());
    this.steering?.close();
  }

  close() {
    this.clear();
    this.observer.disconnect();
  }
}

export function show({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gl-stage");
  if (!stages.has(root)) stages.set(root, new Stage(root));
  stages.get(root).update(data, (state) => setTriggerValue("state", state));
}

export function close(parentElement) {
  const root = parentElement.querySelector(".gl-stage");
  stages.get(root)?.close();
  stages.delete(root);
}

// The stage of the Wasserstein calculator: five views of one plan on one axis, and one selection for all of them.
// Mounted once by pages/components/transport_stage.py; after that only its data changes.

import { arcs } from "./arcs.js";
import { Axis } from "./axis.js";
import { Board } from "./board.js";
import { Dual } from "./dual.js";
import { Ledger } from "./ledger.js";
import { plan } from "./plan.js";
import { Replay } from "./replay.js";
import { Selection, sentence } from "./selection.js";
import { strip } from "./strip.js";
import { html } from "./svg.js";

const stages = new WeakMap();

class Stage {
  constructor(root) {
    this.root = root;
    this.sent = []; // what Python has been told and has not given back yet
    this.selection = new Selection(root, (move) => this.say(move));
    this.observer = new ResizeObserver(() => {
      if (!this.data || Math.abs(root.clientWidth - this.width) <= 1) return;
      this.own = this.dual?.own?.f ?? this.own;
      this.build();
    });
    this.observer.observe(root);
  }

  // New data from Python: another plan, another language, other heights of f, or only another run of the page.
  update(data, send) {
    this.send = send;
    const look = JSON.stringify([data.scene, data.words, data.colours]);
    const given = JSON.stringify(data.own_f);
    const anew = given !== this.given && !this.isEcho(given);
    this.own = anew ? data.own_f : this.dual?.own?.f ?? this.own; // what is not let go yet stays as well
    this.given = given;
    if (look === this.look && !anew) return;
    const scene = JSON.stringify(data.scene);
    if (scene !== this.scene) this.begin(data.scene);
    [this.look, this.scene, this.data] = [look, scene, data];
    this.build();
  }

  // Python gives back what the student did; by then they may have gone on.
  isEcho(given) {
    const at = this.sent.indexOf(given);
    this.sent.splice(0, at + 1);
    return at >= 0;
  }

  begin(scene) {
    this.replay?.stop();
    this.selection.clear();
    this.replay = scene.level === "curves" ? null : new Replay(scene, () => this.show());
  }

  build() {
    this.width = this.root.clientWidth;
    if (!this.width) return;
    const { data, replay } = this;
    const axis = new Axis(data.scene, this.width);
    this.line = html("p", { class: "gs-sentence", role: "status" });
    this.board = replay && new Board(data, axis, replay);
    this.ledger = replay && new Ledger(data, replay);
    this.dual = new Dual(data, axis, this.own, (f) => this.finish(f));
    const views = replay
      ? [this.board.element, this.ledger.element, strip(data, axis), plan(data, axis), arcs(data, axis), this.dual.element, this.line]
      : [strip(data, axis), this.dual.element];
    const warning = axis.even ? [html("p", { class: "gs-uneven" }, data.words.not_to_scale)] : [];
    this.root.replaceChildren(...warning, ...views);
    this.show();
    this.selection.show();
    this.root.dataset.level = data.scene.level;
    this.root.dataset.drawn = Number(this.root.dataset.drawn ?? 0) + 1;
  }

  show() {
    this.board?.show();
    this.ledger?.show();
  }

  say(move) {
    if (!this.line) return;
    const { scene, words } = this.data;
    this.line.textContent = move !== null ? sentence(this.data, move) : scene.moves?.length ? words.choose : words.nothing;
    this.line.classList.toggle("gs-quiet", move === null);
  }

  // The student has let go of f.
  finish(f) {
    this.own = [...f];
    const text = JSON.stringify(this.own);
    if (text === (this.sent[this.sent.length - 1] ?? this.given)) return;
    this.sent.push(text);
    this.send(this.own);
  }

  close() {
    this.replay?.stop();
    this.selection.close();
    this.observer.disconnect();
  }
}

export function show({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gs-stage");
  if (!stages.has(root)) stages.set(root, new Stage(root));
  stages.get(root).update(data, (f) => setTriggerValue("f", f));
}

export function close(parentElement) {
  const root = parentElement.querySelector(".gs-stage");
  stages.get(root)?.close();
  stages.delete(root);
}

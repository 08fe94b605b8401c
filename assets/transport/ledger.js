// The sum of mass times distance, in which every term is a move.

import { fill, html } from "./svg.js";

export class Ledger {
  constructor({ scene, words }, replay) {
    Object.assign(this, { scene, replay });
    this.terms = [];
    const terms = scene.ledger.terms.map(({ moves }) => this.term(moves));
    const between = terms.flatMap((term, index) => (index ? ["+", ...term] : term));
    const sum = html("span", { class: "gs-sum" }, ...(between.length ? between : ["0"]), fill(" = {value}", { value: scene.ledger.value_text }));
    this.element = html("div", { class: "gs-ledger", role: "group", "aria-label": words.ledger },
      html("span", { class: "gs-ledger-name" }, words.ledger), sum);
  }

  term(moves) {
    const buttons = moves.flatMap((move, index) => (index ? ["+", this.button(move)] : [this.button(move)]));
    return moves.length > 1 ? ["(", ...buttons, ")"] : buttons;
  }

  button(move) {
    const { text } = this.scene.moves[move];
    return (this.terms[move] = html("button", { type: "button", "data-moves": move, "data-pick": move, class: "gs-term" }, text));
  }

  // Terms light up as they are moved.
  show() {
    this.replay.done.forEach((done, move) => {
      this.terms[move].dataset.done = done;
      this.terms[move].classList.toggle("gs-moving", this.replay.playing && this.replay.move === move);
    });
  }
}

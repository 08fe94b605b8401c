// One selection for all views: whatever belongs to a move carries its number in data-moves, and follows.

import { fill } from "./svg.js";

export class Selection {
  constructor(root, changed) {
    Object.assign(this, { root, changed, kept: null, preview: null, ears: new AbortController() });
    const picked = (event) => {
      const target = event.target.closest?.("[data-pick]");
      return target ? Number(target.dataset.pick) : null;
    };
    root.addEventListener("pointerover", (event) => event.pointerType !== "touch" && this.set("preview", picked(event)));
    root.addEventListener("pointerleave", () => this.set("preview", null));
    root.addEventListener("focusin", (event) => this.set("preview", picked(event)));
    root.addEventListener("focusout", () => this.set("preview", null));
    root.addEventListener("click", (event) => {
      const move = picked(event);
      if (move !== null) this.set("kept", move === this.kept ? null : move);
      else if (!event.target.closest("button, input")) this.set("kept", null);
    });
    // On the document: a picture that was clicked has no focus, and would not hear a key.
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.letGo(), { signal: this.ears.signal });
  }

  get move() {
    return this.preview ?? this.kept;
  }

  set(name, move) {
    this[name] = move;
    this.show();
  }

  letGo() {
    this.preview = null;
    this.set("kept", null);
  }

  close() {
    this.ears.abort();
  }

  clear() {
    this.kept = this.preview = null;
  }

  show() {
    if (this.move === null) delete this.root.dataset.selected;
    else this.root.dataset.selected = this.move;
    for (const element of this.root.querySelectorAll("[data-moves]")) {
      element.classList.toggle("gs-on", this.move !== null && element.dataset.moves.split(" ").includes(String(this.move)));
      if (element.matches("button")) element.setAttribute("aria-pressed", Number(element.dataset.pick) === this.kept);
    }
    this.changed(this.move);
  }
}

// What a move does, in a sentence.
export function sentence({ scene, words }, index) {
  const move = scene.moves[index];
  const said = fill(words.move, {
    number: index + 1, from: scene.position_text[move.from], to: scene.position_text[move.to],
    mass: move.mass_text, distance: move.distance_text, cost: move.cost_text,
  });
  const [first, last] = [move.crosses[0] + 1, move.crosses[move.crosses.length - 1] + 1];
  const crosses = [words.crosses_one, words.crosses_two][last - first] ?? words.crosses_many;
  return `${said} ${fill(crosses, { first, last })}`;
}

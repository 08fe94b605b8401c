// One image of a grid, eight times as large, with all that is known about it. It goes on moving while the run does.

import { SIDE } from "./look.js";
import { label, make, put } from "./page.js";

export class Enlarged {
  constructor(place, words) {
    this.words = words;
    this.dialog = make("dialog", "gg-large");
    this.title = make("strong", "");
    this.shut = make("button", "gg-shut", { type: "button", textContent: "✕" });
    label(this.shut, { "aria-label": words.close });
    this.shut.onclick = () => this.dialog.close();
    this.canvas = make("canvas", "", { width: SIDE, height: SIDE });
    this.facts = make("dl", "");
    this.hint = make("p", "", { textContent: words.hint });
    const head = make("header", "");
    head.append(this.title, this.shut);
    this.dialog.append(head, this.canvas, this.facts, this.hint);
    this.dialog.onkeydown = (event) => this.walk(event);
    this.dialog.onclick = (event) => event.target === this.dialog && this.dialog.close();
    this.dialog.onclose = () => this.grid.moveTo(this.index);
    this.context = this.canvas.getContext("2d");
    this.pixels = this.context.createImageData(SIDE, SIDE);
    place.append(this.dialog);
  }

  open(grid, index) {
    Object.assign(this, { grid, index });
    if (!this.dialog.open) this.dialog.showModal();
    this.draw();
  }

  walk(event) {
    event.stopPropagation(); // the page has shortcuts of its own
    const next = this.grid.neighbour(this.index, event.key);
    if (next < 0) return;
    event.preventDefault();
    this.index = next;
    this.draw();
  }

  draw() {
    if (!this.dialog.open) return;
    const { grid, index } = this, { look } = grid, at = grid.start + index;
    look.paint(at, new Uint32Array(this.pixels.data.buffer));
    this.context.putImageData(this.pixels, 0, 0);
    put(this.title, grid.title);
    label(this.canvas, { role: "img", "aria-label": grid.textOf(index) });
    this.facts.classList.toggle("gg-wrong", look.isWrong(at));
    this.facts.replaceChildren(...grid.factsOf(index).flatMap(([name, value]) => [
      make("dt", "", { textContent: name }), make("dd", "", { textContent: value }),
    ]));
  }
}

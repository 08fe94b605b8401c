// The pile board: earth of P as blocks in the colour of the cell where they began, Q as outlines; below it the ledger.

import { upright } from "./axis.js";
import { massOf, pilesAfter, tallest } from "./replay.js";
import { fill, html, patch, short, svg, view, wide } from "./svg.js";

const TALL = 150, TOP = 8, UNIT = 26; // pixels: of the piles, above them, and of the tallest block of one unit

export class Board {
  constructor({ scene, words, colours }, axis, replay) {
    Object.assign(this, { scene, words, colours, axis, replay });
    const high = tallest(scene);
    this.scale = Math.min(TALL / high, scene.unit ? UNIT / scene.unit : TALL);
    this.ground = TOP + this.scale * high;
    const upward = (mass) => this.ground - mass * this.scale;
    this.blocks = scene.blocks.map((block, number) => this.block(block, number));
    this.piles = scene.positions.map((_, cell) => this.pile(cell));
    this.picture = axis.picture(this.ground + 54, words.board, upright(axis, upward, 0, high, words.mass),
      ...this.piles, svg("g", { class: "gs-blocks" }, ...this.blocks), ...scene.positions.map((_, cell) => this.outline(cell)),
      axis.draw(this.ground, words.position), axis.label(this.ground + 32, words.now), axis.label(this.ground + 48, "Q"));
    const first = this.colours.origins[0];
    this.element = view("board", words.board, [
      [patch({ fill: first, stroke: "#0005" }), words.block], [patch(this.dashed()), words.outline],
    ], this.picture, this.buttons());
  }

  dashed() {
    return { fill: "none", stroke: this.colours.generator, "stroke-width": 2, "stroke-dasharray": "5 3" };
  }

  block({ origin, mass }, number) {
    const [width, height] = [this.axis.cell - 4, mass * this.scale];
    const text = this.scene.position_text[origin].replace("-", "−");
    const moves = [...new Set(this.scene.steps.filter((step) => step.blocks.includes(number)).map((step) => step.move))];
    const rect = svg("rect", { x: -width / 2, y: -height, width, height, fill: this.colours.origins[origin % this.colours.origins.length] });
    const size = Math.min(12, height - 2, (12 * width) / wide(text, 12));
    const label = size >= 6 && svg("text", { y: -height / 2, dy: "0.36em", "font-size": size, class: "gs-on-colour" }, text);
    return svg("g", { class: "gs-block", "data-moves": moves.join(" ") || null, "data-pick": moves[0], "data-origin": origin },
      rect, ...(label ? [label] : []));
  }

  outline(cell) {
    const [width, height] = [this.axis.cell, this.scene.q[cell] * this.scale];
    return svg("rect", { x: this.axis.x[cell] - width / 2, y: this.ground - height, width, height, ...this.dashed(), class: "gs-outline" });
  }

  // What is written below a pile: its mass now, and the mass that Q wants.
  pile(cell) {
    const x = this.axis.x[cell];
    const size = Math.min(12, (12 * this.axis.cell * 1.1) / wide(this.scene.q_text[cell], 12));
    return svg("g", { class: "gs-pile", "data-cell": cell, "data-goal": this.scene.q[cell], "font-size": size },
      svg("text", { x, y: this.ground + 32, class: "gs-now" }), svg("text", { x, y: this.ground + 48 }, this.scene.q_text[cell]));
  }

  buttons() {
    const { words, replay } = this;
    const button = (name, sign, word, act) => {
      const element = html("button", { type: "button", class: `gs-${name}`, "aria-label": word, title: word }, sign);
      element.onclick = act;
      return element;
    };
    this.play = button("play", "▶", words.play, () => replay.toggle());
    this.slider = html("input", { type: "range", class: "gs-slider", min: 0, max: replay.last, "aria-label": words.slider });
    this.slider.oninput = () => replay.go(Number(this.slider.value));
    this.count = html("span", { class: "gs-count" });
    return html("div", { class: "gs-bar" }, this.play, button("back", "◀", words.back, () => replay.go(replay.step - 1)),
      button("forward", "▶❘", words.forward, () => replay.go(replay.step + 1)), this.slider,
      button("reset", "↺", words.reset, () => replay.go(0)), this.count);
  }

  // Put every block where it lies after the present step.
  show() {
    const { step, last, playing } = this.replay;
    pilesAfter(this.scene, step).forEach((pile, cell) => {
      let mass = 0;
      for (const number of pile) {
        this.blocks[number].style.transform = `translate(${this.axis.x[cell]}px, ${this.ground - mass * this.scale}px)`;
        mass += this.scene.blocks[number].mass;
      }
      const total = massOf(this.scene, pile);
      this.piles[cell].dataset.mass = Number(total.toPrecision(12));
      this.piles[cell].querySelector(".gs-now").textContent = wide(short(total)) < this.axis.cell * 1.2 ? short(total) : String(Number(total.toPrecision(2)));
      this.piles[cell].classList.toggle("gs-reached", Math.abs(total - this.scene.q[cell]) < 1e-9 * (1 + total));
    });
    this.slider.value = step;
    this.play.textContent = playing ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", playing ? this.words.pause : this.words.play);
    const { words } = this;
    this.count.textContent = fill(last === 0 ? words.nothing : step === last ? words.finished : words.step, { step, last });
    this.picture.dataset.step = step;
  }
}

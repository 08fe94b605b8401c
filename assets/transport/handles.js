// The points of the student's potential: moved by mouse, finger or keyboard.

import { fill, short, svg } from "./svg.js";

const NEAR = 5; // pixels within which a dragged point is drawn to a slope of -1, 0 or 1
const PAUSE = 500; // milliseconds without a key after which a student has let go

export class Handles {
  constructor(dual) {
    this.dual = dual;
    this.points = dual.scene.positions.map((_, cell) => this.point(cell));
  }

  point(cell) {
    const { axis, colours, scene, words, own } = this.dual;
    const room = Math.min(22, Math.max(9, axis.cell / 2 + 4));
    const point = svg("g", { class: "gs-point", tabindex: 0, role: "slider", "data-cell": cell, "aria-orientation": "vertical",
      "aria-label": fill(words.point, { position: scene.position_text[cell] }), "aria-valuemin": -own.highest, "aria-valuemax": own.highest },
      svg("circle", { r: room, class: "gs-touch" }), svg("circle", { r: Math.min(8, Math.max(4, axis.cell / 3)), fill: colours.own, class: "gs-knob" }));
    point.onpointerdown = (event) => this.grip(event, point, cell);
    point.onkeydown = (event) => this.key(event, cell);
    return point;
  }

  grip(event, point, cell) {
    const offset = event.clientY - this.onScreen(cell);
    point.setPointerCapture(event.pointerId);
    point.focus();
    event.preventDefault();
    point.onpointermove = (moved) => this.put(cell, this.drawn(cell, moved.clientY - offset - this.top()));
    point.onlostpointercapture = () => {
      point.onpointermove = point.onlostpointercapture = null;
      this.dual.finished(this.dual.own.f);
    };
  }

  top() {
    return this.dual.picture.getBoundingClientRect().top;
  }

  onScreen(cell) {
    return this.top() + this.dual.y(this.dual.own.f[cell]);
  }

  // The height at y on the picture, or that of a corner near it.
  drawn(cell, y) {
    const near = this.dual.own.corners(cell).find((height) => Math.abs(this.dual.y(height) - y) < NEAR);
    return near ?? this.dual.height(y);
  }

  key(event, cell) {
    const { own } = this.dual;
    const { snap } = this.dual.scene;
    const now = own.f[cell];
    const next = {
      ArrowUp: now + snap, ArrowRight: now + snap, ArrowDown: now - snap, ArrowLeft: now - snap,
      PageUp: own.corners(cell).find((height) => height > now + snap / 2) ?? now + 10 * snap,
      PageDown: own.corners(cell).findLast((height) => height < now - snap / 2) ?? now - 10 * snap,
      Home: -own.highest, End: own.highest,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.put(cell, next);
    clearTimeout(this.clock);
    this.clock = setTimeout(() => this.dual.finished(own.f), PAUSE);
  }

  put(cell, height) {
    this.dual.own.put(cell, height);
    this.dual.show();
  }

  show() {
    const { axis, own, y } = this.dual;
    this.points.forEach((point, cell) => {
      point.setAttribute("transform", `translate(${axis.x[cell]} ${y(own.f[cell])})`);
      point.setAttribute("aria-valuenow", own.f[cell]);
      point.setAttribute("aria-valuetext", short(own.f[cell]));
    });
  }
}

// The board of the plane: images that are moved like a map, by pointer or keys. A ring of images beyond its edge waits
// to be dragged in. x and y say how far its middle is from z, `zoom` how far two neighbours are from each other.

import { html } from "../transport/svg.js";
import { GAP } from "./images.js";
import { paint } from "./pixels.js";

const FAR = 100, CLOSEST = 0.01, WIDEST = 5; // what the server takes
const KEY = 0.5, NOTCH = 1.15; // images that a key moves the plane by, and the factor of a key or a notch that zooms it
const FRAME = [["#444", 3, []], ["#fff", 1.5, [4, 3]]]; // colour, width and dashes of its two lines
const STILL = 5; // pixels below which a press is a click
const WAYS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
  KeyA: [-1, 0], KeyD: [1, 0], KeyW: [0, 1], KeyS: [0, -1],
};
const within = (value, most) => Math.max(-most, Math.min(most, value));

export class Pad {
  // `moved()` is called when other images are wanted, `take(index, x, y)` when one was chosen.
  constructor(label, { x, y, zoom }, moved, take) {
    Object.assign(this, { x, y, zoom, moved, take, slides: false, drag: null, drawn: null, fingers: new Map() });
    this.canvas = html("canvas", { width: 0, height: 0, "aria-hidden": "true" });
    this.middle = html("i", { class: "gv-middle" });
    this.mark = html("i", { class: "gv-mark" });
    this.element = html("div", { class: "gv-pad", tabindex: 0, role: "application", "aria-label": label }, this.canvas, this.middle, this.mark);
    const hears = { pointerdown: this.press, pointermove: this.pull, pointerup: this.drop, pointercancel: this.drop, keydown: this.key };
    for (const [name, act] of Object.entries(hears)) this.element.addEventListener(name, (event) => act.call(this, event));
    this.element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  // n x n images of `side` pixels are seen.
  arrange(n, side) {
    Object.assign(this, { n, side, cell: side + GAP, drawn: null });
    const size = `${n * this.cell - GAP}px`;
    Object.assign(this.element.style, { width: size, height: size });
    this.element.style.setProperty("--side", `${side}px`);
    this.show();
  }

  get count() {
    return this.n + 2; // with the ring
  }

  // Whose images are wanted: while it is dragged, of the images that pass by, the one nearest to the middle.
  get wanted() {
    const { drag, zoom } = this;
    const near = (value, start) => (drag ? start + Math.round((value - start) / zoom) * zoom : value);
    return { x: near(this.x, drag?.x), y: near(this.y, drag?.y), zoom };
  }

  go(x, y, zoom = this.zoom, slides = false) {
    Object.assign(this, { x: within(x, FAR), y: within(y, FAR), zoom: Math.max(CLOSEST, Math.min(WIDEST, zoom)), slides });
    this.show();
    this.moved();
  }

  zoomBy(factor) {
    this.go(this.x, this.y, this.zoom * factor);
  }

  draw(images, outside, place) {
    this.drawn = { ...place };
    paint(this.canvas, images, { columns: this.count, side: this.side, gap: GAP });
    const context = this.canvas.getContext("2d"), back = getComputedStyle(this.element).getPropertyValue("--st-background-color") || "#fff";
    outside.forEach((is, index) => is && this.shade(context, index, back));
    this.show();
    this.element.dataset.drawn = Number(this.element.dataset.drawn ?? 0) + 1;
  }

  // An image that no z of the training looks like: paler, in a frame of white dashes on a dark line, seen on any image.
  shade(context, index, back) {
    const { side, cell, count } = this, x = (index % count) * cell, y = Math.floor(index / count) * cell;
    context.globalAlpha = 0.3;
    context.fillStyle = back;
    context.fillRect(x, y, side, side);
    context.globalAlpha = 1;
    for (const [strokeStyle, lineWidth, dashes] of FRAME) {
      Object.assign(context, { strokeStyle, lineWidth });
      context.setLineDash(dashes);
      context.strokeRect(x + 1.5, y + 1.5, side - 3, side - 3);
    }
    context.setLineDash([]);
  }

  // How far the images lie from where they belong, in images.
  get offset() {
    const { drawn, zoom } = this;
    return this.slides && drawn?.zoom === zoom ? [(this.x - drawn.x) / zoom, (this.y - drawn.y) / zoom] : [0, 0];
  }

  show(glides = false) {
    const { cell, n, side, element, zoom } = this, [right, up] = this.offset, middle = (n * cell - GAP) / 2;
    const at = (value) => Math.max(0, Math.min(2 * middle, middle + value));
    element.classList.toggle("gv-glides", glides);
    this.canvas.style.transform = `translate(${-(1 + right) * cell}px, ${-(1 - up) * cell}px)`;
    this.middle.style.transform = `translate(${middle - side / 2}px, ${middle - side / 2}px)`;
    this.mark.style.transform = `translate(${at((-this.x / zoom) * cell)}px, ${at((this.y / zoom) * cell)}px)`;
    const beyond = Math.max(Math.abs(this.x), Math.abs(this.y)) / zoom > n / 2;
    this.mark.classList.toggle("gv-beyond", beyond);
    Object.assign(element.dataset, { x: Number(this.x.toFixed(3)), y: Number(this.y.toFixed(3)), zoom: Number(zoom.toFixed(3)) });
  }

  press(event) {
    if (event.button) return;
    if (event.pointerType !== "touch") this.element.focus({ preventScroll: true }); // a finger may be about to scroll the page
    this.element.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    this.start = { at: [event.clientX, event.clientY], x: this.x, y: this.y, zoom: this.zoom, spread: this.spread };
    if (this.fingers.size > 1) this.drag = null;
    this.clicks = this.fingers.size === 1;
  }

  // Between two fingers, in pixels.
  get spread() {
    const [[x, y] = [], [otherX, otherY] = []] = [...this.fingers.values()];
    return Math.hypot(x - otherX, y - otherY);
  }

  pull(event) {
    if (!this.fingers.has(event.pointerId)) return;
    this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    const { at, x, y, zoom, spread } = this.start;
    if (this.fingers.size > 1) return this.go(this.x, this.y, (zoom * spread) / Math.max(1, this.spread));
    const [right, down] = [event.clientX - at[0], event.clientY - at[1]];
    if (!this.drag && (!this.clicks || Math.hypot(right, down) < STILL)) return;
    this.drag ??= { x, y };
    this.go(x - (right / this.cell) * zoom, y + (down / this.cell) * zoom, zoom, true);
  }

  drop(event) {
    if (!this.fingers.delete(event.pointerId)) return;
    const { drag, clicks } = this, { x, y } = this.wanted;
    [this.drag, this.clicks] = [null, false];
    if (event.type === "pointerup") this.element.focus({ preventScroll: true });
    if (drag) this.go(x, y, this.zoom, true); // to the next whole image
    if (drag) this.show(true);
    else if (clicks && event.type === "pointerup") this.choose(event);
  }

  // The image under the pointer.
  choose(event) {
    const box = this.element.getBoundingClientRect(), [right, up] = this.offset;
    const column = Math.floor((event.clientX - box.left) / this.cell + 1 + right);
    this.pick(column, Math.floor((event.clientY - box.top) / this.cell + 1 - up));
  }

  pick(column, row) {
    const { drawn, count } = this, half = (count - 1) / 2;
    if (!drawn || column < 0 || row < 0 || column >= count || row >= count) return;
    this.take(row * count + column, drawn.x + (column - half) * drawn.zoom, drawn.y + (half - row) * drawn.zoom);
  }

  // The point at x, y is the new z: the map stays, and its middle goes there.
  settle(x, y) {
    Object.assign(this, { x: 0, y: 0, slides: true });
    Object.assign(this.drawn, { x: this.drawn.x - x, y: this.drawn.y - y });
    this.show(true);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.code] ?? WAYS[event.key], half = (this.count - 1) / 2;
    if (way) this.go(this.x + way[0] * KEY * this.zoom, this.y + way[1] * KEY * this.zoom);
    else if (event.key === "+" || event.key === "=") this.zoomBy(1 / NOTCH);
    else if (event.key === "-") this.zoomBy(NOTCH);
    else if (event.key === "Home") this.go(0, 0);
    else if (event.key === "Enter" || event.key === " ") this.pick(half, half);
    else return;
    event.preventDefault();
  }

  // The page scrolls, unless the student is at work here.
  wheel(event) {
    if (this.element.getRootNode().activeElement !== this.element || event.ctrlKey) return;
    event.preventDefault();
    if (!this.drag) this.zoomBy(NOTCH ** within(event.deltaY / (event.deltaMode ? 3 : 100), 1));
  }
}

// Three linked panels: below p_z(z), above it the map x = G(z) with its tangent, and to its right the densities of x.
// A short interval dz has the same probability as the interval |G'(z)| dz that it becomes: in the picture, the same area.

import { html, short, svg, ticks } from "../transport/svg.js";
import { row } from "./safetensors.js";

const NARROW = 560;
const LEFT = 44, BETWEEN = 12, RIGHT = 6, TOP = 18, LOWER = 38; // CSS pixels around the panels
const MAP = 270, LATENT = [44, 96]; // heights of the map, and of the panel below it, least and most
const PIECE = 0.04; // dz, as a part of the z axis
const TANGENT = 0.13; // half of the tangent's width, as a part of the z axis
const ROOF = 2; // density that is still shown, in maxima of p_data

const path = (points) => `M${points.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}`;
const number = (value) => short(Number(value.toPrecision(3)));

export class TwinPicture {
  // `end`: the z axis goes from -end to end. `go(z)` is called when the pointer moves z.
  constructor(words, colours, end, go) {
    Object.assign(this, { words, colours, end, go });
    this.svg = svg("svg", { role: "img", "aria-label": words.title });
    this.element = html("div", { class: "gv-twin-picture" }, this.svg);
    this.svg.onpointerdown = (event) => this.press(event);
  }

  press(event) {
    if (!this.box || event.button) return;
    const pull = ({ clientX }) => this.go(this.zAt(clientX - this.svg.getBoundingClientRect().left));
    this.svg.setPointerCapture(event.pointerId);
    this.svg.onpointermove = pull;
    this.svg.onlostpointercapture = () => (this.svg.onpointermove = null);
    pull(event);
  }

  zAt(pixel) {
    const { from, to } = this.box;
    return Math.max(-this.end, Math.min(this.end, this.end * ((2 * (pixel - from)) / (to - from) - 1)));
  }

  draw(arrays, width) {
    this.scale(arrays, width);
    const { height, from, to } = this.box;
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) this.svg.setAttribute(name, value);
    this.svg.replaceChildren(this.clips(), this.axes(arrays), this.pieces(arrays), this.curves(arrays), this.marks(arrays));
    return { from, to };
  }

  // Both densities have such scales that equal areas are equal probabilities.
  scale({ x_axis: axis, p_g: made, p_data: data, p_z: latent }, width) {
    const side = Math.min(230, width * (width < NARROW ? 0.3 : 0.28)), from = LEFT, to = width - RIGHT - side - BETWEEN;
    const low = axis[0], high = axis[axis.length - 1], ground = TOP + MAP, highest = Math.max(...latent);
    const perZ = (to - from) / (2 * this.end), perX = MAP / (high - low);
    const most = Math.min(Math.max(...made, ...data), ROOF * Math.max(...data));
    const area = Math.min((perZ * (LATENT[1] - 6)) / highest, (perX * (side - 8)) / most);
    const bottom = ground + BETWEEN + Math.max(LATENT[0], (highest * area) / perZ + 6);
    this.most = most;
    this.box = { from, to, side, beside: to + BETWEEN, ground, bottom, height: bottom + LOWER, width, low, high };
    this.z = (z) => from + (z + this.end) * perZ;
    this.x = (x) => ground - (x - low) * perX;
    this.p = (density) => bottom - (density * area) / perZ;
    this.g = (density) => this.box.beside + (density * area) / perX;
  }

  clips() {
    const { from, to, beside, side, bottom } = this.box;
    const rect = (id, x, width, height = MAP) => svg("clipPath", { id }, svg("rect", { x, y: TOP, width, height }));
    return svg("defs", {}, rect("gv-map", from, to - from), rect("gv-side", beside, side), rect("gv-upper", from, beside + side - from),
      rect("gv-left", from, to - from, bottom - TOP));
  }

  axes() {
    const { from, to, beside, side, ground, bottom, low, high } = this.box, { words } = this;
    const frame = (x, y, width, height) => svg("rect", { x, y, width, height, class: "gv-panel" });
    const upright = ticks(low, high, 8).flatMap((x) => [
      svg("line", { x1: from, x2: to, y1: this.x(x), y2: this.x(x), class: "gv-grid" }),
      svg("text", { x: from - 5, y: this.x(x) + 4, class: "gv-end" }, short(x)),
    ]);
    const along = ticks(-this.end, this.end, Math.min(8, (to - from) / 40)).flatMap((z) => [
      svg("line", { x1: this.z(z), x2: this.z(z), y1: TOP, y2: bottom, class: "gv-grid" }),
      svg("text", { x: this.z(z), y: bottom + 20 }, short(z)),
    ]);
    const names = [[from, TOP - 6, "x = G(z)"], [beside, TOP - 6, words.densities], [from + 6, ground + BETWEEN + 22, "p_z(z)"]]
      .map(([x, y, text]) => svg("text", { x, y, class: "gv-name" }, text));
    const ends = [svg("text", { x: to, y: bottom + 33, class: "gv-end" }, "z")];
    return svg("g", {}, ...upright, ...along, frame(from, TOP, to - from, MAP), frame(beside, TOP, side, MAP),
      frame(from, ground + BETWEEN, to - from, bottom - ground - BETWEEN), ...names, ...ends);
  }

  // The interval dz, its way over the map, and in the interval of x that it becomes what each branch adds to the density.
  pieces({ z: [z], x: [x], slopes: [slope], branches }) {
    const { bottom, beside, low, high } = this.box, { generator } = this.colours;
    const half = Math.min(PIECE * this.end, (PIECE * (high - low)) / Math.abs(slope)), strip = { fill: generator, opacity: 0.16 };
    const [own] = this.shares(branches), height = bottom - this.p(own * Math.abs(slope));
    const left = this.z(z - half), width = this.z(z + half) - left;
    const thick = Math.max(2, Math.abs(this.x(x - slope * half) - this.x(x + slope * half))), top = this.x(x) - thick / 2;
    const below = svg("rect", { x: left, y: bottom - height, width, height, fill: generator, opacity: 0.75, class: "gv-piece" });
    const level = this.level(x), up = svg("rect", { x: left, y: level, width, height: Math.max(0, bottom - height - level), ...strip });
    const across = svg("rect", { x: this.z(z), y: top, width: beside - this.z(z), height: thick, "clip-path": "url(#gv-upper)", ...strip });
    let reached = 0;
    const stacked = this.shares(branches).map((share, at) => {
      const from = this.g(reached), to = this.g((reached += share));
      return svg("rect", { x: from, y: top, width: to - from, height: thick, fill: generator, opacity: at ? 0.45 : 0.75, class: "gv-piece" });
    });
    return svg("g", {}, svg("g", { "clip-path": "url(#gv-left)" }, below, up), across, svg("g", { "clip-path": "url(#gv-side)" }, ...stacked));
  }

  // What each branch adds to the density; where that has no bound, more than the panel can show.
  shares(branches) {
    const most = 10 * this.most;
    return Array.from({ length: branches.shape[0] }, (_, at) => Math.min(row(branches, at)[2], most));
  }

  curves({ grid_z: z, grid_x: x, p_z: latent, x_axis: axis, p_g: made, p_data: data, z: [own], x: [value], slopes: [slope] }) {
    const { generator, real } = this.colours, within = Array.from(z.keys()).filter((at) => Math.abs(z[at]) <= this.end + 1e-6);
    const line = (points, attributes) => svg("path", { d: path(points), fill: "none", ...attributes });
    const over = TANGENT * this.end, tangent = [-over, over].map((step) => [this.z(own + step), this.x(value + slope * step)]);
    const beside = (heights) => Array.from(heights, (height, at) => [Math.min(this.g(height), this.box.width + 50), this.x(axis[at])]);
    return svg("g", {},
      line(within.map((at) => [this.z(z[at]), this.p(latent[at])]), { stroke: "currentColor", "stroke-width": 1.5 }),
      svg("g", { "clip-path": "url(#gv-map)" }, line(within.map((at) => [this.z(z[at]), this.x(x[at])]), { stroke: generator, "stroke-width": 2.5 }),
        line(tangent, { stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": "6 3" })),
      svg("g", { "clip-path": "url(#gv-side)" }, line(beside(made), { stroke: generator, "stroke-width": 2.5 }),
        line(beside(data), { stroke: real, "stroke-width": 3, "stroke-dasharray": "2 3" })));
  }

  // Where x is in the map; one beyond it is at its edge.
  level(x) {
    return Math.max(TOP, Math.min(this.box.ground, this.x(x)));
  }

  // Every z that becomes the same x.
  marks({ z: [z], x: [x], branches }) {
    const { bottom, beside, side, ground } = this.box, level = this.level(x);
    if (level !== this.x(x)) return svg("g", {}, ...this.beyond(this.z(z), level, level === ground ? 1 : -1));
    const others = Array.from({ length: branches.shape[0] - 1 }, (_, at) => row(branches, at + 1)[0]).filter((other) => Math.abs(other) <= this.end);
    const drop = (at) => svg("line", { x1: this.z(at), x2: this.z(at), y1: level, y2: bottom, class: "gv-drop" });
    const ring = (at) => [drop(at), svg("circle", { cx: this.z(at), cy: level, r: 5, class: "gv-ring" }),
      svg("text", { x: this.z(at), y: level - 9, class: "gv-halo" }, number(at))];
    const across = svg("line", { x1: this.z(Math.min(z, ...others)), x2: beside + side, y1: level, y2: level, class: "gv-drop" });
    return svg("g", {}, across, drop(z), ...others.flatMap(ring),
      svg("circle", { cx: this.z(z), cy: level, r: 5.5, class: "gv-dot" }), svg("circle", { cx: this.z(z), cy: bottom, r: 8, class: "gv-knob" }));
  }

  // An arrow at the map's edge towards an x that is not on it.
  beyond(at, level, way) {
    const { bottom } = this.box, tip = [at, level], foot = (step) => [at + step, level - 10 * way];
    return [svg("line", { x1: at, x2: at, y1: level, y2: bottom, class: "gv-drop" }), svg("path", { d: `${path([tip, foot(-6), foot(6)])}Z`, class: "gv-dot" }),
      svg("circle", { cx: at, cy: bottom, r: 8, class: "gv-knob" })];
  }
}

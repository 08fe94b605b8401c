// Every move as an arc: to the right above the axis, to the left below it, as thick as its mass.

import { html, svg, view, wide } from "./svg.js";

const THICKEST = 16, TALLEST = 78;

export function arcs({ scene, words, colours }, axis) {
  const reach = (move) => Math.abs(axis.x[move.to] - axis.x[move.from]);
  const widest = Math.max(1, ...scene.moves.map(reach));
  const most = Math.max(...scene.moves.map((move) => move.mass));
  const thickest = Math.min(THICKEST, 0.4 * Math.min(widest, ...scene.moves.map(reach)));
  const height = (move) => Math.min(16 + (TALLEST - 16) * (reach(move) / widest) ** 0.8, 10 + 1.2 * reach(move));
  const room = (side) => Math.max(10, ...scene.moves.filter((move) => Math.sign(move.to - move.from) === side).map((move) => height(move) + 22));
  const [above, below] = [room(1), room(-1)];
  const drawn = scene.moves.map((move, index) => {
    const side = Math.sign(move.to - move.from);
    const colour = colours.origins[move.from % colours.origins.length];
    return arc(index, move, axis, { thick: Math.max(2, (thickest * move.mass) / most), height: height(move), colour, y: side > 0 ? above : above + 26, side });
  });
  const positions = axis.marks().map(([x, text]) => svg("text", { x, y: above + 17, class: "gs-tick" }, text.replace("-", "−")));
  const line = svg("rect", { x: axis.left, width: axis.right - axis.left, y: above, height: 26, class: "gs-band" });
  const picture = axis.picture(above + 26 + below, words.arcs, line, ...drawn, ...positions, axis.label(above + 17, words.position));
  return view("arcs", words.arcs, [], picture, html("p", {}, words.arcs_caption));
}

function arc(index, move, axis, { thick, height, colour, y, side }) {
  const beside = Math.sign(move.to - move.from) * Math.min(thick / 2 + 3, axis.cell / 4); // who leaves is not on top of who arrives
  const [from, to] = [axis.x[move.from] + beside, axis.x[move.to] - beside];
  const tip = Math.min(10, Math.abs(to - from) / 3);
  const [mid, top, foot] = [(from + to) / 2, y - side * height, y - side * tip];
  const bend = (4 * (top - foot)) / 3; // the curve of four points reaches three quarters of the way to its handles
  const path = `M${from} ${y}L${from} ${foot}C${from} ${foot + bend} ${to} ${foot + bend} ${to} ${foot}`;
  const half = Math.min(Math.max(5, thick / 2 + 3), Math.abs(to - from) / 2);
  const head = `M${to} ${y}L${to - half} ${foot - side * 1}L${to + half} ${foot - side * 1}Z`;
  const label = svg("text", { x: mid, y: top - side * (thick / 2 + 4), dy: side > 0 ? 0 : "0.72em", class: "gs-number" }, move.mass_text);
  return svg("g", { class: "gs-arc", "data-moves": index, "data-pick": index },
    svg("path", { d: path, fill: "none", stroke: "transparent", "stroke-width": Math.max(16, thick) }), // for fingers
    svg("path", { d: path, fill: "none", class: "gs-arc-edge", "stroke-width": thick + 2 }),
    svg("path", { d: path, fill: "none", stroke: colour, "stroke-width": thick }),
    svg("path", { d: head, fill: colour, class: "gs-arc-head" }), ...(wide(move.mass_text) < Math.abs(to - from) ? [label] : []));
}

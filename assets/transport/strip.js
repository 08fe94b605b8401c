// The boundary strip: what has to pass each boundary, and the area between the two distribution functions.

import { upright } from "./axis.js";
import { fill, html, patch, sample, signed, svg, view, wide } from "./svg.js";

const TALL = 110;

export function strip({ scene, words, colours }, axis) {
  const curves = scene.level === "curves";
  const top = curves ? 10 : 60;
  const total = scene.cdf_p[scene.cdf_p.length - 1];
  const y = (mass) => top + TALL * (1 - mass / total);
  const parts = [upright(axis, y, 0, total, words.mass), area(scene, axis, y),
    steps(axis, scene.cdf_q, y, { stroke: colours.generator, "stroke-width": 2 }),
    steps(axis, scene.cdf_p, y, { stroke: colours.real, "stroke-width": 3, "stroke-dasharray": "3 3" }),
    axis.draw(top + TALL, words.position)];
  if (!curves) parts.push(axis.label(14, words.boundary), axis.label(33, words.flow), ...scene.flows.map((_, k) => flow(scene, axis, k)));
  const caption = html("p", {}, fill(axis.even ? words.area_not_to_scale : words.area, { w: scene.w1_text }));
  return view("strip", words.strip, [
    [sample(colours.real, "3 3", 3), "F_P"], [sample(colours.generator), "F_Q"], [patch({ fill: "currentColor", opacity: 0.22 }), "W"],
  ], axis.picture(top + TALL + 22, words.strip, ...parts), caption);
}

const crossing = (scene, boundary) =>
  scene.moves.flatMap((move, index) => (move.crosses.includes(boundary) ? [index] : [])).join(" ") || null;

function area(scene, axis, y) {
  const many = scene.level === "curves";
  const rects = scene.cdf_p.slice(0, -1).map((p, k) => {
    const [low, high] = [Math.min(p, scene.cdf_q[k]), Math.max(p, scene.cdf_q[k])];
    const box = { x: axis.x[k], width: axis.gap(k), y: y(high), height: y(low) - y(high) };
    return svg("rect", { ...box, class: "gs-area", "data-moves": many ? null : crossing(scene, k) });
  });
  return svg("g", {}, ...rects);
}

function steps(axis, cdf, y, style) {
  const path = cdf.map((mass, cell) => `H${axis.x[cell]}V${y(mass)}`).join("");
  return svg("path", { d: `M${axis.left} ${y(0)}${path}H${axis.right}`, fill: "none", ...style });
}

// An arrow in the gap, as thick as much passes it; its number above, the boundary's own number at the top.
function flow(scene, axis, k) {
  const [x, room, value] = [axis.middle(k), axis.gap(k), scene.flows[k]];
  const thick = value && 2 + 8 * Math.abs(value) / Math.max(...scene.flows.map(Math.abs));
  const half = Math.min(room * 0.4, 40) * Math.sign(value);
  const head = Math.sign(value) * Math.min(9, Math.abs(half));
  const d = `M${x - half} ${46 - thick / 2}H${x + half - head}V${46 - thick / 2 - 3}L${x + half} 46L${x + half - head} ${46 + thick / 2 + 3}V${46 + thick / 2}H${x - half}Z`;
  const number = signed(scene.flow_text[k]);
  const texts = wide(number) < room + 2 ? [svg("text", { x, y: 33, class: "gs-number" }, number)] : [];
  if (wide(String(k + 1), 10) < room) texts.push(svg("text", { x, y: 14, class: "gs-tick gs-quiet" }, k + 1));
  return svg("g", { class: "gs-flow", "data-boundary": k, "data-moves": crossing(scene, k) }, value ? svg("path", { d }) : "", ...texts);
}

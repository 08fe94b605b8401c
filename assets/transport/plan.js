// The plan as a table: a row for each cell where mass begins, a column, on the shared axis, for each where it ends.

import { html, patch, svg, view, wide } from "./svg.js";

export function plan({ scene, words, colours }, axis) {
  const cells = scene.positions.length;
  const row = Math.max(11, Math.min(26, 300 / cells));
  const most = Math.max(...scene.moves.map((move) => move.mass), ...scene.stays.map((stay) => stay.mass));
  const place = (from, to) => ({ x: axis.x[to] - axis.cell / 2, y: 20 + from * row, width: axis.cell, height: row - 2 });
  const entries = [...scene.moves.map((move, index) => ({ ...move, index })), ...scene.stays.map((s) => ({ ...s, from: s.cell, to: s.cell }))];
  const colour = (cell) => colours.origins[cell % colours.origins.length];
  const boxes = [];
  for (let from = 0; from < cells; from++) {
    for (let to = 0; to < cells; to++) boxes.push(svg("rect", { ...place(from, to), class: from === to ? "gs-box gs-diagonal" : "gs-box" }));
  }
  const shades = entries.map((entry) => shade(entry, place(entry.from, entry.to), colour(entry.from), most));
  const bottom = 20 + cells * row;
  const text = (x, y, words, width, name = "gs-tick") =>
    svg("text", { x, y, class: name, "font-size": Math.max(5, Math.min(11, (11 * width) / wide(words), row)) }, words.replace("-", "−"));
  const sums = sides(scene).flatMap(([right, below], cell) => [
    text(axis.left - 8, 20 + cell * row + row / 2 + 3, scene.position_text[cell], 40, "gs-side"),
    text(axis.right + 8, 20 + cell * row + row / 2 + 3, right, axis.width - axis.right - 8, "gs-end"),
    text(axis.x[cell], bottom + 34, below, axis.cell * 1.15),
  ]);
  const names = [axis.label(12, words.from), svg("text", { x: axis.right + 8, y: 12, class: "gs-end" }, scene.relay ? words.gives : "P"),
    axis.draw(bottom, words.to), axis.label(bottom + 34, scene.relay ? words.gets : "Q")];
  const caption = scene.relay ? words.plan_relay : words.plan_caption;
  return view("plan", words.plan, [[patch({ class: "gs-box gs-diagonal" }), words.stays]],
    axis.picture(bottom + 42, words.plan, ...boxes, ...shades, ...sums, ...names), html("p", {}, caption));
}

function shade({ mass, mass_text: number, index }, box, colour, most) {
  const rect = svg("rect", { ...box, fill: colour, "fill-opacity": 0.35 + (0.65 * mass) / most });
  const size = Math.min(12, box.height - 1, (12 * box.width) / wide(number, 12));
  const label = svg("text", { x: box.x + box.width / 2, y: box.y + box.height / 2, dy: "0.36em", "font-size": size, class: "gs-on-shade" }, number);
  return svg("g", { class: "gs-entry", "data-moves": index, "data-pick": index }, rect, ...(size >= 6 ? [label] : []));
}

// The sums of each row and column: P and Q; of the relay, what is given and taken, which may be more.
function sides(scene) {
  if (!scene.relay) return scene.p_text.map((text, cell) => [text, scene.q_text[cell]]);
  const sums = scene.positions.map(() => [0, 0]);
  for (const move of scene.moves) {
    sums[move.from][0] += move.mass;
    sums[move.to][1] += move.mass;
  }
  return sums.map((pair) => pair.map((sum) => String(Number(sum.toPrecision(6)))));
}

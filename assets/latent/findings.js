// What there is to see on two walks, with the numbers that they have.

import { PIXELS } from "../live/look.js";
import { fill } from "../transport/svg.js";

const ALIKE = 0.02; // of |z|: walks that differ by less look the same
const OPPOSITE = 0.35; // of |A| or |B|: a linear walk that comes so near to 0
const GREY = [0.2, 0.8]; // from black to white: a pixel above the first has ink, and is grey up to the second
const MIDDLE = [0.4, 0.6]; // of a walk, whose images are compared
const CLEAR = 1.1; // factor between two shares of grey from which one can see it

const text = (norm) => norm.toFixed(2);
const percent = (share) => Math.round(100 * share);

// `norms`: |z| along each walk; `a`, `b`: the points.
export function findings({ answers, norms, a, b, about, words }) {
  const [low, , high] = about.shell, { linear, spherical } = norms, half = (linear.length - 1) / 2;
  const distance = apart(answers.linear.arrays.moved), mixed = about.conditional && conditionOf(a) !== conditionOf(b);
  if (distance < 1e-3) return [mixed ? words.same_z : words.same];
  const lengths = { linear: text(linear[half]), spherical: text(spherical[half]), low: text(low), high: text(high) };
  const said = [`${fill(words.half_way, lengths)} ${fill(words[judged(norms, low, high)], { distance: text(distance) })}`, seen(answers, words)];
  if (about.latent === "uniform") said.push(words.uniform);
  if (mixed) said.push(words.digits);
  return said;
}

// The length of B - A.
function apart(moved) {
  const [count, dim] = moved.shape;
  return Math.hypot(...moved.subarray(0, dim).map((start, at) => moved[(count - 1) * dim + at] - start));
}

function judged({ linear, spherical }, low, high) {
  const ends = [linear[0], linear[linear.length - 1]], least = Math.min(...linear);
  const gap = Math.max(...linear.map((norm, at) => Math.abs(norm - spherical[at])));
  if (gap < ALIKE * Math.max(...spherical)) return "alike";
  if (least < OPPOSITE * Math.min(...ends)) return "opposite";
  if (ends.some((norm) => norm < low || norm > high)) return "ends_outside";
  return least < low ? "leaves" : "stays";
}

// Whether the middle of the linear walk is washed out, as far as these images tell.
function seen(answers, words) {
  const [linear, spherical] = ["linear", "spherical"].map((way) => greyness(answers[way].arrays.images));
  const found = linear > CLEAR * spherical ? "washed_out" : spherical > CLEAR * linear ? "cleaner" : "no_difference";
  return fill(words[found], { linear: percent(linear), spherical: percent(spherical) });
}

// Of the pixels with ink in the images about the middle of a walk, the share that is grey.
export function greyness(images) {
  const last = images.length / PIXELS - 1, [from, to] = MIDDLE.map((t) => Math.round(t * last)), [ink, white] = GREY.map((share) => 255 * share);
  const inked = images.subarray(from * PIXELS, (to + 1) * PIXELS).filter((level) => level > ink);
  return inked.length ? inked.filter((level) => level < white).length / inked.length : 0;
}

const conditionOf = ({ digit, other, share }) => JSON.stringify(share > 0 && other !== digit ? [digit, other, share] : [digit]);

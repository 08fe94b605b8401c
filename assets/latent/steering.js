// Where the student stands: a point (z and c), the points they have kept, and the way to the process that draws.

import { decode } from "./safetensors.js";

export const FURTHEST = 20; // of one coordinate from the z of its seed
const SETTLED = 400; // milliseconds after the last change until Python is told, for the URL
const AGAIN = 500; // milliseconds until a question is asked again
const GRAIN = 1000; // a link holds thousandths: so does the point, and the link gives the same picture
const FIRST = { seed: 0, moved: [], digit: 0, other: 0, share: 0 };

const round = (value) => Math.round(Math.max(-FURTHEST, Math.min(FURTHEST, value)) * GRAIN) / GRAIN || 0;

// A point as it is sent: numbers only, nothing for a z that was not moved.
export function packed(point) {
  const moved = Array.from(point.moved);
  return { ...point, moved: moved.some((value) => value) ? moved : [] };
}

// Events: "point", "kept", "directions", "origin", "trouble" and "problem" (detail: a sentence), "fine".
export class Steering extends EventTarget {
  // `send(state)` tells Python; `state` is {point, kept, plane, tab, number}.
  constructor(about, state, send, words) {
    super();
    Object.assign(this, { about, send, words, lines: {}, directions: null, origin: null });
    this.visitor = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("");
    this.aborter = new AbortController();
    this.adopt(state);
  }

  // What Python says: at the beginning, and when somebody follows a link.
  adopt({ point, kept, plane, tab, number }) {
    this.point = this.whole({ ...FIRST, ...point });
    this.kept = Object.fromEntries(["a", "b"].map((name) => [name, this.whole({ ...FIRST, ...(kept?.[name] ?? point) })]));
    Object.assign(this, { plane: plane ?? null, tab: tab ?? "", number: number ?? 0 });
  }

  whole(point) {
    const given = point.moved ?? [];
    const moved = Float64Array.from({ length: this.about.dim }, (_, at) => round(given[at] ?? 0));
    return { ...point, moved };
  }

  // Changes of the point. Another seed is another z: what was moved stays only if the change says so.
  set(changes) {
    const anew = "seed" in changes && changes.seed !== this.point.seed;
    const moved = changes.moved ?? (anew ? [] : this.point.moved);
    this.point = this.whole({ ...this.point, ...changes, moved });
    if (anew) this.origin = null;
    this.emit("point");
    this.settle();
  }

  // The present z a little further: `amount` along the unit vector `direction`.
  move(direction, amount) {
    this.set({ moved: this.point.moved.map((value, at) => value + amount * direction[at]) });
  }

  keep(name, point) {
    this.kept = { ...this.kept, [name]: this.whole(point) };
    this.emit("kept");
    this.settle();
  }

  // What else the link holds: "plane", "tab" or, of a toy, the "number" z.
  note(name, value) {
    this[name] = value;
    this.settle();
  }

  // In the order in which Python gives it back: an echo is known by its text.
  get state() {
    const { kept: { a, b }, tab, number } = this, at = this.plane;
    const plane = at && { seed: at.seed, x: at.x, y: at.y, zoom: at.zoom };
    return { point: packed(this.point), kept: { a: packed(a), b: packed(b) }, plane, tab, number };
  }

  settle() {
    clearTimeout(this.clock);
    this.clock = setTimeout(() => this.send(this.state), SETTLED);
  }

  // The z of the present seed, which an answer has brought; with it the length of any z is known at once.
  learn(z, point) {
    if (point.seed !== this.point.seed || this.origin) return;
    this.origin = Float64Array.from(z, (value, at) => value - point.moved[at]);
    this.emit("origin");
  }

  get z() {
    return this.origin && this.origin.map((value, at) => value + this.point.moved[at]);
  }

  // The directions at a point that move the picture most; sliders read from there.
  async orient(point = { ...this.point, moved: [] }) {
    const base = this.whole(point);
    const answer = await this.ask("directions", { point: packed(base) });
    if (!answer) return;
    const { directions, gains, coordinate_gains: coordinateGains } = answer.arrays;
    const [count, dim] = directions.shape;
    const rows = Array.from({ length: count }, (_, at) => directions.subarray(at * dim, (at + 1) * dim));
    this.directions = { directions: rows, gains, coordinateGains, base };
    this.emit("directions");
  }

  // {arrays, texts}, or null: of each view one question is on its way, and of those that wait only the newest stays.
  ask(view, body = {}) {
    const line = (this.lines[view] ??= { busy: false, waiting: null });
    line.waiting?.resolve(null);
    return new Promise((resolve) => {
      line.waiting = { body, resolve };
      if (!line.busy) this.work(view, line);
    });
  }

  async work(view, line) {
    line.busy = true;
    while (line.waiting) {
      const { body, resolve } = line.waiting;
      line.waiting = null;
      resolve(await this.fetched(view, body, line));
    }
    line.busy = false;
  }

  async fetched(view, body, line) {
    for (;;) {
      const response = await this.post({ view, ...body });
      if (this.aborter.signal.aborted) return null;
      if (response?.ok) {
        const answer = decode(await response.arrayBuffer());
        this.calm();
        return answer;
      }
      const said = response ? await response.json().catch(() => ({})) : {};
      if (response && response.status < 500) return this.refused(said.message);
      this.trouble(said.message ?? this.words.unreachable);
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
      if (line.waiting || this.aborter.signal.aborted) return null;
    }
  }

  // null for a server that does not answer.
  post(body) {
    const { generator } = this.about, { signal } = this.aborter;
    const text = JSON.stringify({ form: "", ...body, visitor: this.visitor });
    return fetch(new URL(`live/latent/${generator}?lang=${this.words.locale}`, location.href), { method: "POST", body: text, signal }).catch(() => null);
  }

  refused(message) {
    this.troubled = true;
    this.emit("problem", message ?? this.words.unreachable);
    return null;
  }

  trouble(message) {
    this.troubled = true;
    this.emit("trouble", message);
  }

  calm() {
    if (!this.troubled) return;
    this.troubled = false;
    this.emit("fine");
  }

  // The answer as a file: "png", "gif" or "npz".
  async download(view, body, form, name) {
    const response = await this.post({ view, ...body, form });
    if (!response?.ok) {
      const said = response ? await response.json().catch(() => ({})) : {};
      this.emit("problem", said.message ?? this.words.unreachable);
      return;
    }
    const address = URL.createObjectURL(await response.blob());
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  close() {
    clearTimeout(this.clock);
    this.aborter.abort();
  }
}

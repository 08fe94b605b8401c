// Frames of one run: fetched from the server, decoded, kept and thinned. See gan_core/figures/feed.py for the bytes.

const KEPT = 700; // frames in memory
const WHOLE = 200; // of these, the newest are never thinned

export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  const take = (rows, columns) => {
    const all = new Float32Array(buffer, at, rows * columns);
    at += 4 * rows * columns;
    return Array.from({ length: rows }, (_, row) => all.subarray(row * columns, (row + 1) * columns));
  };
  const rows = header.numbers.length;
  const moving = header.moving.map(([key, columns]) => [key, take(rows, columns)]);
  const values = take(rows, header.measures.length);
  const frames = header.numbers.map((number, row) => ({
    number,
    step: header.steps[row],
    part: header.parts[row],
    moving: Object.fromEntries(moving.map(([key, arrays]) => [key, arrays[row]])),
    values: Object.fromEntries(header.measures.map((name, column) => [name, values[row][column]])),
  }));
  return { header, frames };
}

export class Feed {
  // `heard` is called after every answer, with true when the frames began anew.
  constructor(source, heard) {
    this.source = source;
    this.heard = heard;
    this.frames = [];
    this.status = null;
    this.life = null;
    this.last = -1;
    this.closed = false;
    this.poll();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }

  async poll() {
    clearTimeout(this.timer);
    if (this.closed || this.asking) return;
    this.asking = true;
    try {
      const answer = await fetch(`${this.source}?after=${this.last}`);
      if (this.closed) return;
      if (!answer.ok) throw new Error(`${answer.status}`);
      this.add(decode(await answer.arrayBuffer()));
    } catch {
      this.heard(false, "unreachable");
    } finally {
      this.asking = false;
    }
    if (!this.closed) this.timer = setTimeout(() => this.poll(), this.pause());
  }

  pause() {
    if (document.hidden) return 2000;
    const state = this.status?.state;
    return state === "recorded" ? 3600_000 : state === "running" || state === "starting" ? 200 : 1000;
  }

  add({ header, frames }) {
    const anew = this.life !== null && header.life !== this.life;
    if (anew) this.frames = [];
    this.life = header.life;
    this.status = header.status;
    this.frames.push(...frames);
    if (frames.length) this.last = frames[frames.length - 1].number;
    if (this.frames.length > KEPT) {
      const old = this.frames.slice(0, -WHOLE).filter((_, index) => index % 2 === 0);
      this.frames = [...old, ...this.frames.slice(-WHOLE)];
    }
    this.heard(anew, null);
  }
}

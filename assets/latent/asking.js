// The way to the process that draws: what is asked of it for each view, and what is wrong with that.

import { decode } from "./safetensors.js";

const AGAIN = 500; // milliseconds until a question is asked again
const REPEATS = 2; // of one question that was not answered: it may be what the process that draws died of

// Both are null for what did not come as a whole.
const decoded = (response) => response.arrayBuffer().then(decode).catch(() => null);
const told = (response) => response.json().then(({ message }) => message ?? null).catch(() => null);

// Event: "trouble" when `wrong` is another one.
export class Asking extends EventTarget {
  constructor(about, words) {
    super();
    Object.assign(this, { about, words, lines: {}, aborter: new AbortController() });
    this.troubles = new Map(); // by view: {kind: "trouble" or "problem", message, rests}
    this.visitor = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("");
  }

  // {arrays, texts}, or null: of each view one question is on its way, and of those that wait only the newest stays.
  ask(view, body = {}) {
    const line = (this.lines[view] ??= { busy: false, waiting: null });
    line.waiting?.resolve(null);
    return new Promise((resolve) => {
      line.waiting = { body, resolve };
      line.wake?.();
      if (!line.busy) this.work(view, line);
    });
  }

  // Ask once more what was not answered.
  askAgain() {
    for (const line of Object.values(this.lines)) line.wake?.();
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

  // A server that does not answer is asked until it does. What somebody failed to answer is repeated, then it rests until
  // the next question or `askAgain`.
  async fetched(view, body, line) {
    for (let failed = 0; ; ) {
      const response = await this.post({ view, ...body }), answer = response?.ok ? await decoded(response) : null;
      if (this.aborter.signal.aborted) return null;
      if (answer) return this.calm(view), answer;
      const message = response && (response.ok ? this.words.cut : await told(response));
      if (response && !response.ok && response.status < 500) return this.refused(view, message);
      if (response) failed += 1;
      const rests = failed > REPEATS;
      this.trouble(view, { kind: "trouble", message, rests });
      if (!(rests && line.waiting)) await this.pause(line, rests);
      if (line.waiting || this.aborter.signal.aborted) return null;
      if (rests) failed = 0;
    }
  }

  async pause(line, rests) {
    await new Promise((resolve) => (rests ? (line.wake = resolve) : setTimeout(resolve, AGAIN)));
    line.wake = null;
  }

  // null for a server that does not answer.
  post(body) {
    const { generator } = this.about, { signal } = this.aborter;
    const text = JSON.stringify({ form: "", ...body, visitor: this.visitor });
    return fetch(new URL(`live/latent/${generator}?lang=${this.words.locale}`, location.href), { method: "POST", body: text, signal }).catch(() => null);
  }

  refused(view, message) {
    this.trouble(view, { message });
    return null;
  }

  // Each view has its own: the success of one does not answer for another.
  trouble(view, { kind = "problem", message, rests = false }) {
    const said = { kind, message: message ?? this.words.unreachable, rests }, before = this.troubles.get(view);
    if (before?.message === said.message && before.rests === rests) return;
    this.troubles.delete(view); // the newest is the last one
    this.troubles.set(view, said);
    this.emit("trouble");
  }

  calm(view) {
    if (this.troubles.delete(view)) this.emit("trouble");
  }

  // What is wrong now; null if nothing is.
  get wrong() {
    return [...this.troubles.values()].at(-1) ?? null;
  }

  // The answer as a file: "png", "gif" or "npz".
  async download(view, body, form, name) {
    const response = await this.post({ view, ...body, form }), blob = response?.ok ? await response.blob().catch(() => null) : null;
    if (!blob) return void this.refused("file", response && !response.ok ? await told(response) : null);
    this.calm("file");
    const address = URL.createObjectURL(blob);
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  emit(name) {
    this.dispatchEvent(new Event(name));
  }

  close() {
    this.aborter.abort();
    this.askAgain(); // what rests comes to its end
  }
}

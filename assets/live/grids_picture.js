// The picture of a run that draws images: fixed and fresh latents side by side, and real images beside or below them.

import { Enlarged } from "./enlarged.js";
import { GAP, Grid } from "./grid.js";
import { Look } from "./look.js";
import { choice, fill, label, make, put } from "./page.js";

const BETWEEN = 22; // CSS pixels between two grids
const TALL = 345, FOLD = 375; // all grids together, where they stand side by side; what stands above and below them
const NARROW = 560; // below it, one grid stands below the other

export class GridsPicture {
  constructor(place) {
    this.place = place;
    this.beat = 125; // milliseconds of a frame that is played
    this.calm = 1000;
    this.kept = { whole: 60, thinned: 120 };
    this.weights = "fixed";
    this.watch = new ResizeObserver(() => this.look && this.lay());
  }

  build({ picture, players, words }, theme) {
    Object.assign(this, { spec: picture, players, words, look: null, share: null });
    this.place.style.minHeight = `${this.place.offsetHeight}px`; // until the first frame comes, the page stays as it is
    const { text, back, line } = this.shades(theme);
    const colours = { ...picture.colours, text, back, track: line };
    const open = (grid, index) => this.large.open(grid, index);
    this.grids = Object.fromEntries(
      ["fixed", "fresh", "real"].map((name) => [name, new Grid(words[name], words, colours, open)]),
    );
    for (const [name, grid] of Object.entries(this.grids)) grid.box.dataset.group = name;
    if (picture.averaged) this.grids.fixed.caption.append(this.chooser());
    this.legend = make("div", "gg-legend");
    this.legend.append(...this.explanation(picture.colours));
    this.way = make("div", "gg-way", { innerHTML: "<i></i><b></b>" });
    label(this.way, { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-label": words.way });
    const all = make("div", "gg-grids");
    all.append(...Object.values(this.grids).map((grid) => grid.box), this.legend);
    this.place.replaceChildren(all, this.way);
    this.large = new Enlarged(this.place, words);
    this.watch.disconnect();
    this.watch.observe(this.place);
  }

  shades(theme) {
    const style = getComputedStyle(this.place);
    return {
      text: theme({}).font.color,
      back: style.getPropertyValue("--st-background-color").trim() || "#fff",
      line: style.getPropertyValue("--st-border-color").trim() || "#ccc",
    };
  }

  chooser() {
    const options = [["fixed", this.words.averaged], ["raw", this.words.raw]];
    return choice("gs-choice", options, this.weights, (name) => {
      this.weights = name;
      this.redraw();
    });
  }

  explanation({ view }) {
    const bar = make("i", "gg-bar");
    bar.style.setProperty("--view", view);
    const sentences = this.words.legend.map((sentence) => make("span", "", { textContent: sentence }));
    sentences[0].prepend(bar);
    if (this.spec.conditional) sentences[1].prepend(make("i", "gg-dashed"));
    return sentences;
  }

  draw(frame) {
    const anew = !this.look;
    this.look = new Look(frame, this.spec.loss);
    if (anew) this.lay();
    else this.redraw();
  }

  // Sizes and places, from the room that there is.
  lay() {
    const { fixed, fresh, real } = this.look.groups, { columns } = this.spec;
    const below = this.spec.conditional && !this.spec.heads.length ? 12 : 7;
    const plan = arrangement(this.place.clientWidth, columns, Math.ceil(fixed.size / columns), real.size, below);
    this.place.classList.toggle("gg-narrow", plan.narrow);
    this.grids.fixed.arrange(fixed.size, columns, plan.side, below, this.spec.heads);
    this.grids.fresh.arrange(fresh.size, columns, plan.side, below, this.spec.heads);
    this.grids.real.arrange(real.size, plan.realColumns, plan.side, below);
    this.place.style.minHeight = "";
    this.redraw();
  }

  redraw() {
    const { groups } = this.look;
    const weights = groups[this.weights].size ? this.weights : "fixed";
    this.grids.fixed.draw(this.look, groups[weights].start);
    this.grids.fresh.draw(this.look, groups.fresh.start);
    this.grids.real.draw(this.look, groups.real.start);
    this.large.draw();
  }

  describe() {
    if (this.look) for (const grid of Object.values(this.grids)) grid.describe();
  }

  fade(part) {
    const players = this.players[part];
    for (const [name, { box }] of Object.entries(this.grids)) {
      box.style.opacity = !players || players.includes(name) ? 1 : 0.3;
    }
  }

  // Where the run stands: epoch, speed, and the time to its goal.
  progress(frame, status, words) {
    if (!frame) return [];
    const { values, step } = frame, texts = [];
    this.showWay(step, status);
    const { epochs } = values;
    if (epochs > 0) texts.push(fill(words.epoch, { epoch: epochs.toFixed(epochs < 10 ? 1 : 0) }));
    if (values.images_per_second > 0) {
      const speed = Math.round(values.images_per_second).toLocaleString(words.locale);
      texts.push(fill(words.images_speed, { speed }));
      const perEpoch = values.images / epochs / values.images_per_second;
      texts.push(fill(words.per_epoch, { time: duration(perEpoch, words) }));
    }
    const left = (goal) => duration((goal - status.step) / status.steps_per_second, words);
    if (status.state !== "running" || !(status.steps_per_second > 0)) return texts;
    const { promised } = this.spec;
    if (promised > status.step && promised <= status.goal) texts.push(fill(words.to_promise, { time: left(promised) }));
    if (status.goal > status.step) texts.push(fill(words.to_goal, { time: left(status.goal) }));
    return texts;
  }

  showWay(step, { goal }) {
    const share = goal > 0 ? Math.min(100, (100 * step) / goal) : 0, { promised } = this.spec;
    if (this.share === share) return;
    this.share = share;
    label(this.way, { "aria-valuenow": Math.round(share) });
    this.way.firstChild.style.width = `${share}%`;
    this.way.lastChild.hidden = !(promised > 0 && promised < goal);
    this.way.lastChild.style.left = `${(100 * promised) / goal}%`;
    label(this.way.lastChild, { title: this.words.promise });
  }

  close() {
    this.watch.disconnect();
  }
}

// The side of an image, and how the real ones lie, so that all grids are as large as can be.
function arrangement(width, columns, rows, real, room) {
  if (width < NARROW) {
    return { narrow: true, side: Math.floor((width + GAP) / columns) - GAP, realColumns: Math.min(real, columns) };
  }
  const beside = Math.ceil(real / rows);
  const height = Math.max(TALL, Math.min(2 * TALL, innerHeight - FOLD));
  const fit = (across, gaps, down) =>
    Math.min((width - gaps * BETWEEN) / across - GAP, (height + GAP) / down - room - GAP);
  const right = fit(2 * columns + beside, 2, rows), below = fit(2 * columns, 1, rows + 1.4);
  const side = Math.max(18, Math.floor(Math.max(right, below)));
  return { narrow: false, side, realColumns: right >= below ? beside : real };
}

export function duration(seconds, words) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} ${words.s}`;
  if (seconds < 100) return `${Math.round(seconds)} ${words.s}`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} ${words.min}` : `${(minutes / 60).toFixed(1)} ${words.h}`;
}

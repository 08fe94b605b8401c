// Who looks at the image: the discriminator that was trained with the generator, and the digit classifier.

import { numberText } from "../live/charts.js";
import { fill, label, make, put } from "../live/page.js";

const text = (score) => numberText(score).replace("-", "−");
const NOTHING = "–"; // of a run that has diverged
const part = (share) => `${Math.round(1000 * Math.min(1, Math.max(0, share))) / 10}%`;

// D's score as the probability that it stands for, where the loss makes it one.
export class Probability {
  // `smoothing`: D was taught 1 - this for real images.
  constructor(words, smoothing) {
    this.words = words;
    this.element = make("div", "gl-judge");
    this.text = make("span", "gl-number");
    this.bar = make("div", "gl-bar gl-probability");
    this.fill = make("i", "");
    this.bar.append(this.fill, make("b", ""));
    const head = make("div", "gl-line");
    head.append(make("strong", "", { textContent: words.probability, title: words.probability_help }), this.text);
    this.note = make("p", "gl-quiet gl-diverged", { textContent: words.no_score, hidden: true });
    this.element.append(head, this.bar, this.note);
    const said = smoothing ? fill(words.smoothed, { top: Number((1 - smoothing).toFixed(3)) }) : "";
    this.element.append(make("p", "gl-quiet gl-smoothed", { textContent: said, hidden: !said }));
    label(this.bar, { role: "meter", "aria-valuemin": 0, "aria-valuemax": 1, "aria-label": words.probability });
  }

  show(score) {
    const known = Number.isFinite(score), probability = known ? 1 / (1 + Math.exp(-score)) : 0;
    this.note.hidden = known;
    this.bar.hidden = !known;
    put(this.text, known ? probability.toFixed(2) : NOTHING);
    this.fill.style.width = part(probability);
    label(this.bar, { "aria-valuenow": probability.toFixed(3) });
  }

  against() {} // a probability needs nothing to be compared with
}

// Any other score, against the scores that D usually gives: 5 to 95 % of fakes and of real images.
export class Score {
  constructor(words) {
    this.words = words;
    this.element = make("div", "gl-judge");
    this.text = make("span", "gl-number");
    const head = make("div", "gl-line");
    head.append(make("strong", "", { textContent: words.score, title: words.score_help }), this.text);
    this.scale = make("div", "gl-scale");
    label(this.scale, { role: "img" });
    this.rows = ["fakes", "reals"].map((name) => this.row(name));
    this.mark = make("b", "gl-mark");
    this.scale.append(...this.rows.map((row) => row.element), this.mark);
    this.note = make("p", "gl-quiet gl-diverged", { textContent: words.no_score, hidden: true });
    this.element.append(head, this.scale, this.note);
  }

  row(name) {
    const element = make("div", `gl-usual gl-${name}`), range = make("i", ""), middle = make("u", "");
    const track = make("div", "gl-track");
    track.append(range, middle);
    element.append(make("span", "", { textContent: this.words[name] }), track);
    return { element, range, middle };
  }

  show(score) {
    const known = Number.isFinite(score);
    this.score = score;
    this.note.hidden = known;
    this.scale.hidden = !known;
    put(this.text, known ? text(score) : NOTHING);
    this.draw();
  }

  // `usual` [2, 3]: 5, 50 and 95 % of the scores of fakes, then of real images.
  against(usual) {
    this.usual = usual;
    this.draw();
  }

  draw() {
    if (!this.usual || !Number.isFinite(this.score)) return;
    const all = [...this.usual, this.score].filter(Number.isFinite);
    const low = Math.min(...all), wide = Math.max(...all) - low || 1;
    const at = (value) => 0.03 + (0.94 * (value - low)) / wide;
    this.rows.forEach(({ range, middle }, row) => {
      const [begin, median, end] = this.usual.subarray(3 * row, 3 * row + 3);
      for (const mark of [range, middle]) mark.hidden = !Number.isFinite(median); // no real images on this server
      Object.assign(range.style, { left: part(at(begin)), width: part(at(end) - at(begin)) });
      middle.style.left = part(at(median));
    });
    this.mark.style.setProperty("--at", at(this.score));
    const [a, , b, c, , d] = Array.from(this.usual, (value) => (Number.isFinite(value) ? text(value) : NOTHING));
    label(this.scale, { "aria-label": fill(this.words.usual, { score: text(this.score), a, b, c, d }) });
  }
}

// Ten bars; or a sentence, where the classifier does not know what the images show.
export class Reader {
  constructor(words, readable) {
    this.words = words;
    this.element = make("div", "gl-judge gl-reader");
    this.head = make("div", "gl-line");
    this.text = make("span", "gl-number");
    this.head.append(make("strong", "", { textContent: words.classifier, title: words.classifier_help }), this.text);
    this.element.append(this.head);
    this.bars = [];
    if (!readable) {
      this.element.append(make("p", "gl-quiet", { textContent: words.not_readable }));
      return;
    }
    this.chart = make("div", "gl-bars");
    label(this.chart, { role: "img" });
    this.bars = Array.from({ length: 10 }, (_, digit) => this.bar(digit));
    this.note = make("p", "gl-quiet gl-diverged", { textContent: words.no_image, hidden: true });
    this.element.append(this.chart, this.note);
  }

  bar(digit) {
    const column = make("div", ""), bar = make("i", "");
    const track = make("div", "gl-column");
    track.append(bar);
    column.append(track, make("span", "", { textContent: digit }));
    this.chart.append(column);
    return { column, bar };
  }

  // `shares`: the ten probabilities.
  show(shares) {
    const most = Math.max(...shares), read = shares.indexOf(most), known = read >= 0;
    this.note.hidden = known;
    this.chart.hidden = !known;
    if (!known) return put(this.text, NOTHING);
    this.bars.forEach(({ column, bar }, digit) => {
      bar.style.height = part(shares[digit]);
      column.classList.toggle("gl-most", digit === read);
    });
    put(this.text, `${read} · ${Math.round(100 * most)} %`);
    label(this.chart, { "aria-label": fill(this.words.reads, { digit: read, percent: Math.round(100 * most) }) });
  }
}

// The live figure: one picture that plays frames, charts beside and below it, and a bar to scrub through history.
// Mounted once by pages/components/live_figure.py; after that only its data changes.

import { Chart } from "./charts.js";
import { Feed } from "./feed.js";
import { Player } from "./player.js";

const BAR = 120; // milliseconds between two updates of the bar below the picture
const CHARTS = 500; // and of the charts, while frames play

const figures = new WeakMap();
const root = new URL("../../", import.meta.url); // of the app: assets/live/ is two folders down
let plotlyLoaded = null;

export function loadPlotly() {
  plotlyLoaded ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("vendor/plotly.min.js", root);
    script.onload = () => resolve(window.Plotly);
    script.onerror = reject;
    document.head.append(script);
  });
  return plotlyLoaded;
}

// Text and attributes, touched only when they change: each touch makes the browser lay out the page.
function put(element, text, attributes = {}) {
  if (element.textContent !== text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

export function themed(element) {
  const style = getComputedStyle(element);
  const text = style.getPropertyValue("--st-text-color").trim() || "#31333f";
  const line = style.getPropertyValue("--st-border-color").trim() || "rgba(128,128,128,.25)";
  return (layout) => {
    const axes = Object.fromEntries(
      Object.keys(layout).filter((name) => /^[xy]axis/.test(name))
        .map((name) => [name, { ...layout[name], gridcolor: line, linecolor: line }]),
    );
    return {
      ...layout, ...axes, template: {}, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: text, size: 12, family: style.fontFamily },
      hoverlabel: { bgcolor: style.getPropertyValue("--st-secondary-background-color").trim() || "#fff", font: { color: text } },
    };
  };
}

class LiveFigure {
  constructor(root, plotly) {
    this.root = root;
    this.plotly = plotly;
    this.drawn = 0;
    this.part = 0;
    this.find = (name) => root.querySelector(`.gs-${name}`);
    this.picture = this.find("picture");
    this.slider = this.find("slider");
    this.slider.oninput = () => this.draw(this.player.choose(Number(this.slider.value)));
    this.find("play").onclick = () => this.player.toggle();
    this.find("follow").onclick = () => this.draw(this.player.follow());
    this.find("speed").onchange = (event) => (this.player.speed = Number(event.target.value));
  }

  // New data from Python: another run, another language, or only a nudge to look at once.
  update(data, changed) {
    this.changed = changed;
    const theme = themed(this.root);
    const look = JSON.stringify([data.picture, data.beside, data.below, data.words, theme({})]);
    if (look !== this.look) {
      this.look = look;
      this.data = data;
      this.theme = theme;
      this.build();
    }
    if (data.source !== this.source) {
      this.feed?.close();
      this.source = data.source;
      this.player = null;
      this.known = null;
      this.feed = new Feed(new URL(data.source, root), (anew, trouble) => this.heard(anew, trouble));
      this.player = new Player(this.feed);
      this.player.speed = Number(this.find("speed").value);
      if (data.recorded) Object.assign(this.player, { following: false, playing: true });
    } else this.feed.poll();
    this.nudge = data.state;
    this.loop ??= requestAnimationFrame((now) => this.tick(now));
  }

  build() {
    const { picture, words } = this.data;
    this.plotly.react(this.picture, picture.data, this.theme(picture.layout), {
      displaylogo: false, responsive: true, scrollZoom: false,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    });
    this.part = 0;
    this.slider.setAttribute("aria-label", words.history);
    this.find("speed").setAttribute("aria-label", words.speed);
    this.charts = ["beside", "below"].flatMap((place) => {
      this.find(place).replaceChildren();
      return this.data[place].map((spec) => new Chart(spec, this.find(place), words, this.plotly, this.theme));
    });
    if (this.player?.at) this.draw(this.player.at);
  }

  heard(anew, trouble) {
    const status = this.feed.status;
    if (anew) this.player.at = null;
    this.find("trouble").hidden = !trouble;
    if (trouble) this.find("trouble").textContent = this.data.words.unreachable;
    if (!status) return;
    this.chartsDue = true;
    // The buttons live in Python: tell it once when the state is not the one it drew them for.
    if (status.state !== "recorded" && status.state !== this.nudge && status.state !== this.known) {
      this.known = status.state;
      this.changed(status.state);
    } else if (status.state === this.nudge) this.known = null;
  }

  showBar() {
    const { status, frames } = this.feed;
    const { words } = this.data;
    const playing = this.player.playing;
    put(this.find("play"), playing ? "❚❚" : "▶", { "aria-label": playing ? words.pause : words.play });
    put(this.find("follow"), words.live, { "aria-pressed": this.player.following });
    if (!status) return;
    this.slider.max = Math.max(0, frames.length - 1);
    this.slider.value = this.player.index;
    const speed = status.steps_per_second > 0 ? ` · ${Math.round(status.steps_per_second)} ${words.steps_per_second}` : "";
    const goal = status.goal ? ` / ${status.goal}` : "";
    put(this.find("state"), words.states[status.state] ?? status.state, { "data-state": status.state });
    const said = this.player.index >= this.feed.frames.length - 1 ? words.diagnoses[status.diagnosis] : null;
    this.find("diagnosis").hidden = !said;
    put(this.find("diagnosis"), said ?? "", { "data-code": status.diagnosis });
    put(this.find("progress"), `${words.step} ${this.player.at?.step ?? status.step}${goal}${speed}`);
  }

  tick(now) {
    this.loop = requestAnimationFrame((next) => this.tick(next));
    if (!this.root.isConnected) return this.close();
    const frame = this.player.tick(now);
    if (frame) this.draw(frame);
    if (this.chartsDue && now > (this.chartsNext ?? 0)) {
      this.chartsDue = false;
      this.chartsNext = now + (this.player.playing || this.player.following ? CHARTS : BAR);
      for (const chart of this.charts) chart.draw(this.feed.frames, this.player.at);
    }
    if (now > (this.barNext ?? 0)) {
      this.barNext = now + BAR;
      this.showBar();
    }
  }

  draw(frame) {
    if (!frame) return;
    const traces = {};
    for (const [key, values] of Object.entries(frame.moving)) {
      const [trace, attribute] = key.split(".");
      (traces[trace] ??= {})[attribute] = values;
    }
    this.plotly.animate(
      this.picture,
      { data: Object.values(traces), traces: Object.keys(traces).map(Number) },
      { mode: "immediate", transition: { duration: 0 }, frame: { duration: 0, redraw: false } },
    ).catch(() => {}); // a frame that was overtaken by the next one
    this.root.dataset.drawn = ++this.drawn;
    this.root.dataset.step = frame.step;
    this.chartsDue = true;
    this.showPart(frame.part);
  }

  // Slow motion: say what this part of an update does, and let those who have no part in it fade.
  showPart(part) {
    if (part === this.part) return;
    this.part = part;
    this.find("caption").hidden = !part;
    this.find("caption").textContent = part ? this.data.words.parts[part - 1] : "";
    this.find("caption").dataset.part = part;
    const players = this.data.players[part];
    const opacity = this.data.picture.data.map((_, trace) => (!players || players.includes(trace) ? 1 : 0.18));
    this.plotly.restyle(this.picture, { opacity });
  }

  close() {
    cancelAnimationFrame(this.loop);
    this.loop = this.source = null;
    this.feed?.close();
  }
}

export async function show({ data, parentElement, setTriggerValue }) {
  const element = parentElement.querySelector(".gs-live");
  const plotly = await loadPlotly();
  let figure = figures.get(element);
  if (!figure) {
    figures.set(element, (figure = new LiveFigure(element, plotly)));
    element.dataset.mounted = (window.ganscopeMounts = (window.ganscopeMounts ?? 0) + 1);
  }
  figure.update(data, (state) => setTriggerValue("state", state));
}

export function close(parentElement) {
  figures.get(parentElement.querySelector(".gs-live"))?.close();
}

// The picture of a 1-D run: Plotly's, into which frames are played.

import { KEPT } from "./feed.js";
import { FRAME } from "./player.js";

export class CurvesPicture {
  constructor(place, plotly) {
    this.place = place;
    this.plotly = plotly;
    this.beat = FRAME;
    this.calm = 500;
    this.kept = KEPT;
  }

  build({ picture, players }, theme) {
    this.traces = picture.data;
    this.players = players;
    this.plotly.react(this.place, picture.data, theme(picture.layout), {
      displaylogo: false, responsive: true, scrollZoom: false,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    });
  }

  draw(frame) {
    const traces = {};
    for (const [key, values] of Object.entries(frame.moving)) {
      const [trace, attribute] = key.split(".");
      (traces[trace] ??= {})[attribute] = values;
    }
    this.plotly.animate(
      this.place,
      { data: Object.values(traces), traces: Object.keys(traces).map(Number) },
      { mode: "immediate", transition: { duration: 0 }, frame: { duration: 0, redraw: false } },
    ).catch(() => {}); // a frame that was overtaken by the next one
  }

  // Slow motion: those who have no part in this part of an update fade.
  fade(part) {
    const players = this.players[part];
    const opacity = this.traces.map((_, trace) => (!players || players.includes(trace) ? 1 : 0.18));
    this.plotly.restyle(this.place, { opacity });
  }

  progress(frame, status, words) {
    return status.steps_per_second > 0 ? [`${Math.round(status.steps_per_second)} ${words.steps_per_second}`] : [];
  }

  describe() {}

  close() {}
}

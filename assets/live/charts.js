// The charts of values over steps: filled from the frames, with a line where the shown frame stands.

const numberText = (value) =>
  Number.isNaN(value) ? "–" : !Number.isFinite(value) ? "∞" : Math.abs(value) >= 1000 || (value && Math.abs(value) < 1e-3)
    ? value.toExponential(1) : value.toPrecision(3);

export class Chart {
  constructor(spec, root, words, plotly, theme) {
    this.spec = spec;
    this.plotly = plotly;
    this.theme = theme;
    this.log = spec.figure.layout.yaxis.type === "log";
    const box = document.createElement("section");
    box.className = "gs-chart";
    const head = document.createElement("header");
    const title = document.createElement("strong");
    title.textContent = spec.title;
    const why = document.createElement("span");
    why.className = "gs-why";
    why.tabIndex = 0;
    why.textContent = "?";
    why.setAttribute("role", "note");
    why.setAttribute("aria-label", spec.help);
    why.dataset.help = spec.help;
    this.numbers = document.createElement("span");
    this.numbers.className = "gs-numbers";
    head.append(title, why);
    if (spec.scalable) {
      const scale = document.createElement("button");
      scale.type = "button";
      scale.textContent = this.log ? words.linear : words.log;
      scale.onclick = () => {
        this.log = !this.log;
        scale.textContent = this.log ? words.linear : words.log;
        this.draw(this.frames, this.at);
      };
      head.append(scale);
    }
    this.plot = document.createElement("div");
    this.plot.setAttribute("role", "img");
    this.plot.setAttribute("aria-label", `${spec.title}. ${spec.help}`);
    box.append(head, this.numbers, this.plot);
    root.append(box);
  }

  draw(frames, at) {
    this.frames = frames;
    this.at = at;
    const steps = frames.map((frame) => frame.step);
    const data = this.spec.figure.data.map((trace) => ({
      ...trace,
      x: steps,
      y: frames.map((frame) => {
        const value = frame.values[trace.meta];
        return this.log && !(value > 0) ? null : value;
      }),
    }));
    const values = this.log ? data.flatMap((trace) => trace.y.filter((value) => value > 0)) : [];
    const decades = values.length ? Math.log10(Math.max(...values) / Math.min(...values)) : 0;
    const ticks = this.log ? { dtick: decades < 1 ? "D2" : Math.ceil(decades / 3) } : {};
    const layout = this.theme({
      ...this.spec.figure.layout,
      yaxis: { ...this.spec.figure.layout.yaxis, type: this.log ? "log" : "linear", ...ticks },
      shapes: at
        ? [{ type: "line", x0: at.step, x1: at.step, y0: 0, y1: 1, yref: "paper", line: { width: 1, color: "#888" } }]
        : [],
    });
    this.plotly.react(this.plot, data, layout, { displayModeBar: false, responsive: true });
    this.numbers.replaceChildren(
      ...this.spec.figure.data.map((trace) => {
        const item = document.createElement("span");
        const mark = document.createElement("i");
        mark.style.borderTop = `2px ${trace.line.dash.includes("dot") ? "dotted" : trace.line.dash === "dash" ? "dashed" : "solid"} ${trace.line.color}`;
        item.append(mark, `${trace.name} ${at ? numberText(at.values[trace.meta]) : ""}`);
        return item;
      }),
    );
  }
}

// Small helpers: elements, sentences, numbers.

const SPACE = "http://www.w3.org/2000/svg";

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export const svg = (name, attributes = {}, ...children) => dress(document.createElementNS(SPACE, name), attributes, children);

export const html = (name, attributes = {}, ...children) => dress(document.createElement(name), attributes, children);

// The sentence with its {names} filled in.
export const fill = (template, values) =>
  template.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all).replaceAll("= ≈", "≈");

// A number as a student writes it, with a minus sign that is as wide as the plus.
export const short = (number) => String(Number(number.toPrecision(6))).replace("-", "−");

export const signed = (text) => (text === "0" ? text : text.startsWith("-") ? text.replace("-", "−") : `+${text}`);

// Width of a text, roughly: enough to know whether it fits into a cell.
export const wide = (text, size = 11) => [...text].reduce((sum, letter) => sum + (letter > "⺀" ? 1 : 0.6), 0) * size;

// About `count` round numbers from low to high.
export function ticks(low, high, count) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

// A heading with what the lines and colours mean, and the picture below it.
export function view(name, title, legend, ...children) {
  const marks = legend.map(([sample, text]) => html("span", { class: "gs-mark" }, sample, text));
  return html("section", { class: `gs-view gs-${name}-view` },
    html("header", {}, html("h4", {}, title), html("span", { class: "gs-marks" }, ...marks)), ...children);
}

// A sample of a line, for a legend.
export function sample(colour, dash = "", width = 2.5) {
  const line = svg("line", { x1: 1, x2: 25, y1: 5, y2: 5, stroke: colour, "stroke-width": width, "stroke-dasharray": dash });
  return svg("svg", { width: 26, height: 10, "aria-hidden": true }, line);
}

// A sample of an area.
export const patch = (attributes) =>
  svg("svg", { width: 15, height: 12, "aria-hidden": true }, svg("rect", { x: 1, y: 1, width: 13, height: 10, ...attributes }));

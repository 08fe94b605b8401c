// A chart that moves with a slider: drawn into the same place again, so that it neither flickers nor loses its zoom.
// Mounted once by pages/components/chart.py.

import { loadPlotly, themed } from "./plotly.js";

export async function show({ data, parentElement }) {
  const plotly = await loadPlotly();
  const place = parentElement.querySelector(".gs-plot");
  const figure = JSON.parse(data.figure);
  place.setAttribute("aria-label", data.label);
  await plotly.react(place, figure.data, themed(place)(figure.layout), { displayModeBar: false, responsive: true });
  place.dataset.drawn = Number(place.dataset.drawn ?? 0) + 1;
}

export function close(parentElement) {
  const place = parentElement.querySelector(".gs-plot");
  if (place) window.Plotly?.purge(place);
}

"""A Plotly chart that a slider moves. `st.plotly_chart` would make it anew each time: slower, and with a flicker."""

import plotly.graph_objects as go
from streamlit.components.v2 import component

_LOADER = """
const module = import(new URL("assets/live/chart.js", location.href));
export default function (component) {
  module.then((chart) => chart.show(component));
  return () => module.then((chart) => chart.close(component.parentElement));
}
"""

_component = component(
    "chart",
    html='<div class="gs-plot" role="img"></div>',
    js=_LOADER,
    isolate_styles=False,  # plotly puts its own styles into the document
)


def chart(figure: go.Figure, key: str, label: str) -> None:
    """Draw `figure` where the chart with this key stands; `label` says what it shows to those who cannot see it."""
    _component(key=key, data={"figure": figure.to_json(), "label": label})

"""A Plotly chart that a slider moves. `st.plotly_chart` would make it anew each time: slower, and with a flicker."""

import plotly.graph_objects as go

from pages.components.browser import browser_component

_component = browser_component("chart", "live/chart.js", '<div class="gs-plot" role="img"></div>')


def chart(figure: go.Figure, key: str, label: str) -> None:
    """Draw `figure` where the chart with this key stands; `label` says what it shows to those who cannot see it."""
    _component(key=key, data={"figure": figure.to_json(), "label": label})

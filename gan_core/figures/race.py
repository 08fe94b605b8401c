"""The two charts of a race: exact W1 and exact JS over steps, all runs on the same axes. The browser fills them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log

import plotly.graph_objects as go

from gan_core.figures.palette import LOSSES, SPARE, Actor


def lanes(names: Sequence[str]) -> list[Actor]:
    """A colour and a dash for each run that takes part: a loss has its own, presets take the spare ones in turn."""
    spare = iter(SPARE)
    return [LOSSES[name] if name in LOSSES else next(spare) for name in names]


@dataclass(frozen=True)
class RaceChart:
    measure: str  # a name of `ToySnapshot.measures`
    title: str
    help: str


CHARTS = (
    RaceChart("w1", "Distance W1, exact", "How far mass must move, on average, to turn p_g into p_data."),
    RaceChart("js", "Divergence JS, exact", "From 0 (equal) to log 2 = 0.693 (no overlap at all), where it is flat."),
)


def draw(chart: RaceChart, t: Callable[[str], str] = str) -> go.Figure:
    """The axes, without lines; log 2 is marked in the chart of JS."""
    figure = go.Figure()
    figure.update_layout(
        height=270,
        margin={"l": 52, "r": 12, "t": 6, "b": 36},
        showlegend=False,
        xaxis={"title": {"text": t("step"), "standoff": 4}, "zeroline": False, "rangemode": "tozero"},
        yaxis={"type": "log", "zeroline": False, "exponentformat": "power", "dtick": 1},
        hovermode="x unified",
        uirevision="kept",
    )
    if chart.measure == "js":
        figure.add_hline(log(2), line={"width": 1, "dash": "dot", "color": "#8a8a8a"})
        figure.add_annotation(x=1, xref="paper", xanchor="right", y=log(log(2), 10), yanchor="bottom", text="log 2")
        figure.update_annotations(showarrow=False, font={"color": "#8a8a8a", "size": 11})
    return figure

"""JS against Wasserstein: the two distributions, and below them what each measure says at every shift.

Figures of the families that shift have one x axis: the mark at theta stands below the middle of p_g.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gan_core.figures.palette import BROWN, CYAN, FLOOR, LOSSES, OLIVE, ROSE, VIOLET, Actor
from gan_core.theory.divergence.curves import LOG_2
from gan_core.theory.divergence.families import RANGES, Situation

Array = NDArray[np.float64]
Translate = Callable[[str], str]

FLOAT32 = 6e-8  # half the distance of 1 and the next number of 32 bits, in which networks compute
FAINT = 1e-12  # below this, nothing is drawn on a logarithmic scale
HEIGHT = 330
SIDE = {"l": 56, "r": 30}  # margins: the same for all, so that the axes stand below each other


@dataclass(frozen=True)
class Line:
    """One curve: the field of `Curves`, how it is called, and how it is drawn."""

    field: str
    label: str
    actor: Actor
    width: float = 2.0


GROWING = (
    Line("w1", "W1", Actor(VIOLET, "solid"), 3),
    Line("w2", "W2", Actor(VIOLET, "dash")),
    Line("kl", "KL(p_data ‖ p_g)", Actor(OLIVE, "solid")),
    Line("kl_reverse", "KL(p_g ‖ p_data)", Actor(OLIVE, "dot")),
)
CAPPED = (
    Line("js", "JS", Actor(ROSE, "solid"), 3),
    Line("tv", "total variation", Actor(CYAN, "dashdot")),
    Line("hellinger2", "Hellinger²", Actor(BROWN, "dot")),
)
SLOPES = (
    Line("saturating", "minimax (saturating)", LOSSES["minimax"], 3),
    Line("non_saturating", "non-saturating", LOSSES["non_saturating"], 2.5),
    Line("wasserstein", "Wasserstein", LOSSES["wasserstein"], 3),
)
GAP = Line("js_gap", "log 2 - JS", Actor(ROSE, "solid"), 3)


def span(family: str) -> tuple[float, float]:
    """What the x axis shows."""
    low, high = RANGES[family]
    room = 0.0 if family == "classes" else 0.12 * (high - low)
    return low - room, high + room


def values(situation: Situation, t: Translate = str) -> go.Figure:
    """Above, what grows without bound; below, what is capped."""
    figure = go.Figure(_lines(situation, GROWING, t, "y") + _lines(situation, CAPPED, t, "y2"))
    ways = np.concatenate([situation.curves.w1, situation.curves.w2])
    _two_floors(figure, t("unbounded"), t("bounded"))
    figure.update_layout(yaxis={"range": [0, 1.15 * ways.max()]}, yaxis2={"range": [0, 1.1]})
    figure.add_hline(y=LOG_2, line={"color": ROSE, "width": 1, "dash": "dot"}, yref="y2", opacity=0.7)
    said = {"text": "log 2", "showarrow": False, "font": {"color": ROSE}}
    figure.add_annotation(said, x=1, xref="paper", xanchor="left", y=LOG_2, yref="y2", yanchor="middle")
    return _finished(figure, situation)


def gradients(situation: Situation, t: Translate = str) -> go.Figure:
    """What the generator is told to do: as it is, and below its size on a logarithmic scale."""
    sized = [np.abs(getattr(situation.curves, line.field)) for line in SLOPES]
    above_0 = [np.where(row > 0, row, np.nan) for row in sized]
    figure = go.Figure(_lines(situation, SLOPES, t, "y") + _lines(situation, SLOPES, t, "y2", above_0))
    figure.update_traces(showlegend=False, selector={"yaxis": "y2"})
    _two_floors(figure, t("slope"), t("size, log scale"))
    top = float(np.nanmax(np.stack(sized), initial=1.0))
    figure.update_layout(
        yaxis={"range": [-1.1 * min(top, 4), 1.1 * min(top, 4)]},
        yaxis2={"type": "log", "range": [-8, np.log10(2 * top)], "exponentformat": "power", "nticks": 5},
    )
    return _finished(figure, situation)


def gap(situation: Situation, t: Translate = str) -> go.Figure:
    """How far JS is below its bound: on a logarithmic scale the end of the slope becomes visible."""
    row = situation.curves.js_gap
    figure = go.Figure(_lines(situation, (GAP,), t, "y", [np.where(row > FAINT, row, np.nan)]))
    figure.add_hline(y=FLOAT32, line={"color": FLOOR.colour, "width": 1.5, "dash": FLOOR.dash})
    said = {"text": t("below: to 32-bit numbers, JS is log 2"), "showarrow": False, "font": {"color": FLOOR.colour}}
    figure.add_annotation(said, x=0.01, xref="paper", xanchor="left", y=np.log10(FLOAT32), yanchor="top")
    figure.update_layout(
        yaxis={"type": "log", "range": [np.log10(FAINT), 0.2], "exponentformat": "power", "title": t("log 2 - JS")}
    )
    return _finished(figure, situation)


def _lines(
    situation: Situation, lines: Sequence[Line], t: Translate, axis: str, rows: Sequence[Array] = ()
) -> list[go.Scatter]:
    """The curves. One that is nowhere finite keeps its place in the legend, which says so."""
    drawn = []
    for line, row in zip(lines, rows or [getattr(situation.curves, line.field) for line in lines], strict=True):
        finite = np.where(np.isfinite(row), row, np.nan)
        drawn.append(
            go.Scatter(
                x=situation.thetas,
                y=finite,
                name=" ".join([t(line.label), *_absent(row, t)]),
                yaxis=axis,
                legend="legend2" if axis == "y2" else "legend",
                mode="lines+markers" if situation.family == "piles" else "lines",
                line={"color": line.actor.colour, "dash": line.actor.dash, "width": line.width},
                hovertemplate="%{y:.6g}",
            )
        )
    return drawn


def _absent(row: Array, t: Translate) -> list[str]:
    """Why there is nothing to draw. A single point, where both distributions are the same, is no curve."""
    if np.isfinite(row).sum() > 1:
        return []
    return [t("(infinite)") if np.isinf(row).any() else t("(not defined)")]


def _two_floors(figure: go.Figure, above: str, below: str) -> None:
    """Two y axes, one above the other, on one x axis, each with its own legend."""
    figure.update_layout(
        yaxis={"domain": [0.56, 0.94], "title": {"text": above, "standoff": 4}},
        yaxis2={"domain": [0, 0.42], "anchor": "x", "title": {"text": below, "standoff": 4}},
        legend={"orientation": "h", "y": 0.95, "yanchor": "bottom", "x": 0},
        legend2={"orientation": "h", "y": 0.43, "yanchor": "bottom", "x": 0},
        xaxis={"anchor": "y2"},
    )


def _finished(figure: go.Figure, situation: Situation) -> go.Figure:
    """The mark at theta, and what all figures have in common."""
    mark = {"type": "line", "yref": "paper", "y0": 0, "y1": 0.94}  # through both floors
    figure.add_shape(
        mark, x0=situation.theta, x1=situation.theta, line={"color": FLOOR.colour, "width": 2}, opacity=0.8
    )
    figure.update_layout(
        height=HEIGHT,
        margin={**SIDE, "t": 8, "b": 34},
        xaxis={"range": span(situation.family), "title": {"text": "θ", "standoff": 2}, "zeroline": False},
        hovermode="x unified",
        uirevision=situation.family,
    )
    figure.update_yaxes(zeroline=False)
    return figure

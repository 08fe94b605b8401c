"""A trained D over D*, and a trained critic over the exact potential; below each, its slope, which is what G is told.

After Arjovsky et al. 2017, figure 2.
"""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gan_core.figures.palette import DISCRIMINATOR, FLOOR, GENERATOR, OPTIMAL, REAL, Actor
from gan_core.lessons.players import Pair, TrainedCritic, TrainedDiscriminator

Translate = Callable[[str], str]
Array = NDArray[np.float64]

UPPER, LOWER = (0.42, 1.0), (0.0, 0.32)


def discriminator(pair: Pair, trained: TrainedDiscriminator, t: Translate = str) -> go.Figure:
    """D and D* from 0 to 1, and the slopes of both."""
    x, middles = trained.x, _middles(trained.x)
    figure = go.Figure(
        [
            *_densities(pair, x, 1.0),
            _line(x, trained.d, t("trained D"), DISCRIMINATOR, 3),
            _line(x, trained.d_star, "D*", OPTIMAL),
            _line(middles, _slope(x, trained.d), t("slope of D"), DISCRIMINATOR, 3, lower=True),
            _line(middles, _slope(x, trained.d_star), t("slope of D*"), OPTIMAL, lower=True),
        ]
    )
    return _laid_out(figure, x, "D(x)", t("slope"), (-0.03, 1.05))


def critic(pair: Pair, trained: TrainedCritic, by_slope: bool, t: Translate = str) -> go.Figure:
    """The critic f over the potential of slope 1, both 0 half-way between the two means.

    Parameters
    ----------
    by_slope : the critic is divided by its mean slope: after weight clipping it has any scale.
    """
    x, middles = trained.x, _middles(trained.x)
    scale = trained.mean_slope if by_slope and trained.mean_slope > 0 else 1.0
    f, exact = trained.f / scale, _potential(pair, trained, x)
    drawn = np.concatenate([f, exact])
    low, high = float(np.nanmin(drawn)), float(np.nanmax(drawn))
    room = 0.08 * (high - low) or 1.0
    name = t("trained critic / mean slope") if by_slope else t("trained critic")
    slopes = [
        _line(middles, trained.slope / scale, t("slope of the critic"), DISCRIMINATOR, 3, lower=True),
        _line(middles, _slope(x, exact), t("slope of the potential"), OPTIMAL, lower=True),
    ]
    if trained.optimum is not trained.best:
        expected = np.interp(middles, trained.optimum.x, trained.optimum.slope)
        slopes.append(_line(middles, expected, t("best slope under the penalty"), FLOOR, lower=True))
        slopes[-1].showlegend = True
    figure = go.Figure(
        [
            *_densities(pair, x, high - low + 2 * room, low - room),
            _line(x, f, name, DISCRIMINATOR, 3),
            _line(x, exact, t("exact potential"), OPTIMAL),
            *slopes,
        ]
    )
    return _laid_out(figure, x, t("critic"), t("slope"), (low - room, high + room))


def _potential(pair: Pair, trained: TrainedCritic, x: Array) -> Array:
    """The integral of the best slope, 0 half-way; not drawn where any slope would be as good."""
    best = trained.best
    heights = np.concatenate([[0.0], np.cumsum((best.slope[1:] + best.slope[:-1]) / 2 * np.diff(best.x))])
    heights -= np.interp(pair.theta / 2, best.x, heights)
    matters = np.interp(x, best.x, np.abs(best.slope)) > 0.5
    return np.where(matters, np.interp(x, best.x, heights), np.nan)


def _densities(pair: Pair, x: Array, height: float, bottom: float = 0.0) -> list[go.Scatter]:
    """p_data and p_g, faint, as background: without a scale, each at most half as high as the picture."""
    curves = ((pair.real.pdf(x), "p_data", REAL), (pair.fake.pdf(x), "p_g", GENERATOR))
    traces = []
    for density, name, actor in curves:
        y = bottom + 0.5 * height * density / density.max()
        style = {"color": actor.faint(0.6), "width": 1.5, "dash": actor.dash}
        traces.append(go.Scatter(x=x, y=np.full_like(x, bottom), mode="lines", line={"width": 0}, showlegend=False))
        traces.append(
            go.Scatter(x=x, y=y, name=name, mode="lines", line=style, fill="tonexty", fillcolor=actor.faint(0.12))
        )
    for trace in traces:
        trace.update(hoverinfo="skip")
    return traces


def _line(x: Array, y: Array, name: str, actor: Actor, width: float = 2, lower: bool = False) -> go.Scatter:
    style = {"color": actor.colour, "dash": actor.dash, "width": width}
    axis = "y2" if lower else "y"
    return go.Scatter(x=x, y=y, name=name, mode="lines", line=style, yaxis=axis, showlegend=not lower)


def _laid_out(figure: go.Figure, x: Array, title: str, slope: str, scale: tuple[float, float]) -> go.Figure:
    figure.update_layout(
        height=430,
        margin={"l": 56, "r": 8, "t": 8, "b": 36},
        xaxis={"range": [x[0], x[-1]], "anchor": "y2", "zeroline": False, "title": {"text": "x", "standoff": 2}},
        yaxis={"domain": UPPER, "range": scale, "zeroline": False, "title": {"text": title, "standoff": 4}},
        yaxis2={
            "domain": LOWER,
            "rangemode": "tozero",
            "zeroline": True,
            "nticks": 5,
            "title": {"text": slope, "standoff": 4},
        },
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 11}},
        hovermode="x unified",
    )
    return figure


def _middles(x: Array) -> Array:
    return (x[1:] + x[:-1]) / 2


def _slope(x: Array, y: Array) -> Array:
    return np.diff(y) / np.diff(x)

"""Two distributions beside each other: densities, parallel lines, or bars; and what the best D says of them."""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gan_core.figures.divergences import SIDE, span
from gan_core.figures.palette import GENERATOR, OPTIMAL, REAL, Actor
from gan_core.theory.distributions import Mixture, Uniform
from gan_core.theory.divergence.discrete import Discrete, masses_of
from gan_core.theory.divergence.families import Situation
from gan_core.theory.optimum import optimal_discriminator

Array = NDArray[np.float64]
Translate = Callable[[str], str]

HEIGHT = 165


def distributions(situation: Situation, t: Translate = str) -> go.Figure:
    """p_data in dotted blue, p_g in orange; where there are densities, D* dashed on the right axis."""
    p, q = situation.p, situation.q
    if isinstance(p, Discrete) and isinstance(q, Discrete):
        traces = _parallel_lines(p, q) if situation.family == "dirac" else _bars(situation, p, q, t)
        figure = go.Figure(traces)
        figure.update_yaxes(title={"text": t("z") if situation.family == "dirac" else t("mass"), "standoff": 4})
    else:
        figure = _densities(situation, t)
    figure.update_layout(
        height=HEIGHT,
        margin={**SIDE, "t": 4, "b": 24},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        bargap=0.25,
        hovermode="x unified",
        uirevision=situation.family,
    )
    figure.update_yaxes(zeroline=False, rangemode="tozero")
    if situation.family != "classes":
        figure.update_xaxes(range=span(situation.family), zeroline=False)
    return figure


def _densities(situation: Situation, t: Translate) -> go.Figure:
    p, q = situation.p, situation.q
    assert not isinstance(p, Discrete) and not isinstance(q, Discrete)
    x = _grid(p, q, *span(situation.family))
    real, fake = p.pdf(x), q.pdf(x)
    best = go.Scatter(
        x=x,
        y=optimal_discriminator(real, fake),
        name="D*(x)",
        yaxis="y2",
        line={"color": OPTIMAL.colour, "dash": OPTIMAL.dash, "width": 2},
        hovertemplate="%{y:.4f}",
    )
    figure = go.Figure([_filled(x, real, "p_data", REAL), _filled(x, fake, "p_g", GENERATOR), best])
    figure.update_layout(
        yaxis={"title": {"text": t("density"), "standoff": 4}},
        yaxis2={"overlaying": "y", "side": "right", "range": [-0.03, 1.03], "tickvals": [0, 0.5, 1],
                "showgrid": False},
    )  # fmt: skip
    return figure


def _grid(p: Mixture | Uniform, q: Mixture | Uniform, low: float, high: float) -> Array:
    """Even, with more points in each distribution and on both sides of each edge."""
    x = [np.linspace(low, high, 301)]
    for d in (p, q):
        if isinstance(d, Uniform):
            x.append(np.array([d.low - 1e-6, d.low, d.high, d.high + 1e-6]))
        else:
            x.append(d.mean + d.sd * np.linspace(-4, 4, 101))
    points = np.unique(np.concatenate(x))
    return points[(points >= low) & (points <= high)]


def _filled(x: Array, y: Array, name: str, actor: Actor) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        name=name,
        mode="lines",
        line={"color": actor.colour, "dash": actor.dash, "width": 2.5},
        fill="tozeroy",
        fillcolor=actor.faint(0.2),
        hovertemplate="%{y:.4f}",
    )


def _parallel_lines(p: Discrete, q: Discrete) -> list[go.Scatter]:
    """(0, z) and (theta, z) with z from 0 to 1: two lines in the plane that never meet, whatever their distance."""
    return [
        go.Scatter(
            x=[d.mean, d.mean],
            y=[0, 1],
            name=name,
            mode="lines",
            line={"color": actor.colour, "dash": actor.dash, "width": 5},
        )
        for d, name, actor in ((p, "p_data", REAL), (q, "p_g", GENERATOR))
    ]


def _bars(situation: Situation, p: Discrete, q: Discrete, t: Translate) -> list[go.Bar]:
    """Side by side; p_g is hatched."""
    cells = np.union1d(p.positions, q.positions)
    names = [t(name) for name in situation.names] or cells.tolist()
    return [
        go.Bar(
            x=names,
            y=masses_of(d, cells),
            name=name,
            marker={
                "color": actor.faint(0.55),
                "line": {"color": actor.colour, "width": 2},
                "pattern": {"shape": shape},
            },
            hovertemplate="%{y:.3f}",
        )
        for d, name, actor, shape in ((p, "p_data", REAL, ""), (q, "p_g", GENERATOR, "/"))
    ]

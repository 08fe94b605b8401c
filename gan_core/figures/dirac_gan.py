"""The Dirac-GAN: where the two players go in their plane, and how far from the middle they are after each step."""

from collections.abc import Callable, Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gan_core.figures.palette import FLOOR, LOSSES, OPTIMAL, Actor
from gan_core.theory.dirac_gan import DiracGan

Array = NDArray[np.float64]
Translate = Callable[[str], str]

ACTORS = {"gradient_descent": LOSSES["minimax"], "r1": LOSSES["r1"], "wasserstein": LOSSES["wgan_clipping"]}
SMALLEST = 1e-12  # radius that is still drawn


def portrait(gan: DiracGan, path: Array, reach: float, t: Translate = str) -> go.Figure:
    """Arrows: where an update goes from there. The line: where it went from the start, which is marked."""
    actor = ACTORS[gan.kind]
    field = _arrows(gan, reach)
    figure = go.Figure(
        [
            go.Scatter(
                x=field[0], y=field[1], mode="lines", line={"color": FLOOR.colour, "width": 1}, hoverinfo="skip"
            ),
            go.Scatter(
                x=path[:, 0],
                y=path[:, 1],
                mode="lines",
                line={"color": actor.colour, "width": 2},
                hovertemplate="θ %{x:.4f}<br>ψ %{y:.4f}",
                name="",
            ),
            _point(path[0], "circle-open", actor, t("start")),
            _point(path[-1], "circle", actor, t("end")),
            go.Scatter(
                x=[0],
                y=[0],
                mode="markers",
                marker={"symbol": "star", "size": 12, "color": OPTIMAL.colour},
                name="",
                hovertemplate=t("the goal"),
            ),
        ]
    )
    if gan.kind == "wasserstein" and gan.clip < reach:
        for bound in (-gan.clip, gan.clip):
            figure.add_hline(y=bound, line={"color": FLOOR.colour, "dash": "dash", "width": 1})
    figure.update_layout(
        height=300,
        margin={"l": 44, "r": 8, "t": 6, "b": 34},
        showlegend=False,
        xaxis={"range": [-reach, reach], "title": {"text": "θ", "standoff": 2}},
        yaxis={"range": [-reach, reach], "title": {"text": "ψ", "standoff": 2}, "scaleanchor": "x"},
    )
    return figure


def radii(
    paths: Mapping[str, Array], gans: Mapping[str, DiracGan], names: Mapping[str, str], t: Translate = str
) -> go.Figure:
    """sqrt(theta^2 + psi^2) over the steps; dashed: the start, multiplied by the largest modulus at each step."""
    figure = go.Figure()
    for kind, path in paths.items():
        radius, actor = np.linalg.norm(path, axis=1), ACTORS[kind]
        steps = np.arange(len(radius))
        figure.add_scatter(
            x=steps,
            y=np.where(radius > SMALLEST, radius, np.nan),
            name=t(names[kind]),
            line={"color": actor.colour, "dash": actor.dash, "width": 2.5},
            hovertemplate="%{y:.4g}",
        )
        expected = radius[0] * gans[kind].growth ** steps
        figure.add_scatter(
            x=steps,
            y=np.where(expected > SMALLEST, expected, np.nan),
            name=t("theory near the middle"),
            showlegend=kind == "gradient_descent",
            line={"color": OPTIMAL.colour, "dash": OPTIMAL.dash, "width": 1.5},
            hovertemplate="%{y:.4g}",
        )
    figure.update_layout(
        height=300,
        margin={"l": 56, "r": 8, "t": 8, "b": 34},
        xaxis={"title": {"text": t("step"), "standoff": 2}, "zeroline": False},
        yaxis={
            "type": "log",
            "title": {"text": t("distance from the middle"), "standoff": 4},
            "exponentformat": "power",
        },
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
    )
    return figure


def _point(at: Array, symbol: str, actor: Actor, name: str) -> go.Scatter:
    return go.Scatter(
        x=[at[0]],
        y=[at[1]],
        mode="markers",
        marker={"symbol": symbol, "size": 10, "color": actor.colour},
        name="",
        hovertemplate=name,
    )


def _arrows(gan: DiracGan, reach: float, cells: int = 11) -> Array:
    """x and y of all arrows in one line, nan between them: [2, points]. Length: the speed, up to half a cell."""
    grid = np.linspace(-0.92, 0.92, cells) * reach
    theta, psi = (each.ravel() for each in np.meshgrid(grid, grid))
    velocity = np.stack(gan.velocity(theta, psi))
    shaft = velocity / np.linalg.norm(velocity, axis=0).max() * reach * 1.6 / cells
    begin = np.stack([theta, psi])
    tip, across = begin + shaft, np.stack([-shaft[1], shaft[0]])
    barbs = [tip - 0.3 * shaft + side * 0.18 * across for side in (1, -1)]
    return np.stack([begin, tip, barbs[0], tip, barbs[1], np.full_like(tip, np.nan)], axis=2).reshape(2, -1)

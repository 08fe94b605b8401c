"""Why optimal plans tie: the cost of each named plan when a way of length d costs d^p."""

from collections.abc import Callable, Mapping

import numpy as np
import plotly.graph_objects as go

from gan_core.figures.palette import PLANS
from gan_core.theory.transport.problem import Transport

LOWEST, HIGHEST = 0.2, 3.0
DASHES = ("solid", "dash", "dot")


def powers_figure(
    transport: Transport, names: Mapping[str, str], power: float, t: Callable[[str], str] = str
) -> go.Figure:
    """A curve for each plan of `names` (name of the plan -> what it is called), over p; a line where p is now.

    Costs are divided by that of the cheapest of the three: at p = 1 all are 1.
    """
    grid = np.linspace(LOWEST, HIGHEST, 57)
    costs = {name: np.array([transport.cost_of_power(transport.plans[name], p) for p in grid]) for name in names}
    least = np.minimum.reduce(list(costs.values()))
    figure = go.Figure(
        [
            go.Scatter(
                x=grid,
                y=np.divide(costs[name], least, out=np.ones_like(grid), where=least > 0),
                name=t(label),
                mode="lines",
                line={"color": colour, "dash": dash, "width": 2.5},
            )
            for (name, label), colour, dash in zip(names.items(), PLANS, DASHES, strict=False)
        ]
    )
    figure.add_vline(x=power, line={"width": 1.5, "color": "#888"})
    figure.update_layout(
        height=240,
        margin={"l": 50, "r": 10, "t": 10, "b": 40},
        xaxis={"title": "p", "range": [LOWEST, HIGHEST]},
        yaxis={"title": t("cost / cheapest of the three"), "autorangeoptions": {"clipmin": 0.9, "include": [0.9, 1.2]}},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
    )
    return figure

"""The picture of a 1-D GAN: Goodfellow et al. 2014, figure 1, with the best D and the pull on every fake.

`picture` draws one snapshot. `moving` gives, for many snapshots, only what changes: the keys name a trace and one of
its attributes, the rows are frames. The page's component plays them into the picture that stands already.
"""

from collections.abc import Callable, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gan_core.figures.palette import DISCRIMINATOR, GENERATOR, GRADIENT, OPTIMAL, REAL
from gan_core.snapshots import Curve, ToySnapshot

Translate = Callable[[str], str]

P_G, P_DATA, D, D_STAR, MAP, REALS, FAKES, ARROWS = range(8)

# Which actors an update's part is about; the others fade in slow motion.
PLAYERS_OF_PART = {
    1: (REALS, P_DATA, D),
    2: (FAKES, P_G, D),
    3: (D, D_STAR),
    4: (FAKES, ARROWS, D),
    5: (P_G, MAP, FAKES),
}

DATA_HEIGHT, Z_AXIS, X_AXIS, REAL_LEVEL = (0.4, 1.0), 0.0, 1.0, 1.62
LANES = 1.1, 1.24, 1.38  # of the arrows, so that neighbours do not cover each other
ARROW_EVERY = 2  # fakes


def picture(snapshot: ToySnapshot, t: Translate = str, critic: bool = False) -> go.Figure:
    """The whole figure for one snapshot. `t` translates; a critic is what D is called for a Wasserstein loss."""
    d = t("critic (rescaled)") if critic else "D(x)"
    d_star = t("best critic") if critic else "D*(x)"
    moving_now = {key: rows[0] for key, rows in moving([snapshot]).items()}

    def xy(trace: int) -> dict[str, NDArray[np.float32]]:
        return {axis: moving_now[key] for axis in "xy" if (key := f"{trace}.{axis}") in moving_now}

    arrows = snapshot.fake[::ARROW_EVERY]
    no_hover = {"hoverinfo": "skip"}
    figure = go.Figure(
        [
            go.Scatter(
                x=snapshot.x,
                **xy(P_G),
                name="p_g",
                line={"color": GENERATOR.colour, "width": 2},
                fill="tozeroy",
                fillcolor=GENERATOR.faint(0.25),
            ),
            go.Scatter(
                x=snapshot.x,
                y=snapshot.p_data,
                name="p_data",
                line={"color": REAL.colour, "width": 2.5, "dash": REAL.dash},
                fill="tozeroy",
                fillcolor=REAL.faint(0.18),
            ),
            go.Scatter(x=snapshot.x, **xy(D), name=d, yaxis="y3", line={"color": DISCRIMINATOR.colour, "width": 2.5}),
            go.Scatter(
                x=snapshot.x,
                **xy(D_STAR),
                name=d_star,
                yaxis="y3",
                line={"color": OPTIMAL.colour, "width": 2, "dash": OPTIMAL.dash},
            ),
            go.Scatter(
                **xy(MAP),
                y=_triples(Z_AXIS, X_AXIS, len(snapshot.map_z)),
                name="z → x",
                yaxis="y2",
                line={"color": GENERATOR.faint(0.55), "width": 1},
                mode="lines",
                **no_hover,
            ),
            go.Scatter(
                x=snapshot.real,
                y=np.full(len(snapshot.real), REAL_LEVEL),
                name=t("real points"),
                yaxis="y2",
                mode="markers",
                marker={"symbol": "line-ns-open", "size": 9, "color": REAL.colour},
                **no_hover,
            ),
            go.Scatter(
                **xy(FAKES),
                y=np.full(len(snapshot.fake), X_AXIS),
                name=t("fakes"),
                yaxis="y2",
                mode="markers",
                marker={"symbol": "circle", "size": 5, "color": GENERATOR.colour},
                **no_hover,
            ),
            go.Scatter(
                **xy(ARROWS),
                y=np.resize(LANES, len(arrows)).repeat(3),
                name=t("gradient"),
                yaxis="y2",
                mode="lines+markers",
                line={"color": GRADIENT.colour, "width": 2},
                marker={
                    "symbol": "arrow",
                    "angleref": "previous",
                    "size": np.tile([0, 9, 0], len(arrows)),
                    "color": GRADIENT.colour,
                    "line": {"width": 0},
                },
                **no_hover,
            ),
        ]
    )
    low, high = snapshot.x[0], snapshot.x[-1]
    figure.update_layout(
        height=400,
        margin={"l": 44, "r": 44, "t": 8, "b": 30},
        xaxis={"range": [low, high], "anchor": "y2", "title": None, "zeroline": False},
        yaxis={
            "domain": DATA_HEIGHT,
            "range": [0, 1.6 * float(snapshot.p_data.max())],
            "title": {"text": t("density"), "standoff": 4},
            "zeroline": False,
            "showgrid": False,
        },
        yaxis2={
            "domain": [0, DATA_HEIGHT[0] - 0.04],
            "range": [-0.12, 1.8],
            "tickvals": [Z_AXIS, X_AXIS],
            "ticktext": ["z", "x"],
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis3={
            "overlaying": "y",
            "side": "right",
            "range": [-0.02, 1.02],
            "tickvals": [0, 0.5, 1],
            "title": {"text": d, "standoff": 4},
            "zeroline": False,
            "fixedrange": True,
        },
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "itemsizing": "constant"},
        hovermode="x unified",
        uirevision="kept",
    )
    return figure


def moving(snapshots: Sequence[ToySnapshot]) -> dict[str, NDArray[np.float32]]:
    """What changes from snapshot to snapshot: "trace.attribute" -> [frames, points], nan between separate lines."""
    frames = [_moving_parts(snapshot) for snapshot in snapshots]
    return {key: np.stack([frame[key] for frame in frames]).astype(np.float32) for key in frames[0]} if frames else {}


def _moving_parts(snapshot: ToySnapshot) -> dict[str, NDArray[np.float32]]:
    scale = float(np.abs(snapshot.map_z).max(initial=1.0))
    low, high = snapshot.x[0], snapshot.x[-1]
    fakes = snapshot.fake[::ARROW_EVERY]
    z_on_axis = (low + high) / 2 + snapshot.map_z / scale * 0.48 * (high - low)
    return {
        f"{P_G}.y": snapshot.p_g,
        f"{D}.y": snapshot.d,
        f"{D_STAR}.y": snapshot.d_star,
        f"{MAP}.x": _interleave(z_on_axis, snapshot.map_x),
        f"{FAKES}.x": snapshot.fake,
        f"{ARROWS}.x": _interleave(fakes, fakes + _arrow_lengths(snapshot)[::ARROW_EVERY]),
    }


def _arrow_lengths(snapshot: ToySnapshot) -> Curve:
    """Direction and strength of the pull. A tenth of the picture at most, half of that where the pull is 1 per sd."""
    sd = snapshot.values["w1"] / snapshot.values["w1_over_sd"] if snapshot.values["w1_over_sd"] > 0 else 1.0
    strength = snapshot.arrow * sd
    return strength / (1 + np.abs(strength)) * 0.1 * (snapshot.x[-1] - snapshot.x[0])


def _interleave(begin: Curve, end: Curve) -> Curve:
    """begin, end, nan, begin, end, nan, ...: separate lines in one trace."""
    return np.stack([begin, end, np.full_like(end, np.nan)], axis=1).ravel()


def _triples(begin: float, end: float, lines: int) -> NDArray[np.float64]:
    return np.tile([begin, end, np.nan], lines)

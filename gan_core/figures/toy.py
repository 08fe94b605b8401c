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

DATA_HEIGHT, Z_AXIS, X_AXIS, REAL_LEVEL = (0.4, 1.0), 0.0, 1.0, 1.52
LANES = 1.1, 1.24, 1.38  # of the arrows, so that neighbours do not cover each other
ARROW_EVERY = 2  # fakes


def picture(snapshot: ToySnapshot, t: Translate = str, critic: bool = False) -> go.Figure:
    """The whole figure for one snapshot. `t` translates; a critic is what D is called for a Wasserstein loss."""
    d = t("critic (rescaled)") if critic else "D(x)"
    d_star = t("best critic") if critic else "D*(x)"
    moving_now = {key: rows[0] for key, rows in moving([snapshot]).items()}

    def xy(trace: int) -> dict[str, NDArray[np.float32]]:
        return {axis: moving_now[key] for axis in "xy" if (key := f"{trace}.{axis}") in moving_now}

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
                y=_levels(Z_AXIS, X_AXIS, len(snapshot.map_z)),
                name="z → x",
                yaxis="y2",
                line={"color": GENERATOR.faint(0.55), "width": 1},
                mode="lines",
                **no_hover,
            ),
            go.Scatter(
                x=_strokes(snapshot.real, snapshot.real),
                y=_levels(REAL_LEVEL, REAL_LEVEL + 0.16, len(snapshot.real)),
                name=t("real points"),
                yaxis="y2",
                mode="lines",
                line={"color": REAL.colour, "width": 1},
                **no_hover,
            ),
            go.Scatter(
                **xy(FAKES),
                y=_levels(X_AXIS - 0.06, X_AXIS + 0.08, len(snapshot.fake)),
                name=t("fakes"),
                yaxis="y2",
                mode="lines",
                line={"color": GENERATOR.colour, "width": 2},
                **no_hover,
            ),
            go.Scatter(
                **xy(ARROWS),
                y=_arrow_heights(len(snapshot.fake[::ARROW_EVERY])),
                name=t("gradient"),
                yaxis="y2",
                mode="lines",
                line={"color": GRADIENT.colour, "width": 2},
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
    z_on_axis = (low + high) / 2 + snapshot.map_z / scale * 0.48 * (high - low)
    return {
        f"{P_G}.y": snapshot.p_g,
        f"{D}.y": snapshot.d,
        f"{D_STAR}.y": snapshot.d_star,
        f"{MAP}.x": _strokes(z_on_axis, snapshot.map_x),
        f"{FAKES}.x": _strokes(snapshot.fake, snapshot.fake),
        f"{ARROWS}.x": _arrows(snapshot)[:, ::ARROW_EVERY].T.ravel(),
    }


def _arrows(snapshot: ToySnapshot) -> NDArray[np.float32]:
    """Direction and strength of the pull on each fake: [shaft from, to, head, back to, head, nan; fakes].

    A tenth of the picture at most, half of that where the pull is 1 per standard deviation.
    """
    width = snapshot.x[-1] - snapshot.x[0]
    sd = snapshot.values["w1"] / snapshot.values["w1_over_sd"] if snapshot.values["w1_over_sd"] > 0 else 1.0
    with np.errstate(invalid="ignore"):  # a diverged run has infinite pulls, which are not drawn
        strength = snapshot.arrow * sd
        length = strength / (1 + np.abs(strength)) * 0.1 * width
    tip = snapshot.fake + length
    head = tip - np.clip(length, -0.012 * width, 0.012 * width)
    return np.stack([snapshot.fake, tip, head, tip, head, np.full_like(tip, np.nan)])


def _arrow_heights(count: int) -> NDArray[np.float64]:
    lane = np.resize(LANES, count)
    return np.stack([lane, lane, lane + 0.05, lane, lane - 0.05, np.full(count, np.nan)], axis=1).ravel()


def _strokes(begin: Curve, end: Curve) -> Curve:
    """begin, end, nan, begin, end, nan, ...: many short lines in one trace, which is drawn as one path."""
    return np.stack([begin, end, np.full_like(end, np.nan)], axis=1).ravel()


def _levels(begin: float, end: float, lines: int) -> NDArray[np.float64]:
    """The heights that go with `_strokes`."""
    return np.tile([begin, end, np.nan], lines)

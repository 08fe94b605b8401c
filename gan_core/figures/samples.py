"""The picture of a run that draws images: what travels to the browser, how grids lie, and the charts beside them.

`moving` gives the frames that the page's component draws on canvases: no figure stands behind them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isqrt
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gan_core.config import PROBABILITY_LOSSES, ImageConfig
from gan_core.figures.measures import LOSSES, Bars, Chart, Level, Line
from gan_core.figures.palette import DISCRIMINATOR, FLOOR, GENERATOR, REAL, Actor
from gan_core.figures.race import RaceChart
from gan_core.snapshots import Bytes, ImageSnapshot
from gan_core.theory.calibration import calibration

# Which groups of images an update's part is about; the others fade in slow motion.
PLAYERS_OF_PART = {
    1: ("real",),
    2: ("fresh",),
    3: ("real", "fresh"),
    4: ("fresh",),
    5: ("fixed", "fresh"),
}
_BYTES = ("asked", "read", "sure", "sizes")


def moving(snapshots: Sequence[ImageSnapshot]) -> dict[str, NDArray[Any]]:
    """What changes from snapshot to snapshot: name -> [frames, numbers].

    Images travel as half bytes, two pixels in each, the left one in the upper half: 16 levels of grey need no more.
    """
    arrays = {name: np.stack([getattr(shot, name) for shot in snapshots]) for name in ("score", *_BYTES)}
    images = np.stack([halves(shot.images) for shot in snapshots])
    return arrays | {"images": images.reshape(len(snapshots), -1)}


def halves(images: Bytes) -> Bytes:
    """Bytes [images, 784] as half bytes [images, 392]."""
    return np.bitwise_or(images[:, ::2] & np.uint8(0xF0), images[:, 1::2] >> np.uint8(4))


def columns(config: ImageConfig, count: int) -> int:
    """Columns of a grid of `count` images: a column for each digit, or as many as rows."""
    return len(config.digits) if config.grid == "by_digit" else max(1, isqrt(count))


def charts_beside(config: ImageConfig) -> tuple[Chart | Bars, ...]:
    """The charts next to the pictures: how good the images are, and how the two players stand."""
    players = ACCURACY if config.loss in PROBABILITY_LOSSES else ESTIMATE if config.loss == "wasserstein" else SCORES
    if not config.is_readable:
        return players, LOSSES
    goal = _with_real(CONDITION, "accuracy") if config.conditional else _variety(config)
    even = Level(1 / len(config.digits), DIGITS.level.label, DIGITS.level.actor)
    return _of_all_digits(FRECHET, config, "frechet"), goal, replace(DIGITS, level=even), players


def charts_below(config: ImageConfig) -> tuple[Chart | Bars, ...]:
    """The others."""
    variety = (_variety(config),) if config.is_readable else ()
    guessing = replace(CONDITION_EACH.level, value=1 / len(config.digits))
    each = (replace(CONDITION_EACH, level=guessing),) if config.conditional and config.is_readable else ()
    rest = (*variety, *each, LOSSES, ACCURACY, SCORES, GRADIENTS, *_SMOOTHNESS.get(config.smoothness, ()))
    return tuple(chart for chart in rest if chart not in charts_beside(config))


def _variety(config: ImageConfig) -> Chart:
    return _of_all_digits(VARIETY, config, "confidence")


def _of_all_digits(chart: Chart, config: ImageConfig, measure: str) -> Chart:
    """What real images get is known for all ten digits together only."""
    return chart if config.classes else _with_real(chart, measure)


def _with_real(chart: Chart, measure: str) -> Chart:
    """With what 1,000 real test images get."""
    return replace(chart, levels=(Level(calibration()["real"].quick[measure], REAL_IMAGES),))


def _dotted(actor: Actor) -> Actor:
    return Actor(actor.colour, "dot")


REAL_IMAGES = "real test images"
FRECHET = Chart(
    "Frechet distance",
    "How far 1,000 generated digits are from real ones, as a small digit classifier sees them: "
    "|m - m'|² + tr(C + C' - 2 (C C')^½), from the means m and covariances C of its features. 100 is as much as "
    "all the variety of real digits; it is not the FID of the Inception network. Grey: real test images.",
    (Line("frechet", "Frechet distance", GENERATOR),),
    log=True,
    stepped=True,
)
DIGITS = Bars(
    "Digits that are drawn",
    "Share of each digit among 1,000 generated images, as the classifier reads them, when the shown frame was "
    "taken. Dotted: all equally often. A digit without a bar is a mode that G leaves out.",
    tuple(f"share_{digit}" for digit in range(10)),
    tuple(map(str, range(10))),
    GENERATOR,
    Level(0.1, "equally often", _dotted(FLOOR)),
)
CONDITION = Chart(
    "Right digits",
    "Share of 1,000 generated images in which the classifier reads the digit that G was asked for: of all of them, "
    "and of the digit that succeeds least. Guessing among ten gives 0.1. Grey: real test images.",
    (Line("accuracy", "all digits", GENERATOR), Line("accuracy_worst", "worst digit", _dotted(GENERATOR))),
    range=(0, 1.02),
    stepped=True,
)
CONDITION_EACH = Bars(
    "Right digits, one by one",
    "For each digit that G was asked for, the share of images in which the classifier reads it. Only after the "
    "thorough measurement on 10,000 images.",
    tuple(f"accuracy_{digit}" for digit in range(10)),
    tuple(map(str, range(10))),
    GENERATOR,
    Level(0.1, "guessing", _dotted(FLOOR)),
)
VARIETY = Chart(
    "Variety and clarity",
    "Variety: entropy of the shares of the ten digits, over log 10; 1: all equally often, 0: always the same one. "
    "Clarity: share of images that the classifier reads with more than 95 % certainty. Noise can look clear to it, "
    "so look at both. Grey: clarity of real test images.",
    (Line("entropy", "variety", GENERATOR), Line("confidence", "clarity", _dotted(GENERATOR))),
    range=(0, 1.02),
    stepped=True,
)
ESTIMATE = Chart(
    "Critic's estimate",
    "Mean score of real images - mean score of fakes, in the last batch: what the critic makes as large as it can. "
    "It estimates W1 only if the critic's slope is at most 1; it falls while the digits get better.",
    (Line("w_estimate", "estimate", DISCRIMINATOR),),
)
ACCURACY = Chart(
    "Accuracies",
    "D: share of a batch that it sorts correctly. On known and on new images: the same at rest, without dropout, with "
    "real images of the training and with others that it has never learnt from. G: share of fakes that D takes for "
    "real. All approach 0.5 when D can only guess. A critic has no border of its own: the middle between its two mean "
    "scores is taken.",
    (
        Line("d_accuracy", "D", DISCRIMINATOR),
        Line("d_known", "D, known images", replace(DISCRIMINATOR, dash="dash")),
        Line("d_held_out", "D, new images", _dotted(DISCRIMINATOR)),
        Line("g_accuracy", "G", GENERATOR),
    ),
    range=(-0.02, 1.02),
    levels=(Level(0.5, "guessing"),),
)
SCORES = Chart(
    "Mean scores",
    "D's raw score, high for real, on average over the last batch. The closer the two lines, the less D can tell real "
    "images and fakes apart.",
    (Line("real_score", "real", REAL), Line("fake_score", "fake", GENERATOR)),
)
GRADIENTS = Chart(
    "Size of the gradients",
    "Root of the summed squares of all derivatives of the last update, of D and of G. Near zero for G: it hears "
    "nothing from D. Growing without end: the run is about to diverge.",
    (Line("d_gradient", "D", DISCRIMINATOR), Line("g_gradient", "G", GENERATOR)),
    log=True,
)
PENALTY = Chart(
    "Penalty of D",
    "What keeping D smooth added to its loss in the last update that had a penalty.",
    (Line("penalty", "penalty", DISCRIMINATOR),),
    log=True,
)
CLIPPED = Chart(
    "Clipped weights",
    "Share of the critic's weights that stand at the clip value. Near 1: the critic has no freedom left.",
    (Line("clipped", "clipped", DISCRIMINATOR),),
    range=(0, 1),
)
EVERY = (
    FRECHET, DIGITS, CONDITION, CONDITION_EACH, VARIETY, ESTIMATE, ACCURACY, SCORES, GRADIENTS, PENALTY, CLIPPED,
)  # fmt: skip
_SMOOTHNESS = {"gradient_penalty": (PENALTY,), "r1": (PENALTY,), "weight_clipping": (CLIPPED,)}

COMPARISON = RaceChart(
    "frechet",
    "Frechet distance",
    "Of 1,000 generated digits from real ones, as a small digit classifier sees them. The lower, the better.",
)


def draw_comparison(t: Callable[[str], str] = str) -> go.Figure:
    """The axes on which the browser draws a line for each run."""
    figure = go.Figure()
    figure.update_layout(
        height=230,
        margin={"l": 52, "r": 12, "t": 6, "b": 36},
        showlegend=False,
        xaxis={"zeroline": False, "rangemode": "tozero"},
        yaxis={"type": "log", "zeroline": False, "exponentformat": "power"},
        hovermode="x unified",
        uirevision="kept",
    )
    return figure

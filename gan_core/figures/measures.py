"""Small charts of a run's values over its steps. The page's component fills them; here stands what is drawn and why."""

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

from gan_core.config import PROBABILITY_LOSSES
from gan_core.figures.palette import DISCRIMINATOR, FLOOR, GENERATOR, GRADIENT, OPTIMAL, REAL, Actor


@dataclass(frozen=True)
class Line:
    measure: str  # a name of the snapshot's `measures`
    label: str
    actor: Actor


@dataclass(frozen=True)
class Level:
    """A constant that the lines are compared with."""

    value: float
    label: str
    actor: Actor = FLOOR


@dataclass(frozen=True)
class Chart:
    """`help` says what the lines mean, in words a first-year student has met."""

    title: str
    help: str
    lines: tuple[Line, ...]
    log: bool = False
    range: tuple[float, float] | None = None
    levels: tuple[Level, ...] = ()
    stepped: bool = False  # the values stand still between two measurements


@dataclass(frozen=True)
class Bars:
    """Several values of the shown frame beside each other."""

    title: str
    help: str
    measures: tuple[str, ...]  # names of the snapshot's `measures`
    labels: tuple[str, ...]
    actor: Actor
    level: Level


DISTANCE = Chart(
    "Distance W1",
    "Wasserstein distance: how far mass must move, on average, to turn p_g into p_data. Exact. "
    "Grey: what a batch drawn from p_data itself would show; below it, a sample cannot tell the two apart.",
    (Line("w1", "W1", GENERATOR), Line("w1_floor", "noise floor", FLOOR)),
    log=True,
)
JENSEN_SHANNON = Chart(
    "Divergence JS",
    "Jensen-Shannon: how different the two densities are, from 0 (equal) to log 2 = 0.693 (no overlap at all). "
    "Grey: what a batch drawn from p_data itself would show.",
    (Line("js", "JS", GENERATOR), Line("js_floor", "noise floor", FLOOR)),
    log=True,
)
VALUE = Chart(
    "Value V(D, G)",
    "V = E[log D(real)] + E[log(1 - D(fake))], what D maximises. No D can exceed 2 JS - log 4; "
    "D* reaches it. The gap is what D has still to learn.",
    (Line("v", "V(D, G)", DISCRIMINATOR), Line("v_bound", "2 JS - log 4", OPTIMAL)),
)
ESTIMATE = Chart(
    "Critic's estimate of W1",
    "E[critic(real)] - E[critic(fake)] is an estimate of W1 only if the critic's slope is at most 1; "
    "weight clipping changes its scale.",
    (Line("w_estimate", "estimate", DISCRIMINATOR), Line("w1", "W1", GENERATOR)),
)
OPINION = Chart(
    "D on average",
    "D(real) and D(fake), from 0 to 1: equal when D can no longer tell the two apart.",
    (Line("d_real", "D(real)", REAL), Line("d_fake", "D(fake)", GENERATOR)),
    range=(0, 1),
)
SLOPE = Chart(
    "Slope of the critic",
    "The steepest slope of the critic, for x in standard deviations of p_data. Its estimate is W1 only if this is 1. "
    "A gradient penalty pulls it there; weight clipping bounds the weights, not the slope.",
    (Line("critic_slope", "steepest slope", DISCRIMINATOR),),
    log=True,
)
GAP = Chart(
    "D against D*",
    "The largest |D - D*| where there is mass. Large: D lags behind G.",
    (Line("d_gap", "max |D - D*|", OPTIMAL),),
    range=(0, 1),
)
LOSSES = Chart(
    "Losses",
    "What each player minimises. With probabilities, D ends near 2 log 2 = 1.386 and G near log 2 = 0.693: "
    "a falling loss is not the goal.",
    (Line("d_loss", "D", DISCRIMINATOR), Line("g_loss", "G", GENERATOR)),
)
ACCURACY = Chart(
    "Accuracies",
    "D: share of points it sorts correctly, 0.5 is guessing. G: share of fakes that D takes for real.",
    (Line("d_accuracy", "D", DISCRIMINATOR), Line("g_accuracy", "G", GENERATOR)),
    range=(0, 1),
)
DIVERGENCES = Chart(
    "All divergences",
    "W1 in standard deviations of p_data, JS, and KL(p_g || p_data). Zero for each means p_g = p_data.",
    (Line("w1_over_sd", "W1 / sd", GENERATOR), Line("js", "JS", OPTIMAL), Line("kl", "KL", REAL)),
    log=True,
)
PULL = Chart(
    "Pull on the fakes",
    "Mean size of the gradient that tells G where its fakes should go. Near zero while W1 is large: G is stuck.",
    (Line("pull", "mean |gradient|", GRADIENT),),
    log=True,
)


def charts_beside(loss: str) -> tuple[Chart, ...]:
    """The charts next to the picture: what D reaches, in the terms of its loss."""
    if loss == "wasserstein":
        return DISTANCE, JENSEN_SHANNON, ESTIMATE, SLOPE
    return DISTANCE, JENSEN_SHANNON, VALUE if loss in PROBABILITY_LOSSES else PULL, OPINION


def charts_below() -> tuple[Chart, ...]:
    return LOSSES, DIVERGENCES, GAP, PULL, ACCURACY


def draw(chart: Chart | Bars, t: Callable[[str], str] = str, height: int = 84) -> go.Figure:
    """The empty chart. `meta` of a trace names what fills it: a measure, for bars several; a level holds its value."""
    traces = [_bars(chart)] if isinstance(chart, Bars) else [_line(chart, line, t) for line in chart.lines]
    levels = (chart.level,) if isinstance(chart, Bars) else chart.levels
    figure = go.Figure([*traces, *(_level(level, t) for level in levels)])
    log = isinstance(chart, Chart) and chart.log
    figure.update_layout(
        height=height,
        margin={"l": 44, "r": 8, "t": 3, "b": 18},
        showlegend=False,
        xaxis={"zeroline": False, "nticks": 5},
        yaxis={"type": "log" if log else "linear", "zeroline": False, "nticks": 3, "exponentformat": "power"},
        uirevision="kept",
    )
    if isinstance(chart, Bars):
        figure.update_layout(xaxis={"type": "category", "nticks": 0}, yaxis={"rangemode": "tozero"}, bargap=0.3)
    elif chart.range:
        figure.update_yaxes(range=chart.range)
    return figure


def _line(chart: Chart, line: Line, t: Callable[[str], str]) -> go.Scatter:
    stroke = {"color": line.actor.colour, "dash": line.actor.dash, "width": 2}
    if chart.stepped:
        stroke["shape"] = "hv"
    return go.Scatter(x=[], y=[], name=t(line.label), meta=line.measure, mode="lines", line=stroke)


def _level(level: Level, t: Callable[[str], str]) -> go.Scatter:
    stroke = {"color": level.actor.colour, "dash": level.actor.dash, "width": 1.5}
    return go.Scatter(x=[], y=[], name=t(level.label), meta=level.value, mode="lines", line=stroke)


def _bars(bars: Bars) -> go.Bar:
    return go.Bar(x=list(bars.labels), y=[], name="", meta=list(bars.measures), marker={"color": bars.actor.colour})

"""Why does it not learn? A verdict on a run from the columns of its history, in words for the person at the screen.

Every rule looks at the last `WINDOW` steps only, so a verdict goes away when a changed setting cures the run. The
thresholds leave room on both sides: docs/quality.md counts how often each failing preset is recognised, and the tests
check that no healthy one is accused, at whatever step the history ends.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
History = dict[str, Column]

WINDOW = 500  # steps
ROWS = 5  # fewer looks than this say nothing


@dataclass(frozen=True)
class Diagnosis:
    """`code` names the finding; `sentence` says what happens, `suggestion` what to try next."""

    code: str
    sentence: str
    suggestion: str


@dataclass(frozen=True)
class Recent:
    """The last `WINDOW` steps of a history, lengths in standard deviations of the target."""

    steps: float  # of the whole run
    distance: Column
    mean: Column
    sd: Column
    pull: Column
    columns: History

    @classmethod
    def of(cls, history: History) -> "Recent":
        step = history["step"]
        columns = {name: column[step >= step[-1] - WINDOW] for name, column in history.items()}
        unit = np.maximum(columns["w1"], 1e-12) / np.maximum(columns["w1_over_sd"], 1e-12)
        return cls(
            float(step[-1]),
            columns["w1_over_sd"],
            columns["mean"] / unit,
            columns["sd"] / unit,
            columns["pull"] * unit,
            columns,
        )

    @property
    def is_long(self) -> bool:
        return len(self.distance) >= ROWS and bool(np.ptp(self.columns["step"]) >= 0.5 * WINDOW)

    @property
    def is_stuck(self) -> bool:
        """p_g is far away and comes no nearer."""
        return bool(self.distance.min() > 0.5 and self.distance[-1] > 0.9 * self.distance[0])

    @property
    def is_approaching(self) -> bool:
        """p_g comes nearer at nearly every look, and not just by a hair: slow is not lost."""
        steady = np.mean(np.diff(self.distance) < 0) > 0.8
        return bool(steady and self.distance[-1] < 0.95 * self.distance[0])

    @property
    def reversals(self) -> int:
        """How often the mean of p_g turned round after a way that counts."""
        return turns(self.mean, 0.2)


def turns(x: Column, way: float) -> int:
    """Changes of direction of x, leaving out moves shorter than `way`."""
    count, direction, extreme = 0, 0, x[0]
    for value in x[1:]:
        if direction and (value - extreme) * direction > 0:
            extreme = value
        elif abs(value - extreme) > way:
            count += direction != 0
            direction, extreme = int(np.sign(value - extreme)), value
    return count


_FLATTERY = {"d_real": 0.55, "d_fake": 0.55, "g_accuracy": 0.8}  # exceeded in four of five looks


def _flattered(run: Recent) -> bool:
    """D's view of fakes means this only where it is a probability: there, d_loss is -V up to the noise of a batch."""
    says_real = all(np.quantile(run.columns[name], 0.2) > least for name, least in _FLATTERY.items())
    v, d_loss = run.columns["v"], run.columns["d_loss"]
    return bool(says_real and np.median(np.abs(d_loss + v)) < 0.15 * np.median(np.abs(v)))


def _vanishing_gradient(run: Recent) -> bool:
    return bool(run.is_stuck and run.pull.max() < 0.01)


def _clipped_tight(run: Recent) -> bool:
    columns = run.columns
    return bool(columns["clipped"].min() > 0 and columns["critic_slope"].max() < 0.05 and run.distance.min() > 0.1)


def _collapsed(run: Recent) -> bool:
    missing = run.columns["modes_covered"].max() < run.columns["modes"].min()
    return bool(run.steps >= 1000 and missing and run.sd.max() < 0.6 and np.ptp(run.mean) < 0.5)


def _hopping(run: Recent) -> bool:
    missing = np.median(run.columns["modes_covered"]) <= run.columns["modes"].min() / 2
    return bool(missing and np.median(run.sd) < 0.6 and run.reversals >= 2)


def _oscillating(run: Recent) -> bool:
    return bool(run.reversals >= 2 and np.ptp(run.mean) > 0.5)


def _never_settles(run: Recent) -> bool:
    return bool(run.steps >= 1000 and np.median(run.distance) > 0.5 and not run.is_approaching)


def _converged(run: Recent) -> bool:
    every_mode = run.columns["modes_covered"].min() >= run.columns["modes"].max()
    return bool(every_mode and run.distance.max() < 0.1)


DIAGNOSES = {
    row.code: row
    for row in [
        Diagnosis(
            "diverged",
            "The run has diverged: its numbers have grown beyond all bounds or are no numbers any more.",
            "Reset, and choose a smaller learning rate or a calmer optimiser.",
        ),
        Diagnosis(
            "flattered",
            "D calls the fakes real, just like the data: it flatters G instead of judging it.",
            "Give each network an optimiser of its own: the step of G must not change D.",
        ),
        Diagnosis(
            "clipped_tight",
            "The weights of the critic are clipped so tightly that it is almost flat and has little to teach.",
            "Raise the clip value, or use a gradient penalty instead of clipping.",
        ),
        Diagnosis(
            "vanishing_gradient",
            "D is so sure of itself that its answer hardly changes from point to point: G gets no direction to go.",
            "Take the non-saturating loss, or let Adam enlarge the tiny steps of G.",
        ),
        Diagnosis(
            "hopping",
            "G puts everything on one part of the data, and jumps to another part as soon as D has noticed.",
            "Lower the learning rate of G, or give D the time to see all parts of the data.",
        ),
        Diagnosis(
            "collapsed",
            "Mode collapse: G makes only one part of the data and leaves out the rest.",
            "Start p_g wider, or make G larger, so that its fakes can reach every part.",
        ),
        Diagnosis(
            "oscillating",
            "G and D run in circles: p_g swings to and fro across the data and does not come to rest.",
            "Take the momentum away; for a Wasserstein loss, add a gradient penalty.",
        ),
        Diagnosis(
            "never_settles",
            "The two networks keep changing, and p_g comes no nearer to the data.",
            "Lower the learning rates, or let them fall while the run goes on.",
        ),
        Diagnosis(
            "converged",
            "p_g lies on the data, and D can hardly tell the two apart.",
            "Make it harder: choose another target, or change one setting and see what breaks.",
        ),
    ]
}

_RULES: dict[str, Callable[[Recent], bool]] = {  # the first that applies is the verdict
    "flattered": _flattered,
    "clipped_tight": _clipped_tight,
    "vanishing_gradient": _vanishing_gradient,
    "hopping": _hopping,
    "collapsed": _collapsed,
    "oscillating": _oscillating,
    "never_settles": _never_settles,
    "converged": _converged,
}


def has_diverged(history: History) -> bool:
    """The last look shows a number that is none, or p_g a hundred times further away than it began."""
    last = np.array([history[name][-1] for name in ("w1_over_sd", "mean", "sd", "pull")])
    return bool(not np.isfinite(last).all() or last[0] > 100 * max(history["w1_over_sd"][0], 1.0))


@np.errstate(invalid="ignore")
def diagnose(history: History) -> Diagnosis | None:
    """The verdict on a run, or None as long as there is nothing to say.

    Parameters
    ----------
    history : columns by name, as `gan_core.snapshots.stack` makes them; rows in the order of `step`.

    Examples
    --------
    >>> diagnose({"step": np.array([])}) is None
    True
    """
    if not len(history["step"]):
        return None
    if has_diverged(history):
        return DIAGNOSES["diverged"]
    recent = Recent.of(history)
    if not recent.is_long:
        return None
    return next((DIAGNOSES[code] for code, applies in _RULES.items() if applies(recent)), None)

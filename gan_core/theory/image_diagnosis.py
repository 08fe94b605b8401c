"""Why are the digits no better? A verdict on a run that draws images, from the columns of its history.

As in `gan_core.theory.diagnosis`, every rule looks at the last part of the run only, so a verdict goes away when a
changed setting cures the run. Scores are measured more seldom than snapshots are taken: `measured_at` says when.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_core.theory.diagnosis import Column, Diagnosis, History

RECENT = 0.3  # of the steps so far
ROWS = 4  # fewer measurements than this say nothing
EARLY = 20_000  # images that D has seen: before that, nothing can be expected
OF_A_STEP = ("d_loss", "g_loss", "real_score", "fake_score")
HUGE = 1e8  # a score beyond it is on its way to infinity


@dataclass(frozen=True)
class Recent:
    """The last part of a history: `looks`, a row for each snapshot, and `scores`, a row for each measurement."""

    images: float  # seen by D in the whole run
    classes: int
    first_frechet: float  # of the whole run
    looks: History
    scores: History

    @classmethod
    def of(cls, history: History, classes: int) -> "Recent":
        step, at = history["step"], history["measured_at"]
        begin = (1 - RECENT) * step[-1]
        measured = np.isfinite(at) & np.isfinite(history["frechet"])
        rows = np.flatnonzero(measured)[np.unique(at[measured], return_index=True)[1]]
        late = rows[at[rows] >= begin]
        return cls(
            float(history["images"][-1]),
            classes,
            float(history["frechet"][rows[0]]) if len(rows) else float("nan"),
            {name: column[step >= begin] for name, column in history.items()},
            {name: column[late] for name, column in history.items()},
        )

    @property
    def is_long(self) -> bool:
        return self.images >= EARLY and len(self.scores["frechet"]) >= ROWS

    @property
    def is_stuck(self) -> bool:
        """The Frechet distance is large and does not fall."""
        early, late = halves(self.scores["frechet"])
        return bool(late > 20 and late > 0.95 * early)


def halves(column: Column) -> tuple[float, float]:
    """Medians of the first and of the second half."""
    middle = len(column) // 2
    return float(np.median(column[:middle])), float(np.median(column[middle:]))


def quantile(column: Column, share: float) -> float:
    """Of the values that are numbers; nan, which no comparison likes, if there are none."""
    known = column[~np.isnan(column)]
    return float(np.quantile(known, share)) if len(known) else float("nan")


def _overfitted(run: Recent) -> bool:
    known, new = quantile(run.looks["d_known"], 0.5), quantile(run.looks["d_held_out"], 0.5)
    return known > 0.85 and new < known - 0.25


def _discriminator_wins(run: Recent) -> bool:
    """D is hardly ever wrong, and G does not get on, or hears nothing."""
    is_sure = quantile(run.looks["d_accuracy"], 0.2) > 0.97
    is_silent = quantile(run.looks["g_gradient"], 1) < 1e-4
    return is_sure and (run.is_stuck or is_silent)


def _mode_collapse(run: Recent) -> bool:
    few = run.classes > 1 and run.scores["digits_present"].max() <= 0.7 * run.classes
    one_sided = run.classes == 10 and run.scores["entropy"].max() < 0.85
    return bool((few or one_sided) and (_is_clear(run) or _has_moved(run)))


def _condition_ignored(run: Recent) -> bool:
    return bool(run.classes > 1 and run.scores["accuracy"].max() < 2 / run.classes and _is_clear(run))


def _still_noise(run: Recent) -> bool:
    return bool(not _is_clear(run) and not _has_moved(run))


def _converged(run: Recent) -> bool:
    return bool(run.scores["frechet"].max() < 2 and run.scores["digits_present"].min() >= run.classes)


def _is_clear(run: Recent) -> bool:
    """Most images are read as a digit without doubt."""
    return bool(np.median(run.scores["confidence"]) > 0.5)


def _has_moved(run: Recent) -> bool:
    """The images have come nearer to digits since the run began."""
    return bool(run.scores["frechet"].min() < 0.9 * run.first_frechet)


IMAGE_DIAGNOSES = {
    row.code: row
    for row in [
        Diagnosis(
            "diverged",
            "The run has diverged: its numbers have grown beyond all bounds or are no numbers any more.",
            "Reset, and choose a smaller learning rate or a calmer optimiser.",
        ),
        Diagnosis(
            "overfitted",
            "D knows its training images by heart: it takes real digits that it has never seen for fakes.",
            "Give it more images, a smaller network, dropout or a stronger penalty.",
        ),
        Diagnosis(
            "discriminator_wins",
            "D tells nearly every fake from a real image, and G finds no way to get on.",
            "Lower the learning rate of D, add a penalty to it, or take a Wasserstein loss.",
        ),
        Diagnosis(
            "mode_collapse",
            "Mode collapse: G draws only a few of the digits, or one image again and again.",
            "Take a Wasserstein loss with gradient penalty, add an R1 penalty, or tell both networks the digit.",
        ),
        Diagnosis(
            "condition_ignored",
            "G draws digits, but not those that it is asked for: it ignores the condition.",
            "Let D see the condition by projection, or train longer.",
        ),
        Diagnosis(
            "still_noise",
            "The images are no nearer to digits than when the run began.",
            "Raise the learning rate of G, or take a smaller batch, so that there are more updates in a second.",
        ),
        Diagnosis(
            "converged",
            "All digits are there, and the Frechet distance is small: below 2.",
            "Look for flaws: enlarge single images, and compare their precision and recall with those of real ones.",
        ),
    ]
}

_RULES: dict[str, Callable[[Recent], bool]] = {  # the first that applies is the verdict
    "overfitted": _overfitted,
    "discriminator_wins": _discriminator_wins,
    "mode_collapse": _mode_collapse,
    "condition_ignored": _condition_ignored,
    "still_noise": _still_noise,
    "converged": _converged,
}


def has_diverged(history: History) -> bool:
    """After an update, a number is huge, or became none, or images can no longer be measured that could be.

    A run that begins, or has just come back from its checkpoint, has no losses yet.
    """
    course = np.array([history[name] for name in OF_A_STEP])
    last = course[:, -1]
    lost = np.isnan(history["frechet"][-1]) and np.isfinite(history["frechet"]).any()
    became_none = (np.isnan(last) & np.isfinite(course).any(axis=1)).any()
    return bool(history["step"][-1] > 0 and (lost or became_none or (np.abs(last) >= HUGE).any()))


def diagnose_images(history: History, classes: int = 10) -> Diagnosis | None:
    """The verdict on a run that draws images, or None as long as there is nothing to say.

    Parameters
    ----------
    history : columns by name, as `gan_core.snapshots.stack` makes them; rows in the order of `step`. `d_held_out` is
        D's accuracy on images that it has never seen, nan where there are none.
    classes : how many digits G is to draw.

    Examples
    --------
    >>> diagnose_images({"step": np.array([])}) is None
    True
    """
    if not len(history["step"]):
        return None
    if has_diverged(history):
        return IMAGE_DIAGNOSES["diverged"]
    recent = Recent.of(history, classes)
    if not recent.is_long:
        return None
    return next((IMAGE_DIAGNOSES[code] for code, applies in _RULES.items() if applies(recent)), None)

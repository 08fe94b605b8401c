"""One sentence that changes with theta: what the student should see in the curves now."""

from collections.abc import Callable

from gan_core.fields import Note
from gan_core.theory.divergence.families import Situation

TINY = 1e-9  # shift
FAR, NEAR = 1e-3, 0.02  # log 2 - JS of densities that hardly overlap; JS of those that nearly agree


def what_to_see(situation: Situation) -> Note:
    """The sentence for the family and the measures of now."""
    return SENTENCES[situation.family](situation)


def _gaussian(situation: Situation) -> Note:
    now = situation.now
    slopes = {
        "w1": now.w1,
        "js": now.js,
        "saturating": now.gradients.saturating,
        "rising": now.gradients.non_saturating,
        "wasserstein": now.gradients.wasserstein,
    }
    if now.w1 == 0:
        return Note.of(
            "**p_g is p_data.** Every measure is 0 and no loss pulls any more. W1 has a kink here: one step to either "
            "side and its slope is 1 again, while JS lies flat like the bottom of a bowl."
        )
    if abs(situation.theta) < TINY:
        return Note.of(
            "**Only the widths differ.** A shift does not help, and no loss asks for one: every slope is 0, although "
            "JS = {js:.4f} and W1 = {w1:.4g}. A generator would have to change its width.",
            **slopes,
        )
    if now.js_gap < FAR:
        return Note.of(
            "**The densities hardly overlap any more.** JS = {js:.6f} is stuck at log 2 = 0.693147, and the minimax "
            "loss tells the generator almost nothing: its slope is {saturating:.2g}. W1 = {w1:.4g} still changes by "
            "{wasserstein:.3g} for each unit of θ. The non-saturating loss does *not* vanish here: its slope is "
            "{rising:.3g}, and it grows with the distance.",
            **slopes,
        )
    if now.js < NEAR:
        return Note.of(
            "**Nearly there.** JS = {js:.2g} falls with the *square* of the shift, so the slopes of both losses of "
            "probabilities fade ({saturating:.2g} and {rising:.2g}): the last steps are gentle. That of W1 is "
            "{wasserstein:.3g}: with equal widths it stays at 1 to the end.",
            **slopes,
        )
    return Note.of(
        "**The densities overlap in part.** Every loss shows the way: the slopes are {saturating:.3g} (minimax), "
        "{rising:.3g} (non-saturating) and {wasserstein:.3g} (Wasserstein). JS = {js:.4f} of at most 0.693147; "
        "W1 = {w1:.4g}. Move θ out to 10 or -10 and watch which of them goes flat.",
        **slopes,
    )


def _dirac(situation: Situation) -> Note:
    if situation.now.w1 == 0:
        return Note.of(
            "**The two lines lie on each other**: every measure is 0. Move θ by the smallest amount, and all but W1 "
            "and W2 jump to their largest value."
        )
    return Note.of(
        "**The two lines share no point.** JS = log 2, KL = ∞, total variation = 1: the same at every θ but 0, so none "
        "of them can tell the generator whether it is getting closer. W1 = |θ| = {w1:.3g} can: its slope is "
        "{wasserstein:+.0f}. D* is 1 on one line and 0 on the other: it jumps and has no slope.",
        w1=situation.now.w1,
        wasserstein=situation.now.gradients.wasserstein,
    )


def _uniform(situation: Situation) -> Note:
    now = situation.now
    if now.w1 == 0:
        return Note.of("**The intervals are the same**: every measure is 0. Shift one of them, or change its width.")
    if now.js_gap == 0:
        return Note.of(
            "**The intervals do not overlap.** JS has reached log 2 and stays there however far apart they are; "
            "W1 = {w1:.3g} goes on growing with slope {wasserstein:.3g}.",
            w1=now.w1,
            wasserstein=now.gradients.wasserstein,
        )
    return Note.of(
        "**JS sees how much of the intervals overlaps**: {js:.4f} now. But look at D*: it is a staircase, flat at "
        "every single fake. A generator is told the slope of D at its fakes, and that is 0, although JS is not. "
        "W1 = {w1:.3g} has slope {wasserstein:.3g}.",
        js=now.js,
        w1=now.w1,
        wasserstein=now.gradients.wasserstein,
    )


def _piles(situation: Situation) -> Note:
    cells, now = abs(round(situation.theta)), situation.now
    if cells == 0:
        return Note.of("**The piles are the same**: every measure is 0. Shift them by one cell.")
    if cells < 3:
        return Note.of(
            "**Shifted by {cells}: some cells are still common.** JS = {js:.3f}, W1 = {w1:.0f}. JS compares cell with "
            "cell and does not know which cells are neighbours.",
            cells=cells,
            js=now.js,
            w1=now.w1,
        )
    return Note.of(
        "**Shifted by {cells}: no common cell.** JS = 0.693 for ever: 3 cells or 7, all the same. W1 = {w1:.0f}, one "
        "for each cell.",
        cells=cells,
        w1=now.w1,
    )


def _classes(situation: Situation) -> Note:
    now = situation.now
    if situation.theta == 0:
        return Note.of(
            "**The generator makes dogs, cats and birds as often as the data has them**: every measure is 0."
        )
    if situation.theta == 1:
        return Note.of(
            "**Mode collapse: nothing but dogs.** KL(p_g ‖ p_data) = log 3 = 1.099 is finite: each fake is a possible "
            "animal. KL(p_data ‖ p_g) is infinite: cats and birds never come. JS = {js:.4f}. W1 = {w1:.4f} depends on "
            "where you place the classes: it is only as good as the distance that you choose.",
            js=now.js,
            w1=now.w1,
        )
    return Note.of(
        "**Too many dogs.** JS = {js:.4f}; W1 = {w1:.4f} is the surplus of dogs times its way to where animals are "
        "missing. Change where the classes sit, and only W1 and W2 change.",
        js=now.js,
        w1=now.w1,
    )


SENTENCES: dict[str, Callable[[Situation], Note]] = {
    "gaussian": _gaussian,
    "dirac": _dirac,
    "uniform": _uniform,
    "piles": _piles,
    "classes": _classes,
}

"""The verdict on a run, whatever it learns, from its snapshots."""

from collections.abc import Sequence

from gan_core.snapshots import ImageSnapshot, Snapshot, stack
from gan_core.theory.diagnosis import Diagnosis, diagnose
from gan_core.theory.image_diagnosis import diagnose_images


def verdict(snapshots: Sequence[Snapshot]) -> Diagnosis | None:
    """What is wrong, or right, with the run at its end; None as long as there is nothing to say."""
    if not snapshots:
        return None
    history = stack(snapshots)
    if isinstance(snapshots[-1], ImageSnapshot):
        return diagnose_images(history, int(snapshots[-1].values["classes"]))
    return diagnose(history)

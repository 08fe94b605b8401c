"""How good a preset gets, and how fast, as it was measured on one core."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gan_core.config import ImageConfig
from gan_core.config.images import READABLE
from gan_core.presets import IMAGE_PRESETS, measured
from pages.components.i18n import t

APART = {"dataset", "device", "seed", "steps"}  # settings that leave the quality at a step as it is, or nearly so
_SCORES = ("accuracy", "frechet", "digits_present")


@dataclass(frozen=True)
class Expectation:
    """Scores after `seconds` of one core, which were enough for `steps` steps; nan for a score that says nothing."""

    seconds: float
    steps: int
    accuracy: float
    frechet: float
    digits_present: float

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Expectation":
        known = {name: math.nan if entry.get(name) is None else float(entry[name]) for name in _SCORES}
        return cls(float(entry["cpu_seconds"]), round(entry["steps"]), **known)


def expectations(preset: str, config: ImageConfig) -> list[Expectation]:
    """What was measured with these images, by time; with digits that are nearly the same if not with just these.

    Nothing as soon as the settings differ from the preset's in what matters.
    """
    if config.differences(IMAGE_PRESETS[preset].config).keys() - APART:
        return []
    found = measured(preset).get("after", [])
    same = [entry for entry in found if entry["dataset"] == config.dataset]
    if not same and config.is_readable:
        same = [entry for entry in found if entry["dataset"] in READABLE]
    return sorted(map(Expectation.of, same), key=lambda entry: entry.seconds)


def promised_step(preset: str, config: ImageConfig) -> int:
    """The step at which the preset has the quality that was measured last; 0 if nothing was."""
    return max((entry.steps for entry in expectations(preset, config)), default=0)


def said(entry: Expectation) -> str:
    """Seconds and scores, in words."""
    scores = []
    if not math.isnan(entry.accuracy):
        scores.append(t("{share:.0%} right digits").format(share=entry.accuracy))
    elif not math.isnan(entry.digits_present):
        scores.append(t("{number:.0f} of 10 digits").format(number=entry.digits_present))
    if not math.isnan(entry.frechet):
        scores.append(t("Frechet distance {distance:.1f}").format(distance=entry.frechet))
    return t("after {seconds:.0f} s").format(seconds=entry.seconds) + " " + ", ".join(scores)

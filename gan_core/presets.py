"""Named settings: rows of differences from `ToyConfig()`, each with its reason.

How often a row does what it promises, and how well, is measured by `benchmarks/quality.py` over ten seeds and kept in
`assets/quality.json`, with a fingerprint of the row that was measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gan_core.config import ToyConfig


@dataclass(frozen=True)
class Preset:
    """One row.

    `promise` names what a run of it shows: "converges", with `within` the W1 / sd that its end stays below, or one of
    the failures that `gan_core.theory.diagnosis` recognises.
    """

    name: str
    title: str
    reason: str  # why these differences, in one sentence
    look: str  # what to watch on the screen
    attempt: str  # what to change next
    changes: Mapping[str, Any] = field(default_factory=dict)
    promise: str = "converges"
    within: float = 0.02
    task: str = "toy"

    @property
    def config(self) -> ToyConfig:
        return ToyConfig.make(self.changes)


_ROWS = [
    Preset(
        "gaussian",
        "Gaussian",
        "The default: non-saturating loss, and a start that is well scaled, not lucky.",
        "p_g flows to the right until it covers p_data; D(x) flattens to one half.",
        "Raise the learning rate of D tenfold while it runs.",
    ),
]

PRESETS = {row.name: row for row in _ROWS}

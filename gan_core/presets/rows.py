"""A preset: a row of differences from a config's defaults, with its reason."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from gan_core.config import CONFIGS, TrainConfig, to_json

QUALITY = Path(__file__).parents[2] / "assets" / "quality.json"


@dataclass(frozen=True)
class Preset:
    """One row.

    `promise` says what a run of it shows, and `within` how well (`gan_core.presets.toy`, `gan_core.presets.images`).
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
    family: str = ""  # of images: gan, wgan, wgan_gp, cgan or dcgan
    source: str = ""  # of images: which article the row follows, "" for a lesson of ours

    @property
    def config(self) -> Any:
        """A `ToyConfig` or an `ImageConfig`."""
        return CONFIGS[self.task].make(self.changes)


def fingerprint(config: TrainConfig) -> str:
    """SHA-256 of all settings: a measurement belongs to these, and to no others."""
    return hashlib.sha256(to_json(config).encode()).hexdigest()


@cache
def _measurements() -> dict[str, dict[str, Any]]:
    return json.loads(QUALITY.read_text()) if QUALITY.exists() else {}


def measured(name: str) -> dict[str, Any]:
    """What `benchmarks/quality.py` and `benchmarks/image_quality.py` found out about a preset.

    Empty for a preset that has not been measured.
    """
    return _measurements().get(name, {})

"""What goes in: the settings of a run, frozen and validated.

Each field says once what it is called, what it means and which values it takes. The settings form, the URL, the
command line and every error sentence are made from these lines (`gan_core.fields`).
"""

import json

from gan_core.config.images import ImageConfig, image_hints
from gan_core.config.shared import PROBABILITY_LOSSES, TrainConfig
from gan_core.config.toy import ToyConfig, hints

CONFIGS = {config.task: config for config in (ToyConfig, ImageConfig)}


def to_json(config: TrainConfig) -> str:
    """All settings, and which task they belong to."""
    return json.dumps({"task": config.task} | config.model_dump())


def from_json(text: str) -> TrainConfig:
    """The settings that `to_json` wrote; before there were several tasks, all were "toy"."""
    values = json.loads(text)
    return CONFIGS[values.pop("task", "toy")].make(values)


__all__ = [
    "CONFIGS",
    "PROBABILITY_LOSSES",
    "ImageConfig",
    "ToyConfig",
    "TrainConfig",
    "from_json",
    "hints",
    "image_hints",
    "to_json",
]

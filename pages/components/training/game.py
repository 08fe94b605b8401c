"""Which settings of the game between G and D do anything, given the others."""

from collections.abc import Mapping
from typing import Any

from gan_core.config import PROBABILITY_LOSSES


def of_the_game(values: Mapping[str, Any]) -> dict[str, bool]:
    """By field of `TrainConfig`; a field that is missing here always applies."""
    is_probability = values["loss"] in PROBABILITY_LOSSES
    has_penalty = values["smoothness"] in ("gradient_penalty", "r1")
    return {
        "label_smoothing": is_probability,
        "label_spread": is_probability and not values["naive_log"],
        "naive_log": is_probability,
        "smoothness_weight": has_penalty,
        "penalty_every": has_penalty,
        "one_sided": values["smoothness"] == "gradient_penalty",
        "clip_value": values["smoothness"] == "weight_clipping",
        "repeated_real": values["n_critic"] > 1,
    }

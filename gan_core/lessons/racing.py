"""Losses raced against each other on one course: same target, same seed, same start, same optimiser of G."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gan_core.config import ToyConfig
from gan_core.presets import TOY_PRESETS

MOST = 4  # runs side by side


@dataclass(frozen=True)
class Entrant:
    """Who takes part: what it brings along, and why."""

    title: str
    reason: str
    changes: Mapping[str, Any]


LOSSES = {
    "minimax": Entrant("minimax", "G lowers E[log(1 - D)], as the theory has it.", {"loss": "minimax"}),
    "non_saturating": Entrant("non-saturating", "G raises E[log D], as practice has it.", {"loss": "non_saturating"}),
    "wgan_clipping": Entrant(
        "WGAN, weight clipping",
        "A critic with its weights within ±0.1, five updates of it for each one of G.",
        {
            "loss": "wasserstein",
            "smoothness": "weight_clipping",
            "clip_value": 0.1,
            "n_critic": 5,
            "g_optimiser": "rmsprop",
            "d_optimiser": "rmsprop",
        },
    ),
    "wgan_gp": Entrant(
        "WGAN-GP, gradient penalty",
        "A critic whose slopes above 1 are punished, three updates of it for each one of G.",
        {"loss": "wasserstein", "smoothness": "gradient_penalty", "smoothness_weight": 1.0, "n_critic": 3},
    ),
}


@dataclass(frozen=True)
class Course:
    """Where the race is run; `changes` are the same for all. `look` says what to watch."""

    title: str
    look: str
    changes: Mapping[str, Any]


COURSES = {
    "overlapping": Course(
        "N(4, 0.5), from nearby",
        "The fakes start six standard deviations to the left. Adam and RMSprop enlarge small gradients, so all arrive; "
        "the two Wasserstein losses need more updates of D for each step.",
        {"target": "aylien", "start": -6.0, "lr_half_life": 500},
    ),
    "disjoint": Course(
        "N(10, 0.5), from far away",
        "The fakes start fourteen standard deviations away, D is trained before the race begins, and G takes plain SGD "
        "steps: as long as the gradient is. The minimax run does not leave its place, JS stays at log 2, and the "
        "other losses arrive. With Adam, minimax would arrive as well: it enlarges even the smallest gradient.",
        {
            "target": "far_away",
            "start": -14.0,
            "d_head_start": 300,
            "g_optimiser": "sgd",
            "g_lr": 0.02,
            "lr_half_life": 1000,
        },
    ),
}


def entrants() -> dict[str, str]:
    """Everyone who can take part, by name, with a title: the four losses, then the presets."""
    presets = {name: preset.title for name, preset in TOY_PRESETS.items() if preset.task == "toy"}
    return {name: entrant.title for name, entrant in LOSSES.items()} | {
        name: title for name, title in presets.items() if name not in LOSSES
    }


def config_of(name: str, course: str, seed: int, steps: int) -> ToyConfig:
    """A preset brings its loss, networks and optimisers; target, start and whatever else the course fixes do not count.

    Raises KeyError for a name that is neither a loss nor a preset.
    """
    own = LOSSES[name].changes if name in LOSSES else TOY_PRESETS[name].changes
    return ToyConfig.make({**own, **COURSES[course].changes, "seed": seed, "steps": steps})

"""The map of a 1-D run: from z to x, and how much it stretches."""

import numpy as np
import torch
from numpy.typing import NDArray

from gan_core.config import ToyConfig
from gan_core.fields import ConfigError
from gan_core.learning.players import Players
from gan_core.learning.training import Trainer
from gan_core.questions import Answer, Question
from gan_core.theory.distributions import target_of


class ToySampler:
    """G and D of a 1-D run, in the units of its data: x = mean + sd * G(z), with those of p_data."""

    def __init__(self, players: Players) -> None:
        assert isinstance(players.config, ToyConfig)
        self.players, self.config = players, players.config
        target = target_of(players.config)
        self.mean, self.sd = target.mean, target.sd

    def refresh(self, trainer: Trainer) -> None:
        """Draw from now on as the run does now."""
        self.players.refresh(trainer)

    @torch.inference_mode()
    def answer(self, question: Question) -> Answer:
        """x for each z; with "slopes" dx/dz, with "scores" D's score of x (`gan_core.questions`).

        The slopes are exact: G's own backward carries 1 from its output to its input.

        Raises ConfigError for a question that does not fit this generator.
        """
        dim, generator = self.config.latent_dim, self.players.generator
        if question.z.shape[1] != dim:
            raise ConfigError(
                "z", "Question: z must have {wanted} numbers for this generator, not {dim}.",
                wanted=dim, dim=question.z.shape[1],
            )  # fmt: skip
        if dim > 1 and "slopes" in question.wants:
            raise ConfigError("wants", "Question: G has a slope in each direction here, since z has {dim}.", dim=dim)
        standard = generator.forward(torch.from_numpy(question.z))
        arrays = {"x": _f4(self.mean + self.sd * standard[:, 0].double().numpy())}
        if "slopes" in question.wants:
            arrays["slopes"] = _f4(self.sd * generator.pull_back(torch.ones_like(standard))[:, 0].double().numpy())
        if "scores" in question.wants:
            arrays["score"] = _f4(self.players.discriminator.forward(standard)[:, 0].numpy())
        return Answer(arrays, {"step": str(self.players.step)})


def _f4(values: NDArray[np.floating]) -> NDArray[np.float32]:
    return values.astype(np.float32)

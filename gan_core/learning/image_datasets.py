"""Streams of batches for images: real ones, and latents, each with its conditions if there are any."""

import base64
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_core.config import ImageConfig
from gan_core.data import LabelledImages
from gan_core.learning.datasets import Batch


class Drawn:
    """What both streams of images have in common: a generator on the device, whose state is the stream's."""

    def __init__(self, seed: np.random.SeedSequence, device: torch.device) -> None:
        self.random = torch.Generator(device).manual_seed(int(seed.generate_state(1)[0]))

    def remember(self) -> str:
        return base64.b64encode(self.random.get_state().numpy().tobytes()).decode()

    def recall(self, text: str) -> None:
        self.random.set_state(torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.uint8))


class Images:
    """Real images in [-1, 1], each once in an epoch; a batch may begin in one epoch and end in the next.

    The whole set lies on the device, as bytes.
    """

    def __init__(
        self, images: LabelledImages, conditional: bool, seed: np.random.SeedSequence, device: torch.device
    ) -> None:
        self.pixels = torch.from_numpy(images.images).to(device)
        self.digits = torch.from_numpy(images.digits.astype(np.int64)).to(device)
        self.conditional = conditional
        self._drawn = Drawn(seed, device)
        self._shuffle()

    def _shuffle(self) -> None:
        self._before, self._next = self._drawn.remember(), 0
        random = self._drawn.random
        self._order = torch.randperm(len(self.pixels), generator=random, device=random.device)

    def batch(self, size: int) -> Batch:
        chosen = self._order[self._next : self._next + size]
        self._next += len(chosen)
        while len(chosen) < size:
            self._shuffle()
            rest = self._order[: size - len(chosen)]
            self._next, chosen = len(rest), torch.cat([chosen, rest])
        condition = self.digits.index_select(0, chosen) if self.conditional else None
        return Batch(in_range(self.pixels.index_select(0, chosen)), condition)

    @property
    def state(self) -> dict[str, Any]:
        return {"before": self._before, "next": self._next}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        self._drawn.recall(state["before"])
        self._shuffle()
        self._next = state["next"]


class Latents:
    """z, normal or uniform on [-1, 1], with digits drawn evenly from those that the run learns."""

    def __init__(self, config: ImageConfig, seed: np.random.SeedSequence, device: torch.device) -> None:
        self.config = config
        self.classes = torch.tensor(config.digits, device=device) if config.conditional else None
        self._drawn = Drawn(seed, device)

    def batch(self, size: int) -> Batch:
        random = self._drawn.random
        z = draw_latents(size, self.config, random)
        if self.classes is None:
            return Batch(z)
        drawn = torch.randint(len(self.classes), (size,), generator=random, device=random.device)
        return Batch(z, self.classes[drawn])

    @property
    def state(self) -> dict[str, Any]:
        return {"random": self._drawn.remember()}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        self._drawn.recall(state["random"])


def draw_latents(count: int, config: ImageConfig, random: torch.Generator) -> Tensor:
    """z [count, latent_dim], normal or uniform on [-1, 1]."""
    z = torch.empty(count, config.latent_dim, device=random.device)
    return z.normal_(generator=random) if config.latent == "normal" else z.uniform_(-1, 1, generator=random)


def in_turns(config: ImageConfig, count: int, device: torch.device | str = "cpu") -> Tensor:
    """`count` digits of those that the run learns: each of them, and again."""
    digits = torch.tensor(config.digits, device=device)
    return digits.repeat(count // len(digits) + 1)[:count]


def in_range(pixels: Tensor) -> Tensor:
    """Bytes as numbers from -1 (black) to 1."""
    return pixels.float().div_(127.5).sub_(1)

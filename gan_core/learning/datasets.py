"""Streams of batches: what every task's streams are, and those of 1-D runs."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from scipy.special import ndtri
from torch import Tensor

from gan_core.config import ToyConfig
from gan_core.theory.distributions import Distribution

BLOCK = 64  # batches drawn at once


class Batch(NamedTuple):
    """Points or latents [batch, columns], and the condition of each [batch], if the players are told one."""

    x: Tensor
    condition: Tensor | None = None


@runtime_checkable
class Stream(Protocol):
    """An endless, reproducible sequence of batches. `state` is small, and JSON can hold it."""

    @property
    def state(self) -> dict[str, Any]: ...
    @state.setter
    def state(self, state: dict[str, Any]) -> None: ...

    def batch(self, size: int) -> Batch: ...


class Blocks:
    """Batches that are drawn by numpy, many at once: one large draw is cheaper than many small ones.

    `draw(batches, batch, rng)` makes a block [batches, batch, columns]. `state` is small: the generator's state before
    the current block, and the place in it.
    """

    def __init__(
        self, draw: Callable[[int, int, np.random.Generator], np.ndarray], seed: np.random.SeedSequence
    ) -> None:
        self._draw, self._rng = draw, np.random.default_rng(seed)
        self._before: Mapping[str, Any] = {}
        self._block, self._next = torch.empty(0, 0, 0), 0

    def batch(self, size: int) -> Batch:
        if self._next == len(self._block) or size != self._block.shape[1]:
            self._refill(size)
        self._next += 1
        return Batch(self._block[self._next - 1])

    def _refill(self, size: int) -> None:
        self._before = self._rng.bit_generator.state
        self._block = torch.from_numpy(self._draw(BLOCK, size, self._rng).astype(np.float32))
        self._next = 0

    @property
    def state(self) -> dict[str, Any]:
        before = self._before or self._rng.bit_generator.state
        return {"before": before, "size": self._block.shape[1], "next": self._next}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        self._rng.bit_generator.state = self._before = state["before"]
        self._block = torch.empty(0, 0, 0)
        if state["size"]:
            self._refill(state["size"])
            self._next = state["next"]


def real_stream(target: Distribution, seed: np.random.SeedSequence) -> Blocks:
    """Points of p_data in standard units: (x - mean) / sd."""

    def draw(batches: int, batch: int, rng: np.random.Generator) -> np.ndarray:
        x = target.sample(batches * batch, rng)
        return ((x - target.mean) / target.sd).reshape(batches, batch, 1)

    return Blocks(draw, seed)


def latent_stream(config: ToyConfig, seed: np.random.SeedSequence) -> Blocks:
    """z, normal or uniform on [-1, 1]. Stratified: every batch has one z in each of `batch` equally likely cells."""

    def draw(batches: int, batch: int, rng: np.random.Generator) -> np.ndarray:
        u = rng.random((batches, batch, config.latent_dim))
        if config.stratified:
            u[..., 0] = (np.arange(batch) + u[..., 0]) / batch
        return ndtri(np.clip(u, 1e-12, 1 - 1e-12)) if config.latent == "normal" else 2 * u - 1

    return Blocks(draw, seed)

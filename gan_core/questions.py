"""What is asked of a generator, and what comes back: arrays with names, and texts, in one safetensors message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gan_core.fields import ConfigError
from gan_core.header import texts_in

WANTS = ("scores", "digits", "nearest", "directions", "usual", "slopes")
MOST = 1024  # latents in one question
CLASSES = 10  # of a condition

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Question:
    """Latents, each with its condition, and what is wanted beside the images G(z, c).

    Raises ConfigError for anything that no generator could answer.

    Parameters
    ----------
    z : [n, dim], n from 1 to `MOST`.
    condition : shares of the ten digits [n, 10]; [0, 10] for a generator without a condition.
    wants : of `WANTS`.
    """

    z: Floats
    condition: Floats = field(default_factory=lambda: np.zeros((0, CLASSES), np.float32))
    wants: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.z.ndim != 2 or self.z.dtype != np.float32 or not self.z.size or len(self.z) > MOST:
            raise ConfigError("z", "Question: z must be 1 to {most} rows of float32 numbers.", most=MOST)
        if self.condition.shape not in ((len(self.z), CLASSES), (0, CLASSES)) or self.condition.dtype != np.float32:
            raise ConfigError("condition", "Question: the condition must be ten float32 numbers for each z, or none.")
        if not (np.isfinite(self.z).all() and np.isfinite(self.condition).all()):
            raise ConfigError("z", "Question: z and the condition must be finite numbers.")
        if unknown := self.wants - set(WANTS):
            raise ConfigError(
                "wants", "Question: there is nothing called {name} to want.", name=", ".join(sorted(unknown))[:40]
            )

    def to_bytes(self) -> bytes:
        return _pack({"z": self.z, "condition": self.condition}, {"wants": " ".join(sorted(self.wants))})

    @classmethod
    def of(cls, data: bytes) -> "Question":
        """The question that `to_bytes` made these bytes from. Raises ConfigError for anything else."""
        arrays, texts = _unpack(data)
        if set(arrays) != {"z", "condition"} or "wants" not in texts:
            raise _damaged()
        return cls(arrays["z"], arrays["condition"], frozenset(texts["wants"].split()))


@dataclass(frozen=True, eq=False)
class Answer:
    """Arrays by name (docs/decisions/0015-latent.md lists them), and texts: at least `step`."""

    arrays: Mapping[str, NDArray[Any]]
    texts: Mapping[str, str]

    def to_bytes(self) -> bytes:
        return _pack(self.arrays, self.texts)

    @classmethod
    def of(cls, data: bytes) -> "Answer":
        """The answer that `to_bytes` made these bytes from. Raises ConfigError for anything else."""
        return cls(*_unpack(data))

    def adding(self, **arrays: NDArray[Any]) -> "Answer":
        """The same with more arrays."""
        return Answer({**self.arrays, **arrays}, self.texts)


def _pack(arrays: Mapping[str, NDArray[Any]], texts: Mapping[str, str]) -> bytes:
    # safetensors takes the bytes as they lie in memory: a transposed array would arrive scrambled.
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, dict(texts))


def _unpack(data: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    try:
        return load(data), texts_in(data)
    except (SafetensorError, ValueError, KeyError):
        raise _damaged() from None


def _damaged() -> ConfigError:
    return ConfigError("message", "This message to or from a generator is damaged.")

"""What an exported generator is made of: its settings, how far it was trained, and its numbers."""

from dataclasses import dataclass

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from gan_core.config import TrainConfig, from_json
from gan_core.fields import ConfigError
from gan_core.header import texts_in


@dataclass(frozen=True, eq=False)
class Exported:
    """`tensors` as `gan_core.runs.generator_file` names them. They need not fit the settings."""

    config: TrainConfig
    step: int
    tensors: dict[str, Tensor]


def read_export(data: bytes) -> Exported:
    """From the bytes of a .safetensors file. Nothing in it is run. Raises ConfigError."""
    try:
        tensors = load(data)
        texts = texts_in(data)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError):
        raise ConfigError("weights", "Weights: this file cannot be read as safetensors.") from None
    for name, values in tensors.items():
        if values.dtype not in (torch.float32, torch.float16):
            raise ConfigError("weights", "Weights: {key} must hold float32 or float16 numbers.", key=name[:40])
    try:
        return Exported(from_json(texts["config"]), int(texts["steps"]), tensors)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ConfigError("weights", "Weights: this file is not a generator that GANscope has exported.") from None

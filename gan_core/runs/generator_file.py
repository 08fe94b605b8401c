"""The generator of a run, with the D that judges it, as a file to take along. No torch is needed for that."""

import hashlib
import json
from pathlib import Path

from safetensors.numpy import load, save


class NoWeights(ValueError):
    """The run has saved nothing that could be taken along."""


def generator_file(checkpoints: Path) -> bytes:
    """The generator in a run's newest whole checkpoint, as safetensors: averaged weights where the run keeps them.

    Raises NoWeights.

    Parameters
    ----------
    checkpoints : the folder of the run (`gan_core.runs.store.Store.weights`), whose files are named after the SHA-256
        of their bytes.
    """
    for path in _newest_first(checkpoints):
        try:
            data = path.read_bytes()
        except FileNotFoundError:  # the run goes on, and has just put a newer one in its place
            continue
        if hashlib.sha256(data).hexdigest() == path.stem:
            return generator_of(data)
    raise NoWeights("This run has saved no checkpoint yet.")


def has_checkpoint(checkpoints: Path) -> bool:
    return any(checkpoints.glob("*.safetensors"))


def _newest_first(checkpoints: Path) -> list[Path]:
    ages = []
    for path in checkpoints.glob("*.safetensors"):
        try:
            ages.append((path.stat().st_mtime_ns, path))
        except FileNotFoundError:
            continue
    return [path for _, path in sorted(ages, reverse=True)]


def generator_of(checkpoint: bytes) -> bytes:
    """What of a checkpoint is taken along; `gan_core.learning.sampling.Sampler` reads it.

    Tensors: "generator" and "discriminator", all weights in a row as the network holds them, and both with "_buffers".
    Metadata: the config, the number of steps, and whether the weights of G are averaged.
    """
    texts, tensors = _metadata(checkpoint), load(checkpoint)
    is_averaged = "average" in tensors
    weights, buffers = ("average", "average_buffers") if is_averaged else ("generator", "g_buffers")
    return save(
        {
            "generator": tensors[weights],
            "generator_buffers": tensors[buffers],
            "discriminator": tensors["discriminator"],
            "discriminator_buffers": tensors["d_buffers"],
        },
        {
            "config": texts["config"],
            "steps": str(json.loads(texts["rest"])["step"]),
            "averaged": str(is_averaged).lower(),
        },
    )


def _metadata(data: bytes) -> dict[str, str]:
    """The texts in the header of a safetensors file; its first eight bytes are the header's length."""
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length])["__metadata__"]

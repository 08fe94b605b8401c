"""Files from outside: looked at without running or building anything, and kept only if they are what we export.

A safetensors file is eight bytes that say how long its header is, the header as JSON, and raw numbers: reading it runs
nothing, unlike a pickle, which is a program (`pickle.load` obeys it). So a pickle is refused by its first bytes.
"""

import hashlib
import os
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from gan_core.config import from_json
from gan_core.fields import ConfigError
from gan_core.header import texts_in
from gan_core.runs.generator_ids import upload_id, uploads_folder

LARGEST = 10 * 1024 * 1024  # bytes, as in .streamlit/config.toml; the shipped generators have at most 1.3 MB
KEPT = 50  # files; the oldest ones make room
NAMES = ("discriminator", "discriminator_buffers", "generator", "generator_buffers")

_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")  # of torch.save: zipped, and bare


def keep(data: bytes, name: str) -> str:
    """Check the file and put it among the uploads. Returns the generator's id.

    Raises
    ------
    ConfigError : one sentence about what is wrong with it; nothing is kept then.
    """
    check(data, name)
    folder, digest = uploads_folder(), hashlib.sha256(data).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{digest[:16]}.safetensors"
    beside = path.with_suffix(".part")
    beside.write_bytes(data)
    os.replace(beside, path)
    _make_room(folder)
    return upload_id(digest)


def check(data: bytes, name: str) -> None:
    """Raise ConfigError unless `data` are a generator that GANscope exported.

    Whether the numbers fit the settings is seen by the worker, before it builds anything: that takes torch.
    """
    about = {"name": name[:60]}
    if len(data) > LARGEST:
        raise ConfigError(
            "file", "File: {name} has {size:.0f} MB; at most {most:.0f} MB are taken.",
            size=len(data) / 2**20, most=LARGEST / 2**20, **about,
        )  # fmt: skip
    if data.startswith(_PICKLES):
        raise ConfigError(
            "file", "File: {name} is a pickle, a program that would run when it is read; "
            "only .safetensors files that GANscope has exported are taken.", **about,
        )  # fmt: skip
    try:
        texts, tensors = texts_in(data), load(data)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError):
        raise ConfigError(
            "file", "File: {name} is not a whole .safetensors file; only files that GANscope has exported are taken.",
            **about,
        ) from None  # fmt: skip
    _check_settings(texts, about)
    _check_numbers(tensors, about)


def _check_settings(texts: dict[str, str], about: dict[str, str]) -> None:
    try:
        from_json(texts["config"])
        fits = texts.get("steps", "").isdecimal()
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        fits = False
    if not fits:
        raise ConfigError(
            "file", "File: {name} does not say with which settings it was trained: GANscope has not exported it.",
            **about,
        )  # fmt: skip


def _check_numbers(tensors: dict[str, np.ndarray], about: dict[str, str]) -> None:
    if tuple(sorted(tensors)) != NAMES:
        raise ConfigError(
            "file", "File: {name} must hold {wanted}, and nothing else.", wanted=", ".join(NAMES), **about
        )
    for key, values in tensors.items():
        if values.dtype not in (np.float32, np.float16) or values.ndim != 1:
            raise ConfigError(
                "file", "File: {key} in {name} must be one row of float32 or float16 numbers.", key=key, **about
            )
        if not np.isfinite(values).all():
            raise ConfigError("file", "File: {key} in {name} holds numbers that are not finite.", key=key, **about)


def _make_room(folder: Path) -> None:
    ages = sorted(folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in ages[KEPT:]:
        old.unlink(missing_ok=True)

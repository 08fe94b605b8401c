"""Generators as files: the shipped ones, those of runs, and those that somebody has uploaded, each with an id."""

import re
from pathlib import Path

from gan_core.data.folder import data_folder
from gan_core.runs.store import weights_folder

WEIGHTS = Path(__file__).parents[2] / "assets" / "weights"
SHIPPED = ("cgan", "gan", "wgan", "wgan_gp", "dcgan", "toy")

_RUN, _UPLOAD = re.compile(r"run-([\w-]{1,64})"), re.compile(r"upload-([0-9a-f]{16})")


class UnknownGenerator(KeyError):
    """There is no generator with this id here."""


def shipped_id(name: str) -> str:
    return f"shipped-{name}"


def run_id(run: str) -> str:
    return f"run-{run}"


def upload_id(digest: str) -> str:
    """`digest`: the SHA-256 of the file, as hexadecimal digits."""
    return f"upload-{digest[:16]}"


def run_of(generator: str) -> str | None:
    """The run that made it; None for a generator that is a file of its own."""
    found = _RUN.fullmatch(generator)
    return found[1] if found else None


def file_of(generator: str, data: Path | None = None) -> Path:
    """The file of a generator, or, of a run's, the folder of its checkpoints.

    Whatever `generator` is, the answer lies among the weights or in the folder `data`. Raises UnknownGenerator.
    """
    if run := run_of(generator):
        path = weights_folder(run, data)
    elif found := _UPLOAD.fullmatch(generator):
        path = uploads_folder(data) / f"{found[1]}.safetensors"
    elif (name := generator.removeprefix("shipped-")) in SHIPPED and name != generator:
        path = WEIGHTS / f"{name}.safetensors"
    else:
        raise UnknownGenerator(generator)
    if not path.exists():
        raise UnknownGenerator(generator)
    return path


def uploads_folder(data: Path | None = None) -> Path:
    return (data or data_folder()) / "uploads"

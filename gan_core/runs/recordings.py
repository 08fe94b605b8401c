"""Recorded runs that are shipped: what a page plays before anything is trained."""

import io
import lzma
from functools import cache
from pathlib import Path

from gan_core.snapshots import Snapshot, from_stream, to_stream

FOLDER = Path(__file__).parents[2] / "assets" / "recorded"


def write(path: Path, frames: list[bytes]) -> None:
    """Packed snapshots, each after its length, compressed together: what does not change costs nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(to_stream(frames), preset=9))


def read(name: str) -> tuple[Snapshot, ...]:
    """The snapshots of the preset `name`; none if nothing was recorded under that name."""
    return _read(name) if name in {path.stem for path in FOLDER.glob("*.xz")} else ()


@cache
def _read(name: str) -> tuple[Snapshot, ...]:
    return tuple(from_stream(io.BytesIO(lzma.decompress((FOLDER / f"{name}.xz").read_bytes()))))

"""Recorded runs that are shipped: what a page plays before anything is trained."""

import lzma
import struct
from functools import cache
from pathlib import Path

from gan_core.snapshots import ToySnapshot, unpack

FOLDER = Path(__file__).parents[2] / "assets" / "recorded"


def write(path: Path, frames: list[bytes]) -> None:
    """Packed snapshots, each after its length, compressed together: what does not change costs nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(b"".join(struct.pack("<I", len(frame)) + frame for frame in frames), preset=9))


@cache
def read(name: str) -> tuple[ToySnapshot, ...]:
    """The snapshots of the preset `name`; none if nothing was recorded."""
    path = FOLDER / f"{name}.xz"
    if not name.isidentifier() or not path.is_file():
        return ()
    data, at, snapshots = lzma.decompress(path.read_bytes()), 0, []
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        snapshots.append(unpack(data[at + 4 : at + 4 + length]))
        at += 4 + length
    return tuple(snapshots)

"""Bytes for the live figure in the browser: only what moves, and the values for the charts.

Layout: length of the header (uint32), a JSON header padded to four bytes, then the arrays in the header's order: what
moves, of the type that the header says, each padded to four bytes, and the values as float32. `assets/live/feed.js`
reads it.
"""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_core.figures import samples, toy
from gan_core.snapshots import ImageSnapshot, Snapshot, ToySnapshot

MOVING: Mapping[str, Callable[[Sequence[Any]], dict[str, NDArray[Any]]]] = {
    ToySnapshot.task: toy.moving,
    ImageSnapshot.task: samples.moving,
}
_TYPES = {"f": "<f4", "u": "|u1"}  # numpy's kind of an array, and the type in which it travels


def encode(numbers: Sequence[int], snapshots: Sequence[Snapshot], about: dict[str, Any]) -> bytes:
    """Frames `snapshots`, all of one run, with their `numbers`; `about` is passed on as it is (status, life, ...).

    A value that a run of an earlier version does not have is nan.
    """
    arrays = MOVING[snapshots[0].task](snapshots) if snapshots else {}
    measures = snapshots[0].measures if snapshots else ()
    header = about | {
        "numbers": list(numbers),
        "steps": [shot.step for shot in snapshots],
        "parts": [shot.part for shot in snapshots],
        "moving": [[key, array.shape[1], _TYPES[array.dtype.kind]] for key, array in arrays.items()],
        "measures": measures,
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    values = np.array([[shot.values.get(name, nan) for name in measures] for shot in snapshots], dtype=float)
    body = [_bytes(array) for array in (*arrays.values(), values)]
    return b"".join([struct.pack("<I", len(_padded(text, b" "))), _padded(text, b" "), *body])


def _bytes(array: NDArray[Any]) -> bytes:
    with np.errstate(over="ignore"):  # a diverging run leaves the range of float32: infinity is the right picture
        return _padded(np.ascontiguousarray(array, _TYPES[array.dtype.kind]).tobytes(), b"\0")


def _padded(data: bytes, filling: bytes) -> bytes:
    """To whole fours: there, the browser can look at numbers without copying them."""
    return data + filling * (-len(data) % 4)

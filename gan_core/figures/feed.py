"""Bytes for the live figure in the browser: only what moves, and the values for the charts.

Layout: length of the header (uint32), a JSON header padded to four bytes, then float32 arrays in the header's order.
`assets/live/feed.js` reads it.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from gan_core.figures.toy import moving
from gan_core.snapshots import MEASURES, ToySnapshot


def encode(numbers: Sequence[int], snapshots: Sequence[ToySnapshot], about: dict[str, Any]) -> bytes:
    """Frames `snapshots` with their `numbers`; `about` is passed on as it is (status, life, ...)."""
    arrays = moving(snapshots)
    values = np.array([[shot.values[name] for name in MEASURES] for shot in snapshots])
    header = about | {
        "numbers": list(numbers),
        "steps": [shot.step for shot in snapshots],
        "parts": [shot.part for shot in snapshots],
        "moving": [[key, array.shape[1]] for key, array in arrays.items()],
        "measures": MEASURES,
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    with np.errstate(over="ignore"):  # a diverging run leaves the range of float32: infinity is the right picture
        body = [np.ascontiguousarray(array, "<f4").tobytes() for array in (*arrays.values(), values)]
    return struct.pack("<I", len(text)) + text + b"".join(body)

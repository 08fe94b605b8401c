"""The texts in a safetensors file. Eight bytes say how long its header is; that is JSON, then come the numbers."""

import json
from pathlib import Path

LONGEST = 100 * 1024 * 1024  # bytes; safetensors itself reads no longer header


def texts_in(data: bytes) -> dict[str, str]:
    """Of a whole file. Raises ValueError, KeyError or AttributeError where there is no such header."""
    return _texts(data[8 : 8 + int.from_bytes(data[:8], "little")])


def texts_of(path: Path) -> dict[str, str]:
    """The same, without reading the numbers."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        return _texts(file.read(min(length, LONGEST)))


def _texts(header: bytes) -> dict[str, str]:
    return json.loads(header).get("__metadata__", {})

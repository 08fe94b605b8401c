"""Record presets for `assets/recorded`: `python tools/record.py [preset ...]`; without names, all that are shipped."""

import sys
from dataclasses import fields, replace

import numpy as np
import torch

from gan_core.learning.memory import keep_memory
from gan_core.learning.tasks import observer_of, trainer_of
from gan_core.presets import IMAGE_PRESETS, PRESETS, TOY_PRESETS
from gan_core.runs.recordings import FOLDER, write
from gan_core.snapshots import Snapshot, pack

FRAMES = {"toy": 90, "images": 40}
LESSONS = [name for name, preset in IMAGE_PRESETS.items() if not preset.source]


def record(name: str) -> list[bytes]:
    """Snapshots of a whole run, dense at the start, where most happens. Each has its scores measured."""
    preset = PRESETS[name]
    config = preset.config
    trainer, observer = trainer_of(config), observer_of(config)
    frames = []
    for at in np.unique(np.round(config.steps * np.linspace(0, 1, FRAMES[preset.task]) ** 1.7).astype(int)):
        while trainer.step_number < at:
            trainer.step()
        observer.measure(trainer)
        snapshot = observer(trainer)
        frames.append(pack(_coarser(snapshot), level=0))
        if not snapshot.is_finite:
            break
    return frames


def _coarser(snapshot: Snapshot) -> Snapshot:
    """Curves to half precision: a thousandth cannot be seen, and halves the file."""
    with np.errstate(over="ignore"):
        arrays = {field.name: getattr(snapshot, field.name) for field in fields(snapshot)}
        curves = {
            name: array.astype(np.float16).astype(np.float32)
            for name, array in arrays.items()
            if isinstance(array, np.ndarray) and array.dtype == np.float32
        }
    return replace(snapshot, **curves)


if __name__ == "__main__":
    torch.set_num_threads(1)
    keep_memory()
    for preset in sys.argv[1:] or [*TOY_PRESETS, *LESSONS]:
        write(FOLDER / f"{preset}.xz", record(preset))
        print(preset, (FOLDER / f"{preset}.xz").stat().st_size, "bytes")

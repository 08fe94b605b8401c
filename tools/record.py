"""Record every preset for `assets/recorded`: `python tools/record.py [preset ...]`."""

import sys
from dataclasses import fields, replace

import numpy as np
import torch

from gan_core.learning.observe import ToyObserver
from gan_core.learning.training import toy_trainer
from gan_core.presets import PRESETS
from gan_core.runs.recordings import FOLDER, write
from gan_core.snapshots import ToySnapshot, pack

FRAMES = 90


def record(name: str) -> list[bytes]:
    """`FRAMES` snapshots, dense at the start, where most happens."""
    config = PRESETS[name].config
    trainer, observer = toy_trainer(config), ToyObserver(config)
    frames = []
    for at in np.unique(np.round(config.steps * np.linspace(0, 1, FRAMES) ** 1.7).astype(int)):
        while trainer.step_number < at:
            trainer.step()
        snapshot = observer(trainer)
        frames.append(pack(_coarser(snapshot)))
        if not snapshot.is_finite:
            break
    return frames


def _coarser(snapshot: ToySnapshot) -> ToySnapshot:
    """Curves to half precision: a thousandth cannot be seen, and halves the file."""
    with np.errstate(over="ignore"):
        curves = {
            field.name: getattr(snapshot, field.name).astype(np.float16).astype(np.float32)
            for field in fields(snapshot)
            if isinstance(getattr(snapshot, field.name), np.ndarray)
        }
    return replace(snapshot, **curves)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for preset in sys.argv[1:] or PRESETS:
        write(FOLDER / f"{preset}.xz", record(preset))
        print(preset, (FOLDER / f"{preset}.xz").stat().st_size, "bytes")

"""What comes out: one instant of a run, in numpy, and its bytes.

A snapshot travels unchanged from the worker to the page and to disk. Its bytes are a magic word, a version, a JSON
header that names the arrays, and the arrays themselves: no pickle, nothing that could run.
"""

import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float32]

MAGIC, VERSION = b"GANS", 1


class SnapshotError(ValueError):
    """These bytes are not a snapshot of this version."""


@dataclass(frozen=True)
class ToySnapshot:
    """One instant of a 1-D run.

    Curves over `x` [grid]: densities `p_data` and `p_g`; `d`, D's view from 0 (fake) to 1 (real); `d_star`, the best
    possible one (nan where no mass is). Points: `real` [shown]; `fake` = G(`z`) [shown], with `arrow`, the way
    -d(loss of G)/dx that each fake is asked to go; `map_x` = G(`map_z`) [lines], empty unless z is one number.
    `values` holds the numbers of `MEASURES`.
    """

    step: int
    part: int  # 0: between two steps; 1 to 5: within one, after that part
    x: Curve
    p_data: Curve
    p_g: Curve
    d: Curve
    d_star: Curve
    real: Curve
    fake: Curve
    z: Curve
    arrow: Curve
    map_z: Curve
    map_x: Curve
    values: dict[str, float]

    @property
    def is_finite(self) -> bool:
        """Whether both networks still give numbers: p_g comes from G, the pull on the fakes from D."""
        return all(math.isfinite(self.values[name]) for name in ("w1", "mean", "sd", "pull"))


MEASURES = (
    "w1", "w1_floor", "w1_over_sd", "js", "js_floor", "kl", "kl_floor",
    "v", "v_bound", "d_gap", "d_real", "d_fake", "d_accuracy", "g_accuracy",
    "d_loss", "g_loss", "w_estimate", "critic_slope", "clipped", "pull",
    "mean", "sd", "modes", "modes_covered", "off_screen",
)  # fmt: skip

_CURVES = [field.name for field in fields(ToySnapshot) if field.type is Curve]


def pack(snapshot: ToySnapshot) -> bytes:
    """Bytes of one snapshot: curves as float32, values as float64."""
    arrays = [np.ascontiguousarray(getattr(snapshot, name), dtype="<f4") for name in _CURVES]
    header = {
        "step": snapshot.step,
        "part": snapshot.part,
        "curves": [[name, len(array)] for name, array in zip(_CURVES, arrays, strict=True)],
        "values": list(snapshot.values),
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    values = np.array(list(snapshot.values.values()), dtype="<f8")
    return b"".join(
        [MAGIC, struct.pack("<HI", VERSION, len(text)), text, values.tobytes(), *(a.tobytes() for a in arrays)]
    )


def unpack(data: bytes) -> ToySnapshot:
    """The snapshot that `pack` made these bytes from. Raises SnapshotError for anything else."""
    try:
        if data[:4] != MAGIC:
            raise SnapshotError("These bytes are not a GANscope snapshot.")
        version, length = struct.unpack_from("<HI", data, 4)
        if version != VERSION:
            raise SnapshotError(f"This snapshot has version {version}; this GANscope reads version {VERSION}.")
        header = json.loads(data[10 : 10 + length])
        at = 10 + length
        values = np.frombuffer(data, "<f8", len(header["values"]), at)
        at += values.nbytes
        curves = {}
        for name, size in header["curves"]:
            curves[name] = np.frombuffer(data, "<f4", size, at)
            at += 4 * size
        named = dict(zip(header["values"], values.tolist(), strict=True))
        return ToySnapshot(step=header["step"], part=header["part"], values=named, **curves)
    except SnapshotError:
        raise
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise SnapshotError("This snapshot is damaged.") from error


def stack(snapshots: Sequence[ToySnapshot]) -> dict[str, NDArray[np.float64]]:
    """The values of many snapshots as columns, `step` among them: what a history chart and a CSV need."""
    columns = {name: np.array([shot.values[name] for shot in snapshots]) for name in MEASURES}
    return {"step": np.array([shot.step for shot in snapshots], dtype=float)} | columns


def to_stream(frames: Sequence[bytes]) -> bytes:
    """Packed snapshots one after the other, each after its length."""
    return b"".join(struct.pack("<I", len(frame)) + frame for frame in frames)


def from_stream(stream: BinaryIO) -> list[ToySnapshot]:
    """The snapshots that `to_stream` put in."""
    snapshots = []
    while length := stream.read(4):
        if len(length) < 4:
            raise SnapshotError("This recording ends in the middle of a snapshot.")
        snapshots.append(unpack(stream.read(struct.unpack("<I", length)[0])))
    return snapshots

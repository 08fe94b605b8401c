"""The bytes that `assets/live/feed.js` reads."""

import json
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from gan_core.config import ToyConfig
from gan_core.figures import toy
from gan_core.figures.feed import encode
from gan_core.learning.observe import ToyObserver
from gan_core.learning.training import toy_trainer
from gan_core.snapshots import MEASURES

FEED = Path(__file__).parents[2] / "assets" / "live" / "feed.js"


@pytest.fixture(scope="module")
def snapshots():
    config = ToyConfig(batch=32)
    trainer, observer = toy_trainer(config), ToyObserver(config)
    trainer.step()
    return [observer(trainer), observer(trainer, part=2)]


def decode(data: bytes) -> tuple[dict, dict[str, np.ndarray], np.ndarray]:
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length])
    rows, floats, at, moving = len(header["numbers"]), np.frombuffer(data, "<f4", offset=4 + length), 0, {}
    for key, columns in header["moving"]:
        moving[key] = floats[at : at + rows * columns].reshape(rows, columns)
        at += rows * columns
    return header, moving, floats[at:].reshape(rows, len(header["measures"]))


def test_round_trip(snapshots):
    header, moving, values = decode(encode([7, 9], snapshots, {"life": 2}))
    assert (header["numbers"], header["steps"], header["parts"], header["life"]) == ([7, 9], [1, 1], [0, 2], 2)
    for key, frames in toy.moving(snapshots).items():
        assert np.array_equal(moving[key], frames, equal_nan=True)
    expected = [[shot.values[name] for name in MEASURES] for shot in snapshots]
    assert values == pytest.approx(np.array(expected, dtype=np.float32), nan_ok=True)


def test_no_frames_are_fine():
    header, moving, values = decode(encode([], [], {"status": {"state": "paused"}}))
    assert (header["numbers"], moving, values.size) == ([], {}, 0)


def test_arrays_begin_where_the_browser_can_read_them(snapshots):
    for about in ({}, {"x": 1}, {"xy": 12}, {"long": "word"}):
        assert struct.unpack_from("<I", encode([0, 1], snapshots, about))[0] % 4 == 0


@pytest.mark.skipif(shutil.which("node") is None, reason="the browser tests read the same bytes in Chromium")
def test_the_javascript_decoder_reads_the_same(snapshots, tmp_path):
    (tmp_path / "frames.bin").write_bytes(encode([3, 4], snapshots, {"life": 0}))
    (tmp_path / "feed.mjs").write_text(FEED.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "read.mjs").write_text(
        'import fs from "node:fs"; import { decode } from "./feed.mjs";\n'
        'const file = fs.readFileSync("frames.bin");\n'
        "const { frames } = decode(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));\n"
        'const read = (f) => [f.number, f.step, f.part, Array.from(f.moving["0.y"]), f.values.w1];\n'
        "console.log(JSON.stringify(frames.map(read)));\n",
        encoding="utf-8",
    )
    done = subprocess.run(["node", "read.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    for (number, step, part, p_g, w1), shot, expected in zip(json.loads(done.stdout), snapshots, (3, 4), strict=True):
        assert (number, step, part) == (expected, shot.step, shot.part)
        assert p_g == pytest.approx(shot.p_g.tolist())
        assert w1 == pytest.approx(shot.values["w1"], rel=1e-6)

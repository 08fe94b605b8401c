"""The bytes that `assets/live/feed.js` reads."""

import json
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from frames import image_snapshot

from gan_core.config import ToyConfig
from gan_core.figures import samples, toy
from gan_core.figures.feed import encode
from gan_core.learning.observe import ToyObserver
from gan_core.learning.tasks import toy_trainer
from gan_core.theory.optimum import VIEWS

LIVE = Path(__file__).parents[2] / "assets" / "live"


@pytest.fixture(scope="module")
def snapshots():
    config = ToyConfig(batch=32)
    trainer, observer = toy_trainer(config), ToyObserver(config)
    trainer.step()
    return [observer(trainer), observer(trainer, part=2)]


@pytest.fixture(scope="module")
def image_snapshots():
    rng = np.random.default_rng(3)
    return [image_snapshot(rng, step=step, sizes=(9, 9, 9, 5)) for step in (10, 20)]


def decode(data: bytes) -> tuple[dict, dict[str, np.ndarray], np.ndarray]:
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length])
    rows, at, moving = len(header["numbers"]), 4 + length, {}
    for key, columns, kind in header["moving"]:
        moving[key] = np.frombuffer(data, kind, rows * columns, at).reshape(rows, columns)
        at += -(-moving[key].nbytes // 4) * 4
    values = np.frombuffer(data, "<f4", offset=at).reshape(rows, len(header["measures"]))
    return header, moving, values


@pytest.mark.parametrize(("kind", "picture"), [("snapshots", toy), ("image_snapshots", samples)])
def test_round_trip(kind, picture, request):
    snapshots = request.getfixturevalue(kind)
    header, moving, values = decode(encode([7, 9], snapshots, {"life": 2}))
    assert (header["numbers"], header["life"]) == ([7, 9], 2)
    assert header["steps"] == [shot.step for shot in snapshots]
    assert header["parts"] == [shot.part for shot in snapshots]
    expected = picture.moving(snapshots)
    assert moving.keys() == expected.keys()
    for key, frames in expected.items():
        assert moving[key].dtype == frames.dtype
        assert np.array_equal(moving[key], frames, equal_nan=frames.dtype.kind == "f")
    wanted = [[shot.values[name] for name in type(shot).measures] for shot in snapshots]
    assert values == pytest.approx(np.array(wanted, dtype=np.float32), nan_ok=True)


def test_images_travel_as_half_bytes(image_snapshots):
    _, moving, _ = decode(encode([0, 1], image_snapshots, {}))
    for packed, shot in zip(moving["images"], image_snapshots, strict=True):
        pixels = np.stack([packed >> 4, packed & 15], axis=1).reshape(-1, 784) * 17
        assert np.array_equal(pixels, shot.images)
    assert len(encode([0], image_snapshots[:1], {})) < 0.6 * image_snapshots[0].images.nbytes + 2000


def test_a_value_that_an_older_run_lacks_is_nan(image_snapshots):
    (older,) = image_snapshots[:1]
    older = replace(older, values={"images": 320.0})
    header, _, values = decode(encode([0], [older], {}))
    assert dict(zip(header["measures"], values[0], strict=True))["images"] == 320
    assert np.isnan(values[0]).sum() == len(header["measures"]) - 1


def test_no_frames_are_fine():
    header, moving, values = decode(encode([], [], {"status": {"state": "paused"}}))
    assert (header["numbers"], moving, values.size) == ([], {}, 0)


def test_arrays_begin_where_the_browser_can_read_them(snapshots):
    for about in ({}, {"x": 1}, {"xy": 12}, {"long": "word"}):
        assert struct.unpack_from("<I", encode([0, 1], snapshots, about))[0] % 4 == 0


def in_node(folder: Path, *lines: str) -> object:
    """What a script prints as JSON; the modules of assets/live stand beside it."""
    for module in LIVE.glob("*.js"):
        (folder / module.name).write_text(module.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "read.js").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(["node", "read.js"], cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


FRAMES = (
    'import fs from "node:fs"; import { decode } from "./feed.js"; import { Look, VIEWS } from "./look.js";',
    'const file = fs.readFileSync("frames.bin");',
    "const { frames } = decode(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));",
)
needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="the browser tests read the same bytes in Chromium"
)


@needs_node
def test_the_javascript_decoder_reads_the_same(snapshots, tmp_path):
    (tmp_path / "frames.bin").write_bytes(encode([3, 4], snapshots, {"life": 0}))
    read = 'const read = (f) => [f.number, f.step, f.part, Array.from(f.moving["0.y"]), f.values.w1];'
    found = in_node(tmp_path, *FRAMES, read, "console.log(JSON.stringify(frames.map(read)));")
    for (number, step, part, p_g, w1), shot, expected in zip(found, snapshots, (3, 4), strict=True):
        assert (number, step, part) == (expected, shot.step, shot.part)
        assert p_g == pytest.approx(shot.p_g.tolist())
        assert w1 == pytest.approx(shot.values["w1"], rel=1e-6)


@needs_node
def test_the_browser_paints_the_same_pixels(image_snapshots, tmp_path):
    (tmp_path / "frames.bin").write_bytes(encode([0, 1], image_snapshots, {}))
    found = in_node(
        tmp_path,
        *FRAMES,
        "const paint = (look, at) => { const seen = new Uint32Array(784); look.paint(at, seen); return seen; };",
        'const looks = frames.map((frame) => new Look(frame, "minimax"));',
        "const read = (look) => ({ pixels: Array.from(look.score, (_, at) => Array.from(paint(look, at))),",
        "  groups: look.groups, wrong: Array.from(look.score, (_, at) => look.isWrong(at)) });",
        "console.log(JSON.stringify(looks.map(read)));",
    )
    for look, shot in zip(found, image_snapshots, strict=True):
        expected = 0xFF000000 + shot.images.astype(np.int64) * 0x010101
        assert np.array_equal(np.array(look["pixels"]), expected)
        for name, group in look["groups"].items():
            assert slice(group["start"], group["start"] + group["size"]) == shot.group(name)
        assert look["wrong"] == [int(a) != int(r) for a, r in zip(shot.asked, shot.read, strict=True)]


@needs_node
@pytest.mark.parametrize("loss", VIEWS)
def test_the_browser_reads_scores_as_the_theory_does(loss, image_snapshots, tmp_path):
    (tmp_path / "frames.bin").write_bytes(encode([0, 1], image_snapshots, {}))
    seen = f'frames.map((frame) => Array.from(new Look(frame, "{loss}").view))'
    found = in_node(tmp_path, *FRAMES, f"console.log(JSON.stringify({seen}));")
    for view, shot in zip(found, image_snapshots, strict=True):
        expected = np.clip(VIEWS[loss].of_score(shot.score.astype(float)), 0, 1)
        assert view == pytest.approx(expected.tolist(), abs=1e-6)
        assert 0 <= min(view) < max(view) <= 1

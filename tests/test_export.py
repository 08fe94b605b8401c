import csv
import io
import subprocess
import sys

import pytest
from PIL import Image

from gan_core.config import ToyConfig
from gan_core.export import chosen, history_csv, png, write_gif
from gan_core.learning.observe import ToyObserver
from gan_core.learning.training import toy_trainer
from gan_core.runs import recordings
from gan_core.snapshots import MEASURES, pack, to_stream


@pytest.fixture(scope="module")
def snapshots():
    config = ToyConfig(batch=32)
    trainer, observer = toy_trainer(config), ToyObserver(config)
    shots = []
    for _ in range(4):
        shots.append(observer(trainer))
        trainer.step()
    return shots


def test_csv_has_a_row_for_each_snapshot(snapshots):
    rows = list(csv.DictReader(io.StringIO(history_csv(snapshots))))
    assert [float(row["step"]) for row in rows] == [0, 1, 2, 3]
    assert set(rows[0]) == {"step", *MEASURES}
    assert float(rows[2]["w1"]) == pytest.approx(snapshots[2].values["w1"], rel=1e-9)


def test_gif_has_the_frames_and_tells_how_far_it_is(snapshots, tmp_path):
    path = tmp_path / "run.gif"
    assert list(write_gif(path, snapshots)) == [0.25, 0.5, 0.75, 1.0]
    with Image.open(path) as image:
        assert (image.format, image.n_frames) == ("GIF", 4)


def test_png_is_a_picture(snapshots):
    with Image.open(io.BytesIO(png(snapshots[-1]))) as image:
        assert (image.format, image.size) == ("PNG", (1200, 750))


def test_chosen_keeps_both_ends(snapshots):
    assert chosen(list(range(1000)), 5) == [0, 250, 500, 749, 999]
    assert chosen(snapshots, 80) == snapshots


def test_drawing_is_a_process_of_its_own(snapshots, tmp_path):
    command = [sys.executable, "-m", "gan_core.export", "gif", str(tmp_path / "x.gif")]
    done = subprocess.run(command, input=to_stream([pack(shot) for shot in snapshots]), capture_output=True, check=True)
    assert [float(line) for line in done.stdout.split()] == [0.25, 0.5, 0.75, 1.0]
    assert (tmp_path / "x.gif").stat().st_size > 1000


def test_recordings_come_back(snapshots, tmp_path, monkeypatch):
    monkeypatch.setattr(recordings, "FOLDER", tmp_path)
    recordings.write(tmp_path / "some_run.xz", [pack(shot) for shot in snapshots])
    assert [shot.step for shot in recordings.read("some_run")] == [0, 1, 2, 3]
    assert recordings.read("no_such_run") == ()
    assert recordings.read("../secret") == ()

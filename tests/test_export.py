import csv
import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from gan_core.config import ToyConfig
from gan_core.export import chosen, grid, history_csv, png, write_gif
from gan_core.learning.observe import ToyObserver
from gan_core.learning.tasks import toy_trainer
from gan_core.runs import recordings
from gan_core.snapshots import ImageSnapshot, ToySnapshot, pack, to_stream


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
    assert set(rows[0]) == {"step", *ToySnapshot.measures}
    assert float(rows[2]["w1"]) == pytest.approx(snapshots[2].values["w1"], rel=1e-9)


def test_gif_has_the_frames_and_tells_how_far_it_is(snapshots, tmp_path):
    path = tmp_path / "run.gif"
    assert list(write_gif(path, snapshots)) == [0.25, 0.5, 0.75, 1.0]
    with Image.open(path) as image:
        assert (image.format, image.n_frames) == ("GIF", 4)


def test_png_is_a_picture(snapshots):
    with Image.open(io.BytesIO(png(snapshots[-1]))) as image:
        assert (image.format, image.size) == ("PNG", (1200, 750))


def image_snapshot(step, count):
    """`count` latents that stay, image k of the grey 5 k; then three other images."""
    images = np.repeat(np.arange(count + 3, dtype=np.uint8)[:, None] * 5, 784, 1)
    few = np.zeros(count + 3, np.uint8)
    sizes = np.array([count, 0, 2, 1], np.uint8)
    values = dict.fromkeys(ImageSnapshot.measures, 1.5)
    return ImageSnapshot(step, 0, images, few.astype(np.float32), few, few, few, sizes, values)


@pytest.mark.parametrize(("count", "rows", "columns"), [(25, 5, 5), (50, 5, 10), (1, 1, 1), (7, 3, 3), (3, 1, 12)])
def test_a_grid_goes_row_by_row_and_the_last_row_may_have_fewer(count, rows, columns):
    pixels = grid(image_snapshot(1, count).images[:count], columns)
    assert pixels.shape == (30 * rows + 2, 30 * columns + 2)
    for k in range(rows * columns):
        row, column = divmod(k, columns)
        tile = pixels[30 * row + 2 : 30 * row + 30, 30 * column + 2 : 30 * column + 30]
        assert (tile == (5 * k if k < count else 40)).all()
    pixels[np.ix_(*(np.arange(size) % 30 > 1 for size in pixels.shape))] = 40
    assert (pixels == 40).all()


@pytest.mark.parametrize(("count", "size"), [(25, (152, 152)), (50, (302, 152)), (20, (122, 152)), (16, (122, 122))])
def test_the_picture_of_a_run_is_a_square_or_has_five_rows(count, size):
    with Image.open(io.BytesIO(png(image_snapshot(7, count)))) as image:
        assert image.size == (8 * size[0], 8 * size[1])


def test_png_of_images_has_the_fixed_latents_with_crisp_pixels():
    with Image.open(io.BytesIO(png(image_snapshot(7, 25)))) as image:
        assert (image.format, image.size) == ("PNG", (8 * 152, 8 * 152))
        pixels = np.asarray(image)
    assert set(np.unique(pixels)) == {5 * k for k in range(25)} | {40}
    assert (pixels[::8, ::8] == pixels[7::8, 7::8]).all()


def test_gif_of_images_has_a_line_that_names_the_step(tmp_path):
    path = tmp_path / "run.gif"
    assert list(write_gif(path, [image_snapshot(step, 25) for step in (0, 9)])) == [0.5, 1.0]
    with Image.open(path) as image:
        assert (image.format, image.n_frames, image.size) == ("GIF", 2, (3 * 152, 3 * 152 + 20))
        first = np.asarray(image.convert("L"))
        image.seek(1)
        second = np.asarray(image.convert("L"))
    assert (first[:456] == second[:456]).all()
    assert (first[456:] != second[456:]).any()


def test_csv_of_images_has_their_measures():
    rows = list(csv.DictReader(io.StringIO(history_csv([image_snapshot(7, 25)]))))
    assert set(rows[0]) == {"step", *ImageSnapshot.measures}
    assert (rows[0]["step"], rows[0]["frechet"]) == ("7", "1.5")


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

import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from gan_core.latent.exports import FORMS, gif, npz, png
from gan_core.latent.views import VIEWS, Asked
from gan_core.questions import Answer, Question

SHADES = np.repeat(np.arange(12, dtype=np.uint8)[:, None] * 20, 784, 1)
PICTURES = np.random.default_rng(1).integers(0, 256, (12, 784), np.uint8)
Z = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("count", "columns", "scale"), [(1, 1, 16), (11, 11, 3), (9, 3, 13), (12, 12, 3), (7, 3, 13), (12, 4, 9)]
)
def test_a_png_is_a_grid_of_sharp_images(count, columns, scale):
    with Image.open(io.BytesIO(png(SHADES[:count], columns))) as picture:
        assert picture.format == "PNG"
        pixels = np.asarray(picture)
    rows = -(-count // columns)
    assert pixels.shape == ((30 * rows + 2) * scale, (30 * columns + 2) * scale)
    small = pixels[::scale, ::scale]
    assert (np.kron(small, np.ones((scale, scale), np.uint8)) == pixels).all()
    for k in range(count):
        row, column = divmod(k, columns)
        assert (small[30 * row + 2 : 30 * row + 30, 30 * column + 2 : 30 * column + 30] == SHADES[k, 0]).all()


def test_a_gif_shows_the_images_in_the_order_of_its_film_and_begins_again():
    film = (0, 1, 2, 3, 2, 1)
    with Image.open(io.BytesIO(gif(SHADES, film))) as image:
        assert (image.format, image.n_frames, image.size, image.info["loop"]) == ("GIF", 6, (256, 256), 0)
        for frame, number in enumerate(film):
            image.seek(frame)
            assert np.asarray(image.convert("L"))[20:-20, 20:-20] == pytest.approx(SHADES[number, 0])
            assert image.info["duration"] == 60


def test_an_npz_holds_images_latents_and_conditions():
    condition = np.eye(10, dtype=np.float32)[np.arange(12) % 10]
    data = npz(Question(Z, condition), Answer({"images": PICTURES}, {}))
    with np.load(io.BytesIO(data)) as arrays:
        assert set(arrays) == {"images", "z", "condition"}
        assert arrays["images"].shape == (12, 28, 28) and arrays["images"].dtype == np.uint8
        assert (arrays["images"].reshape(12, 784) == PICTURES).all()
        assert (arrays["z"] == Z).all() and (arrays["condition"] == condition).all()


def test_the_same_arrays_are_the_same_bytes(monkeypatch):
    question, answer = Question(Z), Answer({"images": SHADES}, {})
    first = npz(question, answer)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert npz(question, answer) == first
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("form", "media", "begins"),
    [
        ("", "application/octet-stream", b""),
        ("png", "image/png", b"\x89PNG"),
        ("gif", "image/gif", b"GIF89a"),
        ("npz", "application/zip", b"PK"),
    ],
)
def test_every_form_of_a_view_has_its_bytes(form, media, begins):
    asked = Asked(Question(Z), columns=4, film=tuple(range(12)))
    name, made = FORMS[form]
    assert name == media
    data = made(asked, Answer({"images": SHADES}, {"step": "0"}))
    assert data.startswith(begins)
    if form == "png":
        assert data == png(SHADES, 4)
    assert {form for view in VIEWS.values() for form in view.forms} == set(FORMS)

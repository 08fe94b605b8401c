"""The files of MNIST, whole and damaged."""

import struct
from dataclasses import replace

import numpy as np
import pytest

from gan_core.data import SETS, DataError, idx

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def head(*numbers):
    return struct.pack(f">{len(numbers)}I", *numbers)


@pytest.fixture
def raw(tmp_path):
    for part, count in (("train", 3), ("t10k", 2)):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(head(0x803, count, 28, 28) + bytes(range(98)) * 8 * count)
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(head(0x801, count) + bytes(range(count)))
    return tmp_path


def test_read(raw):
    found = idx.read(raw, "train")
    assert found.images.shape == (3, 784) and found.digits.tolist() == [0, 1, 2]
    assert found.images[0, :3].tolist() == [0, 1, 2] and found.images[2, -1] == 97
    assert len(idx.read(raw, "test")) == 2
    assert found.images.dtype == found.digits.dtype == np.uint8


def test_whether_they_are_here(raw):
    small = replace(SETS["mnist"], train=3, test=2)
    assert idx.are_here(raw, small)
    assert not idx.are_here(raw, SETS["mnist"])
    (raw / LABELS).unlink()
    assert not idx.are_here(raw, small)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (IMAGES, b""),
        (IMAGES, b"\0\0\x08\x03"),
        (IMAGES, head(0x803, 3, 28, 28) + bytes(3 * 784 - 1)),
        (IMAGES, head(0x803, 3, 28, 28) + bytes(3 * 784 + 1)),
        (IMAGES, head(0x803, 3, 14, 56) + bytes(3 * 784)),
        (IMAGES, head(0x801, 3, 28, 28) + bytes(3 * 784)),
        (IMAGES, head(0x803, 2, 28, 28) + bytes(2 * 784)),
        (LABELS, head(0x801, 2) + bytes(2)),
        (LABELS, head(0x801, 3) + b"\0\1\x0a"),
        (LABELS, head(0x803, 3) + bytes(3)),
        (LABELS, head(0x801, 2**32 - 1) + bytes(3)),
    ],
)
def test_damaged_files(raw, name, content):
    (raw / name).write_bytes(content)
    with pytest.raises(DataError, match=r"^The file .* is damaged: delete it, then download the images again\.$"):
        idx.read(raw, "train")


def test_a_file_that_is_missing(raw):
    (raw / IMAGES).unlink()
    with pytest.raises(DataError, match=IMAGES):
        idx.read(raw, "train")

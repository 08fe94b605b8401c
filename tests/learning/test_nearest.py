"""The training images that an image is most like."""

import numpy as np
import pytest
import torch

from gan_core.config import ImageConfig
from gan_core.data import DataError, LabelledImages, load
from gan_core.learning import nearest
from gan_core.learning.nearest import RealImages, real_images

WHAT = ("images", "digits", "distances", "own_distances")
KEYS = {f"{space}_{what}" for space in ("pixel", "feature") for what in WHAT}


@pytest.fixture(scope="module")
def digits():
    return real_images(ImageConfig(images=1200))


def brute_force(real, image):
    pixels = real.images.numpy().astype(float) / 255
    return np.sqrt(((pixels - image / 255.0) ** 2).mean(1))


def test_an_image_of_the_set_finds_itself_at_distance_0(digits):
    for number in (0, 500, 1199):
        found = digits.nearest(digits.images[number])
        assert set(found) == KEYS | {"usual_distances"}
        for space in ("pixel", "feature"):
            assert np.array_equal(found[f"{space}_images"][0], digits.images[number].numpy())
            assert found[f"{space}_digits"][0] == digits.digits[number]
            assert found[f"{space}_distances"][0] == pytest.approx(0, abs=1e-4)
            assert (np.diff(found[f"{space}_distances"]) >= 0).all()
            assert found[f"{space}_images"].shape == (5, 784) and found[f"{space}_images"].dtype == np.uint8
            assert found[f"{space}_distances"].dtype == np.float32


def test_pixel_distances_are_those_of_a_loop(digits):
    image = np.random.default_rng(0).integers(0, 256, 784, dtype=np.uint8)
    found, expected = digits.nearest(torch.from_numpy(image)), brute_force(digits, image)
    order = np.argsort(expected, kind="stable")[:5]
    np.testing.assert_allclose(found["pixel_distances"], expected[order], rtol=1e-5)
    assert np.array_equal(found["pixel_images"], digits.images.numpy()[order])


def test_own_distances_are_those_of_each_image_to_its_nearest_other_one(digits):
    found = digits.nearest(digits.images[7])
    for space, rows in (("pixel", digits.images.numpy() / 255 / 28), ("feature", digits.features.rows.numpy())):
        distances = np.sqrt(((rows[7].astype(float) - rows) ** 2).sum(1))
        for number, own in zip(np.argsort(distances, kind="stable")[:5], found[f"{space}_own_distances"], strict=True):
            apart = np.sqrt(((rows[number].astype(float) - rows) ** 2).sum(1))
            assert own == pytest.approx(np.delete(apart, number).min(), rel=1e-4)
        assert found[f"{space}_own_distances"][0] == pytest.approx(found[f"{space}_distances"][1], rel=1e-4)
        assert found[f"{space}_own_distances"].dtype == np.float32


def test_an_image_that_stands_twice_in_the_set_is_0_from_its_own():
    images = np.repeat(np.eye(3, 784, dtype=np.uint8), 2, axis=0)
    real = RealImages("kmnist", LabelledImages(images, np.zeros(6, np.uint8)))
    assert (real.nearest(real.images[0])["pixel_own_distances"] == 0).all()


def test_an_image_without_any_other_has_no_distance_to_it():
    real = RealImages("kmnist", LabelledImages(np.zeros((1, 784), np.uint8), np.zeros(1, np.uint8)))
    assert np.isnan(real.nearest(real.images[0])["pixel_own_distances"]).tolist() == [True]


def accused(real, image):
    """The rule of the page: half as far from a training image as that one is from any other."""
    found = real.nearest(image)
    return found["pixel_distances"][0] < 0.5 * found["pixel_own_distances"][0]


def test_the_rule_finds_copies_and_accuses_no_unseen_image():
    """Of the 5,000 digits, 200 stay unseen; every second 1 would be called a copy by the usual distance alone."""
    known, unseen = load("mnist_5k", (), 5000), load("mnist_5k", (1,), 0).images[-60:]
    is_unseen = (known.images[:, None] == unseen[None, :]).all(2).any(1)
    real = RealImages("mnist_5k", LabelledImages(known.images[~is_unseen], known.digits[~is_unseen]))
    assert not any(accused(real, torch.from_numpy(image)) for image in unseen)
    copies = real.images[:60].clone()
    copies[:, ::9] = copies[:, ::9] // 2 + 40
    assert sum(accused(real, image) for image in copies) > 50


def test_black_and_white_are_1_apart():
    real = RealImages("fashion_mnist", LabelledImages(np.zeros((2, 784), np.uint8), np.arange(2, dtype=np.uint8)))
    found = real.nearest(torch.full((784,), 255, dtype=torch.uint8))
    np.testing.assert_allclose(found["pixel_distances"], [1, 1], rtol=1e-6)
    assert found["usual_distances"][0] == 0  # the two are the same


def test_the_usual_distance_is_the_median_of_200_images_to_the_others(digits):
    apart = np.stack([brute_force(digits, digits.images[number].numpy()) for number in range(200)])
    apart[np.arange(200), np.arange(200)] = np.inf
    assert digits.usual[0] == pytest.approx(np.median(apart.min(1)), rel=1e-4)
    assert digits.usual[1] == pytest.approx(2.8, abs=0.5)  # the fewer images, the farther: 1.8 among 60,000


def test_a_set_that_the_classifier_does_not_know_has_no_features():
    real = RealImages("kmnist", LabelledImages(np.eye(20, 784, dtype=np.uint8) * 255, np.zeros(20, np.uint8)))
    found = real.nearest(real.images[3])
    assert found["feature_images"].shape == (0, 784) and found["feature_distances"].shape == (0,)
    assert found["pixel_distances"][0] == 0 and np.isnan(found["usual_distances"][1])


def test_the_set_is_that_of_the_run():
    config = ImageConfig(classes=(4, 7), images=100)
    real, found = real_images(config), load("mnist_5k", (4, 7), 100)
    assert (real.name, len(real)) == ("mnist_5k", 100)
    assert np.array_equal(real.images.numpy(), found.images) and set(real.digits) == {4, 7}
    assert real_images(config.replace(seed=9)) is real


@pytest.mark.parametrize(
    ("dataset", "name", "count"), [("mnist", "mnist_5k", 500), ("kmnist", "", 0), ("fashion_mnist", "", 0)]
)
def test_where_the_set_is_not_here(monkeypatch, dataset, name, count):
    monkeypatch.setattr(nearest, "is_here", lambda name: name == "mnist_5k")
    real = real_images(ImageConfig(dataset=dataset, classes=(3,), images=5500))
    assert (real.name, len(real)) == (name, count)
    found = real.nearest(torch.zeros(784, dtype=torch.uint8))
    assert set(found) == KEYS | {"usual_distances"}
    assert len(found["pixel_images"]) == len(found["feature_digits"]) == min(5, count)
    assert np.isnan(found["usual_distances"]).all() == (not count)


def test_a_set_that_cannot_be_read_counts_as_none(monkeypatch):
    def damaged(*arguments):
        raise DataError("data", "damaged")

    monkeypatch.setattr(nearest, "load", damaged)
    assert real_images(ImageConfig(images=77)).name == ""
    monkeypatch.undo()
    assert len(real_images(ImageConfig(images=77))) == 77  # a failure is not remembered


def test_at_most_two_sets_stay_in_memory():
    first = real_images(ImageConfig(images=30))
    for count in (31, 32):
        real_images(ImageConfig(images=count))
    assert nearest._real_images.cache_info().currsize == 2
    assert real_images(ImageConfig(images=30)) is not first

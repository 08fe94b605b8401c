"""The classifier that is shipped: what it reads, and that it is the one its card describes."""

import json
import os
from pathlib import Path

import pytest
import torch

from gan_core.data import idx
from gan_core.learning import classifier as room
from gan_core.learning.classifier import (
    WEIGHTS,
    ClassifierError,
    DigitClassifier,
    checked,
    digit_classifier,
)

CARD = json.loads(WEIGHTS.with_suffix(".json").read_text())
BESIDE = Path(__file__).parents[3] / "shared" / "mnist"


@pytest.fixture(scope="module")
def test_images():
    """The 10,000 test images from -1 to 1 and their digits."""
    folder = Path(os.environ.get("GANSCOPE_TEST_MNIST") or BESIDE) / "MNIST" / "raw"
    if not (folder / "t10k-images-idx3-ubyte").exists():
        pytest.skip("MNIST is not here: name a root of torchvision.datasets.MNIST in GANSCOPE_TEST_MNIST")
    found = idx.read(folder, "test")
    return torch.from_numpy(found.images / 127.5 - 1).float(), torch.from_numpy(found.digits.copy())


def test_the_card_keeps_the_promise():
    assert CARD["accuracy"] >= 0.992
    assert min(CARD["accuracy_per_digit"]) >= 0.98
    assert WEIGHTS.stat().st_size < 1_000_000


def test_reads_the_test_images_as_the_card_says(test_images):
    images, digits = test_images
    right = (digit_classifier().judge(images).probabilities.argmax(dim=1) == digits).double()
    assert right.mean().item() == pytest.approx(CARD["accuracy"], abs=3e-4)  # other processors round otherwise
    per_digit = [right[digits == digit].mean().item() for digit in range(10)]
    assert per_digit == pytest.approx(CARD["accuracy_per_digit"], abs=3e-3)


def test_is_not_sure_of_what_is_no_digit():
    random = torch.Generator().manual_seed(3)
    noise = torch.rand(200, 784, generator=random) * 2 - 1
    grey = torch.linspace(-1, 1, 11)[:, None].expand(11, 784)
    assert digit_classifier().judge(noise).probabilities.max().item() < 0.5
    assert digit_classifier().judge(grey).probabilities.max().item() < 0.8


def test_a_judgement_does_not_depend_on_the_neighbours():
    images = torch.rand(600, 784, generator=torch.Generator().manual_seed(0)) * 2 - 1
    together, alone = digit_classifier().judge(images), digit_classifier().judge(images[591:592])
    torch.testing.assert_close(together.features[591:592], alone.features, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(together.probabilities.sum(dim=1), torch.ones(600))
    assert together.features.shape == (600, 64)


def test_probabilities_belong_to_the_features():
    classifier, images = digit_classifier(), torch.rand(20, 784) * 2 - 1
    judgement = classifier.judge(images)
    torch.testing.assert_close(classifier.decide(judgement.features).softmax(dim=1), judgement.probabilities)
    torch.testing.assert_close(classifier(images).softmax(dim=1), judgement.probabilities)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_no_number_stays_none_and_stays_alone(bad):
    images = torch.zeros(3, 784)
    images[1, 100] = bad
    judgement = digit_classifier().judge(images)
    assert judgement.features.isfinite().all(dim=1).tolist() == [True, False, True]
    assert judgement.probabilities[1].isnan().all()


def test_no_images_have_no_judgement():
    judgement = digit_classifier().judge(torch.empty(0, 784))
    assert judgement.features.shape == (0, 64)
    assert judgement.probabilities.shape == (0, 10)


def test_draws_no_random_number():
    digit_classifier.cache_clear()
    before = torch.get_rng_state()
    classifier = digit_classifier()
    assert torch.equal(torch.get_rng_state(), before)
    assert digit_classifier() is classifier
    assert not any(weight.requires_grad for weight in classifier.parameters())


def test_size():
    assert sum(weight.numel() for weight in DigitClassifier().parameters()) == 115_370


def test_damaged_or_missing_weights_are_refused(tmp_path, monkeypatch):
    file = tmp_path / "weights.safetensors"
    with pytest.raises(ClassifierError, match=r"weights\.safetensors is missing"):
        checked(file)
    file.write_bytes(WEIGHTS.read_bytes())
    with pytest.raises(ClassifierError, match=r"weights\.json is missing"):
        checked(file)
    file.with_suffix(".json").write_text(json.dumps(CARD))
    assert checked(file) == WEIGHTS.read_bytes()
    data = bytearray(WEIGHTS.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    monkeypatch.setattr(room, "WEIGHTS", file)
    with pytest.raises(ClassifierError, match="SHA-256"):
        room.digit_classifier.__wrapped__()

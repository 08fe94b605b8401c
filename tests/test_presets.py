"""Presets keep their promises: the measurements of all of them, and a live check of the fast ones."""

import re

import pytest

from gan_core.config import ToyConfig
from gan_core.learning.observe import ToyObserver
from gan_core.learning.tasks import toy_trainer
from gan_core.presets import TOY_PRESETS, fingerprint, measured
from gan_core.snapshots import stack
from gan_core.theory.diagnosis import DIAGNOSES, History, diagnose

TOY = TOY_PRESETS
HEALTHY = [name for name, preset in TOY.items() if preset.promise == "converges"]
FAILING = [name for name in TOY if name not in HEALTHY]

every_preset = pytest.mark.parametrize("name", TOY)


@every_preset
def test_settings_are_valid_and_differ_from_the_default(name):
    preset = TOY[name]
    assert preset.name == name
    assert set(preset.config.differences(ToyConfig())) == set(preset.changes)


@every_preset
def test_texts_are_sentences(name):
    preset = TOY[name]
    for text in (preset.reason, preset.look, preset.attempt):
        assert re.fullmatch(r"([A-Z]|p_g ).*[.?]", text)


@every_preset
def test_promise_is_known(name):
    assert TOY[name].promise in {"converges", *DIAGNOSES} - {"converged"}


@every_preset
def test_measurement_is_of_these_settings(name):
    assert measured(name)["fingerprint"] == fingerprint(TOY[name].config), "run benchmarks/quality.py --presets " + name
    assert measured(name)["promise"] == TOY[name].promise
    assert measured(name)["seeds"] >= 10


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_preset_succeeds_with_every_seed(name):
    figures = measured(name)
    assert figures["hits"] == figures["seeds"]
    assert figures["within"] == TOY[name].within
    assert figures["w1_over_sd"]["worst"] <= TOY[name].within


@pytest.mark.parametrize("name", FAILING)
def test_failing_preset_fails_as_promised(name):
    figures = measured(name)
    assert figures["hits"] >= 0.9 * figures["seeds"]


def test_fingerprint_sees_every_setting():
    default = ToyConfig()
    assert fingerprint(default) == fingerprint(ToyConfig())
    assert fingerprint(default) != fingerprint(default.replace(g_width=33))


def test_unmeasured_preset():
    assert measured("no such preset") == {}


def run(config: ToyConfig) -> History:
    trainer, observe = toy_trainer(config), ToyObserver(config)
    shots = [observe(trainer)]
    while trainer.step_number < config.steps:
        for _ in range(50):
            trainer.step()
        shots.append(observe(trainer))
    return stack(shots)


@pytest.mark.parametrize("seed", [1, 2])
def test_default_preset_converges_now(seed):
    preset = next(iter(TOY_PRESETS.values()))
    assert run(preset.config.replace(seed=seed))["w1_over_sd"][-1] <= preset.within


@pytest.mark.parametrize("name", ["lr_too_high", "log_of_probabilities", "mode_collapse"])
def test_failing_preset_fails_now(name):
    verdict = diagnose(run(TOY[name].config.replace(seed=1)))
    assert verdict is not None
    assert verdict.code == TOY[name].promise

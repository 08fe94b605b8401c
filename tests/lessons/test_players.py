"""The settings of `gan_core.lessons.players`, trained by the same code as in a worker."""

import numpy as np
import pytest
import torch

from gan_core.config import ToyConfig
from gan_core.fields import ConfigError
from gan_core.learning.observe import ToyObserver
from gan_core.learning.tasks import toy_trainer
from gan_core.lessons.players import (
    CLIPPING_CHOICES,
    DISCRIMINATOR_CHOICES,
    FREE,
    HELD,
    PENALTY_CHOICES,
    UPDATES,
    Pair,
    controls,
    critic_config,
    discriminator_config,
    read_critic,
    read_discriminator,
)

SHIFT = Pair(4.0, 1.0, 1.0)


def trained(config, free=FREE):
    """Its last snapshot, and its trainer."""
    trainer = toy_trainer(config)
    for control in controls(config, free):
        if control.action == "set":
            trainer.set(control.field, control.value)
        for _ in range(control.count if control.action == "step" else 0):
            trainer.step(control.kind)
    return ToyObserver(config)(trainer), trainer


@pytest.mark.parametrize("pair", [SHIFT, Pair(1, 1, 1), Pair(8, 1, 1), Pair(-3, 2, 1), Pair(2, 0.5, 2)], ids=str)
def test_d_comes_to_lie_on_d_star(pair):
    snapshot, _ = trained(discriminator_config(pair, seed=1))
    found = read_discriminator(pair, snapshot)
    assert found.gap < 0.05
    assert found.bound - 0.01 < found.v <= found.bound + 1e-6


@pytest.mark.parametrize(("pair", "weight"), [(SHIFT, 10.0), (Pair(2, 1, 1), 10.0), (SHIFT, 1.0), (Pair(4, 2, 2), 3.0)])
def test_the_critic_reaches_the_best_one_under_the_penalty(pair, weight):
    """The last case tells the weight in units of x from that in standard units: they differ by the factor sd_p."""
    config = critic_config(pair, "gradient_penalty", weight, seed=1)
    found = read_critic(pair, config, trained(config)[0])
    assert found.estimate / found.optimum.estimate == pytest.approx(1, abs=0.03)
    assert found.estimate / found.line == pytest.approx(1, abs=0.05)
    assert found.best.estimate == pytest.approx(pair.theta, abs=1e-4)
    assert found.estimate / found.mean_slope == pytest.approx(pair.theta, rel=0.05)
    assert not found.is_locked


def test_a_critic_that_is_penalised_from_the_first_update_can_be_locked():
    found = []
    for seed in range(6):
        config = critic_config(SHIFT, "gradient_penalty", 10.0, seed)
        found.append(read_critic(SHIFT, config, trained(config, free=0)[0]))
    locked = [critic for critic in found if critic.is_locked]
    assert 0 < len(locked) < 6
    assert all(critic.slope_at_fakes > 0.5 for critic in locked)
    assert all(critic.slope_at_fakes < -0.5 for critic in found if not critic.is_locked)


@pytest.mark.parametrize(("clip_value", "low", "high"), [(0.01, 1e-4, 1e-2), (0.1, 0.1, 1), (1.0, 100, 1000)])
def test_a_clipped_critic_measures_w1_times_its_slope(clip_value, low, high):
    config = critic_config(SHIFT, "weight_clipping", clip_value, seed=1)
    found = read_critic(SHIFT, config, trained(config)[0])
    assert low < found.mean_slope < high
    assert found.estimate / found.mean_slope == pytest.approx(4, rel=0.05)
    assert found.optimum is found.best
    assert found.line == 4


def test_the_critic_gets_its_own_scale_back():
    """A snapshot shows a critic from 0 to 1; what is drawn here is the score itself, in units of x."""
    pair = Pair(3.0, 2.0, 1.0)
    config = critic_config(pair, "gradient_penalty", 10.0, seed=2)
    snapshot, trainer = trained(config)
    found = read_critic(pair, config, snapshot)
    t = torch.from_numpy((found.x / pair.sd_p).astype(np.float32))[:, None]
    score = trainer.discriminator.forward(t)[:, 0].numpy().astype(float) * pair.sd_p
    assert found.f - found.f[0] == pytest.approx(score - score[0], abs=1e-3)
    assert np.interp(pair.theta / 2, found.x, found.f) == pytest.approx(0, abs=1e-9)


def test_g_is_the_straight_line_that_makes_p_g_exact():
    pair = Pair(-2.0, 0.5, 2.0)
    snapshot, trainer = trained(discriminator_config(pair, seed=0))
    assert (snapshot.values["mean"], snapshot.values["sd"]) == pytest.approx((-2, 2), abs=1e-3)
    assert trainer.step_number == snapshot.step == UPDATES
    low, high = pair.theta - HELD * pair.sd_q, pair.theta + HELD * pair.sd_q
    assert snapshot.x[0] < low < high < snapshot.x[-1]  # the picture shows where the points lie


def test_the_region_holds_99_percent_of_each():
    x = SHIFT.grid
    held = SHIFT.is_held(x)
    for distribution in (SHIFT.real, SHIFT.fake):
        assert np.trapezoid(distribution.pdf(x) * held, x) >= 0.99
    assert not Pair(8, 1, 1).is_held(np.array([4.0])).any()  # nobody lies in the gap


def test_the_first_updates_are_free_and_all_of_them_are_500():
    for smoothness in ("gradient_penalty", "weight_clipping"):
        for free in (0, FREE):
            script = controls(critic_config(SHIFT, smoothness, 1.0, 0), free)
            assert sum(control.count for control in script if control.action == "step") == UPDATES
    script = controls(critic_config(SHIFT, "gradient_penalty", 7.0, 0))
    assert [control.value for control in script if control.action == "set"] == [0.0, 7.0]
    assert all(control.kind == "discriminator" for control in script if control.action == "step")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((0, 0, 1), "both standard deviations must be from 0.001"),
        ((0, 1, float("nan")), "both standard deviations must be from 0.001"),
        ((0, 0.1, 2), "p_g must be at most 10 times as wide"),
        ((60, 1, 1), "theta must be at most 50 standard deviations"),
        ((float("nan"), 1, 1), "theta must be at most 50 standard deviations"),
    ],
)
def test_what_cannot_be_trained_is_said(values, sentence):
    with pytest.raises(ConfigError, match=sentence):
        Pair(*values)


def test_the_limits_themselves_can_be_trained():
    for pair in (Pair(50, 1, 10), Pair(-50, 1, 0.001), Pair(0, 0.1, 1)):
        assert discriminator_config(pair, 0).g_skip == pytest.approx(pair.sd_q / pair.sd_p)


@pytest.mark.parametrize("choices", [DISCRIMINATOR_CHOICES, PENALTY_CHOICES, CLIPPING_CHOICES])
def test_every_choice_is_a_setting_with_a_reason(choices):
    assert all(choice.field in ToyConfig.model_fields and choice.reason.endswith(".") for choice in choices)
    assert len({choice.field for choice in choices}) == len(choices)

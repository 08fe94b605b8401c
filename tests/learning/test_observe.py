import dataclasses
import math

import numpy as np
import pytest
import torch
from scipy.special import ndtr

from gan_core.config import ToyConfig
from gan_core.learning.observe import LINES, POINTS, ToyObserver
from gan_core.learning.tasks import toy_trainer
from gan_core.snapshots import ToySnapshot
from gan_core.theory.distributions import TARGETS, target_of

QUALITIES = ("w1", "w1_over_sd", "js", "kl")  # 0 when p_g is p_data
FLOORS = {"w1": "w1_floor", "js": "js_floor", "kl": "kl_floor"}


class Fixed:
    """A network that is the given function of its first input."""

    weights = gradient = torch.zeros(1)

    def __init__(self, function):
        self.function = function

    buffers, training = torch.empty(0), True

    def forward(self, x, condition=None, groups=1):
        return torch.from_numpy(self.function(x.numpy()[:, :1].astype(float)).astype(np.float32))

    def pull_back(self, slope):
        return slope * 0

    def learn_from(self, slope): ...
    def penalise(self, x, penalty): ...


def watch(generator=None, discriminator=None, **settings) -> ToySnapshot:
    config = ToyConfig.make(settings)
    trainer = toy_trainer(config)
    trainer.generator, trainer.discriminator = generator or trainer.generator, discriminator or trainer.discriminator
    return ToyObserver(config)(trainer)


def perfect(target, latent):
    def generate(z):
        u = ndtr(z) if latent == "normal" else (z + 1) / 2
        return (target.quantile(np.clip(u, 2e-4, 1 - 2e-4)) - target.mean) / target.sd

    return Fixed(generate)


def collapsed(target):
    """Every z becomes the same point, one that p_data likes."""
    point = (target.quantile(np.array([0.3])) - target.mean) / target.sd
    return Fixed(lambda z: np.full_like(z, point[0]))


every_target = pytest.mark.parametrize("name", TARGETS)


@every_target
@pytest.mark.parametrize(("latent", "latent_dim"), [("normal", 1), ("uniform", 1), ("normal", 2)])
def test_a_perfect_generator_is_below_every_floor_and_a_collapsed_one_above(name, latent, latent_dim):
    settings = {"target": name, "latent": latent, "latent_dim": latent_dim, "start": 0}
    target = TARGETS[name]
    good = watch(perfect(target, latent), **settings).values
    bad = watch(collapsed(target), **settings).values
    for quality in QUALITIES:
        assert 0 <= good[quality] < bad[quality]
    for quality, floor in FLOORS.items():
        if (quality, name) == ("kl", "two_spikes"):
            continue  # one cell of z spans the gap between the spikes: a bridge of mass where p_data has none
        assert good[quality] < 0.5 * good[floor] and bad[quality] > 2 * bad[floor]
    assert good["w1_over_sd"] < 0.005 and good["js"] < 0.004
    assert good["v_bound"] < bad["v_bound"]
    assert abs(good["mean"] - target.mean) < 0.01 * target.sd < abs(bad["mean"] - target.mean)
    assert abs(good["sd"] / target.sd - 1) < 0.15 and bad["sd"] == pytest.approx(0, abs=1e-3 * target.sd)
    assert good["modes_covered"] == good["modes"]
    assert bad["modes_covered"] == 1


# p_g = N(start, skip^2), p_data = N(0, 1), golden as in tests/theory/test_pushforward.py. The screen ends within the
# tails: kl, which weighs them, is rougher.
@pytest.mark.parametrize(
    ("start", "skip", "js", "kl", "w1", "tail"),
    [
        (-1, 1, 0.111421482185, 0.5, 1, 1e-5),
        (2, 1, 0.336830820347, 2, 2, 1e-5),
        (-8, 1, 0.693053645483, 32, 8, 1e-5),
        (0, 2, 0.092733381666, 0.806852819440, 0.797884560803, 2e-4),
    ],
)
def test_linear_generator_at_the_resolution_of_the_screen(start, skip, js, kl, w1, tail):
    values = watch(target="normal", start=start, g_skip=skip).values
    assert values["w1"] == pytest.approx(w1, abs=1e-5)
    assert values["js"] == pytest.approx(js, abs=tail)
    assert values["kl"] == pytest.approx(kl, rel=0.2 if skip > 1 else 1e-3)
    assert values["mean"] == pytest.approx(start, abs=1e-5) and values["sd"] == pytest.approx(skip, rel=1e-4)


@every_target
@pytest.mark.parametrize("latent_dim", [1, 3])
def test_densities_hold_all_the_mass(name, latent_dim):
    shot = watch(target=name, start=-1, latent_dim=latent_dim)
    width = float(shot.x[1] - shot.x[0])
    assert shot.p_g.sum() * width + shot.values["off_screen"] == pytest.approx(1, abs=1e-4)
    assert shot.p_data.sum() * width == pytest.approx(1, abs=2e-3)
    target = TARGETS[name]
    assert np.cumsum(shot.p_data) * width == pytest.approx(target.cdf(shot.x.astype(float) + width / 2), abs=2e-3)


@every_target
def test_optimal_discriminator_is_the_ratio_of_the_densities_drawn(name):
    shot = watch(target=name, start=-1)
    total = shot.p_data + shot.p_g
    seen = total > 1e-6
    assert shot.d_star[seen] == pytest.approx((shot.p_data / np.where(seen, total, 1))[seen], abs=1e-4)
    assert np.nanmin(shot.d_star) < 0.4 < 0.6 < np.nanmax(shot.d_star)


@pytest.mark.parametrize("start", [-1, 2, -4])
def test_the_optimal_discriminator_reaches_the_bound(start):
    """log p_data / p_g for N(0, 1) against N(start, 1) is start^2 / 2 - start x."""
    best = Fixed(lambda x: start**2 / 2 - start * x)
    values = watch(discriminator=best, target="normal", start=start).values
    assert values["v"] == pytest.approx(values["v_bound"], abs=1e-3)
    assert values["d_gap"] < 0.01
    overlap = float(ndtr(-abs(start) / 2))
    assert values["d_accuracy"] == pytest.approx(1 - overlap, abs=0.01)
    assert values["g_accuracy"] == pytest.approx(overlap, abs=0.01)
    assert values["d_real"] == pytest.approx(1 - values["d_fake"], abs=1e-3)  # by symmetry


def test_an_undecided_discriminator():
    values = watch(discriminator=Fixed(lambda x: 0 * x), target="normal", start=-2).values
    assert values["v"] == pytest.approx(-math.log(4))
    assert values["d_real"] == pytest.approx(0.5) and values["d_fake"] == pytest.approx(0.5)
    assert values["d_gap"] > 0.4 and values["critic_slope"] == 0


@pytest.mark.parametrize("slope", [1.0, -2.0])
def test_w_estimate_of_a_straight_critic_is_the_distance_of_the_means(slope):
    settings = {"target": "aylien", "loss": "wasserstein", "start": -3}
    values = watch(discriminator=Fixed(lambda t: slope * t), **settings).values
    assert values["w_estimate"] == pytest.approx(slope * 1.5, rel=0.01)  # 3 sd of 0.5, in the target's units
    assert values["w1"] == pytest.approx(1.5, rel=1e-4)
    assert values["critic_slope"] == pytest.approx(abs(slope), rel=1e-3)


def test_coverage_counts_the_modes():
    target = TARGETS["five_modes"]
    right = Fixed(lambda z: (np.where(z > 0, 2.0, -4.0) - target.mean) / target.sd)
    values = watch(right, target="five_modes").values
    assert values["modes"] == 5 and values["modes_covered"] == 2
    assert watch(target="normal").values["modes"] == 1


@pytest.mark.parametrize("loss", ToyConfig.choices("loss"))
def test_arrows_are_the_way_downhill(loss):
    """The generator's loss at one fake falls along its arrow, at the rate that the arrow says."""
    config = ToyConfig(target="aylien", loss=loss, start=-1, d_activation="tanh", d_head_start=5)
    trainer, target = toy_trainer(config), target_of(config)
    shot = ToyObserver(config)(trainer)

    def loss_at(x):
        scores = trainer.discriminator.forward(torch.tensor([[(x - target.mean) / target.sd]], dtype=torch.float32))
        return float(trainer.loss.generator.value(scores))

    for x, arrow in list(zip(shot.fake.tolist(), shot.arrow.tolist(), strict=True))[::6]:
        numeric = -(loss_at(x + 2e-3) - loss_at(x - 2e-3)) / 4e-3
        assert arrow == pytest.approx(numeric, rel=0.03, abs=2e-3)
    assert shot.values["pull"] == pytest.approx(np.abs(shot.arrow).mean()) and shot.values["pull"] > 0


@pytest.mark.parametrize("latent", ["normal", "uniform"])
@pytest.mark.parametrize("latent_dim", [1, 3])
def test_points_and_lines_lie_on_the_map(latent, latent_dim):
    shot = watch(latent=latent, latent_dim=latent_dim, target="aylien", start=-2, g_skip=1)
    assert len(shot.fake) == len(shot.z) == len(shot.arrow) == len(shot.real) == POINTS
    assert shot.fake == pytest.approx(3 + 0.5 * shot.z, abs=1e-5)  # 2 sd of 0.5 to the left of 4, and z * sd
    assert len(shot.map_z) == len(shot.map_x) == (LINES if latent_dim == 1 else 0)
    assert shot.map_x == pytest.approx(3 + 0.5 * shot.map_z, abs=1e-5)


def test_every_measure_is_there_and_finite():
    config = ToyConfig(loss="wasserstein", smoothness="weight_clipping")
    trainer, observer = toy_trainer(config), ToyObserver(config)
    missing = {name for name, value in observer(trainer).values.items() if not math.isfinite(value)}
    assert missing == {"v", "d_loss", "g_loss"}  # V needs logits, losses an update
    trainer.step()
    shot = observer(trainer)
    assert set(shot.values) == set(ToySnapshot.measures)
    assert {name for name, value in shot.values.items() if not math.isfinite(value)} == {"v"}
    for field in dataclasses.fields(shot):
        if isinstance(curve := getattr(shot, field.name), np.ndarray):
            assert curve.dtype == np.float32 and curve.ndim == 1


def test_clipped_is_the_share_of_weights_at_the_bound():
    config = ToyConfig(smoothness="weight_clipping", clip_value=0.1)
    trainer = toy_trainer(config)
    trainer.discriminator.weights.zero_()
    trainer.discriminator.weights[: len(trainer.discriminator.weights) // 2] = -0.1
    assert ToyObserver(config)(trainer).values["clipped"] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("latent_dim", [1, 2])
@pytest.mark.parametrize("loss", ToyConfig.choices("loss"))
@pytest.mark.parametrize("broken", [math.nan, math.inf, 1e30])
def test_a_diverged_run_is_seen_as_such_without_a_warning(latent_dim, loss, broken):
    config = ToyConfig(loss=loss, latent_dim=latent_dim)
    trainer = toy_trainer(config)
    trainer.generator.weights.fill_(broken)
    trainer.discriminator.weights.fill_(broken)
    values = ToyObserver(config)(trainer).values
    assert not values["w1"] < 1e20
    assert not values["d_gap"] < 0.1


def test_with_label_smoothing_d_is_compared_with_what_it_is_taught():
    """D that is taught 1 - s for real can at best be (1 - s) p_data / (p_data + p_g)."""
    config = ToyConfig(target="normal", start=2.0, label_smoothing=0.3, d_lr=5e-3)
    trainer, observer = toy_trainer(config), ToyObserver(config)
    for _ in range(600):
        trainer.step("discriminator")
    values = observer(trainer).values
    assert values["d_gap"] < 0.08
    assert values["d_accuracy"] == pytest.approx(0.841, abs=0.02)  # Phi(1): the border lies half-way


def test_where_p_g_is_p_data_the_best_critic_is_level():
    shot = watch(target="normal", start=0.0, loss="wasserstein")
    assert shot.d_star == pytest.approx(0.5, abs=1e-6)

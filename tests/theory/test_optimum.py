import numpy as np
import pytest
import torch

from gan_core.config import ToyConfig
from gan_core.fields import ConfigError
from gan_core.learning.losses import ADVERSARIAL_LOSSES
from gan_core.theory.distributions import Mixture
from gan_core.theory.optimum import (
    VIEWS,
    density_between,
    optimal_critic,
    optimal_discriminator,
    penalised_critic,
    rescale,
    shift_estimate,
    w1_critic,
)

X = np.linspace(-8, 12, 4001)
H = X[1] - X[0]
DATA, FAKE = Mixture.of([(1, 0, 1)]), Mixture.of([(1, 1, 2)])


def test_every_loss_has_a_view():
    assert set(VIEWS) == set(ToyConfig.choices("loss")) == set(ADVERSARIAL_LOSSES)


def test_optimal_discriminator_is_the_ratio():
    p, q = np.array([0.2, 0.0, 0.3, 0.0]), np.array([0.2, 0.1, 0.1, 0.0])
    assert optimal_discriminator(p, q) == pytest.approx([0.5, 0, 0.75, np.nan], nan_ok=True)


@pytest.mark.parametrize("loss", ["minimax", "non_saturating", "least_squares", "hinge"])
@pytest.mark.parametrize(("p", "q"), [(0.9, 0.1), (0.5, 0.25), (0.2, 0.3), (0.02, 0.9)])
def test_optimum_minimises_the_loss_of_d_at_each_point(loss, p, q):
    scores = torch.linspace(-6, 6, 1201, dtype=torch.float64)[:, None, None]
    terms = ADVERSARIAL_LOSSES[loss]
    losses = torch.stack([p * terms.real.value(score) + q * terms.fake.value(score) for score in scores])
    best = scores[losses.argmin()].numpy()[0]
    view = VIEWS[loss]
    optimum = view.optimum(np.array([p]), np.array([q]), np.zeros(1), np.zeros(1))
    assert view.of_score(best) == pytest.approx(optimum, abs=6e-3)


def test_optimal_critic_reaches_w1():
    critic = optimal_critic(DATA.cdf(X), FAKE.cdf(X))
    potential = critic * H / np.abs(np.diff(critic)).max()  # slope +-1 again
    assert (DATA.pdf(X) - FAKE.pdf(X)) @ potential * H == pytest.approx(1.166630941175, abs=1e-3)  # mpmath
    assert critic.min() == 0 and critic.max() == 1


def test_optimal_critic_of_a_shift_points_to_the_data():
    right = Mixture.of([(1, 2, 1)])
    critic = optimal_critic(right.cdf(X), DATA.cdf(X))
    assert (np.diff(critic)[1000:2500] > 0).all()
    assert optimal_critic(DATA.cdf(X), DATA.cdf(X)) == pytest.approx(0.5)


def test_rescale():
    assert rescale(np.array([-3.0, 1.0, 0.0])) == pytest.approx([0, 1, 0.75])
    assert rescale(np.array([7.0, 7.0])) == pytest.approx([0.5, 0.5])


WIDE = np.linspace(-14, 26, 8001)


def shifted(theta: float) -> Mixture:
    return Mixture.of([(1, theta, 1)])


@pytest.mark.parametrize(
    ("theta", "weight", "estimate"),
    [(4, 1, 12.1301), (4, 10, 4.8130), (4, 100, 4.0813), (1, 10, 1.05445), (2, 10, 2.21034), (8, 10, 11.2088)],
)
def test_estimate_of_the_best_penalised_critic(theta, weight, estimate):
    """Golden numbers: an independent quadrature of the optimum at each point, to all digits that are given."""
    best = penalised_critic(WIDE, DATA, shifted(theta), weight)
    assert best.estimate == pytest.approx(estimate, rel=1e-5)
    mirrored = penalised_critic(-WIDE[::-1], DATA, shifted(-theta), weight)
    assert mirrored.estimate == pytest.approx(estimate, rel=1e-5)
    assert best.estimate >= shift_estimate(theta, weight)  # no straight critic exceeds the best of any shape
    assert best.estimate == pytest.approx(shift_estimate(theta, weight), rel=0.012)


@pytest.mark.parametrize(("theta", "weight"), [(4, 10), (-3, 1), (0.5, 100)])
def test_no_other_slope_does_better_under_the_penalty(theta, weight):
    fake = Mixture.of([(0.3, theta, 0.7), (0.7, theta + 1, 1.5)])
    best, density = penalised_critic(WIDE, DATA, fake, weight), density_between(WIDE, DATA, fake)
    surplus = fake.cdf(WIDE) - DATA.cdf(WIDE)

    def reward(slope):
        return np.trapezoid(slope * surplus - weight * density * (np.abs(slope) - 1) ** 2, WIDE)

    rng = np.random.default_rng(0)
    for size in (1e-3, 0.1, 2.0):
        assert reward(best.slope + size * rng.normal(size=len(WIDE))) < reward(best.slope)
    assert (np.abs(best.slope[np.abs(surplus) > 1e-12]) >= 1).all()  # so the one-sided penalty has the same optimum


@pytest.mark.parametrize(
    ("theta", "sd", "w1"),
    [(0, 2, 0.797884560803), (1, 2, 1.166630941175), (3, 2, 3.000764308634), (1, 3, 1.791186229605), (4, 1, 4)],
)
def test_the_critic_of_slope_one_estimates_w1(theta, sd, w1):
    best = w1_critic(WIDE, DATA, Mixture.of([(1, theta, sd)]))
    assert best.estimate == pytest.approx(w1, abs=1e-4)  # mpmath; the grid's end cuts off nothing more
    assert set(np.unique(best.slope)) <= {-1.0, 0.0, 1.0}


def test_density_between_is_that_of_the_points_at_which_the_penalty_looks():
    fake = Mixture.of([(0.5, 3, 0.5), (0.5, 6, 2)])
    density = density_between(WIDE, DATA, fake)
    assert np.trapezoid(density, WIDE) == pytest.approx(1, abs=1e-6)
    rng = np.random.default_rng(1)
    u, n = rng.random(200_000), 200_000
    points = np.sort(u * DATA.sample(n, rng) + (1 - u) * fake.sample(n, rng))
    cumulative = np.cumsum(density) * (WIDE[1] - WIDE[0])
    assert np.abs(np.searchsorted(points, WIDE) / n - cumulative).max() < 0.005  # Kolmogorov: 0.004 once in 300


def test_equal_distributions_leave_nothing_to_estimate():
    assert penalised_critic(WIDE, DATA, DATA, 10).estimate == 0
    assert w1_critic(WIDE, DATA, DATA).estimate == 0
    assert shift_estimate(0, 10) == 0


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan")])
def test_without_a_penalty_there_is_no_best_critic(weight):
    with pytest.raises(ConfigError, match="must be above 0"):
        penalised_critic(WIDE, DATA, FAKE, weight)

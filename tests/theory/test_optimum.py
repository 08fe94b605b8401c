import numpy as np
import pytest
import torch

from gan_core.config import ToyConfig
from gan_core.learning.losses import ADVERSARIAL_LOSSES
from gan_core.theory.distributions import Mixture
from gan_core.theory.optimum import VIEWS, optimal_critic, optimal_discriminator, rescale

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

import numpy as np
import pytest

from gan_core.theory.divergence.discrete import Discrete, compare_masses

RNG = np.random.default_rng(4)


def random_masses(n=6):
    return Discrete.of(zip(RNG.integers(-4, 5, n).tolist(), RNG.random(n).tolist(), strict=True))


def test_of_sorts_merges_and_normalises():
    d = Discrete.of([(3, 1), (-1, 2), (3, 1), (5, 0)])
    assert (d.positions.tolist(), d.masses.tolist()) == ([-1, 3], [0.5, 0.5])
    assert (d.mean, d.sd) == (1, 2)
    assert d.shifted(2).positions.tolist() == [1, 5]


def test_cdf_and_quantile_are_steps():
    d = Discrete.of([(0, 1), (2, 2), (3, 1)])
    assert d.cdf(np.array([-1, 0, 1.9, 2, 3, 9])).tolist() == [0, 0.25, 0.25, 0.75, 1, 1]
    assert d.quantile(np.array([0.0, 0.25, 0.2501, 0.75, 0.76, 1])).tolist() == [0, 0, 2, 2, 3, 3]


def test_samples_have_the_masses():
    d = Discrete.of([(0, 1), (2, 3)])
    assert d.sample(10_000, np.random.default_rng(0)).mean() == pytest.approx(1.5, abs=0.04)


@pytest.mark.parametrize("_", range(20))
def test_wasserstein_is_the_area_between_the_distribution_functions(_):
    p, q = random_masses(), random_masses()
    x = np.linspace(-5, 5, 11)
    assert compare_masses(p, q).w1[0] == pytest.approx(np.abs(p.cdf(x) - q.cdf(x)).sum(), abs=1e-12)


@pytest.mark.parametrize("_", range(20))
def test_the_gradient_is_the_derivative_of_w1(_):
    p, q = random_masses(), random_masses().shifted(0.3)  # no two points together: no kink
    low, high = (compare_masses(p, q.shifted(side * 1e-3)).w1[0] for side in (-1, 1))
    assert compare_masses(p, q).wasserstein[0] == pytest.approx((high - low) / 2e-3, abs=1e-9)


def test_at_a_kink_the_gradient_is_the_middle_of_both_sides():
    p, q = Discrete.of([(0, 1), (1, 1)]), Discrete.of([(0, 1), (2, 1)])
    low, high = (compare_masses(p, q.shifted(side * 1e-3)).w1[0] for side in (-1, 1))
    assert compare_masses(p, q).wasserstein[0] == pytest.approx((high - low) / 2e-3) == pytest.approx(0.5)

import math

import numpy as np
import pytest
from scipy.stats import kstest

from gan_core.config import ToyConfig
from gan_core.theory.distributions import TARGETS, Mixture, kernel_density, target_of

RNG = np.random.default_rng(0)
DISTRIBUTIONS = TARGETS | {
    "own_mixture": Mixture.of([(2, -1, 0.3), (1, 5, 2), (0, 9, 1)]),
    "few_points": kernel_density([0.0, 1.0, 1.5, 4.0]),
    "many_points": kernel_density(RNG.gamma(2.0, size=1500).tolist()),
}

every_distribution = pytest.mark.parametrize("target", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)


def wide_grid(target):
    """Dense in the middle, and out to thousands of standard deviations."""
    return target.mean + target.sd * np.sinh(np.linspace(-10, 10, 20_001))


@every_distribution
def test_pdf_integrates_to_cdf(target):
    x = wide_grid(target)
    p = target.pdf(x)
    mass = np.cumsum((p[1:] + p[:-1]) / 2 * np.diff(x))
    assert mass == pytest.approx(target.cdf(x[1:]), abs=1e-3)
    assert mass[-1] == pytest.approx(1, abs=1e-3)


@every_distribution
def test_mean_and_sd_are_those_of_the_density(target):
    x = wide_grid(target)
    p = target.pdf(x)
    mean = np.trapezoid(x * p, x)
    assert mean == pytest.approx(target.mean, abs=1e-3 * target.sd)
    assert np.sqrt(np.trapezoid((x - mean) ** 2 * p, x)) == pytest.approx(target.sd, rel=2e-3)


@every_distribution
def test_cdf_rises_from_0_to_1(target):
    cdf = target.cdf(wide_grid(target))
    assert cdf[0] == pytest.approx(0, abs=1e-9) and cdf[-1] == pytest.approx(1, abs=1e-9)
    assert (np.diff(cdf) >= 0).all()


@every_distribution
def test_quantile_inverts_cdf(target):
    u = np.concatenate([[1e-6, 1e-4], np.linspace(0.001, 0.999, 199), [1 - 1e-4, 1 - 1e-6]])
    assert target.cdf(target.quantile(u)) == pytest.approx(u, abs=1e-10)


@every_distribution
def test_samples_have_the_distribution(target):
    sample = target.sample(20_000, np.random.default_rng(1))
    critical = 1.95 / math.sqrt(len(sample))  # Kolmogorov-Smirnov at 0.1 %
    assert kstest(sample, target.cdf).statistic < critical
    assert kstest(sample + 0.1 * target.sd, target.cdf).statistic > critical  # the test can see a small shift


@every_distribution
def test_same_generator_same_samples(target):
    first, second = (target.sample(9, np.random.default_rng(5)) for _ in range(2))
    assert (first == second).all()
    assert (first != target.sample(9, np.random.default_rng(6))).any()


GOLDEN = [  # values of tables, or by hand
    ("normal", "pdf", 0.0, 0.3989422804014327),
    ("normal", "cdf", 1.0, 0.8413447460685429),
    ("jang", "quantile", 0.975, -1 + 1.959963984540054),
    ("aylien", "cdf", 4.5, 0.8413447460685429),
    ("two_modes", "cdf", 0.0, 0.5),
    ("unequal_modes", "cdf", 0.0, 0.2500158356209),
    ("five_modes", "quantile", 0.5, 0.0),
    ("uniform", "pdf", 0.3, 0.5),
    ("uniform", "pdf", 1.3, 0.0),
    ("exponential", "quantile", 0.5, math.log(2)),
    ("exponential", "pdf", -0.1, 0.0),
    ("student_t", "cdf", 1.0, 0.8044988905221148),
    ("student_t", "pdf", 0.0, 2 / (math.sqrt(3) * math.pi)),
]


@pytest.mark.parametrize(("name", "function", "at", "value"), GOLDEN)
def test_golden_values(name, function, at, value):
    assert getattr(TARGETS[name], function)(np.array([at]))[0] == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "mean", "variance"),
    [("two_modes", 0, 4.25), ("unequal_modes", 1, 3.25), ("uniform", 0, 1 / 3), ("student_t", 0, 3)],
)
def test_golden_moments(name, mean, variance):
    assert TARGETS[name].mean == pytest.approx(mean, abs=1e-12)
    assert TARGETS[name].sd == pytest.approx(math.sqrt(variance))


def test_kernel_density_is_a_normal_component_at_each_point():
    """Bandwidth 0.9 min(sd, iqr / 1.34) n^(-1/5): Silverman 1986, eq. 3.31."""
    data = [*range(9), 1000]
    bandwidth = 0.9 * (np.subtract(*np.percentile(data, [75, 25])) / 1.34) * 10**-0.2
    exact = Mixture.of([(1, mean, bandwidth) for mean in data])
    density = kernel_density(data, nodes=20_001)
    assert density.cdf(density.x) == pytest.approx(exact.cdf(density.x), abs=1e-6)
    assert density.mean == pytest.approx(exact.mean, abs=1e-3)
    assert density.sd == pytest.approx(exact.sd, rel=1e-4)


def test_kernel_density_of_ties_and_of_many_points():
    tied = kernel_density([0, 0, 0, 0, 0, 0, 0, 1])  # the quartiles coincide: the standard deviation decides
    assert tied.sd > np.std([0, 0, 0, 0, 0, 0, 0, 1])
    density = kernel_density(RNG.normal(3, 2, 100_000).tolist())
    assert (density.mean, density.sd) == pytest.approx((3, 2), abs=0.05)
    assert density.pdf(np.array([3.0])) == pytest.approx(0.1995, rel=0.05)  # 1 / (2 sqrt(2 pi))


@pytest.mark.parametrize("name", ToyConfig.choices("target"))
def test_every_target_of_the_config_exists(name):
    target = target_of(ToyConfig(target=name, data=(1.0, 2.0, 4.0)))
    assert target.sd > 0
    assert target.cdf(target.quantile(np.array([0.5]))) == pytest.approx([0.5])

import math

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from gan_core.theory.distributions import TARGETS, Mixture
from gan_core.theory.divergences import (
    QuantileTable,
    bin_masses,
    divergence_floors,
    empirical_wasserstein,
    jensen_shannon,
    kullback_leibler,
    two_sample_floor,
    wasserstein,
    wasserstein_floor,
)

RNG = np.random.default_rng(0)
EDGES = np.linspace(-15, 20, 35_001)
CENTRES = (np.arange(5_000) + 0.5) / 5_000

every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


def normal(mean, sd):
    return bin_masses(Mixture.of([(1, mean, sd)]), EDGES)


# JS of N(0, 1) and N(mean, sd^2) in nats, by quadrature with 30 digits (mpmath).
@pytest.mark.parametrize(
    ("mean", "sd", "js"),
    [
        (0.5, 1, 0.030311300521),
        (1, 1, 0.111421482185),
        (2, 1, 0.336830820347),
        (4, 1, 0.632720193737),
        (8, 1, 0.693053645483),
        (1, 2, 0.128174973054),
        (0, 2, 0.092733381666),
    ],
)
def test_js_of_two_normals(mean, sd, js):
    assert jensen_shannon(normal(0, 1), normal(mean, sd)) == pytest.approx(js, abs=5e-8)


# log(s) + (1 + m^2) / (2 s^2) - 1/2 for KL(N(0, 1) || N(m, s^2)).
@pytest.mark.parametrize(
    ("mean", "sd", "forward", "reverse"),
    [(0, 2, 0.318147180560, 0.806852819440), (1, 2, 0.443147180560, 1.306852819440), (3, 1, 4.5, 4.5)],
)
def test_kl_of_two_normals(mean, sd, forward, reverse):
    assert kullback_leibler(normal(0, 1), normal(mean, sd)) == pytest.approx(forward, abs=1e-6)
    assert kullback_leibler(normal(mean, sd), normal(0, 1)) == pytest.approx(reverse, abs=1e-6)


def test_small_golden_divergences():
    p, q = np.array([3, 2, 1, 4]) / 10, np.array([1, 2, 4, 3]) / 10  # Weng 2017, "From GAN to WGAN"
    assert kullback_leibler(p, q) == pytest.approx(0.306027079469, abs=1e-12)
    assert jensen_shannon(p, q) == pytest.approx(0.077932272994, abs=1e-12)
    one, both, other = np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0])
    assert jensen_shannon(one, both) == pytest.approx(0.464501404022**2, abs=1e-10)  # scipy's documentation
    assert jensen_shannon(one, other) == pytest.approx(math.log(2))
    assert kullback_leibler(both, one) == math.inf and kullback_leibler(one, one) == 0


def test_js_is_symmetric_and_between_0_and_log_2():
    for p, q in RNG.dirichlet(np.full(20, 0.2), size=(50, 2)):
        js = jensen_shannon(p, q)
        assert 0 < js < math.log(2)
        assert jensen_shannon(q, p) == pytest.approx(js)
        assert 0 < kullback_leibler(p, q) != pytest.approx(kullback_leibler(q, p), rel=1e-3)


@every_target
def test_bin_masses_sum_to_one_and_match_the_cdf(target):
    mass = bin_masses(target, EDGES)
    assert mass.sum() == pytest.approx(1, abs=1e-9) and (mass >= 0).all()
    assert np.cumsum(mass)[:-1] == pytest.approx(target.cdf(EDGES), abs=1e-9)


def test_bin_masses_far_out_keep_their_logarithm():
    mass = bin_masses(TARGETS["normal"], np.array([19.99, 20.01, 20.03]))[1:-1]
    assert np.log(mass[0]) == pytest.approx(-200 - 0.5 * math.log(2 * math.pi) + math.log(0.02), abs=0.01)
    assert np.log(mass[1] / mass[0]) == pytest.approx(-20 * 0.02, abs=0.01)


@every_target
def test_quantile_table_is_close_to_the_quantiles(target):
    error = np.abs(QuantileTable(target)(CENTRES) - target.quantile(CENTRES))
    assert error.mean() < 1e-3 * target.sd


@every_target
@pytest.mark.parametrize("shift", [-3.0, 0.0, 0.01, 2.0])
def test_w1_of_a_shift_is_the_shift(target, shift):
    mass = np.full(len(CENTRES), 1 / len(CENTRES))
    w1 = wasserstein(target.quantile(CENTRES) + shift * target.sd, mass, QuantileTable(target))
    assert w1 == pytest.approx(abs(shift) * target.sd, abs=1e-3 * target.sd)


@pytest.mark.parametrize(  # integral of |F - G|, by quadrature with 30 digits (mpmath)
    ("mean", "sd", "w1"),
    [(0, 2, 0.797884560803), (1, 2, 1.166630941175), (3, 2, 3.000764308634), (1, 3, 1.791186229605)],
)
def test_w1_of_two_normals(mean, sd, w1):
    mass = np.full(len(CENTRES), 1 / len(CENTRES))
    table = QuantileTable(TARGETS["normal"])
    x = mean + sd * TARGETS["normal"].quantile(CENTRES)
    assert wasserstein(x, mass, table) == pytest.approx(w1, abs=1e-3)
    order = RNG.permutation(len(x))
    assert wasserstein(x[order], mass, table) == pytest.approx(w1, abs=1e-3)


def test_w1_of_atoms_weighs_them():
    # All mass at 0 against uniform on [-1, 1]: mean |x| = 1/2. A quarter at -1, the rest at 1: by hand 0.625.
    table = QuantileTable(TARGETS["uniform"])
    fine = np.full(1000, 1e-3)
    assert wasserstein(np.zeros(1000), fine, table) == pytest.approx(0.5, abs=1e-5)
    assert wasserstein(np.repeat([-1.0, 1.0], [250, 750]), fine, table) == pytest.approx(0.625, abs=1e-5)


@every_target
@pytest.mark.parametrize("n", [4, 256])
def test_w1_floor_is_what_samples_of_the_target_show(target, n):
    rng, table, draws = np.random.default_rng(2), QuantileTable(target), 800
    mass = np.full(16 * n, 1 / (16 * n))  # each point in sixteen parts: the sum over u is then an integral
    shown = [wasserstein(np.repeat(target.sample(n, rng), 16), mass, table) for _ in range(draws)]
    error = np.std(shown) / math.sqrt(draws)
    assert wasserstein_floor(target, n) == pytest.approx(np.mean(shown), abs=4 * error + 1e-3 * target.sd, rel=0.02)


def test_w1_floor_golden():
    # One point u against U(0, 1): E integral |1{u <= t} - t| dt = integral of 2 t (1 - t) = 1/3, twice that on [-1, 1].
    assert wasserstein_floor(TARGETS["uniform"], 1) == pytest.approx(2 / 3, abs=1e-5)
    # Many points of a normal: sqrt(2 / pi) * integral sqrt(F (1 - F)) / sqrt(n) = 1.2868 / sqrt(n).
    assert wasserstein_floor(TARGETS["normal"], 10**6) == pytest.approx(1.2868e-3, rel=1e-3)


@pytest.mark.parametrize("n", [64, 256, 4096])
def test_divergence_floors_are_what_samples_show(n):
    bins = max(2, round(2 * n**0.4))
    even = np.full(bins, 1 / bins)
    counts = np.random.default_rng(3).multinomial(n, even, size=4000) / n
    js, kl = divergence_floors(n)
    assert js == pytest.approx(np.mean([jensen_shannon(row, even) for row in counts]), rel=1 / math.sqrt(n))
    assert kl == pytest.approx(np.mean([kullback_leibler(row, even) for row in counts]), rel=1 / math.sqrt(n))


@pytest.mark.parametrize(("sizes"), [(1, 1), (50, 50), (7, 20), (20, 7), (64, 1000)])
def test_empirical_w1_is_scipys(sizes):
    a, b = RNG.normal(size=sizes[0]), RNG.exponential(size=sizes[1])
    assert empirical_wasserstein(a, b) == pytest.approx(wasserstein_distance(a, b), rel=1e-12)
    assert empirical_wasserstein(a, a[::-1]) == 0


@pytest.mark.parametrize(("a", "b"), [([], [1.0]), ([1.0], [])])
def test_empirical_w1_of_nothing_is_refused(a, b):
    with pytest.raises(ValueError, match="at least one point"):
        empirical_wasserstein(np.array(a), np.array(b))


@every_target
@pytest.mark.parametrize("n", [3, 256])
def test_two_sample_floor_is_what_two_samples_show(target, n):
    rng, draws = np.random.default_rng(5), 1500
    shown = [empirical_wasserstein(target.sample(n, rng), target.sample(n, rng)) for _ in range(draws)]
    error = np.std(shown) / math.sqrt(draws)
    assert two_sample_floor(target, n) == pytest.approx(np.mean(shown), abs=4 * error, rel=0.02)


def test_two_sample_floor_golden():
    # Two points: E|a - b| = 2 / sqrt(pi) for normals, 1/3 on [0, 1]; many: sqrt(2) times the floor of one sample.
    assert two_sample_floor(TARGETS["normal"], 1) == pytest.approx(2 / math.sqrt(math.pi), abs=2e-5)
    assert two_sample_floor(TARGETS["uniform"], 1) == pytest.approx(2 / 3, abs=1e-5)
    for n in (10**4, 10**6):
        floor = math.sqrt(2) * wasserstein_floor(TARGETS["normal"], n)
        assert two_sample_floor(TARGETS["normal"], n) == pytest.approx(floor, rel=3e-3)

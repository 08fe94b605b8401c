import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from gan_core.theory.distributions import TARGETS, Mixture
from gan_core.theory.divergences import QuantileTable, bin_masses, jensen_shannon, kullback_leibler, wasserstein
from gan_core.theory.pushforward import LatentGrid, push_forward

RNG = np.random.default_rng(0)
EDGES = np.linspace(-4, 4, 513)


@pytest.mark.parametrize("latent", ["normal", "uniform"])
@pytest.mark.parametrize("cells", [2, 7, 2048])
def test_latent_grid(latent, cells):
    grid = LatentGrid.of(latent, cells)
    assert grid.mass.sum() == pytest.approx(1, abs=1e-12) and (grid.mass > 0).all()
    assert ((grid.median > 0) & (grid.median < 1)).all()
    u = np.cumsum(grid.mass) - grid.mass / 2
    medians = ndtri(u) if latent == "normal" else 2 * u - 1
    inside = np.abs(medians) < 5  # further out, what the grid leaves out is felt
    assert grid.medians(grid.edges)[inside] == pytest.approx(medians[inside], abs=1e-4)


@pytest.mark.parametrize("seed", range(20))
def test_mass_is_never_negative_and_sums_to_one(seed):
    rng = np.random.default_rng(seed)
    grid = LatentGrid.of(rng.choice(["normal", "uniform"]), 300)
    x = np.cumsum(rng.normal(size=301)) * rng.choice([1e-9, 0.01, 1, 100]) + rng.normal()
    x[rng.random(301) < 0.2] = 0.25  # some cells become points
    mass = push_forward(x, grid.mass, EDGES)
    assert len(mass) == len(EDGES) + 1
    assert (mass >= 0).all() and mass.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("start", "slope"), [(0, 1), (1.5, -0.5), (-3, 2), (0.3, 0.01)])
def test_line_of_a_normal_is_a_normal(start, slope):
    grid = LatentGrid.of("normal", 2048)
    mass = push_forward(start + slope * grid.edges, grid.mass, EDGES)
    expected = np.diff(ndtr((EDGES - start) / abs(slope)), prepend=0, append=1)
    assert mass == pytest.approx(expected, abs=1e-5)


def test_line_of_a_uniform_is_uniform():
    grid = LatentGrid.of("uniform", 64)
    mass = push_forward(1 + 2 * grid.edges, grid.mass, EDGES)  # on [-1, 3]
    inside = (EDGES[:-1] >= -1) & (EDGES[1:] <= 3)
    assert mass[1:-1] == pytest.approx(np.where(inside, 8 / 512 / 4, 0), abs=1e-12)


def test_folds_add_up():
    grid = LatentGrid.of("uniform", 64)
    mass = push_forward(np.abs(grid.edges), grid.mass, EDGES)  # |z|: density 1 on [0, 1]
    inside = (EDGES[:-1] >= 0) & (EDGES[1:] <= 1)
    assert mass[1:-1] == pytest.approx(np.where(inside, 8 / 512, 0), abs=1e-12)


def test_order_of_the_cells_does_not_matter():
    grid, x = LatentGrid.of("normal", 200), RNG.normal(size=201)
    assert push_forward(x[::-1].copy(), grid.mass[::-1].copy(), EDGES) == pytest.approx(
        push_forward(x, grid.mass, EDGES), abs=1e-12
    )


def test_nothing_lies_beyond_the_range_of_g():
    """Not even rounding: KL asks for the logarithm of what p_data says about it."""
    grid = LatentGrid.of("uniform", 2048)
    x = np.cumsum(RNG.choice([1e-7, 1e-3], 2049))
    mass = push_forward(x, grid.mass, EDGES)
    assert (mass[1:-1][EDGES[:-1] > x.max()] == 0).all() and (mass[1:-1][EDGES[1:] < x.min()] == 0).all()


@pytest.mark.parametrize(("at", "cell"), [(0.1, 263), (-4.5, 0), (4.5, 513), (3.999, 512)])
def test_collapsed_generator_is_one_atom(at, cell):
    grid = LatentGrid.of("normal", 100)
    mass = push_forward(np.full(101, at), grid.mass, EDGES)
    assert mass[cell] == pytest.approx(1, abs=1e-12) and np.delete(mass, cell) == pytest.approx(0, abs=1e-12)


def test_plateau_is_an_atom_among_the_rest():
    grid = LatentGrid.of("uniform", 64)
    edges = EDGES + 0.001  # the plateau, z < 1/32, and 0.001 of what follows lie in one bin
    mass = push_forward(np.maximum(grid.edges, 1 / 32), grid.mass, edges)
    assert mass.max() == pytest.approx(0.5 + 1 / 64 + 0.001 / 2, abs=1e-12)


def test_fine_structure_agrees_with_samples():
    def generate(z):
        return np.sin(3 * z) + 0.5 * z

    grid = LatentGrid.of("normal", 2048)
    coarse = np.linspace(-4, 4, 33)
    mass = push_forward(generate(grid.edges), grid.mass, coarse)
    sample = generate(RNG.normal(size=400_000))
    assert mass[1:-1] == pytest.approx(np.histogram(sample, coarse)[0] / len(sample), abs=4e-3)


# G(z) = mean + sd z, p_data = N(0, 1): JS and W1 by quadrature with 30 digits (mpmath); KL(p_g || p_data) is a formula.
@pytest.mark.parametrize(
    ("mean", "sd", "js", "kl", "w1"),
    [
        (1, 1, 0.111421482185, 0.5, 1),
        (-2, 1, 0.336830820347, 2, 2),
        (1, 2, 0.128174973054, 1.306852819440, 1.166630941175),
        (0, 2, 0.092733381666, 0.806852819440, 0.797884560803),
    ],
)
def test_linear_generator_has_the_analytic_divergences(mean, sd, js, kl, w1):
    target, grid = TARGETS["normal"], LatentGrid.of("normal", 2**15)
    x, edges = mean + sd * grid.edges, np.linspace(-14, 15, 2**15 + 1)
    mass, data = push_forward(x, grid.mass, edges), bin_masses(target, edges)
    assert jensen_shannon(data, mass) == pytest.approx(js, abs=1e-6)
    assert kullback_leibler(mass, data) == pytest.approx(kl, abs=1e-6)
    assert wasserstein(grid.medians(x), grid.mass, QuantileTable(target, 2**15)) == pytest.approx(w1, abs=1e-6)


def test_push_forward_is_second_order_in_the_cells():
    exact = Mixture.of([(1, 0.5, 1)]).cdf(EDGES)

    def error(cells):
        grid = LatentGrid.of("normal", cells)
        return np.abs(np.cumsum(push_forward(0.5 + grid.edges, grid.mass, EDGES))[:-1] - exact).max()

    assert error(200) / error(800) == pytest.approx(16, rel=0.2)

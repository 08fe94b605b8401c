"""Golden numbers: integer and Fraction arithmetic by hand and by brute force over all plans."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import DEFAULT, LIL_LOG, SQUARE_TRAP, piles, problem, random_problem
from scipy.optimize import linprog
from scipy.stats import wasserstein_distance

from gan_core.fields import ConfigError
from gan_core.theory.transport.problem import dual_value, wasserstein_of_points

# p, q, W1, per unit mass, W2^2 per unit mass
GOLDEN = [
    (*DEFAULT, 8, Fraction(4, 7), Fraction(4, 7)),
    (*LIL_LOG, 5, Fraction(1, 2), Fraction(1, 2)),
    (*SQUARE_TRAP, 8, Fraction(4, 3), Fraction(2)),
    ((5, 0, 0, 0, 1), (1, 0, 0, 0, 5), 16, Fraction(8, 3), Fraction(32, 3)),
    ((4, 0, 0, 2, 0, 1), (0, 1, 3, 0, 2, 1), 9, Fraction(9, 7), Fraction(15, 7)),
    ((1, 0), (1, 0), 0, 0, 0),
    ((3,), (3,), 0, 0, 0),
]


@pytest.mark.parametrize(("p", "q", "w1", "per_unit_mass", "squared"), GOLDEN)
def test_golden(p, q, w1, per_unit_mass, squared):
    transport = problem(p, q)
    assert transport.w1 == w1
    assert transport.per_unit_mass == per_unit_mass
    assert transport.cost(transport.plans["fifo"], 2) / sum(p) == squared
    assert transport.distance_of_power(2) == pytest.approx(float(squared) ** 0.5, abs=1e-12)


def test_the_default_example():
    transport = problem(*DEFAULT)
    assert transport.flows == (1, 3, 1, -3)
    assert transport.potential == (0, -1, -2, -3, -2)
    assert transport.per_unit_mass_and_distance == Fraction(1, 7)
    assert transport.distance_of_power(2) == pytest.approx(0.755928946018, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "per_moved_mass", "squares", "roots"),
    [
        ("fifo", 1, 8, 8.0),
        ("stay_fifo", Fraction(4, 3), 12, 6.828427124746),
        ("stay_lifo", Fraction(4, 3), 14, 6.732050807569),
    ],
)
def test_three_plans_tie_at_power_1_only(name, per_moved_mass, squares, roots):
    transport = problem(*DEFAULT)
    plan = transport.plans[name]
    assert transport.cost(plan) == 8
    assert transport.per_moved_mass(plan) == per_moved_mass
    assert transport.cost(plan, 2) == squares
    assert transport.cost_of_power(plan, 0.5) == pytest.approx(roots, abs=1e-11)


@pytest.mark.parametrize("hundred", range(20))
def test_three_ways_to_the_same_number(hundred):
    for seed in range(100 * hundred, 100 * hundred + 100):
        check_three_ways(random_problem(seed))


def check_three_ways(transport):
    """Flows, the cost of every plan and the dual agree exactly, and no slope of the dual exceeds 1."""
    p, q, cells = transport.piles.p, transport.piles.q, len(transport.piles.p)
    assert dual_value(transport.piles, transport.potential) == transport.w1
    rises = np.abs(np.diff(transport.potential))
    assert all(rise <= gap for rise, gap in zip(rises, transport.piles.gaps, strict=True))
    for plan in transport.plans.values():
        assert transport.cost(plan) == transport.w1
        assert all(move.mass > 0 for move in plan.moves)
        assert tuple(sum(m.mass for m in plan.moves if m.origin == cell) for cell in range(cells)) == p
        assert tuple(sum(m.mass for m in plan.moves if m.destination == cell) for cell in range(cells)) == q


@pytest.mark.parametrize("seed", range(200))
def test_the_relay_never_empties_a_pile(seed):
    transport = random_problem(seed)
    now = list(transport.piles.p)
    for move in transport.relay:
        assert abs(move.destination - move.origin) == 1
        now[move.origin] -= move.mass
        assert now[move.origin] >= 0
        now[move.destination] += move.mass
    assert tuple(now) == transport.piles.q
    assert sum(move.mass * transport.distance(move) for move in transport.relay) == transport.w1


@pytest.mark.parametrize("seed", range(100))
def test_scipy_agrees(seed):
    transport = random_problem(seed)
    x, p, q = ([float(value) for value in part] for part in vars(transport.piles).values())
    assert wasserstein_distance(x, x, p, q) == pytest.approx(float(transport.per_unit_mass), rel=1e-12, abs=1e-12)


def cheapest(transport, power):
    """The least sum of mass * distance^power by an LP over all plans, written anew."""
    x = np.array(transport.piles.positions, dtype=float)
    n = len(x)
    rows, columns = np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))
    masses = np.array([*transport.piles.p, *transport.piles.q], dtype=float)
    answer = linprog(np.abs(x[:, None] - x).ravel() ** power, A_eq=np.vstack([rows, columns]), b_eq=masses)
    return answer.fun


@pytest.mark.parametrize("power", [0.3, 0.5, 0.9, 0.97, 1, 1.5, 2, 3])
@pytest.mark.parametrize("seed", range(15))
def test_no_plan_is_cheaper(seed, power):
    transport = random_problem(seed)
    ours = transport.cost_of_power(transport.best_plan(power), power)
    assert ours == pytest.approx(cheapest(transport, power), rel=1e-7, abs=1e-7)


def test_below_power_1_long_ways_are_cheap():
    transport = problem(*DEFAULT)
    assert transport.best_plan(0.5) == transport.plans["stay_lifo"]
    assert transport.distance_of_power(0.5) == pytest.approx(6.732050807569 / 14, abs=1e-12)


@pytest.mark.parametrize("unit", ["1e-12", "1e-9", "1e9"])
def test_the_search_does_not_depend_on_the_unit_of_length(unit):
    p, q = DEFAULT
    scaled = problem(p, q, [k * Fraction(unit) for k in range(5)])
    assert scaled.best_plan(0.5) == problem(p, q).best_plan(0.5)
    assert scaled.best_plan(0.9) in scaled.plans.values()


def test_distances_that_the_search_cannot_tell_apart_are_refused():
    with pytest.raises(ConfigError, match="distances are too different"):
        problem((1, 1, 0), (0, 1, 1), ["0", "1", "1e12"]).best_plan(0.9)


def test_nothing_at_all_is_a_problem_too():
    """What is left of a problem when every way costs more than staying."""
    nothing = problem((0, 0), (0, 0))
    assert nothing.w1 == nothing.per_unit_mass == nothing.per_unit_mass_and_distance == 0
    assert nothing.distance_of_power(2) == 0
    assert all(nothing.per_moved_mass(plan) == 0 for plan in nothing.plans.values())


def test_a_search_among_all_plans_has_a_limit():
    transport = problem([1] * 51, [1] * 51)
    with pytest.raises(ConfigError, match="at most 50 cells; there are 51"):
        transport.best_plan(0.5)
    assert transport.best_plan(2.0) == transport.plans["fifo"]


@pytest.mark.parametrize(
    ("p", "q", "sentence"),
    [
        ((3, 4, 1, 1, 5), (2, 2, 3, 1, 2), "The total masses differ: P has 14 and Q has 10."),
        ((0, 0), (1, 0), "The total masses differ: P has 0 and Q has 1."),
    ],
)
def test_masses_that_cannot_be_moved_onto_each_other(p, q, sentence):
    with pytest.raises(ConfigError) as error:
        problem(p, q)
    assert str(error.value).startswith(sentence)


def test_tiny_and_uneven_masses_are_exact():
    tiny = Fraction(5, 10**324)
    transport = problem([tiny, 1], [1, tiny], ["0", "0.1"])
    assert transport.w1 == (1 - tiny) / 10
    assert transport.cost(transport.plans["stay_lifo"]) == transport.w1


masses = st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any)


@given(st.lists(masses, min_size=3, max_size=3))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_it_is_a_metric(three):
    """Of normalised piles: zero only for equal ones, symmetric, and no shorter by a detour."""
    a, b, c = ([Fraction(mass, sum(pile)) for mass in pile] for pile in three)

    def w(p, q):
        return problem(p, q, [0, 1, 3]).w1

    assert w(a, b) == w(b, a)
    assert (w(a, b) == 0) == (a == b)
    assert w(a, c) <= w(a, b) + w(b, c)


@given(masses, st.integers(-50, 50), st.integers(1, 9))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_shifting_costs_its_distance_and_scaling_its_factor(p, shift, factor):
    apart = problem([*p, 0, 0, 0], [0, 0, 0, *p], [0, 1, 2, *(200 + shift + k for k in range(3))])
    assert apart.w1 == (200 + shift) * sum(p)
    q = p[::-1]
    assert problem(p, q, [0, factor, 3 * factor]).w1 == factor * problem(p, q, [0, 1, 3]).w1


class TestPoints:
    @pytest.mark.parametrize("seed", range(20))
    def test_the_same_as_exactly(self, seed):
        transport = random_problem(seed)
        x, p, q = (np.array(part, dtype=float) for part in vars(transport.piles).values())
        shuffled = np.random.default_rng(seed).permutation(len(x))
        assert wasserstein_of_points(x, p, q) == pytest.approx(float(transport.w1), rel=1e-13, abs=1e-13)
        assert wasserstein_of_points(x[shuffled], p[shuffled], q[shuffled]) == pytest.approx(float(transport.w1))

    @pytest.mark.parametrize("points", [7, 8, 32_768, 32_769, 100_000])
    def test_many_points(self, points):
        """Against SciPy, across the borders of the blocks in which they are worked on."""
        random = np.random.default_rng(points)
        x = np.sort(random.normal(size=points))
        p, q = random.random((2, points))
        q *= p.sum() / q.sum()
        expected = wasserstein_distance(x, x, p, q) * p.sum()
        assert wasserstein_of_points(x, p, q) == pytest.approx(expected, rel=1e-9)

    @pytest.mark.parametrize(
        ("p", "q", "why"),
        [
            ([1.0, 1.0], [1.0, 1.00001], "differ"),
            ([-1.0, 2.0], [1.0, 0.0], "0 or more"),
            ([np.inf, 1.0], [1.0, 1.0], "finite"),
        ],
    )
    def test_bad_masses(self, p, q, why):
        with pytest.raises(ValueError, match="as many"):
            wasserstein_of_points(np.array([0.0]), np.array(p), np.array(q))
        with pytest.raises(ValueError, match=why):
            wasserstein_of_points(np.array([0.0, 1.0]), np.array(p), np.array(q))

    @pytest.mark.parametrize(
        ("u", "v", "weights", "expected"),
        [  # the examples of scipy's documentation, and two dice
            ([0, 1, 3], [5, 6, 8], None, 5),
            ([0, 1], [0, 1], ([3, 1], [2, 2]), 0.25),
            ([3.4, 3.9, 7.5, 7.8], [4.5, 1.4], ([1.4, 0.9, 3.1, 7.2], [3.2, 3.5]), 4.078133143805),
            ([1, 2, 2, 3, 3, 5], [2, 3, 4, 4, 5, 5], None, 7 / 6),
        ],
    )
    def test_weighted_values(self, u, v, weights, expected):
        a, b = weights or ([1] * len(u), [1] * len(v))
        x = np.array([*u, *v], dtype=float)
        p = np.array([*np.array(a) / sum(a), *[0] * len(v)])
        q = np.array([*[0] * len(u), *np.array(b) / sum(b)])
        assert wasserstein_of_points(x, p, q) == pytest.approx(expected, abs=1e-12)


def test_masses_given_as_values_are_another_question():
    """What many users of libraries do by mistake with Lil'Log's example: as values, both lists hold 1, 2, 3, 4."""
    assert wasserstein_distance(*LIL_LOG) == 0
    assert piles(*LIL_LOG).p != piles(*LIL_LOG).q

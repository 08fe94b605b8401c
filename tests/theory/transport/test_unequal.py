"""Golden: P = (3, 4, 1, 1, 5), Q = (2, 2, 3, 1, 2), by two other solvers."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from problems import piles, problem
from scipy.optimize import linprog

from gan_core.fields import ConfigError
from gan_core.theory.transport.unequal import as_it_is, normalise, partial, penalised, settle

UNEQUAL = piles((3, 4, 1, 1, 5), (2, 2, 3, 1, 2))


def test_normalised():
    assert normalise(UNEQUAL).cost == Fraction(2, 5)
    assert normalise(UNEQUAL).transport.piles.totals == (1, 1)


def test_partial():
    settled = partial(UNEQUAL)
    assert settled.cost == settled.transport.w1 == 2
    assert settled.transport.piles.totals == (10, 10)
    assert sum(settled.left) == 4
    assert not any(settled.missing)


@pytest.mark.parametrize(("penalty", "cost"), [("0.5", 4), ("1", 6), ("2", 10), ("5", 22), ("10", 42)])
def test_penalised(penalty, cost):
    settled = penalised(UNEQUAL, Fraction(penalty))
    assert settled.cost == cost
    rest = sum(settled.left) + sum(settled.missing)
    assert settled.transport.w1 + Fraction(penalty) * rest == cost


def random_unequal(seed):
    random = np.random.default_rng(seed)
    cells = int(random.integers(1, 8))
    p, q = random.integers(0, 6, (2, cells)).tolist()
    p[0] += 1
    q[-1] += 1
    return piles(p, q, np.cumsum(random.integers(1, 5, cells)).tolist())


def over_plans(problem, penalty):
    """The same question over all n^2 moves; None: everything that fits has to be moved."""
    x, p, q = (np.array(part, dtype=float) for part in vars(problem).values())
    n = len(x)
    margins = np.vstack([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))])
    cost = np.abs(x[:, None] - x).ravel()
    masses = np.concatenate([p, q])
    if penalty is None:
        everything = {"A_eq": np.ones((1, n * n)), "b_eq": [min(p.sum(), q.sum())]}
        return linprog(cost, A_ub=margins, b_ub=masses, **everything).fun
    return linprog(cost - 2 * penalty, A_ub=margins, b_ub=masses).fun + penalty * masses.sum()


@pytest.mark.parametrize("penalty", [None, 0.25, 1.0, 3.0])
@pytest.mark.parametrize("seed", range(25))
def test_no_choice_is_cheaper(seed, penalty):
    problem = random_unequal(seed)
    settled = partial(problem) if penalty is None else penalised(problem, Fraction(penalty))
    assert float(settled.cost) == pytest.approx(over_plans(problem, penalty), abs=1e-7)
    parts = zip(settled.transport.piles.p, settled.left, problem.p, strict=True)
    assert all(moved + left == mass for moved, left, mass in parts)
    assert min(*settled.left, *settled.missing) >= 0


def test_fractions_stay_exact():
    settled = partial(piles(["0.1", "1/3"], [0, "0.2"]))
    assert settled.transport.piles.p == (0, Fraction(1, 5))
    assert settled.left == (Fraction(1, 10), Fraction(2, 15))


@pytest.mark.parametrize("choice", ["", "normalise", "partial", "penalty:3"])
def test_equal_masses_need_no_choice(choice):
    settled = settle(piles((1, 2), (2, 1)), choice)
    assert settled == as_it_is(piles((1, 2), (2, 1)))
    assert settled.transport == problem((1, 2), (2, 1))
    assert settled.cost == 1


@pytest.mark.parametrize(
    ("choice", "cost"), [("normalise", Fraction(2, 5)), ("partial", 2), ("penalty:2", 10), ("penalty:1/2", 4)]
)
def test_by_name(choice, cost):
    assert settle(UNEQUAL, choice).cost == cost


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ("", "The total masses differ: P has 14 and Q has 10."),
        ("nothing", "Unequal masses: nothing must be one of normalise, partial, penalty:K."),
        ("penalty", "Unequal masses: penalty must be one of normalise, partial, penalty:K."),
        ("penalty:", 'Penalty, number 1: "" is not a number.'),
        ("penalty:-1", "Penalty, number 1: -1 is below 0; from 0 to 1,000,000,000,000 is allowed."),
    ],
)
def test_choices_that_are_none(choice, sentence):
    with pytest.raises(ConfigError) as error:
        settle(UNEQUAL, choice)
    assert str(error.value).startswith(sentence)


def test_sharing_has_a_limit():
    with pytest.raises(ConfigError, match="at most 2000 cells can be moved in part; there are 2001"):
        partial(piles([1] * 2001, [2] * 2001))


@pytest.mark.parametrize("unit", ["1e-12", "1e-9", "1e9"])
def test_the_unit_of_length_does_not_matter(unit):
    scaled = piles(UNEQUAL.p, UNEQUAL.q, [k * Fraction(unit) for k in range(5)])
    assert partial(scaled).cost == 2 * Fraction(unit)
    assert penalised(scaled, Fraction(unit)).cost == 6 * Fraction(unit)


@pytest.mark.parametrize(
    ("p", "q", "penalty", "cost"),
    [((1, 0), (0, 2), "0.1", "0.3"), ((3, 1), (2, 4), "0", "0"), ((1, 2), (0, 0), "1", "3")],
)
def test_sometimes_nothing_moves(p, q, penalty, cost):
    settled = penalised(piles(p, q), Fraction(penalty))
    assert settled.transport.w1 == 0
    assert settled.cost == Fraction(cost)


@pytest.mark.parametrize("choice", [normalise, partial])
def test_nothing_cannot_be_shared_out(choice):
    with pytest.raises(ConfigError, match="Q has no mass at all"):
        choice(piles((1, 2), (0, 0)))
    with pytest.raises(ConfigError, match="There is no earth to move: every mass is 0"):
        choice(piles((0, 0), (0, 0)))


@pytest.mark.parametrize("choice", ["", "normalise", "partial", "penalty:3"])
def test_rounded_totals_are_made_equal_and_that_is_noted(choice):
    settled = settle(piles([1, 0], ["0.333333333333", "0.666666666666"]), choice)
    assert [str(note) for note in settled.notes] == [
        "The totals differ by rounding only: Q was scaled to the total 1 of P."
    ]
    assert settled.transport.w1 == Fraction(2, 3)
    with pytest.raises(ConfigError, match="The total masses differ"):
        settle(piles([1, 0], ["0.33333333", "0.66666666"]), "")


def test_no_earth():
    with pytest.raises(ConfigError, match="There is no earth to move: every mass is 0"):
        as_it_is(piles((0, 0), (0, 0)))


def test_the_solver_is_imported_only_when_it_is_needed():
    """Half a second, in the process that serves every page."""
    code = "import sys, gan_core.theory.transport.unequal, gan_core.theory.transport.problem\n"
    code += "assert not {'scipy.optimize', 'scipy.stats'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])

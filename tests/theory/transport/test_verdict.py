from fractions import Fraction

import pytest
from problems import DEFAULT, piles, random_problem

from gan_core.theory.transport.plans import Move, all_plans
from gan_core.theory.transport.verdict import Waste, judge

PILES = piles(*DEFAULT)


def moves(*rows):
    return [Move(origin, destination, Fraction(mass)) for origin, destination, mass in rows]


def test_an_optimal_plan():
    verdict = judge(PILES, moves((0, 3, 1), (1, 2, 2), (4, 3, 3)))
    assert verdict.is_optimal
    assert verdict.cost == 8


def test_a_detour_is_found_and_priced():
    """Cell 0 sends 1 too far, cell 4 sends 1 back over boundary 3: crossed both ways."""
    verdict = judge(PILES, moves((0, 4, 1), (1, 2, 2), (4, 3, 4)))
    assert verdict.is_feasible
    assert not verdict.is_optimal
    assert verdict.wastes == (Waste(3, Fraction(1), Fraction(4), Fraction(2)),)
    assert verdict.cost == 8 + 2


def test_what_is_wrong_is_told():
    verdict = judge(PILES, moves((0, 1, 4), (4, 3, 3)))
    assert [str(problem) for problem in verdict.problems] == [
        "At position 0 lies mass 3, but 4 is taken away.",
        "At position 1 there is mass 8 in the end; Q has 2 there.",
        "At position 2 there is mass 1 in the end; Q has 3 there.",
        "At position 3 there is mass 4 in the end; Q has 5 there.",
    ]
    assert not verdict.is_optimal


def test_doing_nothing_is_a_plan_for_equal_piles_only():
    assert judge(piles((1, 2), (1, 2)), []).is_optimal
    assert not judge(PILES, []).is_feasible


def test_staying_may_be_written_down():
    assert judge(PILES, moves((0, 0, 2), (0, 3, 1), (1, 2, 2), (4, 3, 3))).is_optimal


@pytest.mark.parametrize("seed", range(60))
def test_optimal_means_no_boundary_is_crossed_both_ways(seed):
    """For every plan, cost - W1 is the sum of what the boundaries waste."""
    transport = random_problem(seed, most_cells=5, most_mass=3)
    for plan in all_plans(transport.piles).plans:
        assert judge(transport.piles, plan.moves).is_optimal
    worse = crossed(transport.plans["fifo"])
    verdict = judge(transport.piles, worse)
    assert verdict.is_feasible
    assert verdict.cost - transport.w1 == sum(waste.cost for waste in verdict.wastes)
    assert verdict.is_optimal == (verdict.cost == transport.w1)


def crossed(plan):
    """The same margins with the destinations of a half unit of the first and of the last move exchanged."""
    first, last, half = plan.moves[0], plan.moves[-1], Fraction(1, 2)
    changed = [(m.origin, m.destination, m.mass - half * ((m is first) + (m is last))) for m in plan.moves]
    return moves(*changed, (first.origin, last.destination, half), (last.origin, first.destination, half))

import itertools
from fractions import Fraction

import pytest
from problems import DEFAULT, LIL_LOG, SQUARE_TRAP, piles, problem, random_problem

from gan_core.theory.transport.plans import Move, Plan, all_plans, unit_of


def moves_of(plan):
    return [(move.origin, move.destination, move.mass) for move in plan.moves if not move.stays]


@pytest.mark.parametrize(
    ("name", "moves", "moved"),
    [  # the three methods of the worked example
        ("fifo", [(0, 1, 1), (1, 2, 3), (2, 3, 1), (4, 3, 3)], 8),
        ("stay_fifo", [(0, 2, 1), (1, 2, 1), (1, 3, 1), (4, 3, 3)], 6),
        ("stay_lifo", [(0, 3, 1), (1, 2, 2), (4, 3, 3)], 6),
    ],
)
def test_the_three_rules(name, moves, moved):
    plan = problem(*DEFAULT).plans[name]
    assert moves_of(plan) == moves
    assert plan.moved == moved


def test_equal_piles_stay():
    for plan in problem((1, 0, 2), (1, 0, 2)).plans.values():
        assert plan == Plan((Move(0, 0, Fraction(1)), Move(2, 2, Fraction(2))))


@pytest.mark.parametrize(
    ("p", "q", "count"),
    [(*DEFAULT, 5), (*LIL_LOG, 3), (*SQUARE_TRAP, 2), ((1,), (1,), 1), ((3, 3, 3, 3, 0), (0, 3, 3, 3, 3), 112)],
)
def test_how_many_there_are(p, q, count):
    found = all_plans(piles(p, q), seconds=10)
    assert found.complete
    assert len(found.plans) == len(set(found.plans)) == count


def brute_force(transport):
    """Every matrix of whole masses with these margins, kept if it costs W1."""
    p, q = transport.piles.p, transport.piles.q
    cells = range(len(p))

    def rows(mass, left):
        for row in itertools.product(*(range(int(min(mass, free)) + 1) for free in left)):
            if sum(row) == mass:
                yield row

    def matrices(cell, left):
        if cell == len(p):
            yield ()
            return
        for row in rows(p[cell], left):
            for rest in matrices(cell + 1, [free - taken for free, taken in zip(left, row, strict=True)]):
                yield (row, *rest)

    for matrix in matrices(0, list(q)):
        plan = Plan.of([(i, j, Fraction(matrix[i][j])) for i in cells for j in cells])
        if transport.cost(plan) == transport.w1:
            yield plan


@pytest.mark.parametrize("seed", range(40))
def test_none_is_missing_and_none_too_many(seed):
    transport = random_problem(seed, most_cells=4, most_mass=3)
    found = all_plans(transport.piles, most=10**6, seconds=60)
    assert found.complete
    assert set(found.plans) == set(brute_force(transport))


@pytest.mark.parametrize("seed", range(100))
def test_the_named_plans_are_among_all(seed):
    transport = random_problem(seed, most_cells=5, most_mass=3)
    found = all_plans(transport.piles, most=10**6, seconds=60)
    assert set(transport.plans.values()) <= set(found.plans)


def test_too_many_are_cut_off():
    found = all_plans(piles([3] * 12 + [0], [0] + [3] * 12), seconds=60)
    assert not found.complete
    assert len(found.plans) == 200


def test_too_long_is_cut_off():
    assert not all_plans(piles(*DEFAULT), seconds=-1).complete


def test_many_cells_are_not_tried():
    assert all_plans(piles([1] * 201, [1] * 201)) == all_plans(piles([1] * 300, [1] * 300))
    assert not all_plans(piles([1] * 201, [1] * 201)).complete


def test_all_plans_of_fractions_are_in_their_unit():
    problem = piles(["0.5", "0.25", 0], [0, "0.25", "0.5"])
    assert unit_of(problem) == Fraction(1, 4)
    found = all_plans(problem)
    assert len(found.plans) == 2
    assert {move.mass.denominator for plan in found.plans for move in plan.moves} <= {1, 2, 4}


def test_moves_between_the_same_cells_are_put_together():
    plan = Plan.of([(1, 0, Fraction(1)), (0, 1, Fraction(2)), (1, 0, Fraction(3)), (2, 2, Fraction(0))])
    assert plan.moves == (Move(0, 1, Fraction(2)), Move(1, 0, Fraction(4)))

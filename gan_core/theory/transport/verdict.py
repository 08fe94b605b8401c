"""The judgement of a plan that somebody made: does it move P onto Q, what does it cost, where does it waste?"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from gan_core.fields import Note
from gan_core.theory.transport.piles import Piles, text_of
from gan_core.theory.transport.plans import Move, Plan


@dataclass(frozen=True)
class Waste:
    """A boundary, between the cells `boundary` and `boundary + 1`, that is crossed by mass `right` and by mass `left`.

    Exchanging what meets there saves 2 * gap * min(right, left), the `cost` of the detour.
    """

    boundary: int
    right: Fraction
    left: Fraction
    cost: Fraction


@dataclass(frozen=True)
class Verdict:
    """`plan` includes the mass that nobody moved. `problems` say why it does not move P onto Q; if there are none, it
    is optimal exactly if no boundary is crossed both ways: cost - W1 = sum of the wastes' costs."""

    plan: Plan
    cost: Fraction
    problems: tuple[Note, ...]
    wastes: tuple[Waste, ...]

    @property
    def is_feasible(self) -> bool:
        return not self.problems

    @property
    def is_optimal(self) -> bool:
        return self.is_feasible and not self.wastes


def judge(piles: Piles, moves: Sequence[Move]) -> Verdict:
    """The verdict on a plan given by what leaves its cell; what it does not mention stays.

    Moves of a cell to itself are allowed and change nothing. Cells are numbered from 0; raises IndexError for others.
    """
    away = [move for move in moves if not move.stays]
    leaves, arrives = ([Fraction(0)] * len(piles.positions) for _ in range(2))
    for move in away:
        leaves[move.origin] += move.mass
        arrives[move.destination] += move.mass
    stays = [p - gone for p, gone in zip(piles.p, leaves, strict=True)]
    problems = [*_impossible(piles, leaves), *_misses(piles, stays, arrives)]
    plan = Plan.of(
        [(move.origin, move.destination, move.mass) for move in away]
        + [(cell, cell, mass) for cell, mass in enumerate(stays) if mass > 0]
    )
    x = piles.positions
    cost = sum((move.mass * abs(x[move.destination] - x[move.origin]) for move in away), Fraction(0))
    return Verdict(plan, cost, tuple(problems), tuple(_wastes(piles, away)))


def _impossible(piles: Piles, leaves: Sequence[Fraction]) -> list[Note]:
    return [
        Note.of(
            "At position {position} lies mass {there}, but {gone} is taken away.",
            position=text_of(x), there=text_of(p), gone=text_of(gone),
        )
        for x, p, gone in zip(piles.positions, piles.p, leaves, strict=True)
        if gone > p
    ]  # fmt: skip


def _misses(piles: Piles, stays: Sequence[Fraction], arrives: Sequence[Fraction]) -> list[Note]:
    rows = zip(piles.positions, piles.q, stays, arrives, strict=True)
    return [
        Note.of(
            "At position {position} there is mass {now} in the end; Q has {wanted} there.",
            position=text_of(x), now=text_of(stay + come), wanted=text_of(q),
        )
        for x, q, stay, come in rows
        if stay >= 0 and stay + come != q
    ]  # fmt: skip


def _wastes(piles: Piles, moves: Sequence[Move]) -> list[Waste]:
    """What crosses each boundary each way is a running sum of where the moves begin and end."""
    begins = [[Fraction(0)] * (len(piles.positions) + 1) for _ in range(2)]
    for move in moves:
        way = begins[move.destination < move.origin]
        way[min(move.origin, move.destination)] += move.mass
        way[max(move.origin, move.destination)] -= move.mass
    crossed = zip(piles.gaps, *map(accumulate, begins), strict=False)
    return [
        Waste(boundary, right, left, 2 * gap * min(right, left))
        for boundary, (gap, right, left) in enumerate(crossed)
        if right and left
    ]

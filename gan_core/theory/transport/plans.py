"""Transport plans on a line: who goes where. Three rules, the relay, all of them, and the judgement of any of them."""

import math
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gan_core.theory.transport.piles import Numbers, Piles

MOST_PLANS, MOST_SECONDS, MOST_LISTED = 200, 0.2, 200  # plans, seconds and cells where the list of all is cut off


@dataclass(frozen=True, order=True)
class Move:
    """Mass that goes from the cell `origin` to the cell `destination`, numbered from 0; the same cell: it stays."""

    origin: int
    destination: int
    mass: Fraction

    @property
    def stays(self) -> bool:
        return self.origin == self.destination


@dataclass(frozen=True)
class Plan:
    """A transport plan: `moves` sorted by origin, then destination, mass that stays among them.

    The masses that leave each cell add up to p, those that arrive to q.
    """

    moves: tuple[Move, ...]

    @classmethod
    def of(cls, moves: Sequence[tuple[int, int, Fraction]]) -> "Plan":
        """Moves between the same two cells are put together."""
        together: dict[tuple[int, int], Fraction] = {}
        for origin, destination, mass in moves:
            if mass:
                together[origin, destination] = together.get((origin, destination), Fraction(0)) + mass
        return cls(tuple(Move(*ends, mass) for ends, mass in sorted(together.items())))

    @property
    def moved(self) -> Fraction:
        """The mass that leaves its cell."""
        return sum((move.mass for move in self.moves if not move.stays), Fraction(0))


def fifo(p: Numbers, q: Numbers) -> Plan:
    """First in, first out: the leftmost mass goes to the leftmost place, nothing overtakes (the quantile coupling)."""
    return Plan.of(_matched(p, q, last=False))


def stay_fifo(p: Numbers, q: Numbers) -> Plan:
    """What both piles have stays; the rest goes first in, first out."""
    return Plan.of([*_staying(p, q), *_matched(*_surplus(p, q), last=False)])


def stay_lifo(p: Numbers, q: Numbers) -> Plan:
    """What both piles have stays; the rest goes last in, first out: the nearest first, ways lie within each other."""
    return Plan.of([*_staying(p, q), *_matched(*_surplus(p, q), last=True)])


def _staying(p: Numbers, q: Numbers) -> list[tuple[int, int, Fraction]]:
    return [(cell, cell, min(pair)) for cell, pair in enumerate(zip(p, q, strict=True))]


def _surplus(p: Numbers, q: Numbers) -> tuple[Numbers, Numbers]:
    common = list(map(min, p, q))
    return tuple(a - c for a, c in zip(p, common, strict=True)), tuple(b - c for b, c in zip(q, common, strict=True))


def _matched(p: Numbers, q: Numbers, last: bool) -> list[tuple[int, int, Fraction]]:
    """Walk from left to right with what still waits: either mass for a place or places for mass, never both.

    Of those who wait, the first or the last comes first.
    """
    waiting: deque[tuple[int, Fraction]] = deque()
    take, put_back = (waiting.pop, waiting.append) if last else (waiting.popleft, waiting.appendleft)
    moves, places_wait = [], False
    for cell, (supply, demand) in enumerate(zip(p, q, strict=True)):
        for amount, is_place in ((supply, False), (demand, True)):
            while amount and waiting and places_wait != is_place:
                other, there = take()
                mass = min(amount, there)
                moves.append((other, cell, mass) if is_place else (cell, other, mass))
                amount -= mass
                if there > mass:
                    put_back((other, there - mass))
            if amount:
                places_wait = is_place
                waiting.append((cell, amount))
    return moves


def relay(flows: Numbers) -> tuple[Move, ...]:
    """Every boundary is crossed once, by its flow: first those to the right from left to right, then the others back.

    In this order no pile is asked for mass that it does not have yet.
    """
    right = [Move(k, k + 1, flow) for k, flow in enumerate(flows) if flow > 0]
    left = [Move(k + 1, k, -flow) for k, flow in enumerate(flows) if flow < 0]
    return (*right, *reversed(left))


@dataclass(frozen=True)
class AllPlans:
    """Optimal plans in whole units of mass; `complete` if these are all of them."""

    plans: tuple[Plan, ...]
    complete: bool


def all_plans(piles: Piles, most: int = MOST_PLANS, seconds: float = MOST_SECONDS) -> AllPlans:
    """Every optimal plan in whole units (1, or 1 / the common denominator), up to `most` of them or `seconds`."""
    if len(piles.positions) > MOST_LISTED:
        return AllPlans((), complete=False)
    unit = unit_of(piles)
    p, q = ([int(mass / unit) for mass in masses] for masses in (piles.p, piles.q))
    found, deadline = [], time.monotonic() + seconds
    for moves in _walk(0, p, q, {}, False):
        if len(found) == most or time.monotonic() > deadline:
            return AllPlans(tuple(found), complete=False)
        found.append(Plan.of([(origin, destination, count * unit) for origin, destination, count in moves]))
    return AllPlans(tuple(found), complete=True)


def unit_of(piles: Piles) -> Fraction:
    """The largest unit, 1 or a fraction 1 / n, of which every mass is a whole multiple."""
    return Fraction(1, math.lcm(*(mass.denominator for mass in (*piles.p, *piles.q))))


Steps = list[tuple[int, int, int]]


def _walk(cell: int, p: list[int], q: list[int], waiting: dict[int, int], places: bool) -> Iterator[Steps]:
    """All ways to go on from `cell`, where units (or, if `places`, places) of cells to the left still wait.

    No boundary may be crossed both ways, so only the side that is too large can wait on. It chooses who stops here, and
    each choice can be completed: the walk never turns back empty-handed.
    """
    if cell == len(p):
        yield []
        return
    here, there = (q, p) if places else (p, q)  # what waits is joined by `here`; `there` takes some of it away
    many, waits = waiting | {cell: here[cell]}, places
    choices = _choices(many, there[cell])
    if (short := there[cell] - sum(many.values())) > 0:  # all are served here, and the other side begins to wait
        choices, waits = [(many, {cell: short})], not places
    for served, rest in choices:
        moves = [(cell, other, n) if places else (other, cell, n) for other, n in served.items() if n]
        for others in _walk(cell + 1, p, q, rest, waits):
            yield moves + others


def _choices(many: dict[int, int], wanted: int) -> Iterable[tuple[dict[int, int], dict[int, int]]]:
    """All ways to take `wanted` units out of `many`, and what is left of it."""
    keys = [key for key, count in many.items() if count]
    for taken in _takes([many[key] for key in keys], wanted):
        served = dict(zip(keys, taken, strict=True))
        yield served, {key: many[key] - n for key, n in served.items() if many[key] > n}


def _takes(counts: list[int], wanted: int) -> Iterator[tuple[int, ...]]:
    if not counts:
        yield ()
        return
    rest = sum(counts[1:])
    for n in range(max(0, wanted - rest), min(counts[0], wanted) + 1):
        for others in _takes(counts[1:], wanted - n):
            yield (n, *others)

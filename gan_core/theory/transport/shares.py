"""How much of unequal piles to move when a unit that is left over has a price: exactly, by taking back what was hasty.

From left to right, mass and places meet. Each takes the best offer of the other side if moving costs less than leaving
both. An offer is a unit that is still alone, or one that would leave its partner: then the price includes making good
what its partner loses, so that every earlier choice can be taken back: in the words of networks, each step is a
cheapest augmenting path. Tested against linear programs.
"""

import heapq
from dataclasses import dataclass, field
from fractions import Fraction

from gan_core.fields import ConfigError
from gan_core.theory.transport.piles import Numbers, Piles

P, Q = 0, 1
MOST_SHARED = 2000  # cells; ten times as many take seconds


@dataclass(order=True)
class Offer:
    """`mass` that can be had at x for x - penalty + `value` a unit.

    Who then changes between alone and moved, beside the one who takes the offer, is `cell` of pile `side`.
    """

    value: Fraction
    side: int = field(compare=False)
    cell: int = field(compare=False)
    mass: Fraction = field(compare=False)


def cheapest_shares(piles: Piles, penalty: Fraction) -> tuple[Numbers, Numbers]:
    """a_i <= p_i to move onto b_i <= q_i, so that W1(a, b) + penalty * (all that is left over in P and Q) is least.

    Raises ConfigError above 2,000 cells.
    """
    if (cells := len(piles.positions)) > MOST_SHARED:
        raise ConfigError(
            "p",
            "Only piles of at most {most} cells can be moved in part; there are {cells}.",
            most=MOST_SHARED,
            cells=cells,
        )
    shares = [[Fraction(0)] * len(piles.positions) for _ in (P, Q)]
    offers: list[list[Offer]] = [[], []]
    for cell, (x, *masses) in enumerate(zip(piles.positions, piles.p, piles.q, strict=True)):
        for side in (P, Q):
            rest = masses[side]
            others = offers[1 - side]
            while rest and others and x - penalty + others[0].value < 0:
                taken = heapq.heappop(others)
                mass = min(rest, taken.mass)
                shares[side][cell] += mass
                shares[taken.side][taken.cell] += mass if taken.side != side else -mass
                heapq.heappush(offers[side], Offer(-2 * x - taken.value, taken.side, taken.cell, mass))
                if taken.mass > mass:
                    heapq.heappush(others, Offer(taken.value, taken.side, taken.cell, taken.mass - mass))
                rest -= mass
            if rest:
                heapq.heappush(offers[side], Offer(-x - penalty, side, cell, rest))
    return tuple(shares[P]), tuple(shares[Q])

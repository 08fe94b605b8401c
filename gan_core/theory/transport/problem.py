"""Optimal transport on a line, exactly: the Wasserstein distance W1 by flows, by plans and by its dual.

On a line everything follows from the distribution functions. What has to pass the boundary k between two neighbouring
cells is F_k = sum over i <= k of (p_i - q_i): to the right if positive. Hence (Vallender 1974)

    W1 = sum_k gap_k |F_k|                                    the flows
       = min over plans of sum of mass * distance             the plans (Kantorovich)
       = max over f with |slope| <= 1 of sum_i f_i (p_i - q_i)    the dual (Kantorovich and Rubinstein)

A plan crosses the boundary k rightwards and leftwards with masses whose difference is F_k, so its cost is W1 exactly if
it crosses no boundary both ways: most problems have several optimal plans.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from gan_core.fields import ConfigError
from gan_core.theory.transport.piles import Numbers, Piles, text_of
from gan_core.theory.transport.plans import Move, Plan, fifo, relay, stay_fifo, stay_lifo

Array = NDArray[np.float64]

BLOCK = 32_768  # points that stay in the processor's cache between two operations on them


@dataclass(frozen=True)
class Transport:
    """The problem of moving `piles.p` onto `piles.q`, and all that follows from it, computed when asked for.

    Masses are in the unit of the piles, distances in the unit of the positions, costs in their product.

    Raises
    ------
    ConfigError
        if the two totals differ: `gan_core.theory.transport.unequal` makes them equal.
    """

    piles: Piles

    def __post_init__(self) -> None:
        total_p, total_q = self.piles.totals
        if total_p != total_q:
            raise ConfigError(
                "q",
                "The total masses differ: P has {p_total} and Q has {q_total}. "
                "Choose what is to become of the difference: normalise, partial or penalty.",
                p_total=text_of(total_p),
                q_total=text_of(total_q),
            )

    @cached_property
    def flows(self) -> Numbers:
        """F_k [cells - 1]: the mass that passes each boundary, to the right if positive."""
        return tuple(accumulate(p - q for p, q in zip(self.piles.p, self.piles.q, strict=True)))[:-1]

    @cached_property
    def w1(self) -> Fraction:
        """sum_k gap_k |F_k|, not normalised: the least cost of moving all of P onto Q."""
        return sum((gap * abs(flow) for gap, flow in zip(self.piles.gaps, self.flows, strict=True)), Fraction(0))

    @cached_property
    def potential(self) -> Numbers:
        """f [cells] with f_0 = 0 and slope -sign(F_k), an optimal dual: sum_i f_i (p_i - q_i) = W1.

        Where F_k = 0 any slope from -1 to 1 would do; this one is flat.
        """
        steps = (gap * ((flow < 0) - (flow > 0)) for gap, flow in zip(self.piles.gaps, self.flows, strict=True))
        return tuple(accumulate(steps, initial=Fraction(0)))

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """Three optimal plans, each by a rule of one line (`gan_core.theory.transport.plans`)."""
        return {rule.__name__: rule(self.piles.p, self.piles.q) for rule in (fifo, stay_fifo, stay_lifo)}

    @cached_property
    def relay(self) -> tuple[Move, ...]:
        """Moves between neighbours only, in an order that never takes from a pile what it does not have yet."""
        return relay(self.flows)

    @cached_property
    def per_unit_mass(self) -> Fraction:
        """W1 / total mass: the mean way of a unit of mass, E|x - y| under the best plan; 0 if there is none.

        What SciPy returns.
        """
        return self.w1 / (self.piles.totals[0] or Fraction(1))

    @cached_property
    def per_unit_mass_and_distance(self) -> Fraction:
        """W1 / (total mass * distance of the outermost cells): from 0 to 1; 0 for a single cell."""
        span = self.piles.positions[-1] - self.piles.positions[0]
        return self.per_unit_mass / span if span else Fraction(0)

    def per_moved_mass(self, plan: Plan) -> Fraction:
        """Cost / mass that leaves its cell: the mean way of what moves at all; 0 if nothing does.

        It depends on the plan, not only on P and Q: no distance between them.
        """
        return self.cost(plan) / plan.moved if plan.moved else Fraction(0)

    def distance(self, move: Move) -> Fraction:
        return abs(self.piles.positions[move.destination] - self.piles.positions[move.origin])

    def cost(self, plan: Plan, power: int = 1) -> Fraction:
        """sum of mass * distance^power, exactly."""
        return sum((move.mass * self.distance(move) ** power for move in plan.moves), Fraction(0))

    def cost_of_power(self, plan: Plan, power: float) -> float:
        """The same for any power above 0."""
        return float(
            sum(float(move.mass) * float(self.distance(move)) ** power for move in plan.moves if not move.stays)
        )

    def best_plan(self, power: float) -> Plan:
        """A plan of least sum of mass * distance^power.

        From power 1 on, first-in-first-out is one: on a line, a convex cost is least where nothing overtakes. Below 1
        long ways are cheap, and the best plan is searched for by a linear program (HiGHS), for at most 50 cells.
        """
        if power >= 1:
            return self.plans["fifo"]
        from gan_core.theory.transport.programs import cheapest_plan  # scipy.optimize takes half a second to import

        return cheapest_plan(self.piles, power)

    def distance_of_power(self, power: float) -> float:
        """W_p per unit mass: (least mean of distance^p)^(1/p) for p >= 1; for p < 1 the least mean of distance^p,
        which is a distance without the root (Villani 2003, section 7.1)."""
        mean = self.cost_of_power(self.best_plan(power), power) / float(self.piles.totals[0] or 1)
        return mean ** (1 / max(power, 1.0))


def dual_value(piles: Piles, f: Numbers) -> Fraction:
    """sum_i f_i (p_i - q_i) = E_P f - E_Q f times the total mass: at most W1 if no slope of f exceeds 1."""
    return sum((height * (p - q) for height, p, q in zip(f, piles.p, piles.q, strict=True)), Fraction(0))


def wasserstein_of_points(x: Array, p: Array, q: Array) -> float:
    """W1 between masses p and q at the positions x [points], not normalised, at the speed of numpy.

    sum_k gap_k |F_k| in floating point, for a million points where fractions would be slow. Masses must be 0 or more,
    with equal totals up to rounding (1e-9); raises ValueError otherwise. Positions that ascend already are not sorted
    again.
    """
    if not len(x) == len(p) == len(q):
        raise ValueError("positions and masses must be as many")
    work = mass = flow = 0.0
    for begin in range(0, len(x), BLOCK):
        block = slice(begin, begin + BLOCK)
        p_here, q_here, x_here = p[block], q[block], x[begin : begin + BLOCK + 1]
        gaps = x_here[1:] - x_here[:-1]
        if gaps.min(initial=0.0) < 0:
            order = np.argsort(x)
            return wasserstein_of_points(x[order], p[order], q[order])
        if min(p_here.min(), q_here.min()) < 0:
            raise ValueError("masses must be 0 or more")
        flows = p_here - q_here
        flows[0] += flow
        _running_sum(flows)
        flow = flows[-1]
        work += np.abs(flows, out=flows)[: len(gaps)] @ gaps
        mass += p_here.sum()
    if not np.isfinite(mass) or not np.isfinite(work):
        raise ValueError("masses and positions must be finite")
    if abs(flow) > 1e-9 * mass:
        raise ValueError("the total masses differ")
    return float(work)


def _running_sum(values: Array) -> None:
    """Replace each value by the sum up to it. `np.cumsum` waits for every addition before it begins the next: here the
    rows of eight are summed side by side, and only their totals one after the other."""
    if len(values) % 8:
        np.cumsum(values, out=values)
        return
    rows = values.reshape(-1, 8)
    for column in range(1, 8):
        rows[:, column] += rows[:, column - 1]
    rows[1:] += np.cumsum(rows[:-1, -1])[:, None]

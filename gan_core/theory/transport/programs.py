"""Linear programs of transport on a line, solved by HiGHS through SciPy: what no rule of one line answers.

Masses are scaled to whole units. The constraints are those of a network, whose corners are whole numbers (Hoffman and
Kruskal 1956): rounding the solver's floating-point answer gives the exact one.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

from gan_core.fields import ConfigError
from gan_core.theory.transport.piles import Masses, Piles
from gan_core.theory.transport.plans import Plan, unit_of

MOST_CELLS_OF_PLAN, MOST_CELLS, MOST_UNITS = 50, 2000, 10**9

Array = NDArray[np.float64]


def cheapest_plan(piles: Piles, power: float) -> Plan:
    """A plan of least sum of mass * distance^power among all plans. Raises ConfigError above 50 cells."""
    cells = _checked(piles, MOST_CELLS_OF_PLAN)
    unit, p, q = _in_units(piles)
    x = np.array(piles.positions, dtype=float)
    ones, each = np.ones((1, cells)), eye_array(cells)
    margins = csr_array(vstack([kron(each, ones), kron(ones, each)]))  # what leaves each cell, what arrives at each
    cost = np.abs(x[:, None] - x) ** power
    masses = _solve(cost.ravel(), margins, np.concatenate([p, q]), np.zeros(cells**2), np.inf)
    return Plan.of([(int(at) // cells, int(at) % cells, int(masses[at]) * unit) for at in np.flatnonzero(masses)])


def cheapest_shares(piles: Piles, penalty: Fraction | None) -> tuple[Masses, Masses]:
    """How much mass a_i <= p_i to move, and how much b_i <= q_i to fill, so that the whole costs least.

    Parameters
    ----------
    penalty : cost of each unit of mass that is left over, in P or in Q. None: as much as fits has to be moved.

    Notes
    -----
    The unknowns are a, b and, for each boundary, what crosses it rightwards and leftwards, at a cost of its gap:
    a_i - b_i = F_i - F_(i-1) with F = right - left. Four numbers for each cell, not a plan's n^2.
    """
    cells = _checked(piles, MOST_CELLS)
    unit, p, q = _in_units(piles)
    each, gaps = eye_array(cells), np.array(piles.gaps, dtype=float)
    flow = (eye_array(cells) - eye_array(cells, k=-1)).tocsr()[:, :-1]
    balance = csr_array(hstack([each, -each, -flow, flow]))
    saved = float(penalty or 0)
    cost = np.concatenate([np.full(2 * cells, -saved), gaps, gaps])
    most = np.concatenate([p, q, np.full(2 * len(gaps), np.inf)])
    least = np.zeros(len(most))
    if penalty is None:
        smaller = slice(0, cells) if p.sum() <= q.sum() else slice(cells, 2 * cells)
        least[smaller] = most[smaller]
    found = _solve(cost, balance, np.zeros(cells), least, most)
    a, b = (tuple(int(mass) * unit for mass in part) for part in (found[:cells], found[cells : 2 * cells]))
    return a, b


def _checked(piles: Piles, most: int) -> int:
    cells = len(piles.positions)
    if cells > most:
        raise ConfigError("p", "This needs a search: at most {most} cells; there are {cells}.", most=most, cells=cells)
    return cells


def _in_units(piles: Piles) -> tuple[Fraction, Array, Array]:
    """The unit, and both piles as whole numbers of it."""
    unit = unit_of(piles)
    if max(piles.totals) / unit > MOST_UNITS:
        raise ConfigError("p", "This needs a search: the masses must not have more than 9 digits in all.")
    p, q = (np.array([int(mass / unit) for mass in masses], dtype=float) for masses in (piles.p, piles.q))
    return unit, p, q


def _solve(cost: Array, equations: csr_array, right_side: Array, least: Array, most: Array | float) -> Array:
    """The x from `least` to `most` with equations x = right_side whose cost is least, in whole numbers."""
    bounds = np.column_stack([least, np.broadcast_to(most, least.shape)])
    answer = linprog(cost, A_eq=equations, b_eq=right_side, bounds=bounds, method="highs-ds")
    x = np.rint(answer.x)
    assert np.abs(x - answer.x).max() < 1e-3 and (equations @ x == right_side).all()
    return x

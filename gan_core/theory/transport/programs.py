"""The cheapest plan where long ways are cheap: a linear program, solved by HiGHS through SciPy."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, kron, vstack

from gan_core.fields import ConfigError
from gan_core.theory.transport.piles import Piles
from gan_core.theory.transport.plans import Plan, unit_of

MOST_SEARCHED, MOST_UNITS = 50, 10**9  # cells, and units of mass that a double still counts well
FINEST = 1e-6  # smallest cost, as a share of the largest, that the solver still tells from 0

Array = NDArray[np.float64]


def cheapest_plan(piles: Piles, power: float) -> Plan:
    """A plan of least sum of mass * distance^power among all plans.

    Masses are whole numbers of a unit; the corners of these constraints are whole numbers as well (Hoffman and Kruskal
    1956), so rounding gives a plan. Which of two plans of nearly the same cost is found depends on the solver's
    tolerance, 1e-7 of the largest cost.

    Raises
    ------
    ConfigError
        above 50 cells, for masses of more than 9 digits in all, and for distances too different for the solver.
    """
    if (cells := len(piles.positions)) > MOST_SEARCHED:
        raise ConfigError(
            "p",
            "A power below 1 needs a search among all plans: at most {most} cells; there are {cells}.",
            most=MOST_SEARCHED,
            cells=cells,
        )
    unit = unit_of(piles)
    if max(piles.totals) / unit > MOST_UNITS:
        raise ConfigError("p", "This needs a search: the masses must not have more than 9 digits in all.")
    costs = _costs(piles, power)
    masses = np.array([int(mass / unit) for mass in (*piles.p, *piles.q)], dtype=float)
    ones, each = np.ones((1, cells)), eye_array(cells)
    margins = csr_array(vstack([kron(each, ones), kron(ones, each)]))  # what leaves each cell, what arrives at each
    answer = linprog(costs.ravel(), A_eq=margins, b_eq=masses, method="highs-ds")
    moved = np.rint(answer.x) if answer.success else np.zeros(cells**2)
    if not np.array_equal(margins @ moved, masses):
        raise ConfigError("p", "The search among all plans found no answer for these numbers.")
    return Plan.of([(int(at) // cells, int(at) % cells, int(moved[at]) * unit) for at in np.flatnonzero(moved)])


def _costs(piles: Piles, power: float) -> Array:
    """distance^power for each pair of cells, as a share of the largest."""
    x = np.array([float((position - piles.positions[0]) / _span(piles)) for position in piles.positions])
    costs = np.abs(x[:, None] - x) ** power
    if costs[costs > 0].min(initial=1.0) < FINEST:
        raise ConfigError("x", "This needs a search, and the distances are too different for it.")
    return costs


def _span(piles: Piles) -> Fraction:
    return (piles.positions[-1] - piles.positions[0]) or Fraction(1)

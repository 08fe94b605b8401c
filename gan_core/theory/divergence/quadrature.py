"""Integrals and sign changes on a line, for curves with a few narrow places that are known beforehand."""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@cache
def _legendre(nodes: int) -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(nodes)


def composite(cuts: Array, nodes: int) -> tuple[Array, Array]:
    """Points and weights of the Gauss-Legendre rule on each panel between two neighbouring cuts.

    The sum of weight * f(point) is the integral of f from the first cut to the last. Where a whole rule on an even grid
    would step over a narrow peak, a panel of its own takes care of it.

    Parameters
    ----------
    cuts : [..., panels + 1], ascending; equal neighbours make a panel of width 0.

    Returns
    -------
    points, weights : [..., panels * nodes], points ascending.
    """
    at, weight = _legendre(nodes)
    half = np.diff(cuts)[..., None] / 2
    middle = (cuts[..., 1:, None] + cuts[..., :-1, None]) / 2
    shape = (*cuts.shape[:-1], -1)
    return (middle + half * at).reshape(shape), (half * weight).reshape(shape)


def sign_changes(function: Callable[[Array], Array], x: Array) -> Array:
    """Where `function` changes its sign, steadily or by a jump: one place between any two x of different sign.

    By bisection of all these intervals at once, to the last bits of a double. x ascends; a 0 of the function takes the
    sign of what follows.
    """
    positive = function(x) > 0
    at = np.flatnonzero(positive[1:] != positive[:-1])
    low, high, rises = x[at], x[at + 1], positive[at + 1]
    for _ in range(64):
        middle = (low + high) / 2
        beyond = (function(middle) > 0) == rises
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return (low + high) / 2

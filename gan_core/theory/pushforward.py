"""p_g without sampling: the distribution of G(z), computed from G on a dense grid of z."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LatentGrid:
    """Cells of the z axis: their `edges` [cells + 1], the probability `mass` [cells] in each, and where in the cell its
    `median` lies [cells], from 0 (left edge) to 1."""

    edges: Array
    mass: Array
    median: Array

    @classmethod
    def of(cls, latent: str, cells: int) -> "LatentGrid":
        """Equal cells on [-1, 1] for a uniform latent, on [-6.5, 6.5] for a normal one (10^-10 is left outside)."""
        if latent == "uniform":
            return cls(np.linspace(-1, 1, cells + 1), np.full(cells, 1 / cells), np.full(cells, 0.5))
        edges = np.linspace(-6.5, 6.5, cells + 1)
        cumulative = ndtr(edges)
        mass = np.diff(cumulative)
        median = (ndtri((cumulative[:-1] + cumulative[1:]) / 2) - edges[:-1]) / np.diff(edges)
        return cls(edges, mass / mass.sum(), median)

    def medians(self, x: Array) -> Array:
        """G at each cell's median of z, from G at the edges."""
        return x[:-1] + self.median * np.diff(x)


def push_forward(x: Array, mass: Array, edges: Array) -> Array:
    """Mass of G(z) between the points `edges`, if G is linear within each cell of z.

    Cell i carries `mass[i]` and is spread evenly over [x[i], x[i + 1]]. Where that interval is (almost) a point, its
    mass is an atom. Folds add up. The distribution function is sum_i rate_i ((e - a_i)+ - (e - b_i)+): two sorted
    sums, no loop over cells.

    Parameters
    ----------
    x : G at the edges of the latent cells, [cells + 1].
    mass : probability of each cell, [cells].
    edges : increasing and equally spaced, [bins + 1].

    Returns
    -------
    Mass [bins + 2]: below edges[0], in each bin, above edges[-1]. Sums to 1.
    """
    width = edges[1] - edges[0]
    a, b = np.minimum(x[:-1], x[1:]), np.maximum(x[:-1], x[1:])
    is_atom = b - a < 1e-6 * width
    rate = np.where(is_atom, 0.0, mass / np.where(is_atom, 1.0, b - a))
    below = _ramp(a, rate, edges) - _ramp(b, rate, edges)
    below += np.cumsum(_count(a, np.where(is_atom, mass, 0.0), edges))[:-1]
    below[below < 1e-13], below[below > 1 - 1e-13] = 0.0, 1.0  # rounding, which a logarithm would take for mass
    below[edges < a.min()], below[edges > b.max()] = 0.0, 1.0
    return np.diff(np.maximum.accumulate(below), prepend=0.0, append=1.0)


def _count(points: Array, weights: Array, edges: Array) -> NDArray[Any]:
    """Weight that lies up to each edge, not yet summed: [bins + 2]."""
    position = np.clip((points - edges[0]) / (edges[1] - edges[0]), -1, len(edges))
    return np.bincount(np.clip(np.ceil(position).astype(int), 0, len(edges)), weights, len(edges) + 1)


def _ramp(points: Array, rate: Array, edges: Array) -> Array:
    """sum_i rate_i (e - points_i)+ at each edge e."""
    offset = points - edges[0]
    return (edges - edges[0]) * np.cumsum(_count(points, rate, edges))[:-1] - np.cumsum(
        _count(points, rate * offset, edges)
    )[:-1]

"""Masses at single points, and their distances."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from gan_core.theory.divergence.curves import Curves, single

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Discrete:
    """Masses [points] with sum 1 at `positions` [points], which ascend strictly. One point: a Dirac distribution."""

    positions: Array
    masses: Array

    @classmethod
    def of(cls, rows: Iterable[tuple[float, float]]) -> "Discrete":
        """From (position, mass): sorted, equal positions together, masses divided by their sum."""
        x, mass = np.array(list(rows), dtype=float).T
        positions, cell = np.unique(x, return_inverse=True)
        masses = np.bincount(cell, weights=mass)
        return cls(positions[masses > 0], masses[masses > 0] / masses.sum())

    @property
    def mean(self) -> float:
        return float(self.masses @ self.positions)

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.masses @ (self.positions - self.mean) ** 2))

    @property
    def cumulative(self) -> Array:
        """Mass up to each point, and exactly 1 at the last one."""
        return np.append(np.cumsum(self.masses)[:-1], 1.0)

    def cdf(self, x: Array) -> Array:
        return np.append(0.0, self.cumulative)[np.searchsorted(self.positions, x, side="right")]

    def quantile(self, u: Array) -> Array:
        return self.positions[np.minimum(np.searchsorted(self.cumulative, u), len(self.positions) - 1)]

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.choice(self.positions, size=n, p=self.masses)

    def shifted(self, theta: float) -> "Discrete":
        return Discrete(self.positions + theta, self.masses)


def masses_of(d: Discrete, positions: Array) -> Array:
    """The mass of `d` at each of the positions, which contain its own."""
    found = np.zeros(len(positions))
    found[np.searchsorted(positions, d.positions)] = d.masses
    return found


def compare_masses(p: Discrete, q: Discrete) -> Curves:
    """Sums over the common points; W1 and W2 by the quantile functions, which are steps.

    D* is defined at the points only: it has no slope there, and neither gradient of a loss of probabilities exists.
    """
    cells = np.union1d(p.positions, q.positions)
    a, b = masses_of(p, cells), masses_of(q, cells)
    here, there = np.where(a > 0, a, 1.0), np.where(b > 0, b, 1.0)
    u = np.union1d(p.cumulative, q.cumulative)
    ways = q.quantile(u) - p.quantile(u)  # of the mass between two neighbouring u
    share = np.diff(u, prepend=0.0)
    return single(
        js_gap=float(a @ np.log1p(b / here) + b @ np.log1p(a / there)) / 2,
        kl=float(rel_entr(a, b).sum()),
        kl_reverse=float(rel_entr(b, a).sum()),
        tv=float(np.abs(a - b).sum()) / 2,
        hellinger2=float(((np.sqrt(a) - np.sqrt(b)) ** 2).sum()) / 2,
        w1=float(share @ np.abs(ways)),
        w2=float(np.sqrt(share @ ways**2)),
        saturating=np.nan,
        non_saturating=np.nan,
        wasserstein=float(share @ np.sign(ways)),
    )

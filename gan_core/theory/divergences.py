"""Distances between p_data and p_g from their masses and quantiles, and what sampling noise alone would show."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from gan_core.theory.distributions import Distribution

Array = NDArray[np.float64]


def kullback_leibler(p: Array, q: Array) -> float:
    """KL(p || q) = sum p log(p / q), in nats; infinite where q has no mass and p has. Both sum to 1."""
    return float(rel_entr(p, q).sum())


def jensen_shannon(p: Array, q: Array) -> float:
    """JS = (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2: from 0 to log 2, in nats."""
    m = (p + q) / 2
    return float((rel_entr(p, m).sum() + rel_entr(q, m).sum()) / 2)


def bin_masses(target: Distribution, edges: Array) -> Array:
    """Mass of the target below edges[0], in each bin, above edges[-1]: [bins + 2].

    Far out, where differences of the cdf cancel, density times width takes over: KL needs the logarithm of these.
    """
    mass = np.diff(target.cdf(edges), prepend=0.0, append=1.0)
    thin = mass[1:-1] < 1e-10
    middle = (edges[:-1] + edges[1:]) / 2
    mass[1:-1][thin] = (target.pdf(middle) * np.diff(edges))[thin]
    mass[[0, -1]] = np.maximum(mass[[0, -1]], 1e-300)
    return mass


class QuantileTable:
    """A distribution's quantile function by interpolation: W1 needs it thousands of times a second."""

    def __init__(self, target: Distribution, points: int = 8192) -> None:
        z = np.linspace(-1, 1, points)
        self.u = np.unique(0.5 + 0.5 * np.tanh(18 * z) / np.tanh(18.0))[1:-1]
        self.x = target.quantile(self.u)

    def __call__(self, u: Array) -> Array:
        return np.interp(u, self.u, self.x)


def wasserstein(x: Array, mass: Array, quantile: QuantileTable) -> float:
    """W1 = integral over u of |Q_g(u) - Q_data(u)| for point masses at x: on a line, optimal transport keeps the order."""
    order = np.argsort(x, kind="stable")
    x, mass = x[order], mass[order]
    u = np.cumsum(mass) - mass / 2
    return float(np.abs(x - quantile(u)) @ mass)


def wasserstein_floor(target: Distribution, n: int) -> float:
    """Expected W1 between n samples of the target and the target itself.

    W1 = integral of |F_n - F|, and F_n(x) is nearly normal around F(x) with variance F (1 - F) / n, so the
    expectation is sqrt(2 / (pi n)) times the integral of sqrt(F (1 - F)).
    """
    x = np.linspace(*target.quantile(np.array([1e-6, 1 - 1e-6])), 4001)
    cdf = target.cdf(x)
    return float(np.sqrt(2 / (np.pi * n)) * np.trapezoid(np.sqrt(np.clip(cdf * (1 - cdf), 0, None)), x))


def divergence_floors(n: int) -> tuple[float, float]:
    """Expected JS and KL that a histogram of n samples of the target itself shows, in nats.

    The histogram has m = 2 n^(2/5) equally likely bins (Mann and Wald 1942). A chi-square expansion gives
    (m - 1) / (8 n) for JS and (m - 1) / (2 n) for KL, whatever the target.
    """
    bins = max(2, round(2 * n**0.4))
    return (bins - 1) / (8 * n), (bins - 1) / (2 * n)

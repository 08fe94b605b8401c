"""Distances between p_data and p_g from their masses and quantiles, and what sampling noise alone would show."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, rel_entr, xlog1py, xlogy

from gan_core.theory.distributions import Distribution
from gan_core.theory.divergence.quadrature import composite

Array = NDArray[np.float64]


def kullback_leibler(p: Array, q: Array) -> float:
    """KL(p || q) = sum p log(p / q), in nats; infinite where q has no mass and p has. Both sum to 1."""
    return float(rel_entr(p, q).sum())


def jensen_shannon(p: Array, q: Array) -> float:
    """JS = (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2: from 0 to log 2, in nats."""
    both = p + q  # not its half, which could be rounded to 0 where p or q is not 0
    return float((rel_entr(2 * p, both).sum() + rel_entr(2 * q, both).sum()) / 4)


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
    """W1 = integral over u of |Q_g(u) - Q_data(u)| for point masses at x: on a line, the best plan keeps the order."""
    order = np.argsort(x, kind="stable")
    x, mass = x[order], mass[order]
    u = np.cumsum(mass) - mass / 2
    return float(np.abs(x - quantile(u)) @ mass)


def wasserstein_floor(target: Distribution, n: int) -> float:
    """Expected W1 between n samples of the target and the target itself.

    W1 = integral of |F_n - F|, and n F_n(x) is binomial with probability F(x). Its mean absolute deviation is
    2 k C(n, k) F^k (1 - F)^(n - k + 1) with k = floor(n F) + 1 (de Moivre 1730).
    """
    low, high = target.quantile(np.array([1e-6, 1 - 1e-6]))
    x = np.linspace(low, high, 4001)
    p = target.cdf(x)
    k = np.minimum(np.floor(n * p) + 1, n)
    log_choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    deviation = 2 * k * np.exp(log_choose + xlogy(k, p) + xlog1py(n - k + 1, -p)) / n
    return float(np.trapezoid(deviation, x))


def divergence_floors(n: int) -> tuple[float, float]:
    """Expected JS and KL that a histogram of n samples of the target itself shows, in nats.

    The histogram has m = 2 n^(2/5) equally likely bins (Mann and Wald 1942). A chi-square expansion gives
    (m - 1) / (8 n) for JS and (m - 1) / (2 n) for KL, whatever the target.
    """
    bins = max(2, round(2 * n**0.4))
    return (bins - 1) / (8 * n), (bins - 1) / (2 * n)


def empirical_wasserstein(a: Array, b: Array) -> float:
    """W1 between two samples, each point with equal mass: the mean |a_(i) - b_(i)| of the sorted points.

    For sizes that differ, the integral of |F_a - F_b|. Raises ValueError for an empty sample.
    """
    if not len(a) or not len(b):
        raise ValueError("a sample needs at least one point")
    a, b = np.sort(a), np.sort(b)
    if len(a) == len(b):
        return float(np.abs(a - b).mean())
    x = np.sort(np.concatenate([a, b]))
    ahead = np.searchsorted(a, x[:-1], "right") / len(a) - np.searchsorted(b, x[:-1], "right") / len(b)
    return float(np.abs(ahead) @ np.diff(x))


def two_sample_floor(target: Distribution, n: int) -> float:
    """Expected `empirical_wasserstein` of two samples of n points of the target: what equality looks like.

    The integral over x of E|A - B| / n, with A and B binomial with probability F(x). A difference k of whole numbers
    has |k| = integral from 0 to pi of (1 - cos k t) / (1 - cos t) dt / pi, so that with v = 4 F (1 - F)
    E|A - B| = integral from 0 to pi of (1 - (1 - v sin(t / 2)^2)^n) / (2 sin(t / 2)^2) dt / pi.
    """
    low, high = target.quantile(np.array([1e-6, 1 - 1e-6]))
    x = np.linspace(low, high, 4001)
    p = target.cdf(x)
    finer = np.append(0.0, np.pi / 2.0 ** np.arange(13)[::-1])  # where n is large, all is near t = 0
    t, weight = composite(finer, 12)
    s = np.sin(t / 2) ** 2
    power = np.expm1(xlog1py(n, -4 * (p * (1 - p))[:, None] * s))
    return float(np.trapezoid(-power @ (weight / (2 * s)) / np.pi, x) / n)

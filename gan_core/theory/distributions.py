"""The targets p_data: exact density, distribution function, quantiles and samples on the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma, ndtr, stdtr, stdtrit

from gan_core.config import ToyConfig

Array = NDArray[np.float64]


@runtime_checkable
class Distribution(Protocol):
    """A probability distribution on the line with finite mean and standard deviation."""

    @property
    def mean(self) -> float: ...
    @property
    def sd(self) -> float: ...
    def pdf(self, x: Array) -> Array: ...
    def cdf(self, x: Array) -> Array: ...
    def quantile(self, u: Array) -> Array: ...
    def sample(self, n: int, rng: np.random.Generator) -> Array: ...


@dataclass(frozen=True)
class Mixture:
    """Normal components: p(x) = sum_k weights[k] N(x; means[k], sds[k]^2). Weights are normalised to sum 1."""

    weights: Array
    means: Array
    sds: Array

    @classmethod
    def of(cls, rows: Sequence[tuple[float, float, float]]) -> "Mixture":
        weights, means, sds = np.array(rows, dtype=float).T
        return cls(weights / weights.sum(), means, sds)

    @property
    def mean(self) -> float:
        return float(self.weights @ self.means)

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.weights @ (self.sds**2 + (self.means - self.mean) ** 2)))

    def pdf(self, x: Array) -> Array:
        t = (np.asarray(x)[..., None] - self.means) / self.sds
        return np.exp(-0.5 * t * t) @ (self.weights / (self.sds * np.sqrt(2 * np.pi)))

    def cdf(self, x: Array) -> Array:
        return ndtr((np.asarray(x)[..., None] - self.means) / self.sds) @ self.weights

    def quantile(self, u: Array) -> Array:
        """Inverse of `cdf` by bisection, to the last bits of a double."""
        u = np.asarray(u, dtype=float)
        low = np.full(u.shape, (self.means - 40 * self.sds).min())
        high = np.full(u.shape, (self.means + 40 * self.sds).max())
        for _ in range(70):
            middle = (low + high) / 2
            below = self.cdf(middle) < u
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        k = rng.choice(len(self.weights), size=n, p=self.weights)
        return rng.normal(self.means[k], self.sds[k])


@dataclass(frozen=True)
class Uniform:
    """Constant density on [low, high]."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    @property
    def sd(self) -> float:
        return (self.high - self.low) / np.sqrt(12)

    def pdf(self, x: Array) -> Array:
        return ((self.low <= x) & (x <= self.high)) / (self.high - self.low)

    def cdf(self, x: Array) -> Array:
        return np.clip((x - self.low) / (self.high - self.low), 0, 1)

    def quantile(self, u: Array) -> Array:
        return self.low + (self.high - self.low) * np.asarray(u)

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.uniform(self.low, self.high, n)


@dataclass(frozen=True)
class Exponential:
    """Density exp(-x) for x >= 0."""

    mean: float = 1.0
    sd: float = 1.0

    def pdf(self, x: Array) -> Array:
        return np.where(x >= 0, np.exp(-np.maximum(x, 0)), 0)

    def cdf(self, x: Array) -> Array:
        return -np.expm1(-np.maximum(x, 0))

    def quantile(self, u: Array) -> Array:
        return -np.log1p(-np.asarray(u))

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.exponential(size=n)


@dataclass(frozen=True)
class StudentT:
    """Heavy tails: Student's t with more than two degrees of freedom, so that the standard deviation is finite."""

    freedom: float = 3.0
    mean: float = 0.0

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.freedom / (self.freedom - 2)))

    def pdf(self, x: Array) -> Array:
        v = self.freedom
        peak = gamma((v + 1) / 2) / (np.sqrt(v * np.pi) * gamma(v / 2))
        return peak * (1 + np.asarray(x) ** 2 / v) ** (-(v + 1) / 2)

    def cdf(self, x: Array) -> Array:
        return stdtr(self.freedom, x)

    def quantile(self, u: Array) -> Array:
        return stdtrit(self.freedom, u)

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.standard_t(self.freedom, n)


@dataclass(frozen=True)
class Tabulated:
    """A distribution function that is linear between the nodes x [nodes], where it is `cumulative` [nodes], 0 to 1.

    The density is constant between two nodes, the quantile function linear, and a sample is the quantile of a uniform
    number: each exact, and as cheap for a table made from 10^5 points as for one made from ten.
    """

    x: Array
    cumulative: Array

    @property
    def mean(self) -> float:
        return float(np.diff(self.cumulative) @ self._middle)

    @property
    def sd(self) -> float:
        second = self._middle**2 + np.diff(self.x) ** 2 / 12
        return float(np.sqrt(np.diff(self.cumulative) @ second - self.mean**2))

    @property
    def _middle(self) -> Array:
        return (self.x[:-1] + self.x[1:]) / 2

    def pdf(self, x: Array) -> Array:
        heights = np.concatenate([[0.0], np.diff(self.cumulative) / np.diff(self.x), [0.0]])
        return heights[np.searchsorted(self.x, x, side="right")]

    def cdf(self, x: Array) -> Array:
        return np.interp(x, self.x, self.cumulative)

    def quantile(self, u: Array) -> Array:
        return np.interp(u, self.cumulative, self.x)

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        return self.quantile(rng.random(n))


def kernel_density(data: Sequence[float], nodes: int = 2049) -> Tabulated:
    """The smoothed distribution of own data: a normal component at each point, tabulated.

    Bandwidth 0.9 min(sd, iqr / 1.34) n^(-1/5) (Silverman 1986, eq. 3.31). More than 1,000 points are first averaged
    within 1,000 equally filled cells.
    """
    x = np.sort(np.asarray(data, dtype=float))
    spread = min(x.std(), np.subtract(*np.percentile(x, [75, 25])) / 1.34) or x.std()
    bandwidth = 0.9 * spread * len(x) ** -0.2
    cells = np.array_split(x, min(len(x), 1000))
    weights = np.array([len(cell) for cell in cells]) / len(x)
    means = np.array([cell.mean() for cell in cells])
    at = np.linspace(x[0] - 5 * bandwidth, x[-1] + 5 * bandwidth, nodes)
    cumulative = ndtr((at[:, None] - means) / bandwidth) @ weights
    return Tabulated(at, (cumulative - cumulative[0]) / (cumulative[-1] - cumulative[0]))


TARGETS: dict[str, Distribution] = {
    "normal": Mixture.of([(1, 0, 1)]),
    "jang": Mixture.of([(1, -1, 1)]),
    "aylien": Mixture.of([(1, 4, 0.5)]),
    "two_modes": Mixture.of([(1, -2, 0.5), (1, 2, 0.5)]),
    "unequal_modes": Mixture.of([(1, -2, 0.5), (3, 2, 0.5)]),
    "three_modes": Mixture.of([(1, -4, 0.5), (1, 0, 0.5), (1, 4, 0.5)]),
    "five_modes": Mixture.of([(1, mean, 0.25) for mean in (-4, -2, 0, 2, 4)]),
    "uniform": Uniform(-1.0, 1.0),
    "exponential": Exponential(),
    "student_t": StudentT(),
    "two_spikes": Mixture.of([(1, -1, 0.05), (1, 1, 0.05)]),
    "far_away": Mixture.of([(1, 10, 0.5)]),
}


def target_of(config: ToyConfig) -> Distribution:
    """The distribution that `config.target` names."""
    if config.target == "own_mixture":
        return Mixture.of(config.mixture)
    if config.target == "own_data":
        return kernel_density(config.data)
    return TARGETS[config.target]

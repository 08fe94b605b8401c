"""How D's score is read on a scale from 0 (fake) to 1 (real), and the best D for given densities."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from gan_core.fields import ConfigError
from gan_core.theory.distributions import Distribution, Mixture

EQUAL = 1e-4  # less mass than this on one side more than on the other: any slope from -1 to 1 is as good

Array = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """`of_score`: from scores to the drawn scale. `optimum`: the same scale's best possible curve, from the densities
    p_data and p_g and the distribution functions of both, all on one grid; nan where there is no mass."""

    of_score: Callable[[Array], Array]
    optimum: Callable[[Array, Array, Array, Array], Array]


def optimal_discriminator(p_data: Array, p_g: Array) -> Array:
    """D*(x) = p_data / (p_data + p_g) (Goodfellow et al. 2014, eq. 2); nan where both vanish."""
    total = p_data + p_g
    return np.divide(p_data, total, out=np.full_like(total, np.nan), where=total > 1e-9)


def optimal_critic(cdf_data: Array, cdf_g: Array) -> Array:
    """A Kantorovich potential: slope +1 where p_g has more mass to the left than p_data, -1 where less.

    Then E_data f - E_g f = integral |F_g - F_data| = W1. Rescaled to [0, 1]; the grid must be equally spaced.
    """
    difference = cdf_g - cdf_data
    return rescale(np.cumsum(np.where(np.abs(difference) < EQUAL, 0.0, np.sign(difference))))


def rescale(score: Array) -> Array:
    """Smallest to 0, largest to 1: a critic's scores have no scale of their own."""
    low, high = score.min(), score.max()
    return (score - low) / (high - low) if high > low else np.full_like(score, 0.5)


def _of_densities(p_data: Array, p_g: Array, cdf_data: Array, cdf_g: Array) -> Array:
    return optimal_discriminator(p_data, p_g)


_PROBABILITY = View(expit, _of_densities)

VIEWS = {
    "minimax": _PROBABILITY,
    "non_saturating": _PROBABILITY,
    "least_squares": View(lambda s: s, _of_densities),  # with aims 0 and 1 the best score is D* itself
    "hinge": View(  # the best score is the sign of p_data - p_g, from -1 to 1
        lambda s: np.clip((s + 1) / 2, 0, 1),
        lambda p, q, cdf_p, cdf_q: np.where(p + q > 1e-9, (np.sign(p - q) + 1) / 2, np.nan),
    ),
    "wasserstein": View(rescale, lambda p, q, cdf_p, cdf_q: optimal_critic(cdf_p, cdf_q)),
}


@dataclass(frozen=True)
class BestCritic:
    """On the grid `x`, increasing: `slope` f'(x); and E_data f - E_g f = integral of f' (F_g - F_data) over the line.

    That is W1 itself if |f'| is 1 wherever mass has to move, and more under a penalty.
    """

    x: Array
    slope: Array
    estimate: float


def w1_critic(x: Array, p_data: Distribution, p_g: Distribution) -> BestCritic:
    """The best critic of slope at most 1: f' = sign(F_g - F_data), and its estimate is W1 (WGAN paper, eq. 2).

    Where the two distribution functions differ by less than `EQUAL`, any slope is as good: it is given as 0.
    """
    surplus = p_g.cdf(x) - p_data.cdf(x)
    slope = np.where(np.abs(surplus) < EQUAL, 0.0, np.sign(surplus))
    return BestCritic(x, slope, float(np.trapezoid(np.abs(surplus), x)))


def penalised_critic(x: Array, p_data: Mixture, p_g: Mixture, weight: float) -> BestCritic:
    """The best critic under the gradient penalty of WGAN-GP (Gulrajani et al. 2017, eq. 3).

    E_data f - E_g f - weight * E_rho (|f'| - 1)^2 is an integral of f'(F_g - F_data) - weight * rho (|f'| - 1)^2, so
    each slope can be chosen for itself: f' = sign(F_g - F_data) (1 + |F_g - F_data| / (2 weight rho)). The slope is
    never below 1, so the one-sided penalty has the same optimum. The estimate exceeds W1 by the integral of
    (F_g - F_data)^2 / (2 weight rho).

    Parameters
    ----------
    x : grid [n], increasing, wide enough that next to no mass lies outside.
    weight : of the penalty, for slopes per x. Learning happens in units of the standard deviation of p_data, where a
        weight of w acts like w * sd.

    Raises
    ------
    ConfigError : if the weight is not above 0; without a penalty the critic has no bound.
    """
    if not weight > 0:
        raise ConfigError("weight", "The weight of the penalty must be above 0; {weight} is not.", weight=weight)
    surplus = p_g.cdf(x) - p_data.cdf(x)
    density = density_between(x, p_data, p_g)
    excess = np.divide(np.abs(surplus), 2 * weight * density, out=np.zeros_like(x), where=density > 1e-200)
    slope = np.sign(surplus) * (1 + excess)
    return BestCritic(x, slope, float(np.trapezoid(slope * surplus, x)))


def density_between(x: Array, p_data: Mixture, p_g: Mixture) -> Array:
    """Density rho of u * real + (1 - u) * fake, for u uniform on [0, 1] and real and fake independent of each other.

    There the gradient penalty looks at the slopes. For normal components it is an integral over u of
    N(u m + (1 - u) m', u^2 s^2 + (1 - u)^2 s'^2).
    """
    total = np.zeros_like(x)
    for weight, mean, sd in zip(p_data.weights, p_data.means, p_data.sds, strict=True):
        for weight_g, mean_g, sd_g in zip(p_g.weights, p_g.means, p_g.sds, strict=True):
            means, sds = _U * mean + (1 - _U) * mean_g, np.hypot(_U * sd, (1 - _U) * sd_g)
            heights = _DU / (sds * np.sqrt(2 * np.pi))
            total += weight * weight_g * (np.exp(-0.5 * ((x[:, None] - means) / sds) ** 2) @ heights)
    return total


def shift_estimate(theta: float, weight: float) -> float:
    """What the penalty makes of W1 = |theta|, if the critic is a straight line: |theta| (1 + |theta| / (2 weight)).

    A line of slope s between two normal distributions that differ by a shift has s |theta| - weight (s - 1)^2, which is
    largest for s = 1 + |theta| / (2 weight). The best critic of any shape, `penalised_critic`, reaches a little more.
    """
    return abs(theta) * (1 + abs(theta) / (2 * weight))


def _gauss_legendre(panels: int, nodes: int) -> tuple[Array, Array]:
    """Nodes and weights on [0, 1]."""
    at, weights = np.polynomial.legendre.leggauss(nodes)
    edges = np.arange(panels) / panels
    return (edges[:, None] + (at + 1) / (2 * panels)).ravel(), np.tile(weights / (2 * panels), panels)


_U, _DU = _gauss_legendre(16, 16)

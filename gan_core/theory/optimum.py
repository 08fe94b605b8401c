"""How D's score is read on a scale from 0 (fake) to 1 (real), and the best D for given densities."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

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

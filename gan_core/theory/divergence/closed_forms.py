"""Divergences and distances of two points, two normal or two uniform distributions, for many shifts at once.

`distance` is always mean of q - mean of p: [thetas].
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf, ndtr

from gan_core.theory.divergence.curves import LOG_2, Curves
from gan_core.theory.divergence.quadrature import composite

Array = NDArray[np.float64]

LANDMARKS = np.array([-10.0, -3.0, 0.0, 3.0, 10.0])  # in standard deviations: where a normal density bends
NODES = 48  # on each panel; errors below 1e-13 up to a thousandfold ratio of the standard deviations


def diracs(distance: Array) -> Curves:
    """Two points, Example 1 of Arjovsky, Chintala and Bottou 2017 (WGAN).

    Everything is 0 or as large as it can be, except W1 = W2 = |distance|. D* has no slope: it jumps between the points.
    """
    apart = np.where(distance == 0, 0.0, 1.0)
    infinite, way = np.where(distance == 0, 0.0, np.inf), np.abs(distance)
    undefined = np.full_like(distance, np.nan)
    return Curves(
        LOG_2 * (1 - apart), infinite, infinite, apart, apart, way, way, undefined, undefined, np.sign(distance)
    )


def uniforms(distance: Array, width_p: float, width_q: float) -> Curves:
    """Two uniform distributions.

    Where both have mass, D* is one constant; where only one has, it is 1 or 0: a step without a slope, so that the
    saturating gradient is 0 everywhere. log D* is infinite at fakes where p is 0: the other gradient is not defined.
    """
    right = np.minimum(width_p / 2, distance + width_q / 2)
    both = np.maximum(right - np.maximum(-width_p / 2, distance - width_q / 2), 0.0)  # width of the overlap
    share_p, share_q = both / width_p, both / width_q
    inside = np.abs(distance) <= (width_p - width_q) / 2  # all fakes lie where p has mass
    outside = np.abs(distance) <= (width_q - width_p) / 2
    way, widening = np.abs(distance), abs(width_q - width_p)
    crossing = way < widening / 2  # the quantile functions cross
    return Curves(
        js_gap=(share_p * np.log1p(width_p / width_q) + share_q * np.log1p(width_q / width_p)) / 2,
        kl=np.where(outside, np.log(width_q / width_p), np.inf),
        kl_reverse=np.where(inside, np.log(width_p / width_q), np.inf),
        tv=1 - both / max(width_p, width_q),
        hellinger2=1 - both / np.sqrt(width_p * width_q),
        w1=np.where(crossing, (widening**2 / 4 + way**2) / (widening or 1.0), way),
        w2=np.sqrt(way**2 + widening**2 / 12),
        saturating=np.zeros_like(distance),
        non_saturating=np.where(inside, 0.0, np.nan),
        wasserstein=np.where(crossing, 2 * distance / (widening or 1.0), np.sign(distance)),
    )


def normals(distance: Array, sd_p: float, sd_q: float) -> Curves:
    """N(0, sd_p^2) and N(distance, sd_q^2).

    W2^2 = distance^2 + (difference of sd)^2 (Olkin and Pukelsheim 1982); on a line the best plan keeps the order, hence
    W1 = E|distance + (difference of sd) Z|, Z standard normal. KL and Hellinger are Gaussian integrals; total variation
    follows from the points where the densities cross; JS and the gradients of D* have no closed form.
    """
    variances, widening = sd_p**2 + sd_q**2, abs(sd_q - sd_p)
    with np.errstate(divide="ignore", invalid="ignore"):  # equal sd: everything moves one way, whatever Z
        ratio = np.where(distance == 0, 0.0, np.abs(distance) / widening)
    one_way = erf(ratio / np.sqrt(2))
    gap, saturating, non_saturating = _by_quadrature(distance, sd_p, sd_q)
    return Curves(
        js_gap=gap,
        kl=_kl_of_normals(distance, sd_p, sd_q),
        kl_reverse=_kl_of_normals(distance, sd_q, sd_p),
        tv=_tv_of_normals(distance, sd_p, sd_q),
        hellinger2=-np.expm1(np.log(2 * sd_p * sd_q / variances) / 2 - distance**2 / (4 * variances)),
        w1=widening * np.sqrt(2 / np.pi) * np.exp(-(ratio**2) / 2) + np.abs(distance) * one_way,
        w2=np.hypot(distance, widening),
        saturating=saturating,
        non_saturating=non_saturating,
        wasserstein=np.sign(distance) * one_way,
    )


def _kl_of_normals(distance: Array, sd_p: float, sd_q: float) -> Array:
    return np.log(sd_q / sd_p) + (sd_p**2 + distance**2) / (2 * sd_q**2) - 0.5


def _crossings(distance: Array, sd_p: float, sd_q: float) -> tuple[Array, Array]:
    """The two x of equal density; an infinite one where there is only one (equal sd), 0 where all x are.

    Roots of a x^2 + 2 b x + c, with the sum of equal signs first, which loses no digits.
    """
    a = (1 / sd_q**2 - 1 / sd_p**2) / 2
    b = -distance / (2 * sd_q**2)
    c = distance**2 / (2 * sd_q**2) + np.log(sd_q / sd_p)
    large = -b + np.where(b > 0, -1.0, 1.0) * np.sqrt(b * b - a * c)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = large / a, c / large
    return np.where(np.isnan(first), 0.0, first), np.where(np.isnan(second), 0.0, second)


def _tv_of_normals(distance: Array, sd_p: float, sd_q: float) -> Array:
    at = np.sort(np.stack(_crossings(distance, sd_p, sd_q)), axis=0)
    ahead = ndtr(at / sd_p) - ndtr((at - distance) / sd_q)
    return (np.abs(ahead[0]) + np.abs(ahead[1] - ahead[0]) + np.abs(ahead[1])) / 2


def _by_quadrature(distance: Array, sd_p: float, sd_q: float) -> tuple[Array, Array, Array]:
    """log 2 - JS, saturating and non-saturating gradient.

    With the logit s = log p - log q of D*: log 2 - JS = E_p[log(1 + e^-s)] / 2 + E_q[log(1 + e^s)] / 2, and the slopes
    of log(1 - D*) and -log D* are -D* s' and -(1 - D*) s'.
    """
    of_p = np.broadcast_to(sd_p * LANDMARKS, (len(distance), len(LANDMARKS)))
    of_q = distance[:, None] + sd_q * LANDMARKS
    low, high = np.minimum(of_p[:, 0], of_q[:, 0]), np.maximum(of_p[:, -1], of_q[:, -1])
    equal = np.stack(_crossings(distance, sd_p, sd_q), axis=1)
    cuts = np.concatenate([of_p, of_q, np.clip(equal, low[:, None], high[:, None])], axis=1)
    x, weight = composite(np.sort(cuts), NODES)
    t, u = x / sd_p, (x - distance[:, None]) / sd_q
    s = (u * u - t * t) / 2 + np.log(sd_q / sd_p)
    p = weight * np.exp(-t * t / 2) / (sd_p * np.sqrt(2 * np.pi))
    q = weight * np.exp(-u * u / 2) / (sd_q * np.sqrt(2 * np.pi))
    soft = np.log1p(np.exp(-np.abs(s)))
    gap = (p * (soft + np.maximum(-s, 0)) + q * (soft + np.maximum(s, 0))).sum(axis=1) / 2
    slope = u / sd_q - t / sd_p
    at_real = np.exp(-np.logaddexp(0, -s))  # D*
    return gap, 0 - (q * at_real * slope).sum(axis=1), 0 - (q * (1 - at_real) * slope).sum(axis=1)

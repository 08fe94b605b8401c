"""Distances of two distributions of which at least one has a density: by quadrature, cut where a density bends."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr

from gan_core.theory.distributions import Mixture, Uniform
from gan_core.theory.divergence.closed_forms import LANDMARKS
from gan_core.theory.divergence.curves import Curves, single
from gan_core.theory.divergence.discrete import Discrete
from gan_core.theory.divergence.quadrature import composite, sign_changes

Array = NDArray[np.float64]
Density = Mixture | Uniform

NODES, PARTS = 48, 4  # nodes on a part, parts of a panel
EQUAL = 1e-12  # distribution functions that differ by less are taken for equal


def landmarks(d: Density | Discrete) -> Array:
    """Where the density bends or jumps, from one end of the mass to the other."""
    if isinstance(d, Mixture):
        return np.unique(d.means[:, None] + d.sds[:, None] * LANDMARKS)
    return np.array([d.low, d.high], dtype=float) if isinstance(d, Uniform) else d.positions


def log_density(d: Density, x: Array) -> Array:
    """log p(x), exact far out where p(x) is rounded to 0; -inf where there is no mass."""
    if isinstance(d, Uniform):
        inside = (d.low <= x) & (x <= d.high)
        return np.where(inside, -np.log(d.high - d.low), -np.inf)
    return np.asarray(logsumexp(_log_parts(d, x), axis=-1))


def log_slope(d: Density, x: Array) -> Array:
    """d/dx log p(x); 0 for a uniform density."""
    if isinstance(d, Uniform):
        return np.zeros_like(x)
    parts = _log_parts(d, x)
    share = np.exp(parts - log_density(d, x)[..., None])
    return -(share * (x[..., None] - d.means) / d.sds**2).sum(axis=-1)


def _log_parts(d: Mixture, x: Array) -> Array:
    t = (x[..., None] - d.means) / d.sds
    return np.log(d.weights / d.sds) - np.log(2 * np.pi) / 2 - t * t / 2


def mean_excess(d: Density | Discrete, x: Array) -> Array:
    """E[max(0, x - X)], the integral of the distribution function up to x."""
    if isinstance(d, Uniform):
        inside = np.clip(x, d.low, d.high) - d.low
        return inside**2 / (2 * (d.high - d.low)) + np.maximum(x - d.high, 0)
    if isinstance(d, Discrete):
        return np.maximum(x[..., None] - d.positions, 0) @ d.masses
    t = (x[..., None] - d.means) / d.sds
    return (d.sds * (t * ndtr(t) + np.exp(-t * t / 2) / np.sqrt(2 * np.pi))) @ d.weights


def compare_densities(p: Density, q: Density) -> Curves:
    """Two distributions with densities.

    With the logit s = log p - log q of D*, log 2 - JS = E_p[log(1 + e^-s)] / 2 + E_q[log(1 + e^s)] / 2, and the slopes
    of log(1 - D*) and -log D* are -D* s' and -(1 - D*) s'.
    """
    x, weight = _points(p, q)
    log_p, log_q = log_density(p, x), log_density(q, x)
    mass_p, mass_q = weight * np.exp(log_p), weight * np.exp(log_q)
    with np.errstate(invalid="ignore"):  # neither has mass there
        s = np.nan_to_num(log_p - log_q, nan=0.0, posinf=np.inf, neginf=-np.inf)
    at_real = np.exp(-np.logaddexp(0, -s))  # D*
    slope = log_slope(p, x) - log_slope(q, x)
    return single(
        js_gap=(_mean(mass_p, np.logaddexp(0, -s)) + _mean(mass_q, np.logaddexp(0, s))) / 2,
        kl=_mean(mass_p, s),
        kl_reverse=_mean(mass_q, -s),
        tv=_total_variation(p, q, x, s),
        hellinger2=float(((np.sqrt(mass_p) - np.sqrt(mass_q)) ** 2).sum()) / 2,
        **_transport(p, q, x),
        saturating=-_mean(mass_q, at_real * slope),
        non_saturating=np.nan if (s[mass_q > 0] == -np.inf).any() else -_mean(mass_q, (1 - at_real) * slope),
    )


def compare_mixed(p: Density | Discrete, q: Density | Discrete) -> Curves:
    """Points against a density: they share no mass, so everything but W1 and W2 is as large as it can be.

    Where p is a set of points, D* = 0 at all fakes: flat, and log D* is infinite.
    """
    return single(
        js_gap=0.0,
        kl=np.inf,
        kl_reverse=np.inf,
        tv=1.0,
        hellinger2=1.0,
        **_transport(p, q, _points(p, q)[0]),
        saturating=0.0 if isinstance(p, Discrete) else np.nan,
        non_saturating=np.nan,
    )


def _points(p: Density | Discrete, q: Density | Discrete) -> tuple[Array, Array]:
    """Nodes and weights from one end of both to the other. Where the densities are equal there is one more cut."""
    cuts = np.union1d(landmarks(p), landmarks(q))
    x, weight = _refined(cuts)
    if isinstance(p, Discrete) or isinstance(q, Discrete):
        return x, weight
    return _refined(np.union1d(cuts, sign_changes(lambda at: _ahead(p, q, at), x)))


def _refined(cuts: Array) -> tuple[Array, Array]:
    parts = np.arange(PARTS) / PARTS
    return composite(np.append((cuts[:-1, None] + np.diff(cuts)[:, None] * parts).ravel(), cuts[-1]), NODES)


def _ahead(p: Density, q: Density, x: Array) -> Array:
    """Positive where p is above q, in logarithms; 0 where neither has mass."""
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(log_density(p, x) - log_density(q, x), nan=0.0)


def _mean(mass: Array, values: Array) -> float:
    """Sum of mass * values, over the places that have mass."""
    return float(mass[mass > 0] @ values[mass > 0])


def _total_variation(p: Density, q: Density, x: Array, s: Array) -> float:
    """Half the sum of |P(interval) - Q(interval)| over the intervals between two crossings of the densities."""
    at = np.concatenate([landmarks(p), landmarks(q), sign_changes(lambda at: _ahead(p, q, at), x)])
    ahead = np.concatenate([[0.0], p.cdf(np.sort(at)) - q.cdf(np.sort(at)), [0.0]])
    return float(np.abs(np.diff(ahead)).sum()) / 2


def _transport(p: Density | Discrete, q: Density | Discrete, x: Array) -> dict[str, float]:
    """W1 = integral of |F_p - F_q|, exactly, between the crossings of F_p and F_q; and dW1 / d theta.

    Where F_p > F_q the mass has to move to the left to become p: the quantile function of q is ahead. dW1 / d theta is
    the share of mass ahead minus the share behind, in the terms of one of the two that has a density.
    """
    cuts = np.union1d(landmarks(p), landmarks(q))
    at = np.union1d(cuts[[0, -1]], sign_changes(lambda x: p.cdf(x) - q.cdf(x), x))
    areas = np.diff(mean_excess(p, at) - mean_excess(q, at))
    share = np.diff((p if isinstance(q, Discrete) else q).cdf(at))
    signs = np.where(np.abs(areas) > EQUAL * (cuts[-1] - cuts[0]), np.sign(areas), 0.0)
    return {"w1": float(np.abs(areas).sum()), "w2": _w2(p, q), "wasserstein": float(signs @ share)}


def _w2(p: Density | Discrete, q: Density | Discrete) -> float:
    """Root of E_p (x - T(x))^2 with the map T = Q_q(F_p(x)) that keeps the order; p has a density, else q."""
    if isinstance(p, Discrete):
        return _w2(q, p)
    assert not isinstance(p, Discrete)
    bends = q.cumulative[:-1] if isinstance(q, Discrete) else q.cdf(landmarks(q))
    own = landmarks(p)
    cuts = np.union1d(own, np.clip(p.quantile(bends), own[0], own[-1]))
    x, weight = _refined(cuts)
    return float(np.sqrt((weight * p.pdf(x)) @ (x - q.quantile(p.cdf(x))) ** 2))

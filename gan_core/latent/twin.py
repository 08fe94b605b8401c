"""The change of variables of a 1-D generator: from x = G(z) and G'(z) on a grid of z to the density that G makes."""

import functools

import numpy as np
from numpy.typing import NDArray

from gan_core.config import ToyConfig
from gan_core.fields import ConfigError
from gan_core.questions import Answer
from gan_core.theory.distributions import TARGETS, target_of
from gan_core.theory.divergences import bin_masses
from gan_core.theory.pushforward import LatentGrid, push_forward

Array = NDArray[np.float64]

CELLS = 400  # of the z axis
BINS = 256  # of the x axis
CENTRAL = 0.999  # of p_data, and of p_g: what the x axis holds of each

_target = functools.lru_cache(maxsize=4)(target_of)  # that of own data takes a third of a second


def grid(config: ToyConfig) -> Array:
    """The z at which G is asked: [401]."""
    return LatentGrid.of(config.latent, CELLS).edges


def finish(config: ToyConfig, answer: Answer, z: Array) -> Answer:
    """Add densities and branches to the answer for z, of which the first is the student's and the others are the grid.

    Raises ConfigError for a generator that diverged.
    """
    x, slopes = (np.asarray(answer.arrays[name], float) for name in ("x", "slopes"))
    if not (np.isfinite(x).all() and np.isfinite(slopes).all()):
        raise ConfigError("generator", "This generator makes no numbers any more: it has diverged.")
    density = TARGETS[config.latent].pdf  # both latents are among the targets: N(0, 1), and uniform on [-1, 1]
    arrays = {
        "z": z[:1], "x": x[:1], "slopes": slopes[:1],
        "grid_z": z[1:], "grid_x": x[1:], "grid_slopes": slopes[1:], "p_z": density(z[1:]),
        **_densities(config, x[1:]),
        "branches": branches(config.latent, z, x, slopes),
    }  # fmt: skip
    return answer.adding(
        **{name: array.astype(np.float32) for name, array in arrays.items()}, score=answer.arrays["score"][:1]
    )


def _densities(config: ToyConfig, x: Array) -> dict[str, Array]:
    """p_g, pushed forward from the grid, and p_data, as heights of the bins around `x_axis`."""
    target = _target(config)  # pyright: ignore[reportArgumentType]  (a frozen config has a hash)
    latents = LatentGrid.of(config.latent, CELLS)
    tails = np.array([(1 - CENTRAL) / 2, (1 + CENTRAL) / 2])
    order = np.argsort(made := latents.medians(x))
    drawn = np.interp(tails, np.cumsum(latents.mass[order]), made[order])
    low, high = np.array([target.quantile(tails), drawn]).T
    margin = 0.05 * (high.max() - low.min())
    edges = np.linspace(low.min() - margin, high.max() + margin, BINS + 1)
    width = edges[1] - edges[0]
    p_g, p_data = (mass[1:-1] / width for mass in (push_forward(x, latents.mass, edges), bin_masses(target, edges)))
    return {"x_axis": (edges[:-1] + edges[1:]) / 2, "p_g": p_g, "p_data": p_data}


def branches(latent: str, z: Array, x: Array, slopes: Array) -> Array:
    """Every z_k that G sends to the same x as z[0], the slope of G there, and what it adds to the density at x.

    p_g(x) = sum_k p_z(z_k) / |G'(z_k)|. Between two points of the grid z[1:], G is taken to be straight. Where G turns,
    its slope is 0 and the density infinite.

    Returns
    -------
    [branches, 3], the first of them that of z[0] itself.
    """
    grid, rise = z[1:], x[1:] - x[0]
    at = np.flatnonzero((rise[:-1] < 0) != (rise[1:] < 0))
    part = rise[at] / (rise[at] - rise[at + 1])
    found = grid[at] + part * (grid[at + 1] - grid[at])
    slope = slopes[1:][at] + part * (slopes[1:][at + 1] - slopes[1:][at])
    # Between two crossings in the same direction lies one in the other: a near one like this is this one.
    is_own = (np.abs(found - z[0]) < grid[1] - grid[0]) & (np.sign(slope) == np.sign(slopes[0]))
    places = np.concatenate([z[:1], found[~is_own]])
    slope = np.concatenate([slopes[:1], slope[~is_own]])
    with np.errstate(divide="ignore"):
        return np.stack([places, slope, TARGETS[latent].pdf(places) / np.abs(slope)], axis=1)

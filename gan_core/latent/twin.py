"""The change of variables of a 1-D generator: from x = G(z) and G'(z) on a grid of z to the density that G makes."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

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
NOISE = 0.05  # of a cell: nearer to z[0] than that, float32 cannot tell another branch from its own
HALVINGS = 40

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

    p_g(x) = sum_k p_z(z_k) / |G'(z_k)|. Between two points of the grid z[1:], G is taken to be the cubic that has G's
    values and slopes at both. Where G turns, its slope is 0 and the density infinite.

    Returns
    -------
    [branches, 3], the first of them that of z[0] itself.
    """
    knots = _knots(z, x, slopes)
    rise = knots.x - x[0]
    crosses = (rise[:-1] < 0) != (rise[1:] < 0)
    own = int(np.flatnonzero(knots.z == z[0])[0])
    crosses[max(0, own - 1) : own + 1] = False  # it is straight up, or down, from z[0] to the next knots
    cells = knots.cells(np.flatnonzero(crosses))
    part = _zero(lambda u: cells.value(u) - x[0], len(cells.width))
    places, slope = cells.start + part * cells.width, cells.slope(part)
    is_own = (np.abs(places - z[0]) < NOISE * (z[2] - z[1])) & (np.sign(slope) == np.sign(slopes[0]))
    others = ~is_own & (places >= z[1]) & (places <= z[-1])
    places, slope = np.append(z[0], places[others]), np.append(slopes[0], slope[others])
    with np.errstate(divide="ignore"):
        return np.stack([places, slope, TARGETS[latent].pdf(places) / np.abs(slope)], axis=1)


@dataclass(frozen=True, eq=False)
class _Cells:
    """A cubic in each cell, u from 0 to 1 within it."""

    start: Array
    width: Array
    at: tuple[Array, Array]  # x at both ends
    steep: tuple[Array, Array]  # dx/dz at both ends

    def value(self, u: Array) -> Array:
        (a, b), (c, d) = self.at, self.steep
        return a + u * u * (3 - 2 * u) * (b - a) + u * (1 - u) * self.width * ((1 - u) * c - u * d)

    def slope(self, u: Array) -> Array:
        (a, b), (c, d) = self.at, self.steep
        return 6 * u * (1 - u) * (b - a) / self.width + (1 - u) * (1 - 3 * u) * c + u * (3 * u - 2) * d


@dataclass(frozen=True, eq=False)
class _Knots:
    """Points in order of z. G turns at none but these."""

    z: Array
    x: Array
    slopes: Array

    def cells(self, at: NDArray[np.intp]) -> _Cells:
        ends = [(values[at], values[at + 1]) for values in (self.x, self.slopes)]
        return _Cells(self.z[at], self.z[at + 1] - self.z[at], ends[0], ends[1])

    def adding(self, z: Array, x: Array, slopes: Array) -> "_Knots":
        order = np.argsort(every := np.append(self.z, z), kind="stable")
        return _Knots(every[order], np.append(self.x, x)[order], np.append(self.slopes, slopes)[order])


def _knots(z: Array, x: Array, slopes: Array) -> _Knots:
    """The grid, z[0] in place of what is hardly apart from it, and where G turns in between."""
    apart = np.abs(z - z[0]) > NOISE * (z[2] - z[1])
    apart[0] = True
    points = _Knots(np.empty(0), np.empty(0), np.empty(0)).adding(z[apart], x[apart], slopes[apart])
    cells = points.cells(np.flatnonzero(points.slopes[:-1] * points.slopes[1:] < 0))
    u = _zero(cells.slope, len(cells.width))
    return points.adding(cells.start + u * cells.width, cells.value(u), np.zeros(len(u)))


def _zero(function: Callable[[Array], Array], count: int) -> Array:
    """Where each of `count` functions on [0, 1] is 0: halved again and again. They change their sign there."""
    low, high = np.zeros(count), np.ones(count)
    begins = function(low) < 0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        left = (function(middle) < 0) == begins
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return (low + high) / 2

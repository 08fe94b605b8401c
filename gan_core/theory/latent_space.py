"""Where latents lie, and ways through them: segments, arcs, circles, planes, and the ten digits of one z.

Vectors of the latent space are rows. A normal latent of many dimensions lies close to a sphere of radius √dim, the
shell; the straight line between two of its points leaves that sphere, the arc does not.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from gan_core.fields import ConfigError

Array = NDArray[np.float64]

DIGITS = 10
SHARE = 0.95  # of all latents lie in the shell
CELLS = 2**17  # of the squared norm of a uniform latent
PARALLEL = 1e-12  # sine of the angle below which two directions are one


def draw(latent: str, dim: int, seed: int, count: int = 1) -> Array:
    """Latents of this seed, "normal" or "uniform" on [-1, 1]: [count, dim]. More of them begin with the same rows."""
    random = np.random.default_rng(seed)
    return random.uniform(-1, 1, (count, dim)) if latent == "uniform" else random.standard_normal((count, dim))


def lerp(a: Array, b: Array, t: Array) -> Array:
    """Points on the segment, (1 - t) a + t b: [len(t), dim]. At t = 0 and 1 they are a and b, bit for bit."""
    t = t[:, None]
    return _with_ends(a, b, t, (1 - t) * a + t * b)


def slerp(a: Array, b: Array, t: Array) -> Array:
    """Points on the arc from a to b: [len(t), dim] (Shoemake 1985, of the directions of a and b).

    The direction turns evenly, and the norm goes evenly from |a| to |b|: where both are equal, it stays. At t = 0 and 1
    the points are a and b, bit for bit. Opposite vectors have many arcs: one of them is taken, always the same. Where
    there is no arc, because a vector is 0 or has a single dimension, the answer is that of `lerp`.
    """
    first, second = np.linalg.norm(a), np.linalg.norm(b)
    if len(a) == 1 or first == 0 or second == 0:
        return lerp(a, b, t)
    across, angle = _turn(a / first, b / second)
    t = t[:, None]
    norm = (1 - t) * first + t * second
    return _with_ends(a, b, t, norm * (np.cos(t * angle) * (a / first) + np.sin(t * angle) * across))


def circle(a: Array, b: Array, count: int) -> Array:
    """The great circle that starts at a, towards b, with radius |a|: [count, dim], evenly. After the last comes a.

    In one dimension there is no circle: the way goes from a through 0 to -a and back.
    """
    radius, other = np.linalg.norm(a), np.linalg.norm(b)
    if radius == 0:
        return np.repeat(a[None], count, 0)
    angle = 2 * np.pi * np.arange(count)[:, None] / count
    across = np.zeros_like(a)
    if len(a) > 1:
        across, _ = _turn(a / radius, b / other if other else a / radius)
    return np.cos(angle) * a + np.sin(angle) * (radius * across)


def _with_ends(a: Array, b: Array, t: Array, path: Array) -> Array:
    return np.where(t == 0, a, np.where(t == 1, b, path))


def _turn(u: Array, v: Array) -> tuple[Array, float]:
    """The unit vector across u that turning from u to v begins with, and the angle; both are unit vectors.

    If they are parallel, any vector across u does: it is made from the coordinate in which u is smallest.
    """
    across = v - (u @ v) * u
    sine = float(np.linalg.norm(across))
    angle = float(np.arctan2(sine, u @ v))
    if sine < PARALLEL:
        across = np.zeros_like(u)
        across[np.abs(u).argmin()] = 1.0
    return _perpendicular(across, u), angle


def _perpendicular(v: Array, u: Array) -> Array:
    """The unit vector of what v has beside u. Twice: the first rounding would show if v is almost u."""
    for _ in range(2):
        v = v - (u @ v) * u
        v = v / np.linalg.norm(v)
    return v


def orthonormal(u: Array, v: Array) -> Array:
    """Two unit vectors that are perpendicular and span the same plane, the first along u: [2, dim].

    Raises ConfigError if u and v span no plane.
    """
    first, second = np.linalg.norm(u), np.linalg.norm(v)
    if first > 0 and second > 0:
        u, v = u / first, v / second
        if np.linalg.norm(v - (u @ v) * u) >= PARALLEL:
            return np.stack([u, _perpendicular(v, u)])
    raise ConfigError("axes", "Axes of the plane must be two directions that are not parallel, and neither 0.")


def random_axes(dim: int, seed: int) -> Array:
    """Two random perpendicular directions, independent of the latents of the same seed: [2, dim]. Raises ConfigError
    in one dimension."""
    u, v = np.random.default_rng((seed, 1)).standard_normal((2, dim))
    return orthonormal(u, v)


def plane(z: Array, u: Array, v: Array, x: float, y: float, zoom: float, n: int) -> Array:
    """Points z + (x + i zoom) u + (y + j zoom) v around the middle i = j = 0: [n², dim], n odd.

    Row by row as on a page: y falls from row to row, x grows along each.
    """
    steps = zoom * (np.arange(n) - n // 2)
    right, up = np.meshgrid(x + steps, y - steps)
    return z + right.reshape(-1, 1) * u + up.reshape(-1, 1) * v


@dataclass(frozen=True)
class Shell:
    """Norms |z|: 95 % of all latents lie from `low` to `high`; `middle` is the root of the mean of |z|²."""

    low: float
    middle: float
    high: float


@functools.cache
def shell(latent: str, dim: int) -> Shell:
    """Where the norm of a latent lies.

    |z| of a normal latent has the chi distribution with `dim` degrees of freedom, so its middle is √dim. The squared
    norm of a uniform one is a sum of `dim` independent squares, whose distribution is their convolution; its middle is
    √(dim / 3).
    """
    tails = np.array([(1 - SHARE) / 2, (1 + SHARE) / 2])
    if latent == "uniform":
        squares, middle = np.interp(tails, *_sum_of_squares(dim)), dim / 3
    else:
        squares, middle = 2 * gammaincinv(dim / 2, tails), float(dim)
    low, high = np.sqrt(squares).tolist()
    return Shell(low, middle**0.5, high)


def _sum_of_squares(dim: int) -> tuple[Array, Array]:
    """The distribution function of a sum of `dim` squares of numbers that are uniform on [-1, 1], and its places.

    A square is at most s with probability √s. Cells of equal width carry its mass; the `dim`-fold convolution of them
    is a power of their Fourier transform.
    """
    width = dim / CELLS
    edges = np.arange(CELLS // dim + 1) * width
    mass = np.diff(np.sqrt(edges), append=1.0)
    offset = 1 / 3 - mass @ edges  # so that the mean of a square is exact
    size = 2 * CELLS  # no sum is longer, and a power of two is fast to transform
    total = np.fft.irfft(np.fft.rfft(mass, size) ** dim, size)
    return np.cumsum(total), (np.arange(size) + 0.5) * width + dim * offset


def is_typical(z: Array, latent: str) -> NDArray[np.bool_]:
    """For each row of z [n, dim], whether its norm lies in the shell and, for a uniform latent, each of its numbers
    from -1 to 1."""
    bounds = shell(latent, z.shape[1])
    norms = np.linalg.norm(z, axis=1)
    inside = (bounds.low <= norms) & (norms <= bounds.high)
    return inside & (np.abs(z).max(1) <= 1) if latent == "uniform" else inside


def style_row(z: Array) -> tuple[Array, Array]:
    """The same z under all ten digits: z [10, dim] and conditions [10, 10]. Of z [rows, dim]: ten for each row."""
    styles = np.atleast_2d(z)
    return np.repeat(styles, DIGITS, 0), np.tile(np.eye(DIGITS), (len(styles), 1))


def mixture(digit: int, other: int, share: float) -> Array:
    """The condition that lies at `share` of the way from one digit to another: shares of the ten digits, [10]."""
    one = np.eye(DIGITS)
    return (1 - share) * one[digit] + share * one[other]

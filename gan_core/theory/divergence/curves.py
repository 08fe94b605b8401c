"""What a comparison of two distributions gives: one value for each measure, or a curve over a shift of the second."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LOG_2 = float(np.log(2))


@dataclass(frozen=True)
class Gradients:
    """How what G minimises changes with a small shift of all its fakes to the right, while the best D stands still.

    This is what G is told: the mean over the fakes x of the slope, at x, of
    log(1 - D*) (`saturating`), -log D* (`non_saturating`), -f* (`wasserstein`, f* the best critic).
    Positive: G moves its fakes to the left. nan: not defined, because D* jumps or is 0 at the fakes.
    """

    saturating: float
    non_saturating: float
    wasserstein: float


@dataclass(frozen=True)
class Comparison:
    """Distances of p and q. inf where infinite; divergences in nats, `w1` and `w2` in the unit of x.

    js          : (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2, from 0 to log 2
    js_gap      : log 2 - js, computed as such: exact where js is rounded to log 2
    kl          : KL(p || q);   kl_reverse : KL(q || p)
    tv          : total variation, half the integral of |p - q|, from 0 to 1
    hellinger2  : squared Hellinger distance, 1 - integral of sqrt(p q), from 0 to 1
    w1, w2      : Wasserstein distances; w2 is the root of the least mean squared way
    """

    js: float
    js_gap: float
    kl: float
    kl_reverse: float
    tv: float
    hellinger2: float
    w1: float
    w2: float
    gradients: Gradients


@dataclass(frozen=True)
class Curves:
    """The fields of `Comparison` and `Gradients`, each an array [thetas]."""

    js_gap: Array
    kl: Array
    kl_reverse: Array
    tv: Array
    hellinger2: Array
    w1: Array
    w2: Array
    saturating: Array
    non_saturating: Array
    wasserstein: Array

    def __post_init__(self) -> None:
        """Rounding may leave a bounded measure outside its bounds by 1e-15; more than that is a mistake."""
        for name, bound in (("js_gap", LOG_2), ("tv", 1.0), ("hellinger2", 1.0)):
            object.__setattr__(self, name, clamped(getattr(self, name), bound))
        for name in ("kl", "kl_reverse"):
            object.__setattr__(self, name, np.maximum(getattr(self, name), 0.0))

    @property
    def js(self) -> Array:
        return LOG_2 - self.js_gap

    def at(self, number: int) -> Comparison:
        """The values at one theta."""
        values = {each.name: float(getattr(self, each.name)[number]) for each in fields(self)}
        gradients = Gradients(*(values.pop(each.name) for each in fields(Gradients)))
        return Comparison(js=float(self.js[number]), **values, gradients=gradients)


def clamped(values: Array, bound: float) -> Array:
    """The values within [0, bound]. Raises AssertionError if one was further outside than 1e-9."""
    assert ((values >= -1e-9) & (values <= bound + 1e-9)).all(), values
    return np.clip(values, 0.0, bound) + 0.0  # no -0


def joined(parts: Sequence[Curves]) -> Curves:
    """Curves one after the other."""
    return Curves(*(np.concatenate(columns) for columns in zip(*map(astuple, parts), strict=True)))


def single(**values: float) -> Curves:
    """Curves of one point."""
    return Curves(**{name: np.array([value]) for name, value in values.items()})

"""The pairs of distributions with which JS and Wasserstein are compared: one family, one parameter theta."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gan_core.theory.distributions import Mixture, Uniform
from gan_core.theory.divergence.comparison import Comparable, compare, curves, shifted
from gan_core.theory.divergence.curves import Comparison, Curves, joined
from gan_core.theory.divergence.discrete import Discrete, compare_masses

Array = NDArray[np.float64]

FAMILIES = ("gaussian", "dirac", "uniform", "piles", "classes")
RANGES = {"gaussian": (-10.0, 10.0), "dirac": (-4.0, 4.0), "uniform": (-4.0, 4.0), "piles": (-7.0, 7.0),
          "classes": (0.0, 1.0)}  # fmt: skip
PLACES = {"line": (0.0, 1.0, 2.0), "between": (1.0, 0.0, 2.0), "equal": (0.0, 1.0, 2.0)}  # of dog, cat and bird
CLASSES = ("dog", "cat", "bird")
PILE = Discrete.of([(-1, 1), (0, 3), (1, 1)])


@dataclass(frozen=True)
class Situation:
    """p_data, p_g at the theta of now, and the measures: at every theta of the family, and now."""

    family: str
    p: Comparable
    q: Comparable
    theta: float
    thetas: Array
    curves: Curves
    now: Comparison
    names: tuple[str, ...] = ()  # of the points, where they have any


def gaussian(theta: float, sd_p: float, sd_q: float) -> Situation:
    """N(0, sd_p^2) against N(theta, sd_q^2)."""
    p, q = Mixture.of([(1, 0, sd_p)]), Mixture.of([(1, theta, sd_q)])
    return Situation("gaussian", p, q, theta, *_normal_sheet(sd_p, sd_q), compare(p, q))


@lru_cache(maxsize=64)
def _normal_sheet(sd_p: float, sd_q: float) -> tuple[Array, Curves]:
    """Kept: while theta moves, the curves over all thetas stay what they are."""
    fine = 2.5 * np.hypot(sd_p, sd_q) * np.linspace(-1, 1, 100)  # where the curves bend
    return _sheet("gaussian", Mixture.of([(1, 0, sd_p)]), Mixture.of([(1, 0, sd_q)]), fine)


def dirac(theta: float) -> Situation:
    """The point 0 against the point theta: the parallel lines of Arjovsky, Chintala and Bottou 2017, example 1."""
    point = Discrete.of([(0.0, 1.0)])
    return _shifting("dirac", theta, point, point, np.zeros(1))


def uniform(theta: float, width: float) -> Situation:
    """Uniform on [0, 1] against uniform on an interval of that width with the middle at 1/2 + theta."""
    edge = np.array([-1.0, 1.0, -1.0, 1.0]) * np.array([1 + width, 1 + width, 1 - width, 1 - width]) / 2
    return _shifting("uniform", theta, Uniform(0, 1), Uniform(0.5 - width / 2, 0.5 + width / 2), edge)


def piles(theta: int) -> Situation:
    """Masses 1, 3, 1 against the same, theta whole cells further."""
    low, high = RANGES["piles"]
    thetas = np.arange(low, high + 1)
    q = PILE.shifted(theta)
    return Situation("piles", PILE, q, theta, thetas, curves(PILE, PILE, thetas), compare(PILE, q))


def classes(theta: float, places: str) -> Situation:
    """Dog, cat and bird, each a third of the data. The generator makes more and more dogs: at theta = 1 nothing else.

    `places` says where they sit on a line: dog first ("line") or dog in the middle ("between"), at distance 1 from the
    next; "equal" is the cost 0 or 1, which is total variation.
    """

    def generated(collapse: float) -> Discrete:
        shares = np.array([1 + 2 * collapse, 1 - collapse, 1 - collapse]) / 3
        return Discrete.of(zip(PLACES[places], shares, strict=True))

    p, q, thetas = generated(0.0), generated(theta), np.linspace(0, 1, 51)
    sheet = joined([compare_masses(p, generated(float(each))) for each in thetas])
    now = _equally_far(compare_masses(p, q), places).at(0)
    names = tuple(CLASSES[number] for number in np.argsort(PLACES[places]))
    return Situation("classes", p, q, theta, thetas, _equally_far(sheet, places), now, names)


def _equally_far(sheet: Curves, places: str) -> Curves:
    return replace(sheet, w1=sheet.tv, w2=np.sqrt(sheet.tv)) if places == "equal" else sheet


def _shifting(family: str, theta: float, p: Comparable, q: Comparable, fine: Array) -> Situation:
    now = shifted(q, theta)
    return Situation(family, p, now, theta, *_sheet(family, p, q, fine), compare(p, now))


def _sheet(family: str, p: Comparable, q: Comparable, fine: Array) -> tuple[Array, Curves]:
    """Over the whole range of theta, with some more thetas where the curves bend or, at 0, jump."""
    low, high = RANGES[family]
    fine = np.concatenate([fine[(fine > low) & (fine < high)], [-1e-9, 0.0, 1e-9]])
    thetas = np.union1d(np.linspace(low, high, 101), fine)
    return thetas, curves(p, q, thetas)

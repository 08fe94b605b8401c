"""Two distributions on the line compared by everything that the lessons talk about, exactly."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_core.fields import ConfigError
from gan_core.theory.distributions import Mixture, Uniform
from gan_core.theory.divergence import closed_forms
from gan_core.theory.divergence.curves import Comparison, Curves, joined
from gan_core.theory.divergence.densities import compare_densities, compare_mixed
from gan_core.theory.divergence.discrete import Discrete, compare_masses

Array = NDArray[np.float64]
Comparable = Mixture | Uniform | Discrete

LARGEST = 1e6  # of positions, widths and weights
SMALLEST = 1e-6  # of widths and weights
MOST = 1000  # components or points


def compare(p: Comparable, q: Comparable) -> Comparison:
    """All distances of p (the data) and q (the generator's), and the three gradients of the generator.

    Closed forms where there are any, quadrature otherwise: within 1e-9, for standard deviations up to a thousandfold
    of each other. Masses at the same point must have exactly the same position.

    >>> round(compare(Mixture.of([(1, 0, 1)]), Mixture.of([(1, 4, 1)])).js, 9)
    0.632720194
    """
    return curves(p, q, np.zeros(1)).at(0)


def curves(p: Comparable, q: Comparable, thetas: Array) -> Curves:
    """`compare(p, q shifted by theta)` for every theta [thetas]; at numpy's speed for two points, two normal or two
    uniform distributions."""
    distance = thetas + (q.mean - p.mean)
    match p, q:
        case Mixture(), Mixture() if len(p.means) == len(q.means) == 1:
            return closed_forms.normals(distance, p.sd, q.sd)
        case Uniform(), Uniform():
            return closed_forms.uniforms(distance, p.high - p.low, q.high - q.low)
        case Discrete(), Discrete() if len(p.positions) == len(q.positions) == 1:
            return closed_forms.diracs(distance)
    return joined([_general(p, shifted(q, float(theta))) for theta in thetas])


def _general(p: Comparable, q: Comparable) -> Curves:
    if isinstance(p, Discrete):
        return compare_masses(p, q) if isinstance(q, Discrete) else compare_mixed(p, q)
    return compare_mixed(p, q) if isinstance(q, Discrete) else compare_densities(p, q)


def shifted(d: Comparable, theta: float) -> Comparable:
    """The distribution of x + theta."""
    match d:
        case Mixture():
            return replace(d, means=d.means + theta)
        case Uniform():
            return Uniform(d.low + theta, d.high + theta)
        case Discrete():
            return Discrete(d.positions + theta, d.masses)


def divergence_report(p: Comparable, q: Comparable) -> dict[str, Any]:
    """`compare` for JSON: None for what is infinite or not defined."""
    found = asdict(compare(p, q))
    del found["js_gap"]
    gradients = {name: _plain(value) for name, value in found.pop("gradients").items()}
    return {**{name: _plain(value) for name, value in found.items()}, "gradients": gradients}


def _plain(value: float) -> float | None:
    return value if isfinite(value) else None


def parse_distribution(field: str, text: str) -> Comparable:
    """The distribution that a command line or a URL writes for `field`, "p" or "q".

    "normal:mean,sd", "uniform:low,high", "dirac:x", "mixture:weight,mean,sd;weight,mean,sd;...",
    "discrete:x=mass,x=mass,...". Weights and masses are divided by their sum.

    Raises ConfigError, naming the field, for any other text and for numbers outside their range.
    """
    kind, _, rest = text.strip().partition(":")
    match kind:
        case "normal":
            return Mixture.of([(1.0, *_normal(field, _numbers(field, rest, ",", 2, "normal:mean,sd")))])
        case "uniform":
            return _uniform(field, *_numbers(field, rest, ",", 2, "uniform:low,high"))
        case "dirac":
            return Discrete.of([(_numbers(field, rest, ",", 1, "dirac:x")[0], 1.0)])
        case "mixture":
            rows = [_numbers(field, part, ",", 3, "mixture:weight,mean,sd;...") for part in _parts(field, rest, ";")]
            return Mixture.of([(_width(field, "weight", w), *_normal(field, (m, s))) for w, m, s in rows])
        case "discrete":
            rows = [_numbers(field, part, "=", 2, "discrete:x=mass,x=mass,...") for part in _parts(field, rest, ",")]
            return Discrete.of([(x, _width(field, "mass", mass)) for x, mass in rows])
    raise ConfigError(
        field,
        "Distribution {name} must be normal:mean,sd or uniform:low,high or dirac:x or mixture:weight,mean,sd;... "
        "or discrete:x=mass,...; {value} is not.",
        name=field,
        value=text[:40],
    )


def _parts(field: str, text: str, separator: str) -> list[str]:
    parts = text.split(separator)
    if len(parts) > MOST:
        raise ConfigError(
            field,
            "Distribution {name} may have at most {most} parts; there are {count}.",
            name=field,
            most=MOST,
            count=len(parts),
        )
    return parts


def _numbers(field: str, text: str, separator: str, count: int, form: str) -> list[float]:
    """`count` numbers from -10^6 to 10^6."""
    try:
        numbers = [float(part) for part in text.split(separator)]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        raise ConfigError(
            field,
            "Distribution {name} must look like {form}; {value} does not.",
            name=field,
            form=form,
            value=text[:40] or '""',
        )
    for number in numbers:
        if not abs(number) <= LARGEST:
            raise ConfigError(
                field,
                "Distribution {name}: numbers must be from -1,000,000 to 1,000,000; {value} is not.",
                name=field,
                value=f"{number:g}",
            )
    return numbers


def _normal(field: str, mean_and_sd: Sequence[float]) -> tuple[float, float]:
    mean, sd = mean_and_sd
    return mean, _width(field, "standard deviation", sd)


def _uniform(field: str, low: float, high: float) -> Uniform:
    if not high - low >= SMALLEST:
        raise ConfigError(
            field,
            "Distribution {name}: high must exceed low by at least 0.000001; {low:g} and {high:g} do not.",
            name=field,
            low=low,
            high=high,
        )
    return Uniform(low, high)


def _width(field: str, what: str, value: float) -> float:
    if not value >= SMALLEST:
        raise ConfigError(
            field,
            "Distribution {name}: a {word} must be at least 0.000001; {value} is not.",
            name=field,
            word=what,
            value=f"{value:g}",
        )
    return value

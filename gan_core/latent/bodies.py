"""What the browser may say when it asks for a view: fields with their ranges. What is left out has a plain value."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen
from pydantic import BeforeValidator, model_validator

from gan_core.fields import About, Config, ConfigError

LONGEST = 256  # numbers in a z (`latent_dim`)

Seed = Annotated[int, Ge(0), Le(2**32 - 1), About("Seed of z", "Fixes z.")]
Digit = Annotated[int, Ge(0), Le(9), About("Digit", "The condition.")]
Direction = Annotated[
    tuple[Annotated[float, Ge(-1000), Le(1000)], ...],
    MaxLen(LONGEST),
    About("Direction", "a list of numbers from -1000 to 1000, one for each dimension of z."),
]
Way = Literal["linear", "spherical"]
Place = Annotated[float, Ge(-100), Le(100), About("Place on the plane", "Of the middle image.")]


class Point(Config):
    """z, drawn from `seed` and then moved by `moved`, and a condition from `digit` on the way to `other`."""

    seed: Seed = 0
    moved: Annotated[
        tuple[Annotated[float, Ge(-20), Le(20)], ...],
        MaxLen(LONGEST),
        About("Offsets of z", "none, or a list of numbers from -20 to 20, one for each dimension of z."),
    ] = ()
    digit: Digit = 0
    other: Digit = 0
    share: Annotated[float, Ge(0), Le(1), About("Share of the other digit", "0: the digit alone.")] = 0.0


class Axes(Config):
    """Two directions u and v; random ones of `seed` if neither is given."""

    seed: Annotated[int, Ge(0), Le(2**32 - 1), About("Seed of the plane", "Fixes its directions.")] = 0
    u: Direction = ()
    v: Direction = ()


def _part(kind: type[Config]) -> BeforeValidator:
    """A part that is itself an object of named values. An error in it is its own sentence."""

    def made(value: Any) -> Config:
        if isinstance(value, Config):
            return value
        if not isinstance(value, Mapping):
            raise ConfigError("body", "Request: {name} must be an object of named values.", name=kind.__name__.lower())
        return kind.make(value)

    return BeforeValidator(made)


PointPart = Annotated[Point, _part(Point)]


class Nothing(Config):
    """A view of the generator itself."""


class AtPoint(Config):
    point: PointPart = Point()


class Picture(AtPoint):
    style: Annotated[bool, About("Style row", "The ten digits of the same z as well.")] = False


class Plane(AtPoint):
    axes: Annotated[Axes, _part(Axes)] = Axes()
    x: Place = 0.0
    y: Place = 0.0
    zoom: Annotated[float, Ge(0.01), Le(5), About("Zoom", "Distance of two neighbouring images.")] = 1.0
    n: Annotated[int, Ge(3), Le(11), About("Images in a row", "An odd number, so that one is in the middle.")] = 9

    @model_validator(mode="after")
    def _has_a_middle(self) -> "Plane":
        if self.n % 2 == 0:
            raise ConfigError("n", "Images in a row must be an odd number from 3 to 11; {value} is not.", value=self.n)
        return self


class Ends(Config):
    a: PointPart = Point()
    b: PointPart = Point()


class Walk(Ends):
    way: Annotated[Way, About("Way", "linear or spherical.")] = "linear"
    n: Annotated[int, Ge(3), Le(61), About("Images of the walk", "Both ends among them.")] = 11


class Loop(Ends):
    n: Annotated[int, Ge(8), Le(96), About("Images of the loop", "Evenly around the circle.")] = 24


class Matrix(Ends):
    rows: Annotated[int, Ge(2), Le(10), About("Styles", "Rows, from a to b.")] = 5


class Twin(Config):
    z: Annotated[float, Ge(-6.5), Le(6.5), About("z", "The number that becomes x = G(z).")] = 0.0

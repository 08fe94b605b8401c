"""The views of a generator: which latents and conditions each of them asks for, and what it adds to the answer.

A view is a row of `VIEWS`. All of it is numpy; the images come from a worker in between.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_core.config import ImageConfig, ToyConfig, TrainConfig
from gan_core.fields import Config, ConfigError
from gan_core.latent import bodies, twin
from gan_core.latent.points import axes_of, condition_of, f4, places, question, z_of
from gan_core.questions import Answer, Question
from gan_core.theory import latent_space
from gan_core.theory.latent_space import lerp, slerp, style_row

Array = NDArray[np.float64]

VISITOR = 40  # characters in the name of a visitor
WIDEST = 12  # images in a row of a picture that is taken along


@dataclass(frozen=True)
class Asked:
    """The question of a view, and what becomes of the answer.

    `finish` adds what needs no generator. In a picture that is taken along the images stand in `columns`, and an
    animation shows them in the order of `film`: empty where there is none.
    """

    question: Question
    finish: Callable[[Answer], Answer] = lambda answer: answer
    columns: int = 1
    film: tuple[int, ...] = ()


@dataclass(frozen=True)
class Request:
    """A view as the browser wants it: `form` is "" for bytes to draw from, or a format to take along."""

    asked: Asked
    visitor: str
    form: str


@dataclass(frozen=True)
class View:
    """`needs` raises ConfigError for a generator that cannot show it."""

    body: type[Config]
    ask: Callable[[Any, Any], Asked]
    needs: Callable[[str, TrainConfig], None]
    forms: tuple[str, ...] = ("", "png", "npz")


def request_of(config: TrainConfig, body: Mapping[str, Any]) -> Request:
    """What the browser asks of a generator with these settings. Raises ConfigError: one sentence about one field."""
    said = dict(body)
    name, visitor, form = (said.pop(field, "") for field in ("view", "visitor", "form"))
    if not isinstance(visitor, str) or len(visitor) > VISITOR:
        raise ConfigError("visitor", "Visitor must be a text of at most {most} characters.", most=VISITOR)
    if not isinstance(name, str) or name not in VIEWS:
        raise _none_of("view", "View", name, VIEWS)
    view = VIEWS[name]
    view.needs(name, config)
    if form not in view.forms:
        raise _none_of("form", "Form", form, (known or "empty" for known in view.forms))
    return Request(view.ask(config, view.body.make(said)), visitor, form)


def _none_of(field: str, label: str, value: object, choices: Iterable[str]) -> ConfigError:
    return ConfigError(
        field, "{label} must be one of {choices}; {value} is not.",
        label=label, choices=", ".join(choices), value=str(value)[:40],
    )  # fmt: skip


def _picture(config: ImageConfig, body: bodies.Picture) -> Asked:
    """The image of a point; with `style`, the ten digits of the same z after it."""
    z, c = z_of(config, body.point), condition_of(body.point)
    rows, conditions = z[None], c[None]
    if body.style and config.conditional:
        styles, digits = style_row(z)
        rows, conditions = np.concatenate([rows, styles]), np.concatenate([conditions, digits])
    wants = {"scores", "digits"} if config.is_readable else {"scores"}
    asked = question(config, rows, conditions, *wants)
    return Asked(asked, lambda answer: answer.adding(z=f4(z), norm=f4([np.linalg.norm(z)])), len(rows))


def _usual(config: ImageConfig, body: bodies.Nothing) -> Asked:
    return _at_point("usual")(config, bodies.AtPoint())


def _at_point(want: str) -> Callable[[ImageConfig, bodies.AtPoint], Asked]:
    def ask(config: ImageConfig, body: bodies.AtPoint) -> Asked:
        return Asked(question(config, z_of(config, body.point)[None], condition_of(body.point)[None], want))

    return ask


def _plane(config: ImageConfig, body: bodies.Plane) -> Asked:
    u, v = axes = axes_of(config, body.axes)
    rows = latent_space.plane(z_of(config, body.point), u, v, body.x, body.y, body.zoom, body.n)
    outside = ~latent_space.is_typical(rows, config.latent)
    asked = question(config, rows, np.tile(condition_of(body.point), (len(rows), 1)))
    more = {"axes": f4(axes), "outside": outside.astype(np.uint8), **places(config, rows, body.point)}
    return Asked(asked, lambda answer: answer.adding(**more), body.n)


def _walk(config: ImageConfig, body: bodies.Walk) -> Asked:
    share = np.linspace(0, 1, body.n)
    rows = WAYS[body.way](z_of(config, body.a), z_of(config, body.b), share)
    conditions = lerp(condition_of(body.a), condition_of(body.b), share)
    there_and_back = (*range(body.n), *range(body.n - 2, 0, -1))
    return _way(config, rows, conditions, body, there_and_back)


def _loop(config: ImageConfig, body: bodies.Loop) -> Asked:
    """Around the circle; the condition goes to b's at the far side, and back."""
    rows = latent_space.circle(z_of(config, body.a), z_of(config, body.b), body.n)
    share = 1 - np.abs(1 - 2 * np.arange(body.n) / body.n)
    conditions = lerp(condition_of(body.a), condition_of(body.b), share)
    return _way(config, rows, conditions, body, tuple(range(body.n)))


def _way(config: ImageConfig, rows: Array, conditions: Array, body: bodies.Ends, film: tuple[int, ...]) -> Asked:
    more = places(config, rows, body.a)
    return Asked(
        question(config, rows, conditions, "scores"), lambda answer: answer.adding(**more), min(len(rows), WIDEST), film
    )


def _matrix(config: ImageConfig, body: bodies.Matrix) -> Asked:
    """Styles from a to b, one in each row, with the ten digits as columns."""
    styles = slerp(z_of(config, body.a), z_of(config, body.b), np.linspace(0, 1, body.rows))
    rows, conditions = style_row(styles)
    more = places(config, rows, body.a)
    return Asked(question(config, rows, conditions), lambda answer: answer.adding(**more), latent_space.DIGITS)


def _twin(config: ToyConfig, body: bodies.Twin) -> Asked:
    z = np.concatenate([[body.z], twin.grid(config)])
    return Asked(Question(f4(z)[:, None], wants=frozenset({"slopes", "scores"})), lambda a: twin.finish(config, a, z))


def _images(view: str, config: TrainConfig) -> None:
    if not isinstance(config, ImageConfig):
        raise ConfigError("view", "The view {view} needs a generator of images.", view=view)


def _conditional(view: str, config: TrainConfig) -> None:
    _images(view, config)
    if not (isinstance(config, ImageConfig) and config.conditional):
        raise ConfigError("view", "The view {view} needs a conditional generator.", view=view)


def _one_number(view: str, config: TrainConfig) -> None:
    if not (isinstance(config, ToyConfig) and config.latent_dim == 1):
        raise ConfigError("view", "The view {view} needs a 1-D generator whose z is one number.", view=view)


WAYS = {"linear": lerp, "spherical": slerp}

VIEWS: dict[str, View] = {
    "picture": View(bodies.Picture, _picture, _images),
    "usual": View(bodies.Nothing, _usual, _images, ("",)),
    "directions": View(bodies.AtPoint, _at_point("directions"), _images, ("",)),
    "nearest": View(bodies.AtPoint, _at_point("nearest"), _images, ("",)),
    "plane": View(bodies.Plane, _plane, _images),
    "walk": View(bodies.Walk, _walk, _images, ("", "png", "gif", "npz")),
    "loop": View(bodies.Loop, _loop, _images, ("", "png", "gif", "npz")),
    "matrix": View(bodies.Matrix, _matrix, _conditional),
    "twin": View(bodies.Twin, _twin, _one_number, ("",)),
}

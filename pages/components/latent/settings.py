"""Where the student stands, as the URL keeps it: the generator, z by its seed and what was moved, c, and more."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from gan_core.fields import ConfigError
from gan_core.latent.generators import shipped
from pages.components.in_url import Kept, key_of, number, one_of

PAGE = "latent"
SEEDS = 2**32 - 1
LONGEST = 10  # digits of a whole number
FURTHEST = 20_000  # thousandths, of one coordinate from the z of its seed
MOST = 256  # coordinates
AXES = tuple(str(number) for number in range(1, 11))  # the directions that have sliders
TABS = ("plane", "walk", "matrix", "nearest")

Moved = tuple[float, ...]


def come_back() -> None:
    """A link that names only the generator that was shown last leads back to where the student stood there."""
    asked = set(st.query_params) & set(FIELDS)
    kept = st.session_state.get(f"{PAGE}_kept", {})
    if asked == {"generator"} and st.query_params["generator"] == kept.get("generator"):
        del st.query_params["generator"]


def whole(name: str, default: int, low: int, high: int) -> Kept:
    """A whole number within bounds."""

    def read(text: str) -> int:
        if not text.isdecimal() or len(text) > LONGEST or not low <= int(text) <= high:
            raise ConfigError(
                name, "{label} must be a whole number from {low} to {high}; {value} is not.",
                label=name, low=low, high=high, value=text[:40],
            )  # fmt: skip
        return int(text)

    return Kept(default, read)


def _moved(name: str) -> Callable[[str], Moved]:
    """Whole thousandths with _ between them."""

    def read(text: str) -> Moved:
        words = text.split("_") if text else []
        for word in words:
            is_number = word.removeprefix("-").isdecimal() and len(word) <= LONGEST
            if not is_number or abs(int(word)) > FURTHEST or len(words) > MOST:
                raise ConfigError(
                    name, "{label} must be at most {most} whole numbers from {low} to {high}, thousandths with _ "
                    "between them; {value} is not.",
                    label=name, most=MOST, low=-FURTHEST, high=FURTHEST, value=text[:40],
                )  # fmt: skip
        return tuple(int(word) / 1000 for word in words)

    return read


def moved_text(moved: Moved) -> str:
    return "_".join(str(round(1000 * value)) for value in moved)


POINT = {
    "z": whole("z", 0, 0, SEEDS),
    "moved": Kept((), _moved("moved"), moved_text),
    "digit": whole("digit", 3, 0, 9),
    "other": whole("other", 8, 0, 9),
    "share": number("share", 0.0, 0, 1),
}
PLANE = {
    "seed": whole("plane", 0, 0, SEEDS),
    "x": number("plane", 0.0, -100, 100),
    "y": number("plane", 0.0, -100, 100),
    "zoom": number("plane", 1.0, 0.01, 5),
}


def _parts(name: str, form: str, mark: str, fields: Mapping[str, Kept]) -> Callable[[str], dict[str, Any]]:
    """Several settings in one text, with a mark between them."""

    def read(text: str) -> dict[str, Any]:
        words = text.split(mark)
        if len(words) != len(fields):
            raise ConfigError(
                name, "{label}: {value} is not of the form {form}.", label=name, form=form, value=text[:40]
            )
        return {part: field.read(word) for (part, field), word in zip(fields.items(), words, strict=True)}

    return read


def _written(mark: str, fields: Mapping[str, Kept]) -> Callable[[dict[str, Any]], str]:
    def write(values: dict[str, Any]) -> str:
        return mark.join(field.write(values[name]) for name, field in fields.items()) if values else ""

    return write


def _kept_point(name: str, seed: int) -> Kept:
    default = {part: field.default for part, field in POINT.items()} | {"z": seed}
    return Kept(default, _parts(name, "seed~moved~digit~other~share", "~", POINT), _written("~", POINT))


def _axes(text: str) -> tuple[int, ...]:
    """Numbers of two of the sliders' directions, with _ between them; none for random directions of the plane."""
    words = text.split("_") if text else []
    if words and not (len(words) == 2 and words[0] != words[1] and all(word in AXES for word in words)):
        raise ConfigError(
            "axes", "{label} must be two different directions from 1 to {most} with _ between them; {value} is not.",
            label="axes", most=len(AXES), value=text[:40],
        )  # fmt: skip
    return tuple(map(int, words))


FIELDS = {
    "generator": Kept(shipped()[0]),
    **POINT,
    "a": _kept_point("a", 1),
    "b": _kept_point("b", 2),
    "tab": one_of("tab", TABS),
    "plane": Kept({}, _parts("plane", "seed_x_y_zoom", "_", PLANE), _written("_", PLANE)),
    "number": number("number", 0.0, -6.5, 6.5),
    "axes": Kept((), _axes, lambda axes: "_".join(map(str, axes))),
}


def shown(name: str) -> Any:
    """The value that a setting has now."""
    return st.session_state[key_of(PAGE, name)]


def put(name: str, value: Any) -> None:
    st.session_state[key_of(PAGE, name)] = value


def forget() -> None:
    """Another generator was chosen: what belongs to the z of the one before goes, the seed and the digit stay."""
    for name in ("moved", "a", "b", "plane"):
        put(name, FIELDS[name].default)


def fit(dim: int, digits: tuple[int, ...]) -> list[str]:
    """Make the settings fit a generator of `dim` latent dimensions that knows these digits; names of those that did
    not."""
    misfits = [name for name in ("a", "b") if len(shown(name)["moved"]) not in (0, dim)]
    for name in misfits:
        put(name, FIELDS[name].default)
    if len(shown("moved")) not in (0, dim):
        misfits.append("moved")
        put("moved", ())
    for name, digit in _known(digits, {name: shown(name) for name in ("digit", "other")}).items():
        put(name, digit)
    for name in "ab":
        put(name, shown(name) | _known(digits, shown(name)))
    return misfits


def _known(digits: tuple[int, ...], point: Mapping[str, Any]) -> dict[str, int]:
    """The two digits of a point, if this generator has learnt them, else the first and the last that it has."""
    return {
        name: point[name] if point[name] in digits else instead
        for name, instead in (("digit", digits[0]), ("other", digits[-1]))
    }


def state() -> dict[str, Any]:
    """What the stage is given, and gives back."""
    point = {name: shown(name) for name in POINT}
    return {
        "point": _point(point),
        "kept": {name: _point(shown(name)) for name in "ab"},
        "plane": shown("plane") or None,
        "tab": shown("tab"),
        "number": shown("number"),
        "axes": list(shown("axes")),
    }


def _point(values: Mapping[str, Any]) -> dict[str, Any]:
    """In the words of the stage, where z is given by its seed."""
    return {"seed": values["z"], "moved": list(values["moved"])} | {
        name: values[name] for name in ("digit", "other", "share")
    }


def take(found: Any, generator: str, dim: int) -> None:
    """Keep what the stage says of this generator, if all of it makes sense: it is read in the way of a link.

    A student who has just chosen another generator has left this point behind.
    """
    try:
        if not found["generator"] == generator == shown("generator"):
            return
        values = _read(found)
    except (ConfigError, KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return
    if all(len(moved) in (0, dim) for moved in (values["moved"], values["a"]["moved"], values["b"]["moved"])):
        for name, value in values.items():
            put(name, value)


def _read(found: Any) -> dict[str, Any]:
    point, kept, plane = found["point"], found["kept"], found["plane"]
    texts = _point_texts(point) | {name: "~".join(_point_texts(kept[name]).values()) for name in "ab"}
    texts |= {"tab": str(found["tab"]), "number": str(found["number"]), "axes": "_".join(map(str, found["axes"]))}
    values = {name: FIELDS[name].read(text) for name, text in texts.items()}
    if not plane:
        return values | {"plane": {}}
    return values | {"plane": {name: field.read(str(plane[name])) for name, field in PLANE.items()}}


def _point_texts(point: Mapping[str, Any]) -> dict[str, str]:
    texts = {name: str(point[name]) for name in ("digit", "other", "share")}
    return {"z": str(point["seed"]), "moved": moved_text(point["moved"])} | texts

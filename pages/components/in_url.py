"""The settings of a page live in its URL: a link shows its reader what its sender saw."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gan_core.fields import ConfigError
from pages.components.i18n import say, t

ECHO = 2.0  # seconds within which a URL that the page itself has written may come back late
LONGEST = 1500  # characters of one setting in a link that still travels well


@dataclass(frozen=True)
class Kept:
    """One setting: its default, and its text in the URL. `read` raises ConfigError for a text that means nothing."""

    default: Any
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str


def one_of(name: str, choices: tuple[str, ...], default: str | None = None) -> Kept:
    """A choice; the first one is the default."""

    def read(text: str) -> str:
        if text not in choices:
            raise ConfigError(
                name,
                "{label} must be one of {choices}; {value} is not.",
                label=name,
                choices=", ".join(choices),
                value=text[:40],
            )
        return text

    return Kept(default or choices[0], read)


def finite(name: str, text: str) -> float:
    """The number that `text` writes. Raises ConfigError if that is none, or infinite."""
    value = _float(text)
    if not math.isfinite(value):
        raise ConfigError(name, "{label}: {value} is not a number.", label=name, value=text[:40])
    return value


def number(name: str, default: float, low: float, high: float) -> Kept:
    """A number within bounds."""

    def read(text: str) -> float:
        value = _float(text)
        if not low <= value <= high:
            raise ConfigError(
                name,
                "{label} must be a number from {low:g} to {high:g}; {value} is not.",
                label=name,
                low=low,
                high=high,
                value=text[:40],
            )
        return value

    return Kept(default, read, number_text)


def _float(text: str) -> float:
    """Not-a-number for what is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def number_text(value: float) -> str:
    """All its digits: whoever follows the link sees the same."""
    return repr(float(value)).removesuffix(".0")


def begin(page: str, fields: Mapping[str, Kept]) -> None:
    """Give every setting of the page its value, in `st.session_state`, before its widgets are made.

    The setting `name` of a page has the key `key_of(page, name)`. It comes from the URL at the first visit and when a
    link changes the URL; otherwise it is as it was when the page was last shown.
    """
    asked = {name: st.query_params[name] for name in fields if name in st.query_params}
    kept = st.session_state.setdefault(f"{page}_kept", {name: field.default for name, field in fields.items()})
    written = st.session_state.setdefault(f"{page}_urls", [])
    recent = [url for at, url in written[:-1] if time.monotonic() - at < ECHO] + [url for _, url in written[-1:]]
    if asked and asked not in recent:
        values, problems = _read(fields, asked)
        if problems:
            st.warning("\n\n".join([t("Parts of the link were left out:"), *map(say, problems)]))
        for name, value in values.items():
            kept[name] = st.session_state[key_of(page, name)] = value
    for name, value in kept.items():
        # Given anew each time: Streamlit would forget the value of a widget that is not shown for a while.
        st.session_state[key_of(page, name)] = st.session_state.get(key_of(page, name), value)


def end(page: str, fields: Mapping[str, Kept]) -> None:
    """Put what differs from the defaults into the URL, and remember all of it for the way back from another page."""
    for name, field in fields.items():
        kept = st.session_state[f"{page}_kept"]
        value = kept[name] = st.session_state.get(key_of(page, name), kept[name])  # a widget that is not shown has none
        text = field.write(value)
        if value == field.default or len(text) > LONGEST:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != text:
            st.query_params[name] = text
    _note(page, {name: st.query_params[name] for name in fields if name in st.query_params})


def _note(page: str, url: dict[str, str]) -> None:
    """What the page has written last, and in the last seconds: a quick rerun may still bring an older URL along."""
    now = time.monotonic()
    recent = [(at, old) for at, old in st.session_state.get(f"{page}_urls", []) if now - at < ECHO]
    st.session_state[f"{page}_urls"] = [*recent, (now, url)]


def key_of(page: str, name: str) -> str:
    return f"{page}_{name}"


def _read(fields: Mapping[str, Kept], asked: Mapping[str, str]) -> tuple[dict[str, Any], list[ConfigError]]:
    """Every setting as the URL has it, defaults for those it leaves out or gets wrong, and what is wrong."""
    values, problems = {name: field.default for name, field in fields.items()}, []
    for name, text in asked.items():
        try:
            values[name] = fields[name].read(text)
        except ConfigError as error:
            problems.append(error)
    return values, problems

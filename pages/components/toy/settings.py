"""The settings form: made from the fields of `ToyConfig`, started from a preset, kept in the URL."""

import math
import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from gan_core.config import ToyConfig, hints
from gan_core.fields import ConfigError
from gan_core.presets import PRESETS, measured
from pages.components.i18n import say, t

GROUPS = {
    "target": "Target p_data",
    "learning": "Loss and updates",
    "optimisers": "Optimisers",
    "generator": "Generator",
    "discriminator": "Discriminator",
}
EDITORS = {"mixture": "mixture_editor", "data": "data_text"}  # fields with more than one widget, and its key
EXAMPLE = (-1.2, -0.9, -1.0, 0.8, 1.0, 1.3, 1.1)  # own data to begin with
CHOICES = {"jang": "N(-1, 1), by Jang", "aylien": "N(4, 0.5), by AYLIEN", "far_away": "N(10, 0.5), far away"}
LONG = 200  # own numbers that still fit into a URL
MOST = 100_000  # own numbers

Changed = Callable[[str, Any], None]


def name_of(choice: str) -> str:
    """How a choice is called on the page, in English."""
    return CHOICES.get(choice, choice.replace("_", " "))


def key_of(field: str) -> str:
    return f"field_{field}"


def begin(run_config: ToyConfig | None) -> None:
    """At the first visit, and whenever a link asks for another preset or another run than the page shows.

    The settings are those of the run in the URL, else those that the URL spells out.
    """
    asked = (st.query_params.get("preset"), st.query_params.get("run"))
    if "config" in st.session_state and asked[0] is None:  # from another page: the URL is bare
        return
    if "config" in st.session_state and asked == st.session_state.begun:
        return
    preset, config, problems = from_url()
    if problems:
        st.warning("\n\n".join([t("Parts of the link were left out:"), *map(say, problems)]))
    st.session_state.preset_name = st.session_state.preset = preset
    fill(run_config or config)


def fill(config: ToyConfig) -> None:
    """Every widget shows `config`."""
    st.session_state.config = config
    for field, value in config.model_dump().items():
        st.session_state[key_of(field)] = value
    for widget in (*EDITORS.values(), "data_file"):
        st.session_state.pop(widget, None)


def from_url() -> tuple[str, ToyConfig, list[ConfigError]]:
    """Preset and settings in the URL; what is wrong there is told and left out."""
    problems = []
    name = st.query_params.get("preset", next(iter(PRESETS)))
    if name not in PRESETS:
        problems.append(ConfigError("preset", "There is no preset called {name}.", name=name[:40]))
        name = next(iter(PRESETS))
    preset, wanted = PRESETS[name].config, {}
    for field, text in st.query_params.items():
        if field in ("preset", "run", "lang"):
            continue
        try:
            wanted[field] = ToyConfig.parse(field, text)
        except ConfigError as error:
            if field in ToyConfig.model_fields or "close" in error.values:  # other parameters are not ours
                problems.append(error)
    while True:
        try:
            return name, preset.replace(**wanted), problems
        except ConfigError as error:
            problems.append(error)
            guilty = {error.field, "target"} & wanted.keys()
            guilty = {error.field} & guilty or guilty or set(wanted)
            wanted = {field: value for field, value in wanted.items() if field not in guilty}


def to_url(preset: str, config: ToyConfig) -> None:
    """The preset and what differs from it: a link shows another reader the same settings."""
    for field in ToyConfig.model_fields:
        st.query_params.pop(field, None)
    st.query_params["preset"] = preset
    for field, value in config.differences(PRESETS[preset].config).items():
        if _applies(field, vars(config)) and (field != "data" or len(value) <= LONG):
            st.query_params[field] = _url_text(value)
    st.session_state.begun = (preset, st.query_params.get("run"))


def _url_text(value: Any) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else str(value).replace("(", "[").replace(",)", "]").replace(")", "]")
    )


def settings_form(changed: Changed, leave: Callable[[], None]) -> ToyConfig:
    """Preset and fields, in the sidebar. Returns the settings as they stand; the last valid ones if something is wrong.

    `changed(field, value)` is called at once for fields that a running run takes over; `leave()` when a preset is
    picked, which is a new beginning.
    """
    preset = _choose_preset(leave)
    config = st.session_state.config
    values: dict[str, Any] = {}
    for group, title in GROUPS.items():
        with st.expander(t(title), expanded=group == "optimisers"):
            for field in ToyConfig.model_fields:
                if ToyConfig.about(field).group == group and _applies(field, vars(config) | values):
                    values[field] = _widget(field, getattr(config, field), changed)
    try:
        config = config.replace(**values)
    except ConfigError as error:
        st.error(say(error))
    st.session_state.config = config
    to_url(preset, config)
    for hint in hints(config):
        st.warning(t(hint), icon=":material/warning:")
    return config


def _choose_preset(leave: Callable[[], None]) -> str:
    def picked() -> None:
        leave()
        fill(PRESETS[st.session_state.preset].config)
        st.session_state.preset_name = st.session_state.preset

    st.session_state.setdefault("preset", st.session_state.preset_name)
    name = st.selectbox(
        t("Preset"),
        list(PRESETS),
        format_func=lambda name: t(PRESETS[name].title),
        key="preset",
        on_change=picked,
        help=t("A preset sets every field below. Failures are presets too: they are there to be understood."),
    )
    about = t(PRESETS[name].reason)
    if kept := measured(name):
        about += " " + t("As promised in {hits} of {seeds} runs with other seeds.").format_map(kept)
    st.caption(about)
    return name


def _applies(field: str, values: dict[str, Any]) -> bool:
    """Fields that would do nothing are not shown."""
    conditions = {
        "mixture": values["target"] == "own_mixture",
        "data": values["target"] == "own_data",
        "label_smoothing": values["loss"] in ("minimax", "non_saturating"),
        "naive_log": values["loss"] in ("minimax", "non_saturating"),
        "smoothness_weight": values["smoothness"] in ("gradient_penalty", "r1"),
        "one_sided": values["smoothness"] == "gradient_penalty",
        "clip_value": values["smoothness"] == "weight_clipping",
    }
    return conditions.get(field, True)


def _widget(field: str, value: Any, changed: Changed) -> Any:
    about, kind, key = ToyConfig.about(field), ToyConfig.kind(field), key_of(field)
    label = t(about.label) + (f" ({t(about.unit)})" if about.unit else "")
    if field in EDITORS:
        if EDITORS[field] not in st.session_state:  # first shown, or shown again after another page
            st.session_state[key] = value
        return _mixture_table(label) if field == "mixture" else _data_box(label)
    st.session_state.setdefault(key, value)
    tell = (lambda: changed(field, st.session_state[key])) if about.live else None
    shared: dict[str, Any] = {"label": label, "key": key, "help": t(about.help), "on_change": tell}
    if kind is str:
        return st.selectbox(options=ToyConfig.choices(field), format_func=lambda choice: t(name_of(choice)), **shared)
    if kind is bool:
        return st.toggle(**shared)
    low, high = ToyConfig.bounds(field)
    if about.log:
        ticks = [digit * 10.0**power for power in range(-6, 1) for digit in (1, 2, 5)]
        options = sorted({float(f"{tick:g}") for tick in ticks if low <= tick <= high} | {st.session_state[key]})
        return st.select_slider(options=options, format_func=lambda number: f"{number:g}", **shared)
    if kind is int:
        return st.number_input(min_value=int(low), max_value=int(high), step=1, **shared)
    return st.number_input(min_value=float(low), max_value=float(high), step=0.1, format="%g", **shared)


def _mixture_table(label: str) -> list[list[float]]:
    """The rows as a table to edit. It starts from the rows that `fill` has set, and keeps its own edits after that."""
    names = [t("weight"), t("mean"), t("sd")]
    st.caption(f"{label}: {', '.join(names)}")
    rows = st.session_state[key_of("mixture")]
    columns = {name: [float(row[at]) for row in rows] for at, name in enumerate(names)}
    narrow = {name: st.column_config.NumberColumn(width=56) for name in names}  # all three fit into the sidebar
    edited = st.data_editor(columns, num_rows="dynamic", key="mixture_editor", hide_index=True, column_config=narrow)
    table = list(zip(*(edited[name] for name in names), strict=True))
    whole = [[float(cell) for cell in row] for row in table if not any(cell is None or cell != cell for cell in row)]
    if len(whole) < len(table):
        st.info(t("Rows with an empty cell are left out until they are complete."))
    return whole


def _data_box(label: str) -> list[float]:
    """Numbers from a file, else from the box; what cannot be used is told."""
    value = st.session_state[key_of("data")] or EXAMPLE
    st.session_state.setdefault("data_text", " ".join(map(repr, value)) if len(value) <= LONG else "")
    text = st.text_area(label, key="data_text", help=t("Numbers separated by spaces, commas or new lines."))
    if file := st.file_uploader(t("or a CSV file"), type=["csv", "txt"], key="data_file"):
        text = first_column(file.getvalue().decode("utf-8-sig", errors="replace"))
    if not text.strip():
        st.caption(t("{count} numbers in use").format(count=len(value)))
        return list(value)
    numbers, bad = numbers_in(text)
    if bad:
        said = {"count": len(bad), "word": bad[0][:40]}
        st.error(
            say(ConfigError("data", "Own data: what is no number was left out ({count} times): {word} ...", **said))
        )
    if len(numbers) > MOST:
        st.error(
            t("Own data: only the first {most} of {count} numbers are used.").format(most=MOST, count=len(numbers))
        )
    return numbers[:MOST]


def first_column(text: str) -> str:
    """Of a table with several columns, the first one that holds numbers, without its heading; else the text itself."""
    rows = [re.split(r"[,;\t]", line) for line in text.splitlines() if line.strip()]
    body = rows[1:] if rows and not numbers_in(" ".join(rows[0]))[0] else rows
    for column in zip(*body, strict=False):
        if len(body[0]) > 1 and numbers_in(" ".join(column))[0]:
            return "\n".join(column)
    return "\n".join(",".join(row) for row in body)


def numbers_in(text: str) -> tuple[list[float], list[str]]:
    """The finite numbers of a text, and the words that are none."""
    numbers, bad = [], []
    for word in re.split(r"[\s,;]+", text.strip()):
        try:
            number = float(word)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            numbers.append(number)
        elif word:
            bad.append(word)
    return numbers, bad

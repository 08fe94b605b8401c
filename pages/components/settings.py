"""The settings form: made from the fields of `ToyConfig`, started from a preset, kept in the URL."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from gan_core.config import ToyConfig, hints
from gan_core.fields import ConfigError
from gan_core.presets import PRESETS, measured
from pages.components.i18n import t

GROUPS = {
    "target": "Target p_data",
    "learning": "Loss and updates",
    "optimisers": "Optimisers",
    "generator": "Generator",
    "discriminator": "Discriminator",
}
EXAMPLE = (-1.2, -0.9, -1.0, 0.8, 1.0, 1.3, 1.1)  # own data to begin with
LONG = 200  # own numbers that still fit into a URL

Changed = Callable[[str, Any], None]


def key_of(field: str) -> str:
    return f"field_{field}"


def begin(run_config: ToyConfig | None) -> None:
    """Once in a session: the settings of the run in the URL, else those that the URL spells out."""
    if "config" in st.session_state:
        return
    preset, config, problems = from_url()
    if problems:
        st.warning("\n\n".join([t("Parts of the link were left out:"), *map(say, problems)]))
    st.session_state.preset_name = preset
    fill(run_config or config)


def fill(config: ToyConfig) -> None:
    """Every widget shows `config`."""
    st.session_state.config = config
    for field, value in config.model_dump().items():
        if field not in ("mixture", "data"):
            st.session_state[key_of(field)] = value


def from_url() -> tuple[str, ToyConfig, list[ConfigError]]:
    """Preset and settings in the URL; what is wrong there is told and left out."""
    problems = []
    name = st.query_params.get("preset", next(iter(PRESETS)))
    if name not in PRESETS:
        problems.append(ConfigError("preset", "There is no preset called {name}.", name=name[:40]))
        name = next(iter(PRESETS))
    preset, wanted = PRESETS[name].config, {}
    for field, text in st.query_params.items():
        if field in ToyConfig.model_fields:
            try:
                wanted[field] = ToyConfig.parse(field, text)
            except ConfigError as error:
                problems.append(error)
    while True:
        try:
            return name, preset.replace(**wanted), problems
        except ConfigError as error:
            problems.append(error)
            wanted = (
                {field: value for field, value in wanted.items() if field != error.field}
                if error.field in wanted
                else {}
            )


def to_url(preset: str, config: ToyConfig) -> None:
    """The preset and what differs from it: a link shows another reader the same settings."""
    different = config.differences(PRESETS[preset].config)
    for field in ToyConfig.model_fields:
        st.query_params.pop(field, None)
    st.query_params["preset"] = preset
    for field, value in different.items():
        if field != "data" or len(value) <= LONG:
            st.query_params[field] = _url_text(value)


def _url_text(value: Any) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else str(value).replace("(", "[").replace(",)", "]").replace(")", "]")
    )


def say(error: ConfigError) -> str:
    """The sentence of an error in the reader's language."""
    values = {name: t(value) if isinstance(value, str) else value for name, value in error.values.items()}
    return t(error.template).format(**values)


def settings_form(changed: Changed) -> ToyConfig:
    """Preset and fields, in the sidebar. Returns the settings as they stand; the last valid ones if something is wrong.

    `changed(field, value)` is called at once for fields that a running run takes over.
    """
    preset = _choose_preset()
    config = st.session_state.config
    values: dict[str, Any] = {}
    for group, title in GROUPS.items():
        with st.expander(t(title), expanded=group == "optimisers"):
            for field in ToyConfig.model_fields:
                if ToyConfig.about(field).group == group and _applies(field, values | vars(config)):
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


def _choose_preset() -> str:
    def picked() -> None:
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
    if field == "mixture":
        return _mixture_table(label, value)
    if field == "data":
        return _data_box(label, value)
    st.session_state.setdefault(key, value)
    tell = (lambda: changed(field, st.session_state[key])) if about.live else None
    shared: dict[str, Any] = {"label": label, "key": key, "help": t(about.help), "on_change": tell}
    if kind is str:
        return st.selectbox(
            options=ToyConfig.choices(field), format_func=lambda name: t(name.replace("_", " ")), **shared
        )
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


def _mixture_table(label: str, rows: tuple[tuple[float, float, float], ...]) -> list[list[float]]:
    st.caption(label)
    names = [t("weight"), t("mean"), t("standard deviation")]
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    if "mixture_rows" not in st.session_state:
        st.session_state.mixture_rows = columns
    edited = st.data_editor(st.session_state.mixture_rows, num_rows="dynamic", key="mixture_editor", width="stretch")
    table = [[edited[name][at] for name in edited] for at in range(len(next(iter(edited.values()))))]
    return [[float(cell) for cell in row] for row in table if all(cell is not None for cell in row)]


def _data_box(label: str, value: tuple[float, ...]) -> list[float]:
    st.session_state.setdefault("data_text", " ".join(f"{number:g}" for number in value[:LONG] or EXAMPLE))
    text = st.text_area(label, key="data_text", help=t("Numbers separated by spaces, commas or new lines."))
    if file := st.file_uploader(t("or a CSV file"), type=["csv", "txt"], key="data_file"):
        text = file.getvalue().decode("utf-8-sig", errors="replace")
    numbers, bad = numbers_in(text)
    if bad:
        st.error(
            t("Own data: {word} is not a number; it was left out, with {more} others like it.").format(
                word=bad[0][:40], more=len(bad) - 1
            )
        )
    return numbers[:100_000] if len(numbers) >= 2 and np.ptp(numbers) > 0 else list(EXAMPLE)


def numbers_in(text: str) -> tuple[list[float], list[str]]:
    """The finite numbers of a text, and the words that are none."""
    numbers, bad = [], []
    for word in re.split(r"[\s,;]+", text.strip()):
        try:
            number = float(word)
        except ValueError:
            number = np.nan
        if np.isfinite(number):
            numbers.append(number)
        elif word:
            bad.append(word)
    return numbers, bad

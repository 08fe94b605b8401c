"""The settings form: made from the fields of a config, started from a preset, kept in the URL."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from gan_core.config import TrainConfig
from gan_core.fields import ConfigError
from gan_core.presets import measured
from pages.components.i18n import say, t
from pages.components.training.link import from_url, to_url
from pages.components.training.task import Task
from pages.components.training.widgets import Changed, widget


def begin(task: Task, run_config: TrainConfig | None) -> None:
    """At the first visit, and whenever a link asks for another preset or another run than the page shows.

    The settings are those of the run in the URL, else those that the URL spells out.
    """
    asked = (st.query_params.get("preset"), st.query_params.get("run"))
    if task.key("config") in st.session_state and asked[0] is None:  # from another page: the URL is bare
        return
    if task.key("config") in st.session_state and asked == st.session_state[task.key("begun")]:
        return
    name, config, problems = from_url(task)
    if problems:
        st.warning("\n\n".join([t("Parts of the link were left out:"), *map(say, problems)]))
    st.session_state[task.key("preset_name")] = st.session_state[task.key("preset")] = name
    fill(task, run_config or config)


def fill(task: Task, config: TrainConfig) -> None:
    """Every widget shows `config`."""
    st.session_state[task.key("config")] = config
    for field, value in config.model_dump().items():
        st.session_state[task.field_key(field)] = value
    for editor in task.editors.values():
        for key in editor.keys:
            st.session_state.pop(key, None)


def shown_preset(task: Task) -> str:
    """Name of the preset that the form began with."""
    return st.session_state[task.key("preset_name")]


def show_preset(task: Task, name: str) -> None:
    """Begin anew with this preset, in the URL as well: what stands there would be taken for a wish otherwise."""
    fill(task, task.presets[name].config)
    st.session_state[task.key("preset_name")] = st.session_state[task.key("preset")] = name
    to_url(task, name, task.presets[name].config)


def choose_preset(task: Task, names: Iterable[str], leave: Callable[[], None], has_label: bool = True) -> None:
    """A selector of these presets. `leave()` is called when one is picked, which is a new beginning."""

    def picked() -> None:
        leave()
        show_preset(task, st.session_state[task.key("preset")])

    st.session_state.setdefault(task.key("preset"), shown_preset(task))
    st.selectbox(
        t("Preset"),
        list(names),
        format_func=lambda name: t(task.presets[name].title),
        key=task.key("preset"),
        on_change=picked,
        help=t("A preset sets every field below. Failures are presets too: they are there to be understood."),
        label_visibility="visible" if has_label else "collapsed",
    )


def why(task: Task, name: str) -> str:
    """The reason for the preset, and how well it has kept its promise."""
    about, kept = t(task.presets[name].reason), measured(name)
    if {"hits", "seeds"} <= kept.keys():
        about += " " + t("As promised in {hits} of {seeds} runs with other seeds.").format_map(kept)
    return about


def _fitting(task: Task, config: TrainConfig, values: dict[str, Any]) -> TrainConfig:
    """The config with these values. A field that is not on screen gives way where it does not go with them."""
    try:
        return config.replace(**values)
    except ConfigError as error:
        if error.field in values:
            raise
        hidden = {name: each.default for name, each in task.config.model_fields.items() if name not in values}
        return config.replace(**values, **hidden)


def settings_form(task: Task, changed: Changed) -> Any:
    """Every field that applies. Returns the settings as they stand; the last valid ones if something is wrong.

    `changed(field, value)` is called at once for fields that a running run takes over.
    """
    config = st.session_state[task.key("config")]
    values: dict[str, Any] = {}
    for group, title in task.groups.items():
        with st.expander(t(title), expanded=group == task.unfolded):
            for field in task.config.model_fields:
                if task.config.about(field).group == group and task.applies(field, vars(config) | values):
                    values[field] = widget(task, field, getattr(config, field), changed)
    problem = ""
    try:
        config = _fitting(task, config, values)
    except ConfigError as error:
        problem = say(error)
        st.error(problem)
    st.session_state[task.key("problem")] = problem
    st.session_state[task.key("config")] = config
    to_url(task, shown_preset(task), config)
    return config

"""The settings of a run as the URL spells them: a preset, and what differs from it."""

from typing import Any

import streamlit as st

from gan_core.config import TrainConfig
from gan_core.fields import ConfigError
from pages.components.training.task import Task

LONG = 200  # own numbers that still fit into a URL


def fits_into_a_link(value: Any) -> bool:
    return not isinstance(value, tuple) or len(value) <= LONG


def from_url(task: Task) -> tuple[str, TrainConfig, list[ConfigError]]:
    """Preset and settings in the URL; what is wrong there is told and left out."""
    problems: list[ConfigError] = []
    name = st.query_params.get("preset", task.first)
    if name not in task.presets:
        problems.append(ConfigError("preset", "There is no preset called {name}.", name=name[:40]))
        name = task.first
    wanted = {}
    for field, text in st.query_params.items():
        if field in ("preset", "run", "lang", *task.parameters):
            continue
        try:
            wanted[field] = task.config.parse(field, text)
        except ConfigError as error:
            if field in task.config.model_fields or "close" in error.values:  # other parameters are not ours
                problems.append(error)
    config, more = _as_many_as_fit(task.presets[name].config, wanted)
    return name, config, problems + more


def _as_many_as_fit(preset: TrainConfig, wanted: dict[str, Any]) -> tuple[TrainConfig, list[ConfigError]]:
    """The preset with all changes that make sense together, and what is wrong with the others."""
    problems = []
    while True:
        try:
            return preset.replace(**wanted), problems
        except ConfigError as error:
            problems.append(error)
            guilty = {error.field, "target"} & wanted.keys()
            guilty = {error.field} & guilty or guilty or set(wanted)
            wanted = {field: value for field, value in wanted.items() if field not in guilty}


def to_url(task: Task, preset: str, config: TrainConfig) -> None:
    """The preset and what differs from it: a link shows another reader the same settings."""
    for field in task.config.model_fields:
        st.query_params.pop(field, None)
    st.query_params["preset"] = preset
    for field, value in config.differences(task.presets[preset].config).items():
        if task.applies(field, vars(config)) and fits_into_a_link(value):
            st.query_params[field] = _text(value)
    st.session_state[task.key("begun")] = (preset, st.query_params.get("run"))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("(", "[").replace(",)", "]").replace(")", "]")

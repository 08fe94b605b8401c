"""One widget for each field of a config, by the kind of its value."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.components.i18n import t
from pages.components.training.task import Task

# Names of choices that are no names by themselves.
CHOICES = {
    "jang": "N(-1, 1), by Jang",
    "aylien": "N(4, 0.5), by AYLIEN",
    "far_away": "N(10, 0.5), far away",
    "mnist_5k": "5,000 digits of MNIST",
    "mnist": "MNIST",
    "fashion_mnist": "Fashion-MNIST",
    "kmnist": "Kuzushiji-MNIST",
    "cpu": "CPU",
    "cuda": "CUDA: NVIDIA's GPU",
    "mps": "MPS: Apple's GPU",
    "mlp": "fully connected",
    "conv": "convolutions",
    "dcgan": "N(0, 0.02), as in DCGAN",
    "4x4": "4 x 4",
    "5x5": "5 x 5",
    "8x8": "8 x 8",
    "batch_norm": "batch norm, before the activation",
    "batch_norm_last": "batch norm, after the activation",
}
TICKS = [digit * 10.0**power for power in range(-6, 1) for digit in (1, 2, 5)]  # of a slider over powers of ten

Changed = Callable[[str, Any], None]


def name_of(choice: str) -> str:
    """How a choice is called on the page, in English."""
    return CHOICES.get(choice, choice.replace("_", " "))


def widget(task: Task, field: str, value: Any, changed: Changed) -> Any:
    """The field's value as the reader has set it."""
    about, kind, key = task.config.about(field), task.config.kind(field), task.field_key(field)
    label = t(about.label) + (f" ({t(about.unit)})" if about.unit else "")
    if editor := task.editors.get(field):
        if editor.keys[0] not in st.session_state:  # first shown, or shown again after another page
            st.session_state[key] = value
        return editor.draw(label, t(about.help), key)
    st.session_state.setdefault(key, value)
    tell = (lambda: changed(field, st.session_state[key])) if about.live else None
    shared: dict[str, Any] = {"label": label, "key": key, "help": t(about.help), "on_change": tell}
    if kind is str:
        options = task.config.choices(field)
        return st.selectbox(options=options, format_func=lambda choice: t(name_of(choice)), **shared)
    if kind is bool:
        return st.toggle(**shared)
    return _number(kind is int, about.log, *task.config.bounds(field), shared)


def _number(whole: bool, log: bool, low: float, high: float, shared: dict[str, Any]) -> Any:
    if log:
        options = sorted(
            {float(f"{tick:g}") for tick in TICKS if low <= tick <= high} | {st.session_state[shared["key"]]}
        )
        return st.select_slider(options=options, format_func=lambda number: f"{number:g}", **shared)
    if whole:
        return st.number_input(min_value=int(low), max_value=int(high), step=1, **shared)
    return st.number_input(min_value=float(low), max_value=float(high), step=0.1, format="%g", **shared)

"""A preset as the row that it is, and its difference from the row before: the models of the lessons are no files."""

from typing import Any

import streamlit as st

from gan_core.presets import Preset
from pages.components.i18n import t
from pages.components.mnist.families import FAMILIES, before
from pages.components.mnist.settings import applies

PURPOSE = (
    "Every model here is one row of settings for the same training loop. There is no file for a WGAN and none for a "
    "DCGAN: what makes them is marked with ←."
)
APART = ("dataset", "steps", "seed", "grid")  # say nothing about the model


def row_panel(preset: Preset) -> None:
    """The families' objectives; the row, and its difference from the one before."""
    names = list(FAMILIES)
    tabs = st.tabs([FAMILIES[name].title for name in names], default=FAMILIES[preset.family].title)
    for name, tab in zip(names, tabs, strict=True):
        with tab:
            _explain(name)
    st.markdown(t(PURPOSE))
    row, difference = st.columns(2)
    with row:
        st.caption(t("The row of {title}:").format(title=f"**{t(preset.title)}**"))
        st.code(as_python(preset), language="python")
    with difference:
        for earlier in before(preset):
            st.caption(t("What differs from {title}:").format(title=f"**{t(earlier.title)}**"))
            st.code(as_difference(preset, earlier), language="diff")


def _explain(name: str) -> None:
    family = FAMILIES[name]
    st.latex(family.objective)
    st.code("\n".join(f"{field}={value!r}," for field, value in family.made_by.items()), language="python")
    st.markdown(t(family.idea))
    st.caption(t("Source") + ": " + t(family.source))


def as_python(preset: Preset) -> str:
    """The row as it stands in the source, each setting in a line."""
    lines = [f"    {field}={value!r},{_mark(preset, field)}" for field, value in preset.changes.items()]
    return "\n".join([f'Preset("{preset.name}",', *lines, ")"])


def as_difference(preset: Preset, earlier: Preset) -> str:
    """Lines that leave the earlier row, and lines that come; settings that do nothing in a row are left out."""
    lines = []
    for field, new in preset.config.differences(earlier.config).items():
        old = getattr(earlier.config, field)
        if field in APART:
            continue
        if applies(field, vars(earlier.config)):
            lines.append(f"- {field}={old!r}")
        if applies(field, vars(preset.config)):
            lines.append(f"+ {field}={new!r}{_mark(preset, field)}")
    return "\n".join(lines)


def _mark(preset: Preset, field: str) -> str:
    """Whether this line makes the family."""
    wanted: dict[str, Any] = dict(FAMILIES[preset.family].made_by)
    makes_it = field in wanted and getattr(preset.config, field) == wanted[field]
    return f"  # ← {FAMILIES[preset.family].title}" if makes_it else ""

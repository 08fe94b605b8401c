"""The settings of a 1-D run on the page: its groups of fields, and the editors of the target."""

import math
import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from gan_core.config import ToyConfig
from gan_core.fields import ConfigError
from gan_core.presets import TOY_PRESETS
from pages.components.i18n import say, t
from pages.components.training.game import of_the_game
from pages.components.training.link import LONG
from pages.components.training.task import Editor, Task
from pages.components.training.widgets import name_of

GROUPS = {
    "target": "Target p_data",
    "learning": "Loss and updates",
    "optimisers": "Optimisers",
    "generator": "Generator",
    "discriminator": "Discriminator",
}
EXAMPLE = (-1.2, -0.9, -1.0, 0.8, 1.0, 1.3, 1.1)  # own data to begin with
MOST = 100_000  # own numbers


def _applies(field: str, values: Mapping[str, Any]) -> bool:
    """Fields that would do nothing are not shown."""
    conditions = {
        "mixture": values["target"] == "own_mixture",
        "data": values["target"] == "own_data",
        **of_the_game(values),
    }
    return conditions.get(field, True)


def _mixture_table(label: str, help: str, key: str) -> list[list[float]]:
    """The rows as a table to edit. It starts from the rows that `fill` has set, and keeps its own edits after that."""
    names = [t("weight"), t("mean"), t("sd")]
    st.caption(f"{label}: {', '.join(names)}")
    rows = st.session_state[key]
    columns = {name: [float(row[at]) for row in rows] for at, name in enumerate(names)}
    narrow = {name: st.column_config.NumberColumn(width=56) for name in names}  # all three fit into the sidebar
    edited = st.data_editor(columns, num_rows="dynamic", key="mixture_editor", hide_index=True, column_config=narrow)
    table = list(zip(*(edited[name] for name in names), strict=True))
    whole = [[float(cell) for cell in row] for row in table if not any(cell is None or cell != cell for cell in row)]
    if len(whole) < len(table):
        st.info(t("Rows with an empty cell are left out until they are complete."))
    return whole


def _data_box(label: str, help: str, key: str) -> list[float]:
    """Numbers from a file, else from the box; what cannot be used is told."""
    value = st.session_state[key] or EXAMPLE
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


TOY = Task(
    config=ToyConfig,
    presets=TOY_PRESETS,
    first=next(iter(TOY_PRESETS)),
    groups=GROUPS,
    unfolded="optimisers",
    applies=_applies,
    pace=5,
    editors={
        "mixture": Editor(_mixture_table, ("mixture_editor",)),
        "data": Editor(_data_box, ("data_text", "data_file")),
    },
)

__all__ = ["GROUPS", "TOY", "name_of", "numbers_in"]

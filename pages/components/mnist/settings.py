"""The settings of a run that draws images, on the page: groups of fields, and the editors of its lists of numbers."""

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from gan_core.config import ImageConfig
from gan_core.data import SETS
from gan_core.presets import IMAGE_PRESETS
from gan_core.runs.controls import AS_FAST_AS_IT_GOES
from pages.components.i18n import t
from pages.components.training.game import of_the_game
from pages.components.training.task import Editor, Task

GROUPS = {
    "data": "Data and device",
    "condition": "Condition",
    "learning": "Loss and updates",
    "optimisers": "Optimisers",
    "generator": "Generator",
    "discriminator": "Discriminator",
}
COMPARE = "compare"  # begins the names of what the comparison keeps in the URL
PARAMETERS = (COMPARE, *(f"{COMPARE}_{name}" for name in ("presets", "data", "steps", "seed")))


def applies(field: str, values: Mapping[str, Any]) -> bool:
    """Fields that would do nothing are not shown."""
    is_conv = values["d_network"] == "conv"
    conditions = of_the_game(values) | {
        "conditioning": values["conditional"],
        "embedding": values["conditional"] and values["conditioning"] == "embedding",
        "d_normalisation": is_conv,
        "d_pooling": is_conv,
        "d_two_classes": not is_conv,
        "kernel": is_conv or values["g_network"] == "conv",
    }
    return conditions.get(field, True)


def _digits(label: str, help: str, key: str) -> list[int]:
    """Which classes take part, by number, and by name where the set has names."""
    names = SETS[st.session_state[IMAGES.field_key("dataset")]].classes
    own = "image_classes_chosen"
    st.session_state.setdefault(own, list(st.session_state[key]))
    return st.multiselect(label, range(10), format_func=names.__getitem__, key=own, help=help, placeholder=t("all"))


def _widths(label: str, help: str, key: str) -> list[Any]:
    """Whole numbers in a line of text; a word that is none is left for the validation to name."""
    own = f"{key}_text"
    st.session_state.setdefault(own, ", ".join(map(str, st.session_state[key])))
    text = st.text_input(label, key=own, help=help, max_chars=60)
    return [int(word) if word.isdecimal() else word for word in re.split(r"[\s,;]+", text.strip()) if word]


IMAGES = Task(
    config=ImageConfig,
    presets=IMAGE_PRESETS,
    first="cgan_lesson",
    groups=GROUPS,
    unfolded="data",
    applies=applies,
    pace=AS_FAST_AS_IT_GOES,
    editors={
        "classes": Editor(_digits, ("image_classes_chosen",)),
        "g_widths": Editor(_widths, ("image_field_g_widths_text",)),
        "d_widths": Editor(_widths, ("image_field_d_widths_text",)),
    },
    prefix="image_",
    parameters=PARAMETERS,
)

"""Every word of the tables stands in the glossary, with the Japanese that the page shows."""

from pathlib import Path
from typing import get_args

import pytest

from gan_core import config
from gan_core.learning.losses import ADVERSARIAL_LOSSES
from gan_core.learning.optimisers import RULES
from gan_core.learning.smoothness import PENALTIES
from gan_core.snapshots import MEASURES
from gan_core.theory.distributions import TARGETS
from pages.components.i18n import catalogue
from pages.components.toy.settings import name_of

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
ROWS = [
    line.replace(r"\|", "").strip("|").split("|")
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ")
]
CHOICES = {*get_args(config.Loss), *get_args(config.Smoothness), *get_args(config.Optimiser), *get_args(config.Target)}


def rows_of(name):
    """Those that give `name` in their last column, the name in the code."""
    return [row for row in ROWS if f"`{name}`" in row[-1]]


@pytest.mark.parametrize(
    "name", sorted({*ADVERSARIAL_LOSSES, *PENALTIES, *RULES, *TARGETS, *MEASURES, *CHOICES}), ids=str
)
def test_every_name_is_explained(name):
    rows = rows_of(name)
    assert rows
    assert all(len(row) in (4, 5) and all(cell.strip() for cell in row) for row in rows)


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_the_page_and_the_glossary_say_the_same(name):
    shown = catalogue("ja")[name_of(name)]
    assert any(shown in row[1] for row in rows_of(name))

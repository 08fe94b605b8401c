"""Every word of the tables stands in the glossary, with the Japanese that the page shows."""

import re
from pathlib import Path

import pytest

from gan_core.config import ImageConfig, ToyConfig
from gan_core.learning.losses import ADVERSARIAL_LOSSES
from gan_core.learning.optimisers import RULES
from gan_core.learning.smoothness import PENALTIES
from gan_core.snapshots import ImageSnapshot, ToySnapshot
from gan_core.theory.distributions import TARGETS
from pages.components.i18n import catalogue
from pages.components.toy.settings import name_of

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
ROWS = [
    line.replace(r"\|", "").strip("|").split("|")
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ")
]
FIELDS = ("dataset", "precision", "g_network", "g_normalisation", "conditioning")
CHOICES = {
    *(choice for name in ("loss", "smoothness", "g_optimiser", "target") for choice in ToyConfig.choices(name)),
    *(choice for name in FIELDS for choice in ImageConfig.choices(name)),
}
MEASURES = {*ToySnapshot.measures, *ImageSnapshot.measures}


def rows_of(name):
    """Those that give `name` in their last column, the name in the code. Of ten digits, the first stands for all."""
    name = re.sub(r"_\d$", "_0", name)
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

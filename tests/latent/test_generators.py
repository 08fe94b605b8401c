"""Cards of generators: what is said about them before they draw."""

import pytest

from gan_core.config import ImageConfig, ToyConfig
from gan_core.latent.generators import about, family_of, nearest_preset, shipped
from gan_core.presets import IMAGE_PRESETS, TOY_PRESETS
from gan_core.runs import engine as engines
from gan_core.runs.generator_ids import UnknownGenerator
from gan_core.runs.inline import InlineEngine


@pytest.fixture
def inline(monkeypatch):
    monkeypatch.setattr(engines, "_current", InlineEngine(ahead=0))
    return engines.engine()


@pytest.mark.parametrize("generator", shipped())
def test_a_shipped_generator_has_a_card(generator):
    card = about(generator)
    assert card.family == generator.removeprefix("shipped-")
    assert card.preset in IMAGE_PRESETS or card.preset in TOY_PRESETS
    assert card.steps > 0 and not card.is_running


def test_metrics_of_a_shipped_generator_are_those_that_were_measured():
    assert about("shipped-cgan").metrics["accuracy"] > 0.99


def test_a_run_has_a_card_with_what_was_last_seen(inline):
    run = inline.start(ToyConfig())
    card = about(f"run-{run}")
    assert (card.family, card.steps, card.is_running) == ("toy", 0, False)
    assert card.metrics["w1"] > 0


def test_a_run_that_is_not_there_has_none(inline):
    with pytest.raises(UnknownGenerator):
        about("run-nobody")


@pytest.mark.parametrize("row", IMAGE_PRESETS.values(), ids=lambda row: row.name)
def test_settings_name_their_family_and_their_preset(row):
    assert family_of(row.config) == row.family
    assert nearest_preset(row.config) == row.name
    assert nearest_preset(row.config.replace(seed=77)) == row.name


def test_what_counts_most_is_the_condition():
    assert family_of(ImageConfig(conditional=True, loss="wasserstein", grid="by_digit")) == "cgan"

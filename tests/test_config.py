import json

import pytest

from gan_core.config import ToyConfig, hints
from gan_core.fields import ConfigError

FIELDS = list(ToyConfig.model_fields)
NUMERIC = [field for field in FIELDS if ToyConfig.kind(field) in (int, float)]

every_field = pytest.mark.parametrize("field", FIELDS)
every_number = pytest.mark.parametrize("field", NUMERIC)


def refused(**values) -> str:
    with pytest.raises(ConfigError) as caught:
        ToyConfig.make(values)
    return str(caught.value)


@every_field
def test_every_field_says_what_it_is(field):
    about = ToyConfig.about(field)
    assert about.label and about.help.endswith(".")
    assert about.group in ("target", "generator", "discriminator", "learning", "optimisers")


def test_no_two_fields_have_the_same_label():
    assert len({ToyConfig.about(field).label for field in FIELDS}) == len(FIELDS)


@every_number
def test_bounds_hold_the_default_and_are_allowed(field):
    low, high = ToyConfig.bounds(field)
    assert low <= getattr(ToyConfig(), field) <= high
    for value in (low, high):
        assert getattr(ToyConfig.make({field: value}), field) == value


@every_number
@pytest.mark.parametrize("side", [0, 1])
def test_a_value_outside_gets_a_sentence_with_label_and_range(field, side):
    low, high = ToyConfig.bounds(field)
    said = refused(**{field: (low - 1, high + 1)[side]})
    assert said.startswith(ToyConfig.about(field).label)
    assert f"from {low:g} to {high if ToyConfig.kind(field) is int else format(high, 'g')}" in said


@every_field
def test_nonsense_gets_one_sentence_that_names_the_field(field):
    said = refused(**{field: "nonsense"})
    assert said.startswith(ToyConfig.about(field).label) and said.count(". ") == 0 and said.endswith(".")


@every_field
def test_defaults_survive_as_text(field):
    value = getattr(ToyConfig(), field)
    text = json.dumps(value) if isinstance(value, tuple) else str(value)
    assert ToyConfig.make({field: ToyConfig.parse(field, text)}) == ToyConfig()


@pytest.mark.parametrize("field", [field for field in FIELDS if ToyConfig.choices(field)])
def test_every_choice_is_allowed(field):
    for choice in ToyConfig.choices(field):
        assert getattr(ToyConfig.make({field: choice, "data": (1.0, 2.0)}), field) == choice


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"label_smoothing": 0.1, "loss": "hinge"}, "Label smoothing needs a loss of probabilities"),
        ({"naive_log": True, "loss": "wasserstein"}, "Log of probabilities needs a loss of probabilities"),
        ({"target": "own_mixture", "mixture": ()}, "at least one row"),
        ({"target": "own_mixture", "mixture": ((0.0, 1.0, 1.0),)}, "weight above 0"),
        ({"target": "own_mixture", "mixture": ((2, 0, 1), (-1, 0, 1))}, "row 2: the weight must be from 0"),
        ({"target": "own_mixture", "mixture": ((1, 2e6, 1),)}, "row 1: the mean must be from"),
        ({"target": "own_mixture", "mixture": ((1, 0, 0),)}, "row 1: the standard deviation must be from 0.001"),
        ({"mixture": ((1, 2),)}, "One row for each normal component"),
        ({"mixture": tuple((1.0, 0.0, 1.0) for _ in range(51))}, "Own mixture"),
        ({"target": "own_data"}, "at least two different numbers"),
        ({"target": "own_data", "data": (3.0, 3.0, 3.0)}, "at least two different numbers"),
        ({"target": "own_data", "data": (1.0, 2e9)}, "must lie from"),
        ({"data": (1.0, float("nan"))}, "Own data"),
        ({"data": tuple(range(100_001))}, "Own data"),
    ],
)
def test_values_that_do_not_fit_are_refused(values, words):
    assert words in refused(**values)


def test_mixture_and_data_matter_only_where_they_are_used():
    assert ToyConfig.make({"mixture": ((0.0, 1.0, 1.0),), "data": (3.0,)}).target == "aylien"


HINTS = [  # a config for each sentence, in their order
    {"g_optimiser": "sgd", "g_lr": 0.2},
    {"d_lr": 0.05},
    {"loss": "wasserstein"},
    {"loss": "wasserstein", "smoothness": "weight_clipping", "clip_value": 0.01},
    {"d_momentum": 0.9},
    {"loss": "minimax", "g_optimiser": "sgd"},
    {"naive_log": True},
    {"shared_optimiser": True},
    {"loss": "wasserstein", "smoothness": "gradient_penalty", "one_sided": False},
]


def test_the_default_needs_no_hint():
    assert hints(ToyConfig()) == []


def test_each_danger_has_its_own_hint():
    said = [hints(ToyConfig.make(changes)) for changes in HINTS]
    assert all(len(sentences) == 1 for sentences in said)
    assert len({sentences[0] for sentences in said}) == len(HINTS)

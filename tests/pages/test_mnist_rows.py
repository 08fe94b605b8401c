"""What the page of images says of presets: rows, differences, expectations, families."""

import math

import pytest

from gan_core.presets import IMAGE_PRESETS, Preset
from pages.components.mnist import devices, expectations
from pages.components.mnist.expectations import Expectation, promised_step, said
from pages.components.mnist.families import FAMILIES, before, families, presets_of
from pages.components.mnist.rows import as_difference, as_python

FIRST = "cgan_lesson"


def row(name, family, source="", **changes):
    return Preset(name, name, "", "", "", changes, task="images", family=family, source=source)


def test_every_preset_belongs_to_a_family_and_every_family_has_one():
    assert families() == list(FAMILIES)
    assert sorted(name for family in FAMILIES for name in presets_of(family)) == sorted(IMAGE_PRESETS)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_lesson_has_the_lines_that_make_its_family(family):
    config = IMAGE_PRESETS[presets_of(family)[0]].config
    assert {field: getattr(config, field) for field in FAMILIES[family].made_by} == dict(FAMILIES[family].made_by)


def test_a_row_prints_its_settings_and_marks_the_ones_that_make_it():
    assert as_python(row("w", "wgan", loss="wasserstein", smoothness="weight_clipping", batch=8)) == (
        "Preset(\"w\",\n    loss='wasserstein',  # ← WGAN\n    smoothness='weight_clipping',  # ← WGAN\n    batch=8,\n)"
    )


def test_a_difference_leaves_out_what_does_nothing():
    clipped = row("w", "wgan", loss="wasserstein", smoothness="weight_clipping", clip_value=0.01, steps=9)
    punished = row("p", "wgan_gp", loss="wasserstein", smoothness="gradient_penalty", smoothness_weight=10)
    assert as_difference(punished, clipped).splitlines() == [
        "- smoothness='weight_clipping'",
        "+ smoothness='gradient_penalty'  # ← WGAN-GP",
        "+ smoothness_weight=10.0",
        "- clip_value=0.01",
    ]


def test_the_row_before_is_of_the_family_before_and_if_possible_of_the_same_source():
    rows = [row("a", "gan"), row("b", "gan", "004"), row("c", "wgan"), row("d", "wgan_gp", "004")]
    assert before(rows[0], rows) == before(rows[1], rows) == []
    assert before(rows[2], rows) == [rows[0]]
    assert before(rows[3], [rows[0], rows[1], rows[3]]) == [rows[1]]
    assert before(row("e", "dcgan"), rows) == [rows[3]]


@pytest.fixture
def measured(monkeypatch):
    entry = {"dataset": "mnist", "cpu_seconds": 60.02, "steps": 5000, "accuracy": 0.981, "frechet": 1.0}
    soon = entry | {"cpu_seconds": 20.01, "steps": 1700, "accuracy": 0.95, "frechet": 4.26}
    other = {"dataset": "kmnist", "cpu_seconds": 60, "steps": 10, "accuracy": None, "frechet": None}
    table = {FIRST: {"after": [entry, soon, other]}}
    monkeypatch.setattr(expectations, "measured", lambda name: table.get(name, {}))


def known(name=FIRST, **changes):
    return expectations.expectations(name, IMAGE_PRESETS[name].config.replace(**changes))


def test_what_was_measured_is_told_for_these_images_or_for_nearly_the_same(measured):
    found = known(dataset="mnist_5k", seed=5)
    assert [entry.steps for entry in found] == [1700, 5000]
    assert said(found[0]) == "after 20 s 95% right digits, Frechet distance 4.3"
    assert promised_step(FIRST, IMAGE_PRESETS[FIRST].config) == 5000
    assert math.isnan(known(dataset="kmnist")[0].frechet)
    assert known(dataset="fashion_mnist") == []
    assert known("article_gan") == []


def test_nothing_is_promised_for_other_settings(measured):
    assert known(g_lr=0.123) == []
    assert promised_step(FIRST, IMAGE_PRESETS[FIRST].config.replace(batch=7)) == 0


def test_without_conditions_the_digits_count():
    assert said(Expectation(60.0, 1, math.nan, 12.0, 10.0)) == "after 60 s 10 of 10 digits, Frechet distance 12.0"


def test_auto_is_the_fastest_device_that_is_here(monkeypatch):
    monkeypatch.setattr(devices, "_has_cuda", lambda: True)
    monkeypatch.setattr(devices, "_has_mps", lambda: False)
    assert devices.here() == ("cuda", "cpu")
    assert (devices.resolved("auto"), devices.resolved("cpu")) == ("cuda", "cpu")
    assert "GPU" in devices.in_words("auto") and "does not seem" in devices.in_words("mps")


@pytest.mark.parametrize(
    ("built", "driver", "found"),
    [("2.13.0+cu130", True, True), ("2.13.0+cu130", False, False), ("2.13.0+cpu", True, False)],
)
def test_a_gpu_needs_a_driver_and_a_torch_that_was_built_for_it(monkeypatch, tmp_path, built, driver, found):
    monkeypatch.setattr(devices, "version", lambda name: built)
    monkeypatch.setattr(devices, "DRIVERS", (str(tmp_path if driver else tmp_path / "none"),))
    assert devices._has_cuda() is found

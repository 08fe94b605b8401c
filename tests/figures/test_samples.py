import itertools

import numpy as np
import pytest
from frames import image_snapshot

from gan_core.config import ImageConfig
from gan_core.figures import measures, samples
from gan_core.figures.measures import Bars
from gan_core.presets import IMAGE_PRESETS
from gan_core.snapshots import GROUPS, ImageSnapshot
from gan_core.theory.calibration import calibration

CONFIGS = {
    "gan": ImageConfig.make({}),
    "cgan": ImageConfig.make({"conditional": True, "grid": "by_digit"}),
    "three_digits": ImageConfig.make({"conditional": True, "grid": "by_digit", "classes": (3, 5, 8)}),
    "clothes": ImageConfig.make({"dataset": "fashion_mnist"}),
    "least_squares": ImageConfig.make({"loss": "least_squares", "smoothness": "r1"}),
    "wgan": ImageConfig.make({"loss": "wasserstein", "smoothness": "weight_clipping"}),
    "wgan_gp": ImageConfig.make({"loss": "wasserstein", "smoothness": "gradient_penalty"}),
}
each_config = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())


def charts(config):
    return samples.charts_beside(config) + samples.charts_below(config)


def test_half_bytes_hold_sixteen_greys():
    images = np.tile(np.arange(16, dtype=np.uint8) * np.uint8(17), (3, 49))
    packed = samples.halves(images)
    assert packed.shape == (3, 392) and packed.dtype == np.uint8
    assert packed[0, :4].tolist() == [0x01, 0x23, 0x45, 0x67]


def test_what_moves_is_every_array_of_the_snapshot():
    shot = image_snapshot(np.random.default_rng(0), sizes=(4, 0, 4, 2))
    moving = samples.moving([shot, shot])
    assert {name: array.shape for name, array in moving.items()} == {
        "images": (2, 10 * 392), "score": (2, 10), "asked": (2, 10), "read": (2, 10), "sure": (2, 10), "sizes": (2, 4),
    }  # fmt: skip
    assert moving["score"].dtype == np.float32
    assert all(moving[name].dtype == np.uint8 for name in moving if name != "score")


@pytest.mark.parametrize(
    ("changes", "count", "columns"),
    [
        ({}, 25, 5),
        ({"grid": "8x8"}, 64, 8),
        ({"grid": "by_digit", "conditional": True}, 50, 10),
        ({"grid": "by_digit", "conditional": True, "classes": (1, 7)}, 10, 2),
        ({}, 0, 1),
    ],
)
def test_columns_of_a_grid(changes, count, columns):
    assert samples.columns(ImageConfig.make(changes), count) == columns


@each_config
def test_charts_draw_measures_of_images_once_each(config):
    shown = charts(config)
    assert len({chart.title for chart in shown}) == len(shown)
    for chart in shown:
        for trace in measures.draw(chart).data:
            names = [trace.meta] if isinstance(trace.meta, str) else [] if isinstance(trace.meta, float) else trace.meta
            assert set(names) <= set(ImageSnapshot.measures)


@each_config
def test_every_chart_can_be_found_for_translation(config):
    known = {(chart.title, chart.help) for chart in (*samples.EVERY, measures.LOSSES)}
    assert {(chart.title, chart.help) for chart in charts(config)} <= known


@pytest.mark.parametrize("chart", samples.EVERY, ids=lambda chart: chart.title)
def test_each_chart_explains_itself_and_tells_its_lines_apart(chart):
    assert len(chart.help) > 40
    actors = [chart.level.actor, chart.actor] if isinstance(chart, Bars) else [line.actor for line in chart.lines]
    assert len({(actor.colour, actor.dash) for actor in actors}) == len(actors)


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("gan", ["Frechet distance", "Variety and clarity", "Digits that are drawn", "Accuracies"]),
        ("cgan", ["Frechet distance", "Right digits", "Digits that are drawn", "Accuracies"]),
        ("wgan_gp", ["Frechet distance", "Variety and clarity", "Digits that are drawn", "Critic's estimate"]),
        ("least_squares", ["Frechet distance", "Variety and clarity", "Digits that are drawn", "Mean scores"]),
        ("clothes", ["Accuracies", "Losses"]),
    ],
)
def test_what_stands_beside_the_pictures(name, titles):
    assert [chart.title for chart in samples.charts_beside(CONFIGS[name])] == titles


@pytest.mark.parametrize(
    ("name", "title"), [("wgan", "Clipped weights"), ("wgan_gp", "Penalty of D"), ("least_squares", "Penalty of D")]
)
def test_what_keeps_d_smooth_is_drawn(name, title):
    assert title in [chart.title for chart in samples.charts_below(CONFIGS[name])]
    assert title not in [chart.title for chart in samples.charts_below(CONFIGS["gan"])]


def test_levels_are_those_of_real_test_images():
    frechet, right, digits, accuracies = samples.charts_beside(CONFIGS["cgan"])
    real = calibration()["real"].quick
    assert [level.value for level in frechet.levels] == [real["frechet"]]
    assert [level.value for level in right.levels] == [real["accuracy"]]
    assert 0.98 < real["accuracy"] <= 1 and 0 < real["frechet"] < 1
    assert (digits.level.value, accuracies.levels[0].value) == (0.1, 0.5)


def test_some_digits_only_have_another_even_share_and_no_known_floor():
    frechet, _, digits, _ = samples.charts_beside(CONFIGS["three_digits"])
    assert digits.level.value == pytest.approx(1 / 3)
    assert frechet.levels == ()


def test_each_digit_has_its_bar_where_digits_are_asked_for():
    assert samples.CONDITION_EACH in samples.charts_below(CONFIGS["cgan"])
    assert samples.CONDITION_EACH not in samples.charts_below(CONFIGS["gan"])


def test_bars_carry_all_their_measures():
    figure = measures.draw(samples.DIGITS)
    bars, level = figure.data
    assert list(bars.meta) == [f"share_{digit}" for digit in range(10)]
    assert list(bars.x) == [str(digit) for digit in range(10)]
    assert level.meta == 0.1


def test_values_that_are_measured_now_and_then_are_drawn_as_steps():
    for chart in itertools.chain.from_iterable(map(charts, CONFIGS.values())):
        measured = isinstance(chart, Bars) or chart.lines[0].measure in ("frechet", "accuracy", "entropy")
        assert isinstance(chart, Bars) or chart.stepped == measured


def test_parts_of_an_update_are_about_groups_that_exist():
    assert set(samples.PLAYERS_OF_PART) == {1, 2, 3, 4, 5}
    assert all(set(groups) <= set(GROUPS) for groups in samples.PLAYERS_OF_PART.values())


@pytest.mark.parametrize("name", IMAGE_PRESETS)
def test_every_preset_has_charts(name):
    assert len(samples.charts_beside(IMAGE_PRESETS[name].config)) >= 2

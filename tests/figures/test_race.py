import pytest

from gan_core.figures import palette
from gan_core.figures.race import CHARTS, draw, lanes
from gan_core.lessons import racing
from gan_core.snapshots import ToySnapshot


@pytest.mark.parametrize(
    "names", [tuple(racing.LOSSES), ("minimax", "hinge", "r1_gp", "wgan_gp"), ("a", "b", "c", "d")]
)
def test_every_run_has_a_colour_of_its_own(names):
    assert len({lane.colour for lane in lanes(names)}) == len(names) == racing.MOST


def test_a_loss_has_its_colour_whoever_else_takes_part():
    assert lanes(["wgan_gp"]) == lanes(["minimax", "hinge", "wgan_gp"])[2:] == [palette.LOSSES["wgan_gp"]]


def test_no_run_wears_an_actors_colour():
    actors = {each.colour for each in vars(palette).values() if isinstance(each, palette.Actor)}
    assert not actors & {lane.colour for lane in (*palette.LOSSES.values(), *palette.SPARE)}


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.measure)
def test_a_chart_is_empty_axes_for_a_measure_of_the_snapshots(chart):
    figure = draw(chart, str.upper)
    assert chart.measure in ToySnapshot.measures
    assert not figure.data
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.xaxis.title.text == "STEP"


def test_only_js_has_a_ceiling():
    marked = {chart.measure: [note.text for note in draw(chart).layout.annotations] for chart in CHARTS}
    assert marked == {"w1": [], "js": ["log 2"]}
    (line,) = draw(CHARTS[1]).layout.shapes
    assert line.y0 == pytest.approx(0.693147180560)

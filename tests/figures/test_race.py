import pytest

from gan_core.figures import palette
from gan_core.figures.race import CHARTS, LANES, draw
from gan_core.lessons.racing import MOST
from gan_core.snapshots import MEASURES


def test_every_run_has_a_colour_and_a_dash_of_its_own():
    assert len(LANES) == MOST == len({lane.colour for lane in LANES}) == len({lane.dash for lane in LANES})


def test_no_run_wears_an_actors_colour():
    actors = {each.colour for each in vars(palette).values() if isinstance(each, palette.Actor)}
    assert not actors & {lane.colour for lane in LANES}


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.measure)
def test_a_chart_is_empty_axes_for_a_measure_of_the_snapshots(chart):
    figure = draw(chart, str.upper)
    assert chart.measure in MEASURES
    assert not figure.data
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.xaxis.title.text == "STEP"


def test_only_js_has_a_ceiling():
    marked = {chart.measure: [note.text for note in draw(chart).layout.annotations] for chart in CHARTS}
    assert marked == {"w1": [], "js": ["log 2"]}
    (line,) = draw(CHARTS[1]).layout.shapes
    assert line.y0 == pytest.approx(0.693147180560)

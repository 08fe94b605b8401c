import pytest

from gan_core.config import ToyConfig
from gan_core.figures import measures
from gan_core.snapshots import ToySnapshot

CHARTS = {chart.title: chart for loss in ToyConfig.choices("loss") for chart in measures.charts_beside(loss)} | {
    chart.title: chart for chart in measures.charts_below()
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_each_line_draws_a_measure_in_its_actors_colour(chart):
    figure = measures.draw(chart)
    for line, trace in zip(chart.lines, figure.data, strict=True):
        assert line.measure in ToySnapshot.measures
        assert (trace.meta, trace.line.color, trace.line.dash) == (line.measure, line.actor.colour, line.actor.dash)
    assert figure.layout.yaxis.type == ("log" if chart.log else "linear")


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_each_chart_explains_itself_and_tells_its_lines_apart(chart):
    assert len(chart.help) > 40
    assert len({(line.actor.colour, line.actor.dash) for line in chart.lines}) == len(chart.lines)


@pytest.mark.parametrize(
    ("loss", "chart"),
    [
        ("wasserstein", measures.ESTIMATE),
        ("minimax", measures.VALUE),
        ("non_saturating", measures.VALUE),
        ("least_squares", measures.PULL),
        ("hinge", measures.PULL),
    ],
)
def test_v_is_shown_only_where_scores_are_logits(loss, chart):
    assert measures.charts_beside(loss)[2] == chart

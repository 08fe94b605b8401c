import itertools
import json

import numpy as np
import pytest

from gan_core.figures import divergences
from gan_core.figures.distributions import distributions
from gan_core.figures.palette import DISCRIMINATOR, FLOOR, GENERATOR, GRADIENT, OPTIMAL, REAL
from gan_core.theory.divergence import families
from gan_core.theory.divergence.families import FAMILIES, RANGES

SITUATIONS = {
    "gaussian": families.gaussian(4, 1, 0.1),
    "dirac": families.dirac(1),
    "uniform": families.uniform(0.5, 2),
    "piles": families.piles(-2),
    "classes": families.classes(1, "between"),
}
DRAWINGS = (divergences.values, divergences.gradients, divergences.gap, distributions)
every_situation = pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)


def shout(sentence):
    return sentence.upper()


@every_situation
@pytest.mark.parametrize("draw", DRAWINGS)
def test_every_figure_can_be_sent_and_has_neither_nan_nor_infinity_on_screen(situation, draw):
    text = json.dumps(json.loads(draw(situation).to_json()), allow_nan=False)
    assert "Infinity" not in text
    for trace in draw(situation).data:
        assert not np.isinf(np.array(trace.y, dtype=float)).any()


@every_situation
def test_values_are_those_of_the_curves(situation):
    figure = divergences.values(situation)
    for trace, line in zip(figure.data, divergences.GROWING + divergences.CAPPED, strict=True):
        row = getattr(situation.curves, line.field)
        drawn = np.isfinite(row)
        assert trace.x.tolist() == situation.thetas.tolist()
        assert trace.y[drawn].tolist() == row[drawn].tolist()
        assert np.isnan(trace.y[~drawn]).all()


@every_situation
@pytest.mark.parametrize("draw", DRAWINGS[:3])
def test_a_line_marks_theta(situation, draw):
    figure = draw(situation)
    upright = [shape for shape in figure.layout.shapes if shape.x0 == shape.x1]
    assert [(shape.x0, shape.yref, shape.y0) for shape in upright] == [(situation.theta, "paper", 0)]
    assert figure.layout.xaxis.range == divergences.span(situation.family)


def test_lines_are_told_apart_without_colour_and_are_no_actors():
    actors = {actor.colour for actor in (REAL, GENERATOR, DISCRIMINATOR, OPTIMAL, GRADIENT, FLOOR)}
    for lines in (divergences.GROWING, divergences.CAPPED, divergences.SLOPES):
        for one, other in itertools.combinations(lines, 2):
            assert (one.actor.dash, one.actor.colour) != (other.actor.dash, other.actor.colour)
            assert one.actor.dash != other.actor.dash or one.width != other.width
        assert not actors & {line.actor.colour for line in lines}


def test_what_cannot_be_drawn_says_why():
    names = [trace.name for trace in divergences.values(SITUATIONS["uniform"]).data]
    assert "KL(p_data ‖ p_g) (infinite)" not in names  # within the wider p_g it is finite
    assert "KL(p_g ‖ p_data) (infinite)" in names
    names = [trace.name for trace in divergences.gradients(SITUATIONS["dirac"]).data]
    assert "minimax (saturating) (not defined)" in names and "Wasserstein" in names


def test_the_log_gap_shows_the_end_of_the_slope():
    figure = divergences.gap(SITUATIONS["gaussian"])
    assert figure.layout.yaxis.type == "log"
    row, drawn = SITUATIONS["gaussian"].curves.js_gap, ~np.isnan(figure.data[0].y)
    assert (drawn == (row > divergences.FAINT)).all() and 0 < drawn.sum() < len(row)
    assert figure.data[0].y[drawn].tolist() == row[drawn].tolist()


@every_situation
def test_p_data_is_blue_and_dotted_and_p_g_orange(situation):
    real, fake = distributions(situation).data[:2]
    if situation.family in ("piles", "classes"):
        assert (real.marker.line.color, fake.marker.line.color) == (REAL.colour, GENERATOR.colour)
        assert (real.marker.pattern.shape, fake.marker.pattern.shape) == ("", "/")
    else:
        assert (real.line.color, real.line.dash) == (REAL.colour, "dot")
        assert (fake.line.color, fake.line.dash) == (GENERATOR.colour, "solid")


@pytest.mark.parametrize("family", ["gaussian", "uniform"])
def test_densities_have_mass_1_and_d_star_is_theirs(family):
    real, fake, best = distributions(SITUATIONS[family]).data
    for trace in (real, fake):
        assert np.trapezoid(trace.y, trace.x) == pytest.approx(1, abs=2e-3)
    drawn = real.y + fake.y > 1e-9
    assert best.y[drawn] == pytest.approx((real.y / (real.y + fake.y + 1e-300))[drawn], abs=1e-12)
    assert best.line.color == OPTIMAL.colour and best.line.dash == "dash"


def test_bars_are_the_masses():
    real, fake = distributions(SITUATIONS["classes"]).data
    assert list(real.x) == ["cat", "dog", "bird"]
    assert real.y == pytest.approx([1 / 3] * 3) and fake.y.tolist() == [0, 1, 0]
    real, fake = distributions(SITUATIONS["piles"]).data
    assert list(real.x) == [-3, -2, -1, 0, 1]
    assert fake.y == pytest.approx([0.2, 0.6, 0.2, 0, 0]) and real.y == pytest.approx([0, 0, 0.2, 0.6, 0.2])


def test_words_are_translated():
    assert distributions(SITUATIONS["classes"], shout).data[0].x == ("CAT", "DOG", "BIRD")
    assert divergences.gradients(SITUATIONS["dirac"], shout).data[0].name == "MINIMAX (SATURATING) (NOT DEFINED)"


@pytest.mark.parametrize("family", FAMILIES)
def test_the_axis_has_room_for_the_range(family):
    low, high = divergences.span(family)
    assert low <= RANGES[family][0] < RANGES[family][1] <= high

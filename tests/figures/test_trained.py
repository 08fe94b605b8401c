from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gan_core.figures import trained as figures
from gan_core.figures.palette import DISCRIMINATOR, FLOOR, OPTIMAL
from gan_core.lessons.players import Pair, TrainedCritic, TrainedDiscriminator
from gan_core.theory.optimum import optimal_discriminator, penalised_critic, shift_estimate, w1_critic

PAIR = Pair(4.0, 1.0, 1.0)
X = np.linspace(-3.5, 7.0, 211)
D_STAR = optimal_discriminator(PAIR.real.pdf(X), PAIR.fake.pdf(X))
D = TrainedDiscriminator(X, 0.9 * D_STAR, D_STAR, 0.1, -0.2, -0.12, -0.001)
BEST = w1_critic(PAIR.grid, PAIR.real, PAIR.fake)
OPTIMUM = penalised_critic(PAIR.grid, PAIR.real, PAIR.fake, 10)
CRITIC = TrainedCritic(X, -1.2 * (X - 2), 4.8, 1.2, BEST, OPTIMUM, shift_estimate(4, 10), -1.2)
CLIPPED = replace(CRITIC, f=CRITIC.f * 300, mean_slope=360.0, optimum=BEST, line=4.0)


def trace(figure: Any, name: str) -> Any:
    (found,) = (each for each in figure.data if each.name == name)
    return found


def slope(figure, name):
    found = trace(figure, name)
    return np.diff(found.y) / np.diff(found.x)


def test_d_is_drawn_over_d_star_with_the_slopes_below():
    figure: Any = figures.discriminator(PAIR, D)
    assert trace(figure, "trained D").y == pytest.approx(D.d)
    assert trace(figure, "D*").y == pytest.approx(D_STAR)
    assert trace(figure, "slope of D*").y == pytest.approx(np.diff(D_STAR) / np.diff(X))
    assert trace(figure, "slope of D*").yaxis == "y2"


def test_the_critic_and_the_potential_meet_half_way():
    figure: Any = figures.critic(PAIR, CRITIC, by_slope=False)
    exact = trace(figure, "exact potential")
    drawn = np.isfinite(exact.y)
    assert np.interp(2, X, trace(figure, "trained critic").y) == pytest.approx(0, abs=1e-9)
    assert np.interp(2, X[drawn], exact.y[drawn]) == pytest.approx(0, abs=1e-9)
    middle = slice(60, 160)
    assert slope(figure, "exact potential")[middle] == pytest.approx(-1, abs=1e-6)
    assert slope(figure, "trained critic")[middle] == pytest.approx(-1.2)


def test_the_slope_that_the_penalty_asks_for_is_drawn_beside_the_trained_one():
    figure: Any = figures.critic(PAIR, CRITIC, by_slope=False)
    expected = trace(figure, "best slope under the penalty")
    assert np.interp(2, expected.x, expected.y) == pytest.approx(np.interp(2, OPTIMUM.x, OPTIMUM.slope), abs=1e-3)
    assert (expected.y < -1).all()


def test_a_clipped_critic_is_drawn_divided_by_its_mean_slope_and_says_so():
    figure: Any = figures.critic(PAIR, CLIPPED, by_slope=True)
    assert slope(figure, "trained critic / mean slope") == pytest.approx(-1)
    assert "trained critic" not in {each.name for each in figure.data}
    assert "best slope under the penalty" not in {each.name for each in figure.data}
    low, high = figure.layout.yaxis.range
    assert -10 < low < -4 and 4 < high < 10


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("trained critic", DISCRIMINATOR),
        ("exact potential", OPTIMAL),
        ("slope of the critic", DISCRIMINATOR),
        ("best slope under the penalty", FLOOR),
    ],
)
def test_every_actor_keeps_its_colour_and_dash(name, actor):
    line = trace(figures.critic(PAIR, CRITIC, by_slope=False), name).line
    assert (line.color, line.dash) == (actor.colour, actor.dash)


@pytest.mark.parametrize("by_slope", [False, True])
def test_a_critic_without_slope_and_equal_densities_are_drawn_too(by_slope):
    pair = Pair(0.0, 1.0, 1.0)
    nothing = w1_critic(pair.grid, pair.real, pair.fake)
    flat = TrainedCritic(X, np.zeros_like(X), 0.0, 0.0, nothing, nothing, 0.0, 0.0)
    figure: Any = figures.critic(pair, flat, by_slope)
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert figure.layout.yaxis.range[0] < figure.layout.yaxis.range[1]


def test_words_are_translated():
    figure: Any = figures.critic(PAIR, CRITIC, False, t=str.upper)
    assert "EXACT POTENTIAL" in {each.name for each in figure.data}

import math

import numpy as np
import pytest

from gan_core.theory.divergence import families
from gan_core.theory.divergence.comparison import compare
from gan_core.theory.divergence.curves import LOG_2

SITUATIONS = {
    "gaussian": families.gaussian(4, 1, 2),
    "dirac": families.dirac(-1.5),
    "uniform": families.uniform(0.5, 1),
    "piles": families.piles(2),
    "classes": families.classes(1, "line"),
}


def test_every_family_has_its_range():
    assert tuple(SITUATIONS) == families.FAMILIES == tuple(families.RANGES)


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)
def test_curves_span_the_range_and_pass_through_now(situation):
    low, high = families.RANGES[situation.family]
    assert (situation.thetas[0], situation.thetas[-1]) == (low, high)
    assert (np.diff(situation.thetas) > 0).all()
    for name in ("js", "tv", "w1", "w2"):
        at_theta = np.interp(situation.theta, situation.thetas, getattr(situation.curves, name))
        assert at_theta == pytest.approx(getattr(situation.now, name), abs=2e-3), name


@pytest.mark.parametrize("family", ["gaussian", "dirac", "uniform", "piles"])
def test_p_g_is_shifted_by_theta(family):
    situation = SITUATIONS[family]
    assert situation.q.mean - situation.p.mean == pytest.approx(situation.theta)
    assert compare(situation.p, situation.q).w1 == situation.now.w1


def test_a_jump_at_0_is_a_jump_in_the_curve():
    situation = families.dirac(0)
    around = np.abs(situation.thetas) < 1e-6
    assert situation.curves.js[around].tolist() == [LOG_2, 0, LOG_2]
    assert situation.curves.wasserstein[around].tolist() == [-1, 0, 1]


def test_piles_are_the_shift_demonstration():
    js = {k: families.piles(k).now.js for k in (0, 1, 2, 3, 7, -2)}
    expected = {0: 0, 1: 0.243279064865, 2: 0.554517744448, 3: LOG_2, 7: LOG_2, -2: 0.554517744448}
    assert js == pytest.approx(expected, abs=1e-9)
    assert families.piles(-2).now.w1 == 2


@pytest.mark.parametrize(("places", "w1"), [("line", 1), ("between", 2 / 3), ("equal", 2 / 3)])
def test_w1_of_the_mode_collapse_depends_on_where_classes_sit_and_js_does_not(places, w1):
    situation = families.classes(1, places)
    assert (situation.now.w1, situation.now.js) == pytest.approx((w1, 0.318257084147), abs=1e-9)
    assert situation.now.kl == math.inf and situation.now.kl_reverse == pytest.approx(math.log(3))
    assert situation.curves.w1[-1] == pytest.approx(w1)
    (dog,) = situation.q.positions
    assert situation.names[situation.p.positions.tolist().index(dog)] == "dog"


def test_even_shares_are_no_distance():
    now = families.classes(0, "line").now
    assert (now.js, now.kl, now.kl_reverse, now.tv, now.w1) == pytest.approx((0, 0, 0, 0, 0), abs=1e-12)

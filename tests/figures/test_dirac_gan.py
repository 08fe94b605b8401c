import numpy as np
import pytest

from gan_core.figures.dirac_gan import ACTORS, SMALLEST, portrait, radii
from gan_core.theory.dirac_gan import KINDS, DiracGan

GANS = {kind: DiracGan(kind, 0.1, gamma=1.0, clip=0.5) for kind in KINDS}
PATHS = {kind: gan.trajectory(1, -1, 800) for kind, gan in GANS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_portrait_shows_the_path_its_ends_and_the_goal(kind):
    _, path, start, end, goal = portrait(GANS[kind], PATHS[kind], 3.0).data
    assert np.stack([path.x, path.y], axis=1).tolist() == PATHS[kind].tolist()
    assert (start.x[0], start.y[0]) == (1, -1) and (goal.x[0], goal.y[0]) == (0, 0)
    assert [end.x[0], end.y[0]] == PATHS[kind][-1].tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_arrows_point_where_an_update_goes(kind):
    field = portrait(GANS[kind], PATHS[kind], 3.0).data[0]
    arrows = np.stack([field.x, field.y]).reshape(2, -1, 6)
    begin, shaft = arrows[:, :, 0], arrows[:, :, 1] - arrows[:, :, 0]
    velocity = np.stack(GANS[kind].velocity(*begin))
    across = shaft[0] * velocity[1] - shaft[1] * velocity[0]
    assert across == pytest.approx(np.zeros(across.shape), abs=1e-12)
    assert ((shaft * velocity).sum(axis=0) >= 0).all()
    assert np.isnan(arrows[:, :, 5]).all()


def test_clip_bounds_are_drawn_for_the_wgan_only():
    assert {kind: len(portrait(GANS[kind], PATHS[kind], 3.0).layout.shapes) for kind in KINDS} == {
        "gradient_descent": 0,
        "r1": 0,
        "wasserstein": 2,
    }


def test_radii_stand_beside_theory():
    figure = radii(PATHS, GANS, {kind: kind for kind in KINDS}, str.upper)
    for (kind, path), measured, theory in zip(PATHS.items(), figure.data[::2], figure.data[1::2], strict=True):
        radius = np.linalg.norm(path, axis=1)
        drawn = radius > SMALLEST
        assert measured.y[drawn].tolist() == radius[drawn].tolist() and np.isnan(measured.y[~drawn]).all()
        assert theory.y[10] == pytest.approx(np.sqrt(2) * GANS[kind].growth ** 10)
        assert (measured.name, measured.line.dash) == (kind.upper(), ACTORS[kind].dash)
    assert sum(trace.showlegend is not False for trace in figure.data) == 4


def test_ways_of_learning_are_told_apart_without_colour():
    assert len({actor.dash for actor in ACTORS.values()}) == len({actor.colour for actor in ACTORS.values()}) == 3

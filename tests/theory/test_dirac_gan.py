"""Golden numbers of Mescheder, Geiger and Nowozin 2018; its psi is minus ours, so (1, 1) there is (1, -1) here."""

import numpy as np
import pytest

from gan_core.theory.dirac_gan import KINDS, DiracGan


@pytest.mark.parametrize(
    ("kind", "radius", "within"),
    [("gradient_descent", 2.253579, 1e-6), ("r1", 2e-10, 5e-11), ("wasserstein", 1.05, 5e-3)],
)
def test_radius_after_500_steps(kind, radius, within):
    end = DiracGan(kind, step=0.1, gamma=1.0, clip=1.0).trajectory(1, -1, 500)[-1]
    assert np.hypot(*end) == pytest.approx(radius, abs=within)


def test_eigenvalues():
    assert DiracGan("gradient_descent", 0.1).growth == pytest.approx(1.001249219725, abs=1e-12)
    assert DiracGan("r1", 0.1, gamma=0.5).flow_eigenvalues == pytest.approx(
        [-0.25 + 0.433012701892j, -0.25 - 0.433012701892j], abs=1e-12
    )
    assert DiracGan("wasserstein", 0.1).growth == pytest.approx(np.sqrt(1.01))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gamma", [0.3, 1.0, 3.0])
def test_eigenvalues_are_those_of_the_jacobian(kind, gamma):
    gan, h = DiracGan(kind, 0.2, gamma), 1e-5
    columns = [np.subtract(gan.updated(*at), gan.updated(*-at)) / (2 * h) for at in h * np.eye(2)]
    found = np.sort_complex(np.linalg.eigvals(np.stack(columns, axis=1)))
    assert found == pytest.approx(np.sort_complex(gan.update_eigenvalues), abs=1e-8)


@pytest.mark.parametrize("kind", ["gradient_descent", "r1"])
def test_near_the_middle_the_radius_grows_as_the_eigenvalues_say(kind):
    gan = DiracGan(kind, 0.1, gamma=0.3)
    path = np.linalg.norm(gan.trajectory(1e-4, -1e-4, 600), axis=1)
    assert (path[600] / path[100]) ** (1 / 500) == pytest.approx(gan.growth, abs=1e-3)


def test_clipping_keeps_psi_within_its_bounds_and_does_not_converge():
    path = DiracGan("wasserstein", 0.1, clip=0.5).trajectory(1, -1, 2000)
    assert np.abs(path[1:, 1]).max() == 0.5
    assert np.linalg.norm(path[-200:], axis=1).min() > 0.4


@pytest.mark.parametrize("kind", KINDS)
def test_both_stand_still_in_the_middle_and_d_learns_where_fakes_are(kind):
    gan = DiracGan(kind, 0.1)
    assert np.abs(gan.trajectory(0, 0, 3)).max() == 0
    theta, psi = gan.updated(np.float64(1), np.float64(0))
    assert theta == 1 and psi < 0  # fakes on the right: the score must fall to the right
    assert gan.updated(theta, psi)[0] < 1  # and G follows it to the left


def test_many_points_at_once_make_the_vector_field():
    gan = DiracGan("r1", 0.1, gamma=2.0)
    theta, psi = np.meshgrid([-1.0, 0.0, 1.0], [0.5, 1.0])
    d_theta, d_psi = gan.velocity(theta, psi)
    assert d_theta.shape == d_psi.shape == (2, 3)
    assert d_psi[0].tolist() == pytest.approx([-1 + 0.37754066879814546, -1, -1 - 0.6224593312018546])


def test_measured_growth_is_that_of_a_spiral_and_of_a_circle():
    gan = DiracGan("gradient_descent", 0.1)
    assert gan.turn == 126
    spiral = 0.998 ** np.arange(600)
    assert gan.measured_growth(np.stack([spiral, 0 * spiral], axis=1)) == pytest.approx(0.998)
    assert DiracGan("wasserstein", 0.1).measured_growth(np.ones((3, 2))) == 1
    assert gan.measured_growth(np.zeros((600, 2))) == 0

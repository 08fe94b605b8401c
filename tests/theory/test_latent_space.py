import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gan_core.fields import ConfigError
from gan_core.theory.latent_space import (
    circle,
    draw,
    is_typical,
    lerp,
    mixture,
    orthonormal,
    plane,
    random_axes,
    shell,
    slerp,
    style_row,
)

numbers = st.floats(-20, 20, allow_subnormal=False).map(lambda x: 0.0 if abs(x) < 1e-100 else x)
shares = arrays(float, st.integers(1, 9), elements=st.floats(0, 1))


@st.composite
def pairs(draw, smallest=1):
    """Two vectors of one length; often equal, opposite, parallel or zero."""
    dim = draw(st.integers(smallest, 8))
    a, b = (draw(arrays(float, dim, elements=numbers)) for _ in "ab")
    return a, draw(st.sampled_from([b, b, a, -a, 3 * a, -a / 2, a + 1e-9 * b, 0 * a]))


def norms(z):
    return np.linalg.norm(z, axis=-1)


# --- latents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("latent", ["normal", "uniform"])
@given(seed=st.integers(0, 2**32 - 1), dim=st.integers(1, 70), count=st.integers(1, 20))
def test_more_latents_begin_with_the_same(latent, seed, dim, count):
    z = draw(latent, dim, seed, count)
    assert z.shape == (count, dim)
    assert (z[:1] == draw(latent, dim, seed)).all() and (draw(latent, dim, seed, count) == z).all()
    assert (z != draw(latent, dim, (seed + 1) % 2**32, count)).any()


@pytest.mark.parametrize(("latent", "variance"), [("normal", 1.0), ("uniform", 1 / 3)])
def test_latents_have_their_distribution(latent, variance):
    z = draw(latent, 100, 0, 1000)
    assert z.mean() == pytest.approx(0, abs=0.01) and z.var() == pytest.approx(variance, rel=0.01)
    assert np.abs(z).max() == pytest.approx(1, abs=1e-4) if latent == "uniform" else np.abs(z).max() > 4


# --- walks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [lerp, slerp])
@given(ends=pairs(), t=shares)
def test_the_ends_of_a_walk_are_exact(way, ends, t):
    a, b = ends
    path = way(a, b, np.concatenate([[0.0], t, [1.0]]))
    assert path[0].tobytes() == a.tobytes() and path[-1].tobytes() == b.tobytes()
    assert np.isfinite(path).all()


@given(ends=pairs(), t=shares)
def test_a_linear_walk_stays_on_its_segment(ends, t):
    a, b = ends
    assert norms(lerp(a, b, t) - a) == pytest.approx(t * norms(b - a), abs=1e-12)


@given(ends=pairs(2), t=shares)
def test_a_spherical_walk_keeps_the_norm(ends, t):
    """Constant if both ends have the same norm, even between opposite ones; else evenly from one to the other."""
    a, b = ends
    if not (a.any() and b.any()):
        return
    assert norms(slerp(a, b, t)) == pytest.approx((1 - t) * norms(a) + t * norms(b), rel=1e-12)


@given(ends=pairs(2), t=shares)
def test_a_spherical_walk_turns_evenly(ends, t):
    a, b = ends
    if min(norms(a), norms(b)) < 1e-6:
        return
    u, v = a / norms(a), b / norms(b)
    path = slerp(u, v, t)
    whole = 2 * np.arctan2(norms(u - v), norms(u + v))
    assert 2 * np.arctan2(norms(path - u), norms(path + u)) == pytest.approx(t * whole, abs=1e-7)


def test_a_spherical_walk_by_hand():
    path = slerp(np.array([2.0, 0.0]), np.array([0.0, 2.0]), np.array([1 / 3, 0.5, 2 / 3]))
    assert path == pytest.approx(np.array([[3**0.5, 1], [2**0.5, 2**0.5], [1, 3**0.5]]))


@given(ends=pairs(), t=shares)
def test_without_an_arc_the_walk_is_linear(ends, t):
    a, b = ends
    for start, end in ((a[:1], b[:1]), (0 * a, b), (a, 0 * b)):
        assert (slerp(start, end, t) == lerp(start, end, t)).all()


def test_the_middle_of_a_linear_walk_falls_out_of_the_shell_and_that_of_an_arc_does_not():
    a, b = draw("normal", 100, 0, 2)
    half = np.array([0.5])
    assert is_typical(np.stack([a, b]), "normal").all()
    assert not is_typical(lerp(a, b, half), "normal")[0] and is_typical(slerp(a, b, half), "normal")[0]


@given(ends=pairs(2), count=st.integers(3, 96))
def test_a_circle_closes_and_keeps_its_radius(ends, count):
    a, b = ends
    ring = circle(a, b, count)
    assert (ring[0] == a).all()
    assert norms(ring) == pytest.approx(np.full(count, norms(a)), rel=1e-12)
    steps = norms(np.roll(ring, -1, axis=0) - ring)  # the last of them leads back to a
    assert steps == pytest.approx(np.full(count, 2 * norms(a) * np.sin(np.pi / count)), rel=1e-9)


@given(ends=pairs(2))
def test_a_circle_goes_through_a_towards_b(ends):
    a, b = ends
    if min(norms(a), norms(b)) < 1e-6:
        return
    u, v = a / norms(a), b / norms(b)
    if norms(v - (u @ v) * u) < 1e-6:
        return
    ring = circle(u, v, 360)
    assert norms(ring @ orthonormal(u, v).T) == pytest.approx(np.ones(360))  # it stays in the plane of both
    assert norms(ring - v)[:181].min() < np.pi / 360 + 1e-9  # and comes past b on the first half of the way


def test_in_one_dimension_a_loop_goes_there_and_back():
    assert circle(np.array([2.0]), np.array([5.0]), 4)[:, 0] == pytest.approx([2, 0, -2, 0], abs=1e-12)


# --- planes ---------------------------------------------------------------------------------------------------------


@given(ends=pairs(2))
def test_axes_are_orthonormal_and_span_the_same_plane(ends):
    u, v = ends
    try:
        axes = orthonormal(u, v)
    except ConfigError as error:
        assert error.field == "axes"
        return
    assert axes @ axes.T == pytest.approx(np.eye(2), abs=1e-12)
    assert axes[0] @ u == pytest.approx(norms(u))
    assert norms(v - axes.T @ (axes @ v)) == pytest.approx(0, abs=1e-9 * (1 + norms(v)))


@pytest.mark.parametrize("v", [[0, 0, 0], [1, 2, 3], [-2, -4, -6], [1 + 1e-14, 2, 3]])
def test_parallel_directions_span_no_plane(v):
    u = np.array([1.0, 2.0, 3.0])
    for pair in ((u, np.array(v, float)), (np.array(v, float), u)):
        with pytest.raises(ConfigError, match=r"^Axes of the plane"):
            orthonormal(*pair)


@given(dim=st.integers(2, 100), seed=st.integers(0, 2**32 - 1))
def test_random_axes_are_orthonormal_and_not_the_latent_of_their_seed(dim, seed):
    axes = random_axes(dim, seed)
    assert axes @ axes.T == pytest.approx(np.eye(2), abs=1e-12)
    assert (axes == random_axes(dim, seed)).all()
    z = draw("normal", dim, seed)[0]
    assert abs(axes[0] @ z) < norms(z) * (1 - 1e-6)


def test_one_dimension_has_no_plane():
    with pytest.raises(ConfigError, match=r"^Axes of the plane"):
        random_axes(1, 0)


places, odd = st.floats(-100, 100), st.sampled_from([3, 5, 7, 9, 11])


@given(dim=st.integers(2, 20), seed=st.integers(0, 99), x=places, y=places, zoom=st.floats(0.01, 5), n=odd)
def test_a_plane_is_even_and_its_middle_exact(dim, seed, x, y, zoom, n):
    z, (u, v) = draw("normal", dim, seed)[0], random_axes(dim, seed)
    cells = plane(z, u, v, x, y, zoom, n).reshape(n, n, dim)
    assert (cells[n // 2, n // 2] == z + x * u + y * v).all()
    along, down = np.diff(cells, axis=1), np.diff(cells, axis=0)
    assert along == pytest.approx(np.broadcast_to(zoom * u, along.shape), abs=1e-12)
    assert down == pytest.approx(np.broadcast_to(-zoom * v, down.shape), abs=1e-12)  # the first row is the top


# --- the shell ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("latent", ["normal", "uniform"])
@pytest.mark.parametrize("dim", [1, 2, 3, 5, 8, 16, 62, 100, 256])
def test_the_shell_holds_95_of_100_latents(latent, dim):
    count = 40_000
    z = draw(latent, dim, 7, count)
    bounds = shell(latent, dim)
    error = 4 * np.sqrt(0.025 * 0.975 / count)
    assert (norms(z) < bounds.low).mean() == pytest.approx(0.025, abs=error)
    assert (norms(z) > bounds.high).mean() == pytest.approx(0.025, abs=error)
    assert is_typical(z, latent).mean() == pytest.approx(0.95, abs=2 * error)
    assert np.sqrt((z**2).sum(1).mean()) == pytest.approx(bounds.middle, rel=0.01)


@pytest.mark.parametrize(
    ("latent", "dim", "low", "middle", "high"),
    [
        # sqrt of the chi-squared quantiles 0.025 and 0.975: 0.000982, 5.024; 74.222, 129.561 (any table of chi-squared)
        ("normal", 1, 0.031338, 1.0, 2.24140),
        ("normal", 100, 8.61522, 10.0, 11.38249),
        # |z| of one uniform number is uniform on [0, 1]; the disc of radius r below 1 covers pi r^2 / 4 of the square
        ("uniform", 1, 0.025, 0.57735, 0.975),
        ("uniform", 2, 0.17841, 0.81650, None),
    ],
)
def test_shells_that_are_known(latent, dim, low, middle, high):
    bounds = shell(latent, dim)
    assert (bounds.low, bounds.middle) == pytest.approx((low, middle), rel=1e-3 if latent == "uniform" else 2e-5)
    if high is not None:
        assert bounds.high == pytest.approx(high, rel=2e-5)


def test_a_uniform_latent_beyond_1_is_not_typical_even_inside_the_shell():
    z = np.full((1, 64), 0.577)
    assert is_typical(z, "uniform")[0]
    z[0, 0] = 1.01
    assert shell("uniform", 64).low < norms(z)[0] < shell("uniform", 64).high
    assert not is_typical(z, "uniform")[0]


# --- conditions -----------------------------------------------------------------------------------------------------


@given(z=arrays(float, st.integers(1, 40), elements=numbers))
def test_in_a_style_row_the_condition_alone_changes(z):
    rows, conditions = style_row(z)
    assert rows.shape == (10, len(z)) and (rows == z).all()
    assert (conditions == np.eye(10)).all()


def test_several_styles_make_a_row_each():
    styles = draw("normal", 4, 0, 3)
    rows, conditions = style_row(styles)
    assert (rows.reshape(3, 10, 4) == styles[:, None]).all()
    assert (conditions.reshape(3, 10, 10) == np.eye(10)).all()


@given(digit=st.integers(0, 9), other=st.integers(0, 9), share=st.floats(0, 1))
def test_a_mixture_is_between_two_digits(digit, other, share):
    condition = mixture(digit, other, share)
    assert condition.min() >= 0 and condition.sum() == pytest.approx(1, abs=1e-15)
    assert (mixture(digit, other, 0.0) == np.eye(10)[digit]).all()
    assert (mixture(digit, other, 1.0) == np.eye(10)[other]).all()
    assert (mixture(digit, digit, share) == np.eye(10)[digit]).all()
    if digit != other:
        assert (condition[digit], condition[other]) == (1 - share, share)

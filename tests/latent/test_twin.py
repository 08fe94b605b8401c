"""The change of variables against maps whose push-forward is known on paper."""

import numpy as np
import pytest

from gan_core.config import ToyConfig
from gan_core.fields import ConfigError
from gan_core.latent.generators import config_of
from gan_core.latent.twin import branches, grid
from gan_core.latent.views import request_of
from gan_core.learning.sampling import sampler_of_file
from gan_core.questions import MOST, Answer, Question
from gan_core.runs.generator_ids import file_of


def normal(x, mean=0.0, sd=1.0):
    return np.exp(-(((x - mean) / sd) ** 2) / 2) / (sd * np.sqrt(2 * np.pi))


def shown(config, z, generator, slope):
    """The arrays of the view for x = generator(z)."""
    asked = request_of(config, {"view": "twin", "z": z}).asked
    given = asked.question.z[:, 0].astype(float)
    arrays = {"x": generator(given), "slopes": slope(given), "score": np.arange(len(given))}
    answer = Answer({name: array.astype(np.float32) for name, array in arrays.items()}, {"step": "0"})
    return asked.finish(answer).arrays


def test_the_question_is_z_and_the_grid():
    question = request_of(ToyConfig(), {"view": "twin", "z": 0.5}).asked.question
    assert question.z.shape == (402, 1) and question.z[0] == 0.5
    assert (question.z[1:, 0] == grid(ToyConfig()).astype(np.float32)).all()
    assert question.wants == {"slopes", "scores"} and question.condition.shape == (0, 10)


@pytest.mark.parametrize("z", [-2.0, 0.0, 0.5, 0.51, 3.0])
def test_a_straight_line_has_one_branch_and_makes_a_normal(z):
    arrays = shown(ToyConfig(target="normal"), z, lambda z: 3 + 2 * z, lambda z: 2 + 0 * z)
    assert arrays["x"] == pytest.approx([3 + 2 * z]) and arrays["slopes"] == pytest.approx([2])
    assert arrays["z"] == pytest.approx([z]) and arrays["score"] == pytest.approx([0])
    assert arrays["branches"] == pytest.approx(np.array([[z, 2, normal(z) / 2]]), abs=1e-6)
    assert arrays["p_z"] == pytest.approx(normal(arrays["grid_z"]), abs=1e-6)
    assert arrays["p_g"] == pytest.approx(normal(arrays["x_axis"], 3, 2), abs=2e-3)
    assert arrays["p_data"] == pytest.approx(normal(arrays["x_axis"]), abs=2e-3)
    assert {len(arrays[name]) for name in ("grid_z", "grid_x", "grid_slopes", "p_z")} == {401}


@pytest.mark.parametrize("z", [0.3, 1.0, -1.7, 2.5])
def test_a_fold_has_two_branches_whose_sum_is_the_density(z):
    """x = z² is chi-squared with one degree of freedom: exp(-x / 2) / √(2 π x)."""
    arrays = shown(ToyConfig(target="normal"), z, lambda z: z**2, lambda z: 2 * z)
    own, other = arrays["branches"]
    assert own[:2] == pytest.approx([z, 2 * z], rel=1e-6) and other[:2] == pytest.approx([-z, -2 * z], rel=2e-3)
    assert own[2] + other[2] == pytest.approx(np.exp(-z * z / 2) / np.sqrt(2 * np.pi * z * z), rel=3e-3)


@pytest.mark.parametrize("z", np.linspace(-6.4, 6.4, 23))
def test_three_branches_add_up_to_what_is_pushed_forward(z):
    """x = z + 2 sin 2z turns several times."""
    arrays = shown(ToyConfig(), z, lambda z: z + 2 * np.sin(2 * z), lambda z: 1 + 4 * np.cos(2 * z))
    x, total = arrays["x"][0], arrays["branches"][:, 2].sum()
    assert arrays["branches"][0, 0] == pytest.approx(z, rel=1e-6)
    assert len(arrays["branches"]) % 2 == 1
    places = arrays["branches"][:, 0]
    assert places + 2 * np.sin(2 * places) == pytest.approx(x, abs=5e-3)
    near = np.abs(arrays["x_axis"] - x).argmin()
    if np.abs(arrays["branches"][:, 1]).min() > 1 and abs(arrays["x_axis"][near] - x) < 0.05:
        assert total == pytest.approx(arrays["p_g"][near], rel=0.05, abs=1e-3)


@pytest.mark.parametrize("away", [-0.5, -0.03, -0.01, -0.003, 0.002, 0.005, 0.02, 0.04, 0.9])
def test_next_to_a_turning_point_no_branch_is_lost(away):
    """x = z³ / 3 - z turns at -1 and 1; the sum of all roots of x = z³ / 3 - z is 0, their product 3 x."""
    z = 1 + away
    arrays = shown(ToyConfig(), z, lambda z: z**3 / 3 - z, lambda z: z**2 - 1)
    roots = np.sort(np.roots([1 / 3, 0, -1, z - z**3 / 3]).real)
    assert np.sort(arrays["branches"][:, 0]) == pytest.approx(roots, abs=3e-4)
    share = normal(roots) / np.abs(roots**2 - 1)
    assert arrays["branches"][:, 2].sum() == pytest.approx(share.sum(), rel=0.02)


def test_both_branches_around_the_turning_point_of_another_hill_are_found():
    """x = cos z at z just beside 0, and beside 2π and -2π, where nothing but the slope shows that G turns."""
    arrays = shown(ToyConfig(), 0.01, np.cos, lambda z: -np.sin(z))
    expected = [-2 * np.pi - 0.01, -2 * np.pi + 0.01, -0.01, 0.01, 2 * np.pi - 0.01, 2 * np.pi + 0.01]
    assert np.sort(arrays["branches"][:, 0]) == pytest.approx(np.array(expected), abs=2e-3)


@pytest.mark.parametrize("z", [-4, -1.75, -1.74, -1.73, -0.12, -0.11, -0.1, 0.11, 0.12, 0.13, 1.76, 1.77, 1.78, 4])
def test_the_shipped_toy_generator_has_as_many_branches_as_a_fine_grid_shows(z):
    """Places on the slider where it turns close by, and two where it does not."""
    config, sampler = config_of("shipped-toy"), sampler_of_file(file_of("shipped-toy").read_bytes())
    asked = request_of(config, {"view": "twin", "z": z}).asked
    arrays = asked.finish(sampler.answer(asked.question)).arrays
    fine = np.linspace(-6.5, 6.5, 100 * MOST, dtype=np.float32)[:, None]
    made = np.concatenate([sampler.answer(Question(part)).arrays["x"] for part in np.split(fine, 100)])
    assert len(arrays["branches"]) == (np.diff(made > arrays["x"][0]) != 0).sum()


@pytest.mark.parametrize("slope", [-3.0, 0.2, 3.0])
def test_the_x_axis_holds_nearly_all_of_both_densities_and_little_more(slope):
    arrays = shown(ToyConfig(target="normal"), 0.0, lambda z: slope * z, lambda z: slope + 0 * z)
    x, width = arrays["x_axis"], arrays["x_axis"][1] - arrays["x_axis"][0]
    assert width * arrays["p_g"].sum() == pytest.approx(1, abs=2e-3) == width * arrays["p_data"].sum()
    assert (x[0], x[-1]) == pytest.approx(np.array([-1, 1]) * 1.1 * 3.29 * max(1, abs(slope)), rel=0.01)


def test_a_uniform_latent_has_constant_density():
    arrays = shown(ToyConfig(latent="uniform", target="uniform"), 0.2, lambda z: 5 * z, lambda z: 5 + 0 * z)
    assert (arrays["grid_z"][0], arrays["grid_z"][-1]) == (-1, 1) and (arrays["p_z"] == 0.5).all()
    assert arrays["branches"] == pytest.approx(np.array([[0.2, 5, 0.1]]))
    inside = np.abs(arrays["x_axis"]) < 4.9
    assert arrays["p_g"][inside] == pytest.approx(0.1, rel=1e-3)
    assert arrays["x_axis"][0] < -5 and arrays["x_axis"][-1] > 5


def test_beyond_a_uniform_latent_its_own_branch_adds_nothing():
    arrays = shown(ToyConfig(latent="uniform"), 1.5, lambda z: 5 * z, lambda z: 5 + 0 * z)
    assert arrays["branches"] == pytest.approx(np.array([[1.5, 5, 0]]))


def test_where_the_generator_turns_the_density_is_infinite():
    z = np.concatenate([[0.0], grid(ToyConfig())])
    assert branches("normal", z, z**2, 2 * z)[0].tolist() == [0, 0, np.inf]


def test_a_collapsed_generator_is_one_point():
    arrays = shown(ToyConfig(target="normal"), 1.0, lambda z: 0 * z + 0.25, lambda z: 0 * z)
    assert arrays["branches"].shape == (1, 3)
    width = arrays["x_axis"][1] - arrays["x_axis"][0]
    assert arrays["p_g"].sum() * width == pytest.approx(1, abs=1e-5) and (arrays["p_g"] > 0).sum() == 1


def test_a_diverged_generator_is_one_sentence():
    with pytest.raises(ConfigError, match=r"^This generator makes no numbers any more"):
        shown(ToyConfig(), 0.0, lambda z: np.where(z > 5, np.nan, z), lambda z: 1 + 0 * z)

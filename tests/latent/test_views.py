"""Which latents and conditions a view asks for, what it adds, and that whatever is wrong is one sentence."""

import numpy as np
import pytest

from gan_core.config import ImageConfig, ToyConfig
from gan_core.fields import ConfigError
from gan_core.latent.views import VIEWS, request_of
from gan_core.questions import Answer, Question
from gan_core.theory.latent_space import circle, draw, mixture, plane, random_axes, shell, slerp

DIM = 6
CGAN = ImageConfig(conditional=True, latent_dim=DIM)
GAN = ImageConfig(latent_dim=DIM, latent="uniform")
SHIRTS = ImageConfig(dataset="fashion_mnist", latent_dim=DIM)
TOY = ToyConfig()

A = {"seed": 3, "moved": [0.5, 0, 0, -1, 0, 2], "digit": 7, "other": 1, "share": 0.25}
B = {"seed": 4, "digit": 2}
Z_A = draw("normal", DIM, 3)[0] + A["moved"]
Z_B = draw("normal", DIM, 4)[0]
C_A, C_B = mixture(7, 1, 0.25), mixture(2, 0, 0)


def asked(config, **body):
    return request_of(config, body).asked


def finished(config, **body):
    """The arrays of the answer, its images black."""
    request = asked(config, **body)
    images = np.zeros((len(request.question.z), 784), np.uint8)
    return request.finish(Answer({"images": images}, {"step": "1"})).arrays


def f4(values):
    return np.asarray(values, np.float32)


# --- what is asked --------------------------------------------------------------------------------------------------


def test_a_picture_is_one_latent_with_its_mixture():
    question = asked(CGAN, view="picture", point=A).question
    assert (question.z == f4([Z_A])).all() and (question.condition == f4([C_A])).all()
    assert question.wants == {"scores", "digits"}


def test_the_style_row_changes_the_condition_alone():
    question = asked(CGAN, view="picture", point=A, style=True).question
    assert question.z.shape == (11, DIM) and (question.z == question.z[0]).all()
    assert (question.condition[0] == f4(C_A)).all() and (question.condition[1:] == np.eye(10)).all()


def test_without_a_condition_there_is_no_style_row():
    question = asked(GAN, view="picture", point=A, style=True).question
    assert question.z.shape == (1, DIM) and question.condition.shape == (0, 10)
    assert (question.z == f4(draw("uniform", DIM, 3) + A["moved"])).all()


def test_only_digits_are_read():
    assert asked(SHIRTS, view="picture").question.wants == {"scores"}


@pytest.mark.parametrize("view", ["directions", "nearest"])
def test_a_view_of_one_point_wants_what_it_is_called(view):
    question = asked(CGAN, view=view, point=A).question
    assert question.wants == {view} and (question.z == f4([Z_A])).all() and (question.condition == f4([C_A])).all()


def test_usual_scores_need_no_point():
    question = asked(CGAN, view="usual").question
    assert question.wants == {"usual"} and question.z.shape == (1, DIM)


def test_the_plane_is_that_of_its_seed():
    body = {"point": A, "axes": {"seed": 9}, "x": 1.5, "y": -2, "zoom": 0.25, "n": 5}
    question = asked(CGAN, view="plane", **body).question
    u, v = random_axes(DIM, 9)
    assert (question.z == f4(plane(Z_A, u, v, 1.5, -2, 0.25, 5))).all()
    assert (question.condition == f4(C_A)).all() and len(question.condition) == 25 and question.wants == set()


def test_chosen_axes_become_orthonormal():
    axes = {"u": [2, 0, 0, 0, 0, 0], "v": [5, 0, 3, 0, 0, 0]}
    arrays = finished(CGAN, view="plane", point=A, axes=axes, zoom=1, n=3)
    assert arrays["axes"] == pytest.approx(np.eye(DIM)[[0, 2]])
    offsets = [[x, 0, y, 0, 0, 0] for y in (1, 0, -1) for x in (-1, 0, 1)]
    assert arrays["moved"] == pytest.approx(f4(np.array(offsets) + A["moved"]), abs=1e-6)


def test_a_linear_walk_goes_from_a_to_b_and_its_condition_too():
    question = asked(CGAN, view="walk", a=A, b=B, way="linear", n=5).question
    t = np.linspace(0, 1, 5)[:, None]
    assert question.z == pytest.approx(f4((1 - t) * Z_A + t * Z_B))
    assert question.condition == pytest.approx(f4((1 - t) * C_A + t * C_B))
    assert (question.z[[0, -1]] == f4([Z_A, Z_B])).all() and (question.condition[[0, -1]] == f4([C_A, C_B])).all()
    assert question.wants == {"scores"}


def test_a_spherical_walk_keeps_between_the_norms():
    question = asked(CGAN, view="walk", a=A, b=B, way="spherical", n=7).question
    assert (question.z == f4(slerp(Z_A, Z_B, np.linspace(0, 1, 7)))).all()


def test_a_loop_closes_in_z_and_in_the_condition():
    question = asked(CGAN, view="loop", a=A, b=B, n=8).question
    assert (question.z == f4(circle(Z_A, Z_B, 8))).all()
    assert (question.condition[[0, 4]] == f4([C_A, C_B])).all()
    assert (question.condition[1:4] == question.condition[:4:-1]).all()


def test_the_matrix_has_a_style_in_each_row_and_a_digit_in_each_column():
    question = asked(CGAN, view="matrix", a=A, b=B, rows=3).question
    styles = slerp(Z_A, Z_B, np.array([0, 0.5, 1]))
    assert (question.z.reshape(3, 10, DIM) == f4(styles)[:, None]).all()
    assert (question.condition.reshape(3, 10, 10) == np.eye(10)).all()


@pytest.mark.parametrize(
    "body",
    [
        {"view": "plane", "n": 11},
        {"view": "walk", "n": 61},
        {"view": "loop", "n": 96},
        {"view": "matrix", "rows": 10},
        {"view": "picture", "style": True},
    ],
)
def test_the_largest_views_are_questions_like_any_other(body):
    question = asked(CGAN, **body).question
    assert (Question.of(question.to_bytes()).z == question.z).all()


def test_what_is_left_out_is_seed_0_unmoved():
    assert (asked(CGAN, view="picture").question.z == f4(draw("normal", DIM, 0))).all()


# --- what is added --------------------------------------------------------------------------------------------------


def test_a_picture_comes_with_its_z():
    arrays = finished(CGAN, view="picture", point=A, style=True)
    assert (arrays["z"] == f4(Z_A)).all() and arrays["norm"] == pytest.approx([np.linalg.norm(Z_A)])
    assert "images" in arrays


def test_a_walk_comes_with_norms_and_offsets_from_the_seed_of_a():
    arrays = finished(CGAN, view="walk", a=A, b=B, n=3)
    assert arrays["norms"][[0, 2]] == pytest.approx(np.linalg.norm([Z_A, Z_B], axis=1))
    assert arrays["moved"][0] == pytest.approx(A["moved"], abs=1e-6)
    assert arrays["moved"][2] + draw("normal", DIM, 3)[0] == pytest.approx(Z_B, abs=1e-6)


def test_outside_of_the_plane_is_beyond_the_shell():
    arrays = finished(CGAN, view="plane", point=A, zoom=5, n=11)
    norms = np.linalg.norm(arrays["moved"] + draw("normal", DIM, 3), axis=1)
    bounds = shell("normal", DIM)
    assert (arrays["outside"] == ~((norms >= bounds.low) & (norms <= bounds.high))).all()
    assert 0 < arrays["outside"].sum() < 121 and arrays["norms"] == pytest.approx(norms, rel=1e-5)


def test_for_a_uniform_latent_a_number_beyond_1_is_outside_too():
    far = {"seed": 0, "moved": list(-draw("uniform", DIM, 0)[0] + [1.2, 0.3, 0.3, 0.3, 0.3, 0.3])}
    arrays = finished(GAN, view="plane", point=far, n=3, zoom=0.01)
    assert shell("uniform", DIM).low < arrays["norms"][4] < shell("uniform", DIM).high
    assert arrays["outside"][4] == 1


@pytest.mark.parametrize(
    ("body", "columns", "film"),
    [
        ({"view": "picture", "style": True}, 11, ()),
        ({"view": "plane", "n": 5}, 5, ()),
        ({"view": "matrix"}, 10, ()),
        ({"view": "walk", "n": 4}, 4, (0, 1, 2, 3, 2, 1)),
        ({"view": "walk", "n": 40}, 12, (*range(40), *range(38, 0, -1))),
        ({"view": "loop", "n": 24}, 12, tuple(range(24))),
    ],
)
def test_pictures_to_take_along(body, columns, film):
    request = asked(CGAN, **body)
    assert (request.columns, request.film) == (columns, film)


@pytest.mark.parametrize(
    ("view", "forms"),
    [
        *((view, ["", "png", "npz"]) for view in ("picture", "plane", "matrix")),
        *((view, ["", "png", "gif", "npz"]) for view in ("walk", "loop")),
        *((view, [""]) for view in ("usual", "directions", "nearest")),
    ],
)
def test_forms_of_a_view(view, forms):
    assert [request_of(CGAN, {"view": view, "form": form}).form for form in forms] == forms


# --- refusals -------------------------------------------------------------------------------------------------------


POINT = {"view": "picture"}


@pytest.mark.parametrize(
    ("config", "body", "field", "sentence"),
    [
        (CGAN, {}, "view", "View must be one of picture, usual,"),
        (CGAN, {"view": "pictures"}, "view", "; pictures is not."),
        (CGAN, {"view": ["picture"]}, "view", "View must be one of"),
        (CGAN, {"view": None}, "view", "View must be one of"),
        (TOY, {"view": "picture"}, "view", "The view picture needs a generator of images."),
        (GAN, {"view": "matrix"}, "view", "The view matrix needs a conditional generator."),
        (TOY, {"view": "matrix"}, "view", "The view matrix needs a generator of images."),
        (CGAN, {"view": "twin"}, "view", "The view twin needs a 1-D generator"),
        (ToyConfig(latent_dim=2), {"view": "twin"}, "view", "whose z is one number."),
        (CGAN, {**POINT, "visitor": "x" * 41}, "visitor", "a text of at most 40 characters."),
        (CGAN, {**POINT, "visitor": 7}, "visitor", "a text of at most 40 characters."),
        (CGAN, {**POINT, "form": "gif"}, "form", "Form must be one of empty, png, npz; gif is not."),
        (CGAN, {**POINT, "form": {}}, "form", "Form must be one of empty, png, npz"),
        (CGAN, {"view": "usual", "form": "png"}, "form", "Form must be one of empty; png is not."),
        (CGAN, {**POINT, "pickle": 1}, "pickle", "There is no setting called pickle."),
        (CGAN, {**POINT, "point": 7}, "body", "Request: point must be an object of named values."),
        (CGAN, {**POINT, "point": {"seed": -1}}, "seed", "Seed of z must be a whole number from 0 to 4294967295"),
        (CGAN, {**POINT, "point": {"seed": 2**32}}, "seed", "Seed of z must be a whole number from 0 to 4294967295"),
        (CGAN, {**POINT, "point": {"seed": "x"}}, "seed", "; x is not."),
        (CGAN, {**POINT, "point": {"digit": 10}}, "digit", "Digit must be a whole number from 0 to 9; 10 is not."),
        (CGAN, {**POINT, "point": {"other": 1.5}}, "other", "Digit must be a whole number from 0 to 9; 1.5 is not."),
        (CGAN, {**POINT, "point": {"share": 1.1}}, "share", "Share of the other digit must be a number from 0 to 1"),
        (CGAN, {**POINT, "point": {"share": float("nan")}}, "share", "must be a number from 0 to 1; nan is not."),
        (CGAN, {**POINT, "point": {"moved": [0.0] * 5}}, "moved", "Offsets of z must be 6 numbers from -20 to 20"),
        (CGAN, {**POINT, "point": {"moved": [21.0] * 6}}, "moved", "a list of numbers from -20 to 20"),
        (CGAN, {**POINT, "point": {"moved": [float("inf")] * 6}}, "moved", "a list of numbers from -20 to 20"),
        (CGAN, {**POINT, "point": {"moved": "abc"}}, "moved", "a list of numbers from -20 to 20"),
        (CGAN, {**POINT, "point": {"moved": [0.0] * 300}}, "moved", "a list of numbers from -20 to 20"),
        (CGAN, {**POINT, "point": {"moved": {"0": 1}}}, "moved", "a list of numbers from -20 to 20"),
        (CGAN, {**POINT, "style": "maybe"}, "style", "Style row must be true or false; maybe is neither."),
        (CGAN, {"view": "plane", "x": 101}, "x", "Place on the plane must be a number from -100 to 100"),
        (CGAN, {"view": "plane", "zoom": 0}, "zoom", "Zoom must be a number from 0.01 to 5; 0 is not."),
        (CGAN, {"view": "plane", "n": 4}, "n", "Images in a row must be an odd number from 3 to 11; 4 is not."),
        (CGAN, {"view": "plane", "n": 13}, "n", "Images in a row must be a whole number from 3 to 11; 13 is not."),
        (CGAN, {"view": "plane", "axes": {"u": [1.0] * 6}}, "axes", "two directions of 6 numbers."),
        (CGAN, {"view": "plane", "axes": {"u": [1.0] * 6, "v": [2.0] * 6}}, "axes", "that are not parallel"),
        (CGAN, {"view": "plane", "axes": {"u": [1.0] * 6, "v": [0.0] * 6}}, "axes", "that are not parallel"),
        (CGAN, {"view": "plane", "axes": {"u": [9999.0], "v": [1.0]}}, "u", "a list of numbers from -1000 to 1000"),
        (CGAN, {"view": "plane", "axes": []}, "body", "Request: axes must be an object of named values."),
        (CGAN, {"view": "walk", "way": "wild"}, "way", "Way must be one of linear, spherical; wild is not."),
        (CGAN, {"view": "walk", "n": 62}, "n", "Images of the walk must be a whole number from 3 to 61; 62 is not."),
        (CGAN, {"view": "walk", "b": {"digit": -1}}, "digit", "Digit must be a whole number from 0 to 9; -1 is not."),
        (CGAN, {"view": "loop", "n": 7}, "n", "Images of the loop must be a whole number from 8 to 96; 7 is not."),
        (CGAN, {"view": "matrix", "rows": 11}, "rows", "Styles must be a whole number from 2 to 10; 11 is not."),
        (TOY, {"view": "twin", "z": 7}, "z", "z must be a number from -6.5 to 6.5; 7 is not."),
    ],
)
def test_whatever_is_wrong_is_one_sentence(config, body, field, sentence):
    with pytest.raises(ConfigError) as caught:
        request_of(config, body)
    assert caught.value.field == field
    assert sentence in str(caught.value) and str(caught.value).count(". ") == 0


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_refuses_what_it_does_not_know(name):
    with pytest.raises(ConfigError):
        request_of(TOY if name == "twin" else CGAN, {"view": name, "images": 10**9})

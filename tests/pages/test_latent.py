"""The page that steers a generator, without a browser: what it offers, what it gives the stage, what the link keeps."""

import json
import re

import numpy as np
import pytest
import streamlit as st
from apps import component_data, param
from safetensors.numpy import load, save

from gan_core.config import ImageConfig, ToyConfig
from gan_core.header import texts_in
from gan_core.latent import uploads
from gan_core.latent.generators import Card, shipped
from gan_core.runs.controls import Control
from gan_core.runs.engine import EngineError
from gan_core.runs.generator_ids import SHIPPED, WEIGHTS, run_id
from pages.components.browser import asset
from pages.components.latent import card as card_module
from pages.components.latent import choosing, settings, words
from pages.components.latent import stage as stage_module

PAGE = "latent.py"
IMAGES = [f"shipped-{name}" for name in ("cgan", "gan", "wgan", "wgan_gp", "dcgan")]
SMALL = {"images": 100, "batch": 4, "steps": 3, "g_widths": (8,), "d_widths": (8,), "latent_dim": 4}
FIRST = {"seed": 0, "moved": [], "digit": 3, "other": 8, "share": 0.0}


@pytest.fixture(autouse=True)
def folder(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path_factory.getbasetemp() / "data_of_latent_page"))
    monkeypatch.delenv("GANSCOPE_MNIST", raising=False)


def given(app, field="about"):
    return component_data(app, "about")[field]


def sentences(app):
    return [each.value for part in (app.warning, app.info, app.error) for each in part]


def offered(app):
    return list(app.selectbox(key="latent_generator").options)


@pytest.fixture
def browser_says(monkeypatch):
    """browser_says(point=...): what the stage of a generator sends when the student rests."""

    def says(generator="shipped-cgan", **changes):
        state = {
            "point": FIRST,
            "kept": {"a": FIRST, "b": FIRST},
            "plane": None,
            "tab": "plane",
            "number": 0,
            "axes": [],
        }
        state |= changes
        state = json.loads(json.dumps(state))

        def component(key, on_state_change, **_):
            st.session_state[key] = {"state": state | {"generator": generator}}
            on_state_change()

        monkeypatch.setattr(stage_module, "_component", component)
        return state

    return says


@pytest.mark.parametrize(("lang", "digit"), [("en", "3"), ("ja", "3")])
def test_first_visit_shows_the_conditional_generator_and_a_bare_link(open_page, lang, digit):
    app = open_page(PAGE, lang=lang)
    assert not app.exception and not sentences(app)
    about = given(app)
    assert (about["generator"], about["conditional"], about["isProbability"]) == ("shipped-cgan", True, True)
    assert about["classes"][3] == digit
    assert given(app, "state")["point"] == FIRST
    assert set(app.query_params) == {"lang"}


@pytest.mark.parametrize("generator", IMAGES)
def test_every_family_says_what_the_browser_has_to_know(open_page, generator):
    app = open_page(PAGE, generator=generator)
    assert not app.exception and not sentences(app)
    about = given(app)
    family = generator.removeprefix("shipped-")
    assert about["generator"] == generator and about["family"] == family
    assert about["conditional"] == (family == "cgan")
    assert about["isProbability"] == (family not in ("wgan", "wgan_gp"))  # a critic's score is none
    assert about["latent"] == ("uniform" if family == "wgan_gp" else "normal")
    low, middle, high = about["shell"]
    spread = 1 / 3 if about["latent"] == "uniform" else 1  # of one number of z
    assert middle == pytest.approx((about["dim"] * spread) ** 0.5, rel=1e-6)
    assert low < middle < high
    (card,) = (each.value for each in app.caption)
    assert "Frechet distance" in card and "(0 is perfect)" in card and f"z: {about['dim']}" in card


def test_a_link_brings_its_reader_to_the_same_point(open_page):
    moved = "_".join(str(number) for number in range(-32, 32))
    app = open_page(
        PAGE, z="5", moved=moved, digit="7", other="1", share="0.25", a=f"9~{moved}~1~2~0.5", b="8~~0~0~0",
        tab="walk", plane="3_0.5_-1.25_0.4", axes="2_10",
    )  # fmt: skip
    assert not sentences(app)
    offsets = [number / 1000 for number in range(-32, 32)]
    assert given(app, "state") == {
        "point": {"seed": 5, "moved": offsets, "digit": 7, "other": 1, "share": 0.25},
        "kept": {
            "a": {"seed": 9, "moved": offsets, "digit": 1, "other": 2, "share": 0.5},
            "b": {"seed": 8, "moved": [], "digit": 0, "other": 0, "share": 0},
        },
        "plane": {"seed": 3, "x": 0.5, "y": -1.25, "zoom": 0.4},
        "tab": "walk",
        "number": 0.0,
        "axes": [2, 10],
    }
    assert param(app, "moved") == moved and param(app, "plane") == "3_0.5_-1.25_0.4"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"z": "-1"}, "z must be a whole number from 0 to 4294967295; -1 is not."),
        ({"z": "4294967296"}, "z must be a whole number from 0 to 4294967295; 4294967296 is not."),
        ({"z": "0" * 5000}, "z must be a whole number"),
        ({"moved": "1_x"}, "moved must be at most 256 whole numbers from -20000 to 20000"),
        ({"moved": "20001"}, "moved must be at most 256 whole numbers from -20000 to 20000"),
        ({"moved": "_".join(["1"] * 257)}, "moved must be at most 256 whole numbers"),
        ({"moved": "1_2"}, "moved in the link belongs to a generator with another number of latent dimensions."),
        ({"digit": "10"}, "digit must be a whole number from 0 to 9; 10 is not."),
        ({"share": "nan"}, "share must be a number from 0 to 1; nan is not."),
        ({"a": "1~2"}, r"seed\~moved\~digit\~other\~share"),
        ({"a": "1~2~3~4~0.5"}, "a in the link belongs to a generator with another number of latent dimensions."),
        ({"b": "1~~30~4~0.5"}, "digit must be a whole number from 0 to 9; 30 is not."),
        ({"tab": "lane"}, "tab must be one of plane, walk, matrix, nearest; lane is not."),
        ({"plane": "1_2_3"}, r"plane: 1\_2\_3 is not of the form seed\_x\_y\_zoom."),
        ({"axes": "4_4"}, r"axes must be two different directions from 1 to 10 with _ between them; 4\_4 is not."),
        ({"axes": "0_11"}, "axes must be two different directions from 1 to 10"),
        ({"plane": "1_2_3_6"}, "plane must be a number from 0.01 to 5; 6 is not."),
        ({"number": "7"}, "number must be a number from -6.5 to 6.5; 7 is not."),
        ({"generator": "shipped-../../etc/passwd"}, "The generator in this link is not on this server."),
        ({"generator": "run-nope"}, "The generator in this link is not on this server."),
        ({"generator": "upload-0123456789abcdef"}, "The generator in this link is not on this server."),
    ],
)
def test_a_bad_link_is_told_in_a_sentence_and_the_rest_is_kept(open_page, query, sentence):
    app = open_page(PAGE, **({"z": "5", "digit": "7"} | query))
    assert not app.exception
    assert any(sentence in each for each in sentences(app))
    point = given(app, "state")["point"]
    assert point["seed"] == (0 if "z" in query else 5)
    assert point["digit"] == (3 if "digit" in query else 7)
    assert point["moved"] == []
    assert given(app)["generator"] == "shipped-cgan"


def test_where_the_student_rests_comes_into_the_link_and_back_unchanged(open_page, browser_says, monkeypatch):
    point = {"seed": 12, "moved": [0.5, *[0] * 62, -1.234], "digit": 7, "other": 2, "share": 0.57}
    sent = browser_says(point=point, plane={"seed": 4, "x": 0.1, "y": -2, "zoom": 0.5}, tab="nearest", axes=[4, 1])
    app = open_page(PAGE)
    assert (param(app, "z"), param(app, "digit"), param(app, "share")) == ("12", "7", "0.57")
    assert param(app, "moved") == "500_" + "0_" * 62 + "-1234"
    assert [param(app, name) for name in ("plane", "axes", "tab")] == ["4_0.1_-2_0.5", "4_1", "nearest"]
    seen = []
    monkeypatch.setattr(stage_module, "_component", lambda **said: seen.append(said["data"]["state"]))
    app.run()
    assert seen[0] == sent  # so the browser knows its own words again


@pytest.mark.parametrize(
    "changes",
    [
        {"point": None},
        {"point": FIRST | {"seed": -1}},
        {"point": FIRST | {"seed": 1.5}},
        {"point": FIRST | {"moved": [1.0, 2.0]}},
        {"point": FIRST | {"moved": [float("nan")] * 64}},
        {"point": FIRST | {"moved": [30.0] * 64}},
        {"point": FIRST | {"digit": "seven"}},
        {"kept": {"a": FIRST}},
        {"kept": {"a": FIRST, "b": FIRST | {"moved": [1.0]}}},
        {"plane": {"seed": 1}},
        {"tab": "nowhere"},
        {"number": None},
    ],
)
def test_nonsense_from_the_browser_changes_nothing(open_page, browser_says, changes):
    browser_says(**({"point": FIRST | {"seed": 77}} | changes))
    app = open_page(PAGE, z="5")
    assert not app.exception
    assert (param(app, "z"), set(app.query_params)) == ("5", {"lang", "z"})


def test_what_was_done_at_one_generator_is_nothing_to_another(open_page, browser_says):
    browser_says(generator="shipped-gan", point=FIRST | {"seed": 77, "moved": [1.0] * 64})
    app = open_page(PAGE, z="5")
    assert not app.exception
    assert (param(app, "z"), set(app.query_params)) == ("5", {"lang", "z"})


def test_another_generator_has_another_latent_space(open_page):
    app = open_page(PAGE, z="5", moved="_".join(["9"] * 64), digit="7", a="9~~1~2~0.5")
    app.selectbox(key="latent_generator").set_value("shipped-wgan_gp").run()
    assert not sentences(app)
    point = given(app, "state")["point"]
    assert (point["seed"], point["digit"], point["moved"]) == (5, 7, [])
    assert set(app.query_params) == {"lang", "generator", "z", "digit"}


def test_a_link_to_the_generator_that_was_steered_last_leads_back_to_where_one_stood(open_page):
    app = open_page(PAGE, generator="shipped-gan", z="5", moved="7_" * 63 + "7", tab="nearest")
    before = given(app, "state")
    for name in ("z", "moved", "tab"):
        del app.query_params[name]
    app.run()
    assert given(app, "state") == before
    assert param(app, "z") == "5"
    del app.query_params["z"], app.query_params["moved"], app.query_params["tab"]
    app.query_params["generator"] = "shipped-dcgan"
    app.run()
    assert given(app, "state")["point"]["seed"] == 0


def test_own_runs_are_offered_with_their_step(open_page, engine):
    app = open_page(PAGE)
    before = offered(app)
    images, toy = engine.start(ImageConfig.make(SMALL | {"conditional": True})), engine.start(ToyConfig())
    engine.send(images, Control("step"))
    app.session_state["my_runs"] = {images, toy}
    app.run()
    assert len(offered(app)) == len(before) + 2
    assert {"CGAN: a digit on request, run, step 1", "Gaussian, run, step 0"} < set(offered(app))
    app.selectbox(key="latent_generator").set_value(run_id(images)).run()
    assert not app.exception and not sentences(app)
    assert (given(app)["dim"], given(app)["conditional"], given(app)["dataset"]) == (4, True, "mnist_5k")
    assert param(app, "generator") == run_id(images)


def test_only_digits_that_were_learnt_can_be_asked_for(open_page, engine):
    run = engine.start(ImageConfig.make(SMALL | {"conditional": True, "classes": (1, 7)}))
    app = open_page(PAGE, generator=run_id(run))
    assert given(app)["digits"] == [1, 7]
    state = given(app, "state")
    for point in (state["point"], *state["kept"].values()):
        assert (point["digit"], point["other"]) == (1, 7)


def test_a_run_that_is_not_chosen_is_looked_at_once(open_page, engine, monkeypatch):
    run, looks, frames = engine.start(ToyConfig()), [], engine.frames
    monkeypatch.setattr(engine, "frames", lambda *given, **named: looks.append(given[0]) or frames(*given, **named))
    app = open_page(PAGE)
    app.session_state["my_runs"] = {run}
    for _ in range(3):
        app.run()
    assert "Gaussian, run, step 0" in offered(app)
    assert looks.count(run) == 1


def test_a_moment_without_an_answer_throws_nothing_away(open_page, engine, monkeypatch):
    run = run_id(engine.start(ImageConfig.make(SMALL)))
    app = open_page(PAGE, generator=run, z="5", moved="1_2_3_4", a="9~~1~2~0.5")
    before, about = given(app, "state"), choosing.about

    def silent(generator):
        if generator == run:
            raise EngineError("The training process does not answer. It is being started again.")
        return about(generator)

    monkeypatch.setattr(choosing, "about", silent)
    app.run()
    assert not app.exception and any("does not answer" in each for each in sentences(app))
    assert app.selectbox(key="latent_generator").value == run
    monkeypatch.setattr(choosing, "about", about)
    app.run()
    assert not sentences(app)
    assert (given(app)["generator"], given(app, "state")) == (run, before)
    assert param(app, "moved") == "1_2_3_4"


def test_a_link_that_is_too_long_says_what_it_leaves_out(open_page, engine):
    run = run_id(engine.start(ImageConfig.make(SMALL | {"latent_dim": 256})))
    app = open_page(PAGE, generator=run, moved="_".join(["-12345"] * 256))
    assert any("too long" in each.value for each in app.caption)
    assert given(app, "state")["point"]["moved"] == [-12.345] * 256
    app = open_page(PAGE, generator=run, moved="_".join(["-12"] * 256))
    assert not any("too long" in each.value for each in app.caption)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_smoothed_labels_are_told(smoothing):
    config = ImageConfig.make(SMALL | {"label_smoothing": smoothing})
    assert stage_module.about(Card("run-x", config, "gan", "gan_lesson", 3))["smoothing"] == smoothing


def test_images_that_are_no_digits_have_names_and_no_reader():
    config = ImageConfig.make(SMALL | {"dataset": "fashion_mnist", "loss": "hinge"})
    about = stage_module.about(Card("run-x", config, "gan", "gan_lesson", 3, state="running"))
    assert (about["readable"], about["isProbability"], about["running"]) == (False, False, True)
    assert about["classes"][1] == "Trousers"


def test_a_run_of_one_number_has_its_twin_and_one_of_several_a_sentence(open_page, engine):
    app = open_page(PAGE, generator=run_id(engine.start(ToyConfig())), number="-1.5")
    assert not app.exception and not sentences(app)
    assert given(app)["toy"] and given(app, "state")["number"] == -1.5
    app = open_page(PAGE, generator=run_id(engine.start(ToyConfig(latent_dim=2))))
    assert any("this run has 2 latent dimensions" in each for each in sentences(app))
    assert not app.get("bidi_component")


class TestFiles:
    def bring(self, app, name, data):
        return app.file_uploader(key="latent_file").set_value((name, data, "application/octet-stream")).run()

    def test_a_file_becomes_the_generator(self, open_page):
        data = (WEIGHTS / "gan.safetensors").read_bytes()
        app = self.bring(open_page(PAGE), "mine.safetensors", data)
        assert not app.exception and not sentences(app)
        assert given(app)["generator"] == param(app, "generator")
        assert param(app, "generator").startswith("upload-")
        assert "File mine.safetensors" in offered(app)

    def test_what_is_no_generator_is_refused_in_a_sentence(self, open_page):
        app = self.bring(open_page(PAGE), "mine.safetensors", b"\x80\x04nothing")
        assert any("is a pickle" in each for each in sentences(app))
        assert given(app)["generator"] == "shipped-cgan"
        app = self.bring(app, "mine.safetensors", (WEIGHTS / "gan.safetensors").read_bytes())
        assert not sentences(app)

    @pytest.mark.parametrize("name", ["gan", "toy"])
    @pytest.mark.parametrize("part", ["generator", "discriminator"])
    def test_numbers_that_do_not_fit_the_settings_are_refused_at_once(self, open_page, name, part):
        data = (WEIGHTS / f"{name}.safetensors").read_bytes()
        tensors = load(data)
        shorter = save(tensors | {part: np.ascontiguousarray(tensors[part][:-1])}, texts_in(data))
        app = self.bring(open_page(PAGE, z="5"), "mine.safetensors", shorter)
        assert not app.exception and len(sentences(app)) == 1
        assert (given(app)["generator"], param(app, "z")) == ("shipped-cgan", "5")
        assert "File mine.safetensors" not in offered(app)

    def test_only_safetensors_can_be_picked(self, open_page):
        assert list(open_page(PAGE).file_uploader(key="latent_file").proto.type) == [".safetensors"]
        assert max(path.stat().st_size for path in WEIGHTS.glob("*.safetensors")) <= uploads.LARGEST


def test_a_metric_that_nobody_measured_is_left_out(open_page):
    text = card_module.measured_text({"frechet": 1.5, "kid": 0.2, "recall": float("nan"), "accuracy": 0.9}, 10)
    assert text == "Frechet distance **1.50** (0 is perfect) · right digits **90.0%**"


@pytest.mark.parametrize("name", ["moved", "a", "b"])
def test_a_setting_of_several_numbers_survives_the_link(name):
    moved = (0.5, -0.001, 20.0, -20.0, 1.001)  # 1000 * 1.001 is a little less than 1001
    value = moved if name == "moved" else {"z": 4, "moved": moved, "digit": 0, "other": 9, "share": 0.123}
    field = settings.FIELDS[name]
    for each in (value, field.default):
        assert field.read(field.write(each)) == each


@pytest.mark.parametrize(
    ("table", "modules"),
    [
        (words.PRESENT, "picture judges sliders seed shell condition style_row asking steering stage tabs"),
        (words.NEAREST, "nearest"),
    ],
)
def test_the_browser_asks_for_no_sentence_that_is_not_there(table, modules):
    filled = {"locale", "lesson_address", "tabs", "sets"}  # by stage_words
    for module in modules.split():
        asked = set(re.findall(r"\bwords\.(\w+)", asset(f"latent/{module}.js")))
        assert asked <= {*table, *filled}, module


def test_what_is_shipped_can_be_chosen(open_page):
    there = {f"shipped-{name}" for name in SHIPPED if (WEIGHTS / f"{name}.safetensors").exists()}
    assert set(shipped()) >= there
    assert len(offered(open_page(PAGE))) == len(there)

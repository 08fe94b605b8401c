import pytest
from apps import component_data, param

from gan_core.presets import TOY_PRESETS as PRESETS
from pages.components.toy.settings import numbers_in

PAGE = "toy_gan.py"


def button(app, key):
    return app.button(key=key)


def run_of(app) -> str:
    return param(app, "run")


@pytest.mark.parametrize(("lang", "start"), [("en", "Start"), ("ja", "開始")])
def test_first_visit_shows_a_recorded_run_and_one_dominant_button(open_page, lang, start):
    app = open_page(PAGE, lang=lang)
    assert not app.exception
    assert component_data(app, "source")["source"] == f"live/recordings/{next(iter(PRESETS))}"
    primary = [each for each in app.button if each.proto.type == "primary"]
    assert [each.key for each in primary] == ["start"]
    assert primary[0].label == start


def test_start_begins_a_run_that_the_url_names(open_page, engine):
    app = open_page(PAGE)
    button(app, "start").click().run()
    run = run_of(app)
    assert engine.frames(run).status.step > 0
    assert component_data(app, "source")["source"] == f"live/runs/{run}"


def test_pause_continue_step_and_reset_reach_the_run(open_page, engine):
    app = open_page(PAGE)
    button(app, "start").click().run()
    run = run_of(app)
    button(app, "pause").click().run()
    step = engine.frames(run).status.step
    assert engine.frames(run).status.state == "paused"
    button(app, "step_discriminator").click().run()
    assert engine.frames(run).status.step == step + 1
    button(app, "resume").click().run()
    assert engine.frames(run).status.step > step + 1
    button(app, "reset").click().run()
    assert (engine.frames(run).life, engine.frames(run).status.step) == (1, 0)


def test_a_learning_rate_acts_on_the_running_run(open_page, engine):
    app = open_page(PAGE)
    button(app, "start").click().run()
    app.select_slider(key="field_d_lr").set_value(0.05).run()
    assert engine.settings(run_of(app)).config.d_lr == 0.05
    assert param(app, "d_lr") == "0.05"


def test_another_target_asks_for_a_new_run(open_page, engine):
    app = open_page(PAGE)
    button(app, "start").click().run()
    first = run_of(app)
    app.selectbox(key="field_target").set_value("uniform").run()
    assert button(app, "start").label == "Start with these settings"
    button(app, "start").click().run()
    assert run_of(app) != first
    assert engine.settings(run_of(app)).config.target == "uniform"


def test_a_preset_that_is_picked_while_a_run_is_shown_takes_its_place(open_page):
    app = open_page(PAGE)
    button(app, "start").click().run()
    app.selectbox(key="preset").set_value("wgan").run()
    assert (app.selectbox(key="preset").value, param(app, "preset")) == ("wgan", "wgan")
    assert "run" not in app.query_params


def test_a_link_shows_what_its_sender_saw(open_page):
    app = open_page(PAGE, preset=next(iter(PRESETS)), target="three_modes", g_lr="0.005", n_critic="3")
    assert app.selectbox(key="field_target").value == "three_modes"
    assert app.select_slider(key="field_g_lr").value == 0.005
    assert app.number_input(key="field_n_critic").value == 3


def test_a_link_to_a_run_shows_its_settings(open_page, engine):
    from gan_core.config import ToyConfig

    run = engine.start(ToyConfig(target="uniform", g_width=7))
    app = open_page(PAGE, run=run)
    assert app.selectbox(key="field_target").value == "uniform"
    assert app.number_input(key="field_g_width").value == 7
    assert component_data(app, "source")["source"] == f"live/runs/{run}"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"g_lr": "1e9"}, "Learning rate of G must be a number from 1e-06 to 10; 1e9 is not."),
        ({"batch": "0"}, "Batch must be a whole number from 2 to 4096; 0 is not."),
        (
            {"loss": "magic"},
            "Loss must be one of minimax, non_saturating, least_squares, hinge, wasserstein; magic is not.",
        ),
        ({"preset": "nope"}, "There is no preset called nope."),
        ({"g_lrr": "2"}, "There is no setting called g\\_lrr; did you mean g_lr?"),
        ({"loss": "![x](//e/p.png)"}, "\\!\\[x\\]\\(\\/\\/e\\/p\\.png\\) is not."),
        ({"mixture": "[["}, "Own mixture must be a JSON list of numbers."),
    ],
)
def test_a_bad_link_is_told_in_a_sentence_and_the_rest_is_kept(open_page, query, sentence):
    app = open_page(PAGE, d_width="9", **query)
    assert not app.exception
    assert any(sentence in warning.value for warning in app.warning)
    assert app.number_input(key="field_d_width").value == 9


def test_a_good_link_brings_no_warning(open_page):
    app = open_page(PAGE, lang="ja", preset="wgan", d_width="9", utm_source="mail")
    assert not app.warning


def test_an_unknown_run_in_the_link_is_told(open_page):
    app = open_page(PAGE, run="../../etc/passwd")
    assert not app.exception
    assert any("not on this server" in warning.value for warning in app.warning)
    assert "run" not in app.query_params


def test_a_dangerous_pair_gets_a_hint(open_page):
    app = open_page(PAGE, loss="wasserstein", smoothness="none")
    assert any("grows without bound" in warning.value for warning in app.warning)


def test_every_preset_opens_in_both_languages(open_page):
    app = open_page(PAGE)
    for name in PRESETS:
        app.selectbox(key="preset").set_value(name).run()
        assert not app.exception, name
        assert not app.error, name
        assert param(app, "preset") == name
    app = open_page(PAGE, lang="ja", preset=list(PRESETS)[-1])
    assert not app.exception


def test_numbers_are_found_in_any_usual_text():
    assert numbers_in("1, 2;3\n4e-1\tnan x inf -5") == ([1.0, 2.0, 3.0, 0.4, -5.0], ["nan", "x", "inf"])


def test_own_data_becomes_the_target(open_page, engine):
    app = open_page(PAGE, target="own_data", data="[1,2,3,9]")
    app.text_area(key="data_text").set_value("1 2 3 4 five").run()
    assert any("what is no number was left out (1 times): five" in error.value for error in app.error)
    button(app, "start").click().run()
    assert engine.settings(run_of(app)).config.data == (1.0, 2.0, 3.0, 4.0)


def test_after_diverging_reset_is_the_dominant_button(open_page, engine):
    engine.ahead = 20
    app = open_page(PAGE, g_optimiser="sgd", d_optimiser="sgd", g_lr="10", d_lr="10")
    button(app, "start").click().run()
    assert engine.frames(run_of(app)).status.state == "diverged"
    assert [each.key for each in app.button if each.proto.type == "primary"] == ["reset"]
    button(app, "reset").click().run()
    assert engine.frames(run_of(app)).status.step == 0
    assert [each.key for each in app.button if each.proto.type == "primary"] == ["resume"]

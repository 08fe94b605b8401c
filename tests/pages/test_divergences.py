import re

import pytest

from gan_core.theory.divergence.families import FAMILIES
from pages.components.comparison.formulas import DISTANCES, SLOPES, number

PAGE = "divergences.py"


def shown(app) -> str:
    """All text of the page."""
    return "\n".join(each.value for kind in ("markdown", "caption", "info", "warning") for each in app.get(kind))


def with_cards(app):
    """The page with its formulas unfolded."""
    app.session_state["divergences_formulas"] = True
    return app.run()


def card(app, title: str) -> str:
    (found,) = [each.value for each in app.markdown if each.value.startswith(f"**{title}**")]
    return found


def value_of(app, title: str) -> str:
    return re.findall(r"\*\*(.+?)\*\*", card(app, title))[1]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("show", ["value", "gradient", "gap"])
def test_every_view_of_every_family_opens(open_page, lang, family, show):
    app = open_page(PAGE, lang=lang, family=family, show=show)
    assert not app.exception and not app.error and not app.warning
    assert not re.search(r"\bnan\b|\binf\b", shown(app))


def test_the_first_visit_shows_two_normals_four_apart(open_page):
    app = with_cards(open_page(PAGE))
    assert value_of(app, "Wasserstein distance W1") == "4"
    assert value_of(app, "Jensen-Shannon divergence JS") == "0.63272"
    assert value_of(app, "KL(p_data ‖ p_g)") == "8"
    assert value_of(app, "Total variation") == "0.9545"
    assert value_of(app, "Slope of the minimax loss") == "0.137195"
    assert value_of(app, "Slope of the non-saturating loss") == "3.86281"
    assert value_of(app, "Slope of the Wasserstein loss") == "1"
    assert r"\log\frac{1}{1} + \frac{1^2 + (4)^2}{2 \cdot 1^2} - \frac12" in card(app, "KL(p_data ‖ p_g)")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "The densities overlap in part."),
        ({"gaussian": "10"}, "JS = 0.693146 is stuck at log 2 = 0.693147"),
        ({"gaussian": "10"}, "its slope is 4.5e-06. W1 = 10 still changes by 1 for each unit"),
        ({"gaussian": "10"}, "does *not* vanish here: its slope is 10, and it grows"),
        ({"gaussian": "0.1"}, "Nearly there."),
        ({"gaussian": "0"}, "p_g is p_data."),
        ({"family": "dirac"}, "share no point"),
        ({"family": "dirac", "dirac": "-2"}, "W1 = |θ| = 2 can: its slope is -1"),
        ({"family": "dirac", "dirac": "0"}, "lie on each other"),
        ({"family": "uniform"}, "D*: it is a staircase"),
        ({"family": "uniform", "uniform": "2"}, "do not overlap"),
        ({"family": "piles", "piles": "2"}, "JS = 0.555, W1 = 2."),
        ({"family": "piles", "piles": "-5"}, "Shifted by 5: no common cell."),
        ({"family": "piles", "piles": "0"}, "The piles are the same"),
        ({"family": "classes"}, "JS = 0.3183. W1 = 1.0000 depends on where"),
        ({"family": "classes", "places": "equal"}, "W1 = 0.6667"),
        ({"family": "classes", "classes": "0.5"}, "Too many dogs."),
        ({"family": "classes", "classes": "0"}, "as often as the data has them"),
    ],
)
def test_the_sentence_says_what_to_see_now(open_page, query, sentence):
    app = open_page(PAGE, **query)
    assert sentence in app.info[0].value


def test_what_is_not_defined_is_said_in_words(open_page):
    app = with_cards(open_page(PAGE, family="dirac"))
    assert value_of(app, "KL(p_data ‖ p_g)") == "∞"
    assert value_of(app, "Slope of the minimax loss") == "not defined"
    assert value_of(app, "Slope of the Wasserstein loss") == "1"
    app = with_cards(open_page(PAGE, family="classes", show="gradient"))
    assert any("Classes cannot be shifted" in each.value for each in app.info)
    assert not any(each.value.startswith("**Slope of") for each in app.markdown)


def test_sliders_move_the_sentence_and_the_link(open_page):
    app = with_cards(open_page(PAGE))
    app.slider(key="divergences_gaussian").set_value(-8.0).run()
    assert "stuck at log 2" in app.info[0].value
    assert app.query_params["gaussian"] in ("-8", ["-8"])
    app.slider(key="divergences_sd_q").set_value(3.0).run()
    assert "overlap in part" in app.info[0].value
    assert r"\sqrt{(-8)^2 + (3 - 1)^2}" in card(app, "Wasserstein distance W2")


def test_widths_that_differ_have_another_formula(open_page):
    app = with_cards(open_page(PAGE, sd_q="2", gaussian="1"))
    assert "E\\,|1 + (2 - 1)\\,Z|" in card(app, "Wasserstein distance W1")
    assert value_of(app, "Wasserstein distance W1") == "1.16663"
    assert value_of(app, "KL(p_g ‖ p_data)") == "1.30685"


def test_intervals_have_closed_forms(open_page):
    app = with_cards(open_page(PAGE, family="uniform", width="4", uniform="0.5"))
    assert r"\frac{3^2/4 + (0.5)^2}{3}" in card(app, "Wasserstein distance W1")
    assert value_of(app, "Wasserstein distance W1") == "0.833333"
    assert r"1 - \frac{1}{\sqrt{1 \cdot 4}}" in card(app, "Squared Hellinger distance")
    assert r"\log\frac{4}{1}" in card(app, "KL(p_data ‖ p_g)") and value_of(app, "KL(p_g ‖ p_data)") == "∞"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"gaussian": "11"}, "gaussian must be a number from -10 to 10; 11 is not."),
        ({"sd_q": "0"}, "sd\\_q"),
        ({"family": "cauchy"}, "family must be one of"),
        ({"dirac_h": "9"}, "from 0.01 to 0.5; 9 is not."),
    ],
)
def test_a_bad_link_is_told_and_the_rest_is_kept(open_page, query, sentence):
    app = open_page(PAGE, sd_p="2", **query)
    assert not app.exception
    assert sentence.replace("\\", "") in "".join(each.value for each in app.warning).replace("\\", "")
    assert app.slider(key="divergences_sd_p").value == 2


def test_the_dirac_gan_stands_beside_its_theory(open_page):
    app = open_page(PAGE, dirac_gamma="1")
    (table,) = [each.value for each in app.markdown if "growth, theory" in each.value]
    rows = {row.split("|")[1].strip(): row for row in table.splitlines()[2:]}
    assert "1.001249" in rows["minimax"] and "2.25358" in rows["minimax"]
    assert "0.950000" in rows["minimax with R1"] and "2.28294e-10" in rows["minimax with R1"]
    assert "1.05169" in rows["WGAN, clipped"]
    app = open_page(PAGE, dirac_start="0.05")
    (table,) = [each.value for each in app.markdown if "growth, theory" in each.value]
    assert table.count("1.001249") == 2  # near the middle the measured growth is that of the theory


@pytest.mark.parametrize(("value", "text"), [(0.5, "0.5"), (4.4641e-06, r"4.4641 \cdot 10^{-6}"), (0.0, "0")])
def test_numbers_in_formulas(value, text):
    assert number(value) == text


def test_every_measure_has_one_card():
    assert [each.measure for each in DISTANCES + SLOPES] == [
        *("w1", "w2", "js", "kl", "kl_reverse", "tv", "hellinger2"),
        *("saturating", "non_saturating", "wasserstein"),
    ]

import pytest

from gan_core.presets import PRESETS


@pytest.mark.parametrize(("lang", "title"), [("en", "Watch a GAN learn"), ("ja", "GANの学習を見てみよう")])
def test_home_shows_a_run_and_a_way_to_every_preset(open_page, lang, title):
    app = open_page(lang=lang)
    assert not app.exception
    assert app.title[0].value.startswith(title)
    assert len(app.get("bidi_component")) == 1
    assert len(app.get("page_link")) >= len(PRESETS)

"""The panel of a set that is not here, in a script of two lines."""

import pytest
from streamlit.testing.v1 import AppTest

from gan_core.data import SETS
from gan_core.fields import Note
from gan_core.runs import downloads as module
from gan_core.runs.downloads import Progress

GOING = Progress("running", "train-images-idx3-ubyte.gz", 5_000_000, 10_000_000)
FAILED = Progress(
    "failed", message=Note.of("{title} could not be downloaded: {reason}.", title="MNIST", reason="x_y_z")
)


class FakeDownloads:
    """Downloads without processes."""

    def __init__(self, progress=Progress()):  # noqa: B008
        self.now, self.heard = progress, []

    def progress(self, name):
        return self.now

    def begin(self, name):
        self.heard.append(("begin", name))
        self.now = GOING

    def cancel(self, name):
        self.heard.append(("cancel", name))
        self.now = Progress("cancelled", done=5_000_000, total=10_000_000)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    monkeypatch.delenv("GANSCOPE_MNIST", raising=False)


@pytest.fixture
def fake(monkeypatch):
    def put(progress):
        fake = FakeDownloads(progress)
        monkeypatch.setattr(module, "_current", fake)
        return fake

    return put


def script(name):
    import streamlit as st

    from pages.components.mnist.data_panel import data_panel

    st.session_state.usable = data_panel(name)


def panel(name="mnist", lang="en"):
    app = AppTest.from_function(script, kwargs={"name": name}, default_timeout=20)
    app.query_params["lang"] = lang
    return app.run()


def texts(app):
    return [each.value for each in app.markdown]


def test_nothing_at_all_for_a_set_that_is_here(fake):
    fake(Progress())
    app = panel("mnist_5k")
    assert app.session_state.usable is True
    assert not app.markdown and not app.button


@pytest.mark.parametrize("name", [name for name, row in SETS.items() if not row.is_embedded])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_is_offered(fake, name, lang):
    fake(Progress())
    app = panel(name, lang)
    assert not app.exception
    assert app.session_state.usable is False
    assert SETS[name].title in texts(app)[0]
    assert "60,000" in texts(app)[1] and "10,000" in texts(app)[1]
    (button,) = app.button
    assert str(round(SETS[name].bytes / 1e6)) in button.label


def test_download_and_cancel(fake):
    downloads = fake(Progress())
    app = panel()
    app.button(key="download_mnist").click().run()
    assert downloads.heard == [("begin", "mnist")]
    assert [button.key for button in app.button] == ["cancel_download_mnist"]
    assert app.get("progress")[0].proto.value == 50
    assert app.get("progress")[0].proto.text == "5.0 of 10.0 MB"
    app.button(key="cancel_download_mnist").click().run()
    assert downloads.heard[1:] == [("cancel", "mnist")]
    assert app.caption[0].value == "Cancelled. What has come is kept."
    assert app.button(key="download_mnist").label == "Go on with the download"


@pytest.mark.parametrize(
    ("progress", "text"),
    [(Progress("running"), "Asking the server ..."), (Progress("unpacking", "", 10, 10), "Unpacking ...")],
)
def test_other_stages(fake, progress, text):
    fake(progress)
    assert panel().get("progress")[0].proto.text == text


def test_a_failure_is_said_and_can_be_tried_again(fake):
    downloads = fake(FAILED)
    app = panel()
    assert app.error[0].value == "MNIST could not be downloaded: x_y_z."
    app.button(key="download_mnist").click().run()
    assert downloads.heard == [("begin", "mnist")]
    assert not app.error


def test_the_end_of_a_download_is_seen_by_the_whole_page(fake):
    """It comes between two looks: the bar finds it ended, and the page is run again."""
    downloads = fake(GOING)
    looks = iter([GOING])
    downloads.progress = lambda name: next(looks, FAILED)
    app = panel()
    assert app.error[0].value == "MNIST could not be downloaded: x_y_z."
    assert not app.get("progress")

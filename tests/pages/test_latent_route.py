"""The route between the browser and a generator: every view, every form, every refusal."""

import io
import json

import numpy as np
import pytest
from asgi import request
from PIL import Image
from starlette.applications import Starlette
from waiting import until

from gan_core.config import ImageConfig, ToyConfig
from gan_core.latent.views import VIEWS
from gan_core.questions import Answer
from gan_core.runs import engine as engine_module
from gan_core.runs.controls import Control
from gan_core.runs.engine import EngineError, LocalEngine
from gan_core.runs.generator_ids import SHIPPED, UnknownGenerator, run_id, shipped_id
from gan_core.theory.latent_space import draw
from pages.components import i18n, server
from pages.components.latent.route import LARGEST

CGAN, TOY = shipped_id("cgan"), shipped_id("toy")
POINT = {"seed": 3, "digit": 7}


class Stub:
    """An engine that only notes what it is asked; `trouble` is raised instead of an answer."""

    def __init__(self):
        self.asked, self.trouble = [], None

    def ask(self, generator, question, visitor):
        self.asked.append((generator, question, visitor))
        if self.trouble:
            raise self.trouble
        images = np.repeat(np.arange(len(question.z), dtype=np.uint8)[:, None], 784, 1)
        return Answer({"images": images, "score": question.z[:, 0]}, {"step": "7"})


APP = Starlette(routes=server.routes)


@pytest.fixture
def stub(monkeypatch):
    stub = Stub()
    monkeypatch.setattr(engine_module, "_current", stub)
    return stub


def post(generator, query="", **body):
    return request(APP, "POST", f"/live/latent/{generator}", query, [json.dumps(body).encode()])


def refused(answered, status):
    assert (answered.status, answered.headers["content-type"]) == (status, "application/json")
    return answered.json()["message"]


# --- the way there and back -----------------------------------------------------------------------------------------


def test_a_view_goes_to_the_engine_and_comes_back_as_bytes(stub):
    response = post(CGAN, view="picture", point=POINT, style=True, visitor="somebody")
    assert (response.status, response.headers["content-type"]) == (200, "application/octet-stream")
    assert response.headers["cache-control"] == "no-store"
    answer = Answer.of(response.content)
    assert answer.texts["step"] == "7" and answer.arrays["images"][:, 0].tolist() == list(range(11))
    assert answer.arrays["norm"] == pytest.approx([np.linalg.norm(answer.arrays["z"])])
    [(generator, question, visitor)] = stub.asked
    assert (generator, visitor) == (CGAN, "somebody")
    assert (question.z[0] == draw("normal", question.z.shape[1], 3)[0].astype(np.float32)).all()


@pytest.mark.parametrize(("form", "media"), [("png", "image/png"), ("gif", "image/gif"), ("npz", "application/zip")])
def test_a_view_may_be_taken_along(stub, form, media):
    response = post(CGAN, view="walk", a=POINT, b={"seed": 4}, n=5, form=form)
    assert (response.status, response.headers["content-type"]) == (200, media)
    if form == "npz":
        with np.load(io.BytesIO(response.content)) as arrays:
            assert arrays["images"].shape == (5, 28, 28) and arrays["condition"].shape == (5, 10)
    else:
        with Image.open(io.BytesIO(response.content)) as picture:
            assert getattr(picture, "n_frames", 1) == (8 if form == "gif" else 1)


def test_there_is_nothing_to_get(stub):
    assert request(APP, "GET", f"/live/latent/{CGAN}").status == 405


def test_the_scripts_of_the_page_are_served():
    response = request(APP, "GET", "/assets/latent/stage.js")
    assert response.status == 200 and response.headers["cache-control"] == "no-cache"


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "Request: this is not JSON."),
        (b"\xff\xfe", "Request: this is not JSON."),
        (b"[" * 60_000, "Request: this is not JSON."),
        (b"[]", "Request: body must be an object of named values."),
        (b"{}", "View must be one of "),
        (b'{"view": "picture", "point": {"digit": 10}}', "Digit must be a whole number from 0 to 9; 10 is not."),
        (b'{"view": "picture", "point": {"share": NaN}}', "Share of the other digit must be a number from 0 to 1"),
        (b'{"view": "picture", "point": {"moved": [1, 2]}}', "Offsets of z must be 64 numbers from -20 to 20"),
        (b'{"view": "twin"}', "The view twin needs a 1-D generator"),
    ],
)
def test_a_bad_body_is_one_sentence_and_nobody_is_asked(stub, body, sentence):
    message = refused(request(APP, "POST", f"/live/latent/{CGAN}", parts=[body]), 400)
    assert sentence in message and stub.asked == []


def test_a_long_body_is_not_read_to_its_end(stub):
    parts = iter([b" " * 1000] * 1000)
    message = refused(request(APP, "POST", f"/live/latent/{CGAN}", parts=parts), 413)
    assert message == "Request: it may have at most 65536 bytes." and stub.asked == []
    assert len(list(parts)) == 1000 - LARGEST // 1000 - 1


def test_the_longest_body_that_makes_sense_fits(stub):
    point = {"seed": 2**32 - 1, "moved": [-19.9999999999999] * 64, "digit": 9, "other": 9, "share": 0.3333333333333}
    assert post(CGAN, view="walk", a=point, b=point, n=61).status == 200


@pytest.mark.parametrize(
    "generator", ["shipped-nothing", "run-nobody", "upload-0123456789abcdef", "..%2F..%2Fapp", "x"]
)
def test_an_unknown_generator_is_404(engine, generator):
    message = refused(post(generator, view="picture"), 404)
    assert message == "This generator is not here any more."


def test_one_that_vanishes_in_between_is_404_too(stub):
    stub.trouble = UnknownGenerator(CGAN)
    refused(post(CGAN, view="picture"), 404)


def test_trouble_with_the_worker_is_503_and_may_be_asked_again(stub):
    stub.trouble = EngineError("The process that draws does not answer.")
    response = post(CGAN, view="picture")
    assert refused(response, 503) == "The process that draws does not answer."
    assert response.json()["again"] is True
    stub.trouble = None
    assert post(CGAN, view="picture").status == 200


@pytest.mark.parametrize("query", ["lang=ja", "lang=xx", "lang=../..", ""])
def test_sentences_come_in_the_language_of_the_request(stub, monkeypatch, query):
    stub.trouble = EngineError("The training process does not answer. It is being started again.")
    said = refused(post(CGAN, query, view="picture"), 503)
    japanese = i18n.catalogue("ja")[str(stub.trouble)]
    assert said == (japanese if query == "lang=ja" else str(stub.trouble))


def test_a_range_is_told_in_japanese_with_its_numbers(stub):
    said = refused(post(CGAN, "lang=ja", view="walk", n=99), 400)
    template = "{label} must be a whole number from {low} to {high}; {value} is not."
    assert i18n.catalogue("ja")[template].format(label="", low=3, high=61, value=99)[1:] in said + " "


# --- with generators that draw --------------------------------------------------------------------------------------

SMALL = ImageConfig(conditional=True, latent_dim=8, g_widths=(16,), d_widths=(8,), embedding=4, batch=8, images=20)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_generator_shows_every_view_that_fits_it(engine, name):
    generator, shown = shipped_id(name), []
    for view in VIEWS:
        response = post(generator, view=view)
        if response.status == 200:
            shown.append(view)
            arrays = Answer.of(response.content).arrays
            assert all(np.isfinite(array).all() for array in arrays.values() if array.dtype == np.float32)
        else:
            assert f"The view {view} needs" in refused(response, 400)
    conditional = ["matrix"] if name == "cgan" else []
    views = ["picture", "usual", "directions", "nearest", "plane", "walk", "loop", *conditional]
    assert shown == (["twin"] if name == "toy" else views)


def test_a_run_answers_with_what_it_has_learnt(engine):
    run = run_id(engine.start(SMALL))
    before = Answer.of(post(run, view="picture", point=POINT).content)
    engine.send(run.removeprefix("run-"), Control("step"))
    after = Answer.of(post(run, view="picture", point=POINT).content)
    assert (before.texts["step"], after.texts["step"]) == ("0", "1")
    assert (before.arrays["z"] == after.arrays["z"]).all()
    assert (before.arrays["images"] != after.arrays["images"]).any()


def test_the_twin_of_a_run_shows_the_density_that_it_makes(engine):
    run = run_id(engine.start(ToyConfig(start=0.0, target="normal")))
    arrays = Answer.of(post(run, view="twin", z=0.5).content).arrays
    near = np.abs(arrays["x_axis"] - arrays["x"][0]).argmin()
    assert arrays["branches"][:, 2].sum() == pytest.approx(arrays["p_g"][near], rel=0.05)
    assert arrays["slopes"] == pytest.approx(arrays["branches"][0, 1])


@pytest.fixture
def processes(monkeypatch, tmp_path):
    """The engine of the app: a host, a viewer, and a worker for each run."""
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    local = LocalEngine()
    monkeypatch.setattr(engine_module, "_current", local)
    yield local
    local.close()


def test_the_same_question_to_the_viewer_gives_the_same_bytes(processes):
    answers = [post(CGAN, view="plane", point=POINT, n=3) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert Answer.of(answers[0].content).arrays["images"].shape == (9, 784)
    assert post(TOY, view="twin", z=1.0).status == 200
    assert post("run-nobody", view="picture").status == 404


def test_a_run_is_steered_while_it_trains(processes):
    run = processes.start(SMALL.replace(steps=1_000_000))
    processes.send(run, Control("resume"))

    def picture():
        return Answer.of(post(run_id(run), view="picture", point=POINT).content)

    first = picture()
    until(lambda: int(picture().texts["step"]) > int(first.texts["step"]))
    later = picture()
    assert (first.texts["state"], later.texts["state"]) == ("running", "running")
    assert (first.arrays["z"] == later.arrays["z"]).all()
    assert (first.arrays["images"] != later.arrays["images"]).any()

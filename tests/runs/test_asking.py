"""Questions to generators through the real engine: a run's own worker, or the viewer, which may die."""

import os
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from waiting import until

from gan_core.config import ImageConfig, ToyConfig
from gan_core.fields import ConfigError
from gan_core.questions import Question
from gan_core.runs import checkpoints
from gan_core.runs.controls import AS_FAST_AS_IT_GOES, Control
from gan_core.runs.engine import EngineError, LocalEngine, UnknownRun
from gan_core.runs.generator_ids import UnknownGenerator, run_id
from gan_core.runs.store import weights_folder

SMALL = ImageConfig(images=50, batch=5, g_widths=(8,), d_widths=(8,), steps=10_000, device="cpu", averaging=0.9)
SEVEN = np.eye(10, dtype=np.float32)[[7]]


def question(count=1, dim=64, **more):
    z = np.random.default_rng(1).standard_normal((count, dim), np.float32)
    return Question(z, **more)


def children(engine) -> set[int]:
    pid = engine._process.pid
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def test_a_shipped_generator_draws_what_it_is_asked(engine):
    asked = question(3, condition=np.repeat(SEVEN, 3, 0), wants=frozenset({"digits"}))
    answer = engine.ask("shipped-cgan", asked, "somebody")
    assert (answer.arrays["images"].shape, answer.arrays["images"].dtype) == ((3, 784), np.uint8)
    assert answer.arrays["digits"].argmax(1).tolist() == [7, 7, 7]
    again = engine.ask("shipped-cgan", asked, "another")
    assert again.arrays["images"].tolist() == answer.arrays["images"].tolist()


@pytest.mark.parametrize("generator", ["shipped-nothing", "upload-0123456789abcdef", "run-nobody", "../../etc/passwd"])
def test_a_generator_that_nobody_has_is_unknown(engine, generator):
    with pytest.raises(UnknownGenerator):
        engine.ask(generator, question(), "somebody")


def test_a_question_that_does_not_fit_gets_a_sentence_and_the_next_one_an_answer(engine):
    with pytest.raises(ConfigError, match="64"):
        engine.ask("shipped-gan", question(dim=3), "somebody")
    assert engine.ask("shipped-gan", question(), "somebody").arrays["images"].any()


def test_a_run_draws_while_it_trains(engine):
    run = engine.start(SMALL)
    engine.send(run, Control("pace", count=AS_FAST_AS_IT_GOES))
    engine.send(run, Control("resume"))
    until(lambda: engine.frames(run).status.step > 5)
    answers = [engine.ask(run_id(run), question(), "somebody") for _ in range(20)]
    steps = [int(answer.texts["step"]) for answer in answers]
    assert steps == sorted(steps) and steps[-1] > steps[0]
    assert {answer.texts["state"] for answer in answers} == {"running"}
    engine.send(run, Control("stop"))


def test_a_run_that_was_stopped_draws_from_its_checkpoint_without_a_worker(engine):
    run = engine.start(SMALL)
    engine.send(run, Control("step", count=3))
    until(lambda: engine.frames(run).status.step == 3)
    alive = engine.ask(run_id(run), question(), "somebody")
    engine.send(run, Control("stop"))
    until(lambda: engine.frames(run).status.state == "stopped")
    saved = engine.ask(run_id(run), question(), "somebody")
    assert (alive.texts["step"], saved.texts["step"]) == ("3", "3")
    assert saved.arrays["images"].tolist() == alive.arrays["images"].tolist()
    assert engine.frames(run).status.state == "stopped"
    shutil.rmtree(weights_folder(run))
    with pytest.raises(UnknownGenerator):
        engine.ask(run_id(run), question(), "somebody")


def test_asking_changes_nothing_in_the_run_that_is_asked(engine):
    """Two runs of the same settings and seed, one of them asked between its steps: the same weights to the last bit."""
    quiet, asked = engine.start(SMALL), engine.start(SMALL)
    engine.send(quiet, Control("step", count=12))
    for _ in range(12):
        engine.send(asked, Control("step"))
        engine.ask(run_id(asked), question(wants=frozenset({"scores", "digits", "directions"})), "somebody")
    for run in (quiet, asked):
        until(lambda run=run: engine.frames(run).status.step == 12)
    until(lambda: weights(quiet) and weights(quiet) == weights(asked))


def test_a_run_that_is_asked_while_it_trains_ends_with_the_same_weights(engine):
    config = SMALL.replace(steps=60)
    quiet, asked = engine.start(config), engine.start(config)
    for run in (quiet, asked):
        engine.send(run, Control("pace", count=AS_FAST_AS_IT_GOES))
        engine.send(run, Control("resume"))
    count = 0
    while engine.frames(asked, limit=1).status.state != "finished":
        engine.ask(run_id(asked), question(wants=frozenset({"scores", "digits"})), "somebody")
        count += 1
    until(lambda: engine.frames(quiet, limit=1).status.state == "finished")
    assert count > 1
    assert weights(quiet) == weights(asked) != {}


def weights(run: str) -> dict[str, bytes]:
    """All tensors of the newest checkpoint."""
    tensors, _ = checkpoints.load(weights_folder(run)) or ({}, {})
    return {name: tensor.numpy().tobytes() for name, tensor in tensors.items()}


def test_a_dead_viewer_is_told_and_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    engine = LocalEngine()
    engine.ask("shipped-gan", question(), "somebody")
    (viewer,) = children(engine)
    os.kill(viewer, signal.SIGSTOP)
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(engine.ask, "shipped-gan", question(), visitor) for visitor in ("first", "second")]
        until(lambda: len(engine._dialogue._asked) == 2)
        time.sleep(0.1)  # until the second thread has sent what it asks
        with pytest.raises(UnknownRun):  # an answer says that what was asked before has come
            engine.frames("nothing")
        os.kill(viewer, signal.SIGKILL)
        lost, drawn = sorted(asked, key=lambda each: each.exception() is None)
        assert isinstance(lost.exception(), EngineError) and "started again" in str(lost.exception())
        assert drawn.result().arrays["images"].any()
    assert viewer not in children(engine) and len(children(engine)) == 1
    engine.close()


def test_who_looks_for_neighbours_holds_up_nobody_who_moves_a_slider(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    engine, nearest = LocalEngine(), question(wants=frozenset({"nearest"}))
    engine.ask("shipped-gan", question(), "somebody")
    before = children(engine)
    engine.ask("shipped-gan", nearest, "somebody")
    (slow,) = children(engine) - before
    os.kill(slow, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(engine.ask, "shipped-gan", nearest, "somebody")
        assert engine.ask("shipped-gan", question(), "another").arrays["images"].any()
        assert not waiting.done()
        os.kill(slow, signal.SIGCONT)
        assert len(waiting.result().arrays["pixel_images"]) == 5
    engine.close()


def test_a_viewer_that_nobody_asks_ends(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    monkeypatch.setenv("GANSCOPE_UNWATCHED", "0.5")
    engine = LocalEngine()
    engine.ask("shipped-gan", question(), "somebody")
    assert len(children(engine)) == 1
    until(lambda: not children(engine))
    assert engine.ask("shipped-gan", question(), "somebody").arrays["images"].any()
    engine.close()


def test_a_viewer_can_be_spawned_where_nothing_can_be_forked(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    monkeypatch.setenv("GANSCOPE_START", "spawn")
    engine = LocalEngine()
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda visitor: engine.ask("shipped-gan", question(), str(visitor)), range(3)))
    assert len({answer.arrays["images"].tobytes() for answer in answers}) == 1
    engine.close()


def test_visitors_are_answered_at_the_same_time(engine):
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda visitor: engine.ask("shipped-gan", question(), str(visitor)), range(20)))
    assert len({answer.arrays["images"].tobytes() for answer in answers}) == 1


def test_a_page_that_asks_for_a_run_is_not_held_up_by_a_question(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    engine = LocalEngine()
    engine.ask("shipped-gan", question(), "somebody")
    (viewer,) = children(engine)
    run = engine.start(ToyConfig())
    os.kill(viewer, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(engine.ask, "shipped-gan", question(), "somebody")
        engine.send(run, Control("step"))
        until(lambda: engine.frames(run).status.step == 1)
        assert not waiting.done()
        os.kill(viewer, signal.SIGCONT)
        assert waiting.result().arrays["images"].any()
    engine.close()

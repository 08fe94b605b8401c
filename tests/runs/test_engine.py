"""The real engine: a host process and a worker for each run. Processes are counted by asking the system."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from waiting import until

from gan_core.config import ToyConfig
from gan_core.runs.controls import AS_FAST_AS_IT_GOES, Control
from gan_core.runs.engine import EngineError, LocalEngine, UnknownRun
from gan_core.snapshots import unpack

ROOT = Path(__file__).parents[2]


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def started(engine: LocalEngine) -> tuple[str, int]:
    """A new run and its worker's process id."""
    assert engine._process is not None
    before = children(engine._process.pid)
    run = engine.start(ToyConfig())
    (worker,) = set(children(engine._process.pid)) - set(before)
    return run, worker


def test_a_run_starts_quickly_and_moves(engine):
    engine.start(ToyConfig())  # the host is warm after this
    began = time.perf_counter()
    run = engine.start(ToyConfig())
    assert engine.frames(run).numbers
    assert time.perf_counter() - began < 1.0  # 0.04 s when the machine is quiet: benchmarks/live.py
    engine.send(run, Control("resume"))
    until(lambda: engine.frames(run).status.step >= 20)
    engine.send(run, Control("pause"))
    until(lambda: engine.frames(run).status.state == "paused")
    step = engine.frames(run).status.step
    time.sleep(0.2)
    assert engine.frames(run).status.step == step


def test_only_newer_frames_are_sent(engine):
    run = engine.start(ToyConfig())
    engine.send(run, Control("step", count=2))
    until(lambda: engine.frames(run).status.step == 2)
    last = engine.frames(run).numbers[-1]
    assert engine.frames(run, after=last).snapshots == []
    engine.send(run, Control("step"))
    until(lambda: engine.frames(run, after=last).snapshots)
    assert unpack(engine.frames(run, after=last).snapshots[-1]).step == 3


def test_a_live_change_is_recorded_with_its_step(engine):
    run = engine.start(ToyConfig())
    engine.send(run, Control("step", count=7))
    engine.send(run, Control("set", field="g_lr", value=0.02))
    assert engine.settings(run).changes  # seen at once; the worker says at which step
    until(lambda: engine.settings(run).changes == [(7, "g_lr", 0.02)])
    assert engine.settings(run).config.g_lr == 0.02


def test_stop_and_then_continue_is_not_lost(engine):
    run = engine.start(ToyConfig())
    engine.send(run, Control("step", count=5))
    engine.send(run, Control("stop"))
    engine.send(run, Control("step"))
    until(lambda: engine.frames(run).status.step == 6)
    assert engine.frames(run).status.state == "paused"


def test_a_killed_worker_is_told_and_the_run_goes_on_from_its_checkpoint(engine):
    run, worker = started(engine)
    engine.send(run, Control("step", count=50))
    until(lambda: engine.frames(run).status.step == 50)
    os.kill(worker, signal.SIGKILL)
    until(lambda: engine.frames(run).status.state == "lost")
    assert "ended unexpectedly" in engine.frames(run).status.message
    assert unpack(engine.frames(run).snapshots[-1]).step == 50
    engine.send(run, Control("step"))
    until(lambda: engine.frames(run).status.step == 51)


def test_stop_ends_the_worker_and_keeps_the_run(engine):
    run, worker = started(engine)
    engine.send(run, Control("stop"))
    until(lambda: worker not in children(engine._process.pid))
    assert engine.frames(run).status.state == "stopped"
    assert engine.frames(run).snapshots


def test_kill_ends_a_hung_worker(engine):
    run, worker = started(engine)
    os.kill(worker, signal.SIGSTOP)
    engine.kill(run)
    until(lambda: worker not in children(engine._process.pid), seconds=3)


@pytest.mark.parametrize("run", ["nothing", "../../etc/passwd", "x" * 100_000, "'; drop table runs; --", "\x00"])
def test_an_id_that_nobody_gave_is_unknown(engine, run):
    with pytest.raises(UnknownRun):
        engine.frames(run)


def test_runs_outlive_the_server(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    first = LocalEngine()
    run = first.start(ToyConfig())
    first.send(run, Control("step", count=12))
    until(lambda: first.frames(run).status.step == 12)
    seen = first.frames(run).snapshots[-1]
    first.close()
    second = LocalEngine()
    frames = second.frames(run)
    assert (frames.status.state, frames.status.step) == ("stopped", 12)
    assert unpack(frames.snapshots[-1]).p_g.tolist() == unpack(seen).p_g.tolist()
    second.send(run, Control("step"))
    until(lambda: second.frames(run).status.step == 13)
    second.close()


def test_a_dead_host_is_told_and_started_again(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    engine = LocalEngine()
    run = engine.start(ToyConfig())
    assert engine._process is not None
    workers = children(engine._process.pid)
    engine._process.kill()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), seconds=3)
    with pytest.raises(EngineError, match="started again"):
        engine.frames(run)
    assert engine.frames(run).status.state == "stopped"
    engine.close()


def test_a_run_that_nobody_looks_at_is_saved_and_gives_its_worker_back(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    monkeypatch.setenv("GANSCOPE_UNWATCHED", "1")
    engine = LocalEngine()
    run = engine.start(ToyConfig())
    assert engine._process is not None
    engine.send(run, Control("resume"))
    assert len(children(engine._process.pid)) == 1
    until(lambda: not children(engine._process.pid))
    assert engine.frames(run).status.state == "stopped"
    step = engine.frames(run).status.step
    assert step > 0
    engine.send(run, Control("step"))
    until(lambda: engine.frames(run).status.step == step + 1)
    engine.close()


@pytest.mark.parametrize("death", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_page_process(tmp_path, death):
    script = (
        "import time\nfrom gan_core.config import ToyConfig\nfrom gan_core.runs.controls import Control\n"
        "from gan_core.runs.engine import LocalEngine\n"
        "engine = LocalEngine()\nfor _ in range(3):\n    engine.send(engine.start(ToyConfig()), Control('resume'))\n"
        "print(engine._process.pid, flush=True)\ntime.sleep(60)\n"
    )
    environment = os.environ | {"GANSCOPE_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)}
    page = subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True)
    assert page.stdout is not None
    host = int(page.stdout.readline())
    family = [host, *children(host)]
    assert len(family) == 4
    page.send_signal(death)
    page.wait()
    page.stdout.close()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), seconds=3)


def test_workers_can_be_spawned_where_nothing_can_be_forked(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path))
    monkeypatch.setenv("GANSCOPE_START", "spawn")
    engine = LocalEngine()
    run = engine.start(ToyConfig(steps=50))
    until(lambda: engine.frames(run).status.state == "paused", seconds=30)
    engine.send(run, Control("pace", count=AS_FAST_AS_IT_GOES))
    engine.send(run, Control("resume"))
    until(lambda: engine.frames(run).status.state == "finished", seconds=30)
    assert engine.frames(run).status.step == 50
    engine.close()


def test_the_page_process_never_imports_torch(tmp_path):
    """The app, its pages and a run that is started there, in a process of their own."""
    script = (
        "import sys\nimport app\nfrom streamlit.testing.v1 import AppTest\n"
        "page = AppTest.from_file('pages/main.py', default_timeout=60).run()\n"
        "page.switch_page('toy_gan.py').run()\npage.button(key='start').click().run()\n"
        "assert not page.exception and page.query_params['run']\n"
        "from gan_core.runs.engine import engine\nengine().close()\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('torch', 'torchvision')])\n"
    )
    environment = os.environ | {"GANSCOPE_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip().endswith("[]"), done.stdout + done.stderr[-2000:]

"""How a worker process comes to be: forked from a warm host where that is safe, else launched as a program."""

import ctypes
import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from typing import Any, Protocol

from gan_core.runs.wire import Connection, Message, launch

CAN_FORK = sys.platform == "linux" and os.environ.get("GANSCOPE_START") != "spawn"

Process = int | subprocess.Popen[bytes]  # the id of a forked one


class Closable(Protocol):
    def close(self) -> None: ...


def start_worker(order: dict[str, Any], ours_alone: Iterable[Closable]) -> tuple[Connection, Process]:
    """A worker that carries out `order` (see `gan_core.runs.job`), and the connection to it.

    A forked one closes `ours_alone`: a copy of a connection would keep it open when this process is gone.
    """
    return _fork(order, ours_alone) if CAN_FORK else _launch(order)


def _fork(order: dict[str, Any], ours_alone: Iterable[Closable]) -> tuple[Connection, int]:
    """A copy of this warm process: torch is imported already, so a run starts in a few hundredths of a second."""
    ours, theirs = socket.socketpair()
    if pid := os.fork():
        theirs.close()
        return Connection(ours), pid
    try:
        from gan_core.runs.job import run_job

        die_with_parent()
        for each in (*ours_alone, ours):
            each.close()
        run_job(Connection(theirs), order)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        os._exit(1)
    os._exit(0)


def _launch(order: dict[str, Any]) -> tuple[Connection, subprocess.Popen[bytes]]:
    process, connection = launch("gan_core.runs.job")
    connection.send(Message(order))
    return connection, process


def kill(process: Process) -> None:
    """At once, whatever it is doing."""
    if isinstance(process, int):
        os.kill(process, signal.SIGKILL)
    else:
        process.kill()


def die_with_parent() -> None:
    """Linux ends this process when its parent ends, even if it hangs. The parent must be a process of one thread."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def warm_up() -> None:
    """Import torch and take one step, once, for all workers to come."""
    if not CAN_FORK:
        return
    import torch

    from gan_core.config import ToyConfig
    from gan_core.learning.tasks import observer_of, trainer_of
    from gan_core.runs import job  # noqa: F401

    torch.set_num_threads(1)
    trainer = trainer_of(ToyConfig())
    trainer.step()
    observer_of(ToyConfig())(trainer)
    x = torch.ones(1, requires_grad=True)
    torch.autograd.grad(2 * x, x, torch.ones(1))  # with a slope given, autograd imports its compiler: half a second
    gc.collect()
    gc.freeze()

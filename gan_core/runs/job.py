"""A worker process: how it comes to be, and its side of the connection to the host."""

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from torch import Tensor

from gan_core.config import from_json
from gan_core.fields import ConfigError
from gan_core.runs import checkpoints
from gan_core.runs.controls import Control, Status
from gan_core.runs.viewer import serve
from gan_core.runs.wire import Closed, Connection, Message, answer_launch
from gan_core.runs.worker import train


class SocketIO:
    """A run's world: the host at the other end of a connection, and a folder of checkpoints."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self.connection, self.folder = connection, folder
        self._saved: Message | None = None  # told after the snapshot that belongs to it

    def controls(self, timeout: float | None) -> list[Control]:
        return [Control.of(message) for message in self.connection.receive(timeout)]

    def is_called(self) -> bool:
        return self.connection.has_bytes()

    def now(self) -> float:
        return time.monotonic()

    def forget(self) -> None:
        self.connection.send(Message({"event": "forget"}))

    def publish(self, status: Status, snapshot: bytes) -> None:
        self.connection.send(Message({"event": "snapshot"} | vars(status), snapshot))
        if self._saved:
            self.connection.send(self._saved)
            self._saved = None

    def answer(self, message: Message) -> None:
        self.connection.send(message)

    def save(self, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
        checkpoints.save(self.folder, tensors, texts)
        changes = json.loads(texts["rest"])["changes"]
        self._saved = Message({"event": "saved", "config": texts["config"], "changes": changes})

    def load(self) -> checkpoints.State | None:
        return checkpoints.load(self.folder)


def run_job(connection: Connection, job: dict[str, Any]) -> None:
    """Train what `job` describes, or draw for those who steer, until that ends or the host is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the host's business
    if job["viewer"]:
        with contextlib.suppress(Closed):
            serve(connection)
    else:
        _train(connection, job)


def _train(connection: Connection, job: dict[str, Any]) -> None:
    """An error is told in one sentence."""
    if hasattr(os, "nice"):
        os.nice(10)  # give way to the pages, which people wait for
    io = SocketIO(connection, Path(job["folder"]))
    try:
        train(from_json(job["config"]), io)
    except Closed:
        pass
    except ConfigError as error:  # what is asked for cannot be had on this machine: a sentence for the page, no defect
        connection.send(Message({"event": "failed", "message": str(error)}))
    except (Exception, MemoryError) as error:
        connection.send(Message({"event": "failed", "message": f"{type(error).__name__}: {error}"[:300]}))
        raise


def main() -> None:
    """A worker that was launched as a program of its own, where processes cannot be forked."""
    connection = answer_launch()
    run_job(connection, connection.first().header)


if __name__ == "__main__":
    sys.exit(main())

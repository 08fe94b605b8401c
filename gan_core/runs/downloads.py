"""Downloads as the pages see them: one process for each image set, whoever asked for it."""

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gan_core.fields import Note
from gan_core.runs.wire import child_environment

NOTHING = Note("", {})
State = Literal["idle", "running", "unpacking", "done", "failed", "cancelled"]
COMMAND = (sys.executable, "-m", "gan_core.data.download")


@dataclass(frozen=True)
class Progress:
    """Where a download is. `done` and `total` are bytes of the whole set; `message` says why it failed, if it did."""

    state: State = "idle"
    file: str = ""
    done: int = 0
    total: int = 0
    message: Note = NOTHING

    @property
    def is_going(self) -> bool:
        return self.state in ("running", "unpacking")

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


class Download:
    """One process, and a thread that reads what it says."""

    def __init__(self, command: Sequence[str]) -> None:
        self.progress = Progress("running")
        self._cancelled = False
        self._process = subprocess.Popen(
            [*command, "--watch-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=child_environment(),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def cancel(self) -> None:
        """End the process; what has come is kept."""
        self._cancelled = True
        self._process.kill()
        self._reader.join()

    def _read(self) -> None:
        with self._process as process:
            assert process.stdin is not None and process.stdout is not None
            for line in process.stdout:
                self._hear(line)
            process.stdin.close()
        if self.progress.is_going:
            self.progress = replace(self.progress, **self._how_it_ended())

    def _hear(self, line: bytes) -> None:
        """A line that is not ours is passed over: a library may have something to say."""
        try:
            said = json.loads(line)
            if said["state"] == "failed":
                self.progress = replace(self.progress, state="failed", message=Note(said["template"], said["values"]))
            else:
                self.progress = Progress(said["state"], said["file"], said["done"], said["total"])
        except (ValueError, KeyError, TypeError):
            return

    def _how_it_ended(self) -> dict[str, Any]:
        """It has not said so itself."""
        if self._cancelled:
            return {"state": "cancelled"}
        return {
            "state": "failed",
            "message": Note.of("The download ended unexpectedly. Try again: it goes on where it stopped."),
        }


class Downloads:
    """The downloads of this server. Every page that asks sees the same one."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._begun: dict[str, Download] = {}
        atexit.register(self.close)

    def begin(self, name: str) -> None:
        """Download the set `name`, unless that is going on already. It goes on from what an earlier one left."""
        with self._lock:
            if not self._progress(name).is_going:
                self._begun[name] = Download([*self._command, name])

    def progress(self, name: str) -> Progress:
        with self._lock:
            return self._progress(name)

    def cancel(self, name: str) -> None:
        with self._lock:
            if self._progress(name).is_going:
                self._begun[name].cancel()

    def close(self) -> None:
        """End all."""
        for name in list(self._begun):
            self.cancel(name)

    def _progress(self, name: str) -> Progress:
        return self._begun[name].progress if name in self._begun else Progress()


_current: Downloads | None = None


def downloads() -> Downloads:
    """This process's downloads."""
    global _current
    if _current is None:
        _current = Downloads()
    return _current

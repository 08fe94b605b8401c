"""What a page knows of runs: start one, send it a control, ask for what it has shown. No torch on this side."""

import atexit
import secrets
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol

from gan_core.config import TrainConfig, from_json, to_json
from gan_core.questions import Answer, Question
from gan_core.runs.answers import answer_in
from gan_core.runs.controls import Control, Status
from gan_core.runs.desk import PATIENCE
from gan_core.runs.dialogue import Dialogue
from gan_core.runs.generator_ids import UnknownGenerator
from gan_core.runs.wire import Closed, Message, launch

ANSWER, WARM_UP = PATIENCE, 60.0  # seconds in which the host answers, and in which it does so for the first time
SLOW = frozenset({"nearest", "directions", "usual"})  # what takes longer than drawing, and may be a moment old
SILENT = "The training process does not answer. It is being started again."


class UnknownRun(KeyError):
    """No run has this id."""


class EngineError(RuntimeError):
    """The host did not answer. Its sentence is for the page."""


@dataclass(frozen=True)
class Frames:
    """Snapshots of a run, packed and numbered, with its status."""

    status: Status
    life: int  # how often the run was reset
    numbers: list[int]
    snapshots: list[bytes]


@dataclass(frozen=True)
class Settings:
    """What a run is made of, as it is now: the config that it has, and the live changes that led to it."""

    config: TrainConfig
    changes: list[tuple[int, str, Any]]  # step, field, value


class Engine(Protocol):
    def open(self) -> None: ...
    def close(self) -> None: ...

    def start(self, config: TrainConfig) -> str:
        """Begin a run; it rests at step 0, seen once. Returns its id: 128 random bits."""
        ...

    def send(self, run: str, control: Control) -> None:
        """Tell a run what to do. One without a worker gets one again, from its checkpoint. Raises UnknownRun."""
        ...

    def frames(self, run: str, after: int = -1, limit: int = 1000) -> Frames:
        """The snapshots after number `after`, at most the newest `limit`. Raises UnknownRun."""
        ...

    def settings(self, run: str) -> Settings:
        """Apart from the frames: own data may be a hundred thousand numbers."""
        ...

    def ask(self, generator: str, question: Question, visitor: str) -> Answer:
        """Let a generator draw (`gan_core.runs.generator_ids`); visitors take turns.

        Raises UnknownGenerator, ConfigError for a question that does not fit it, EngineError if nobody answered.
        """
        ...

    def kill(self, run: str) -> None:
        """End its worker at once; the run keeps its last checkpoint."""
        ...


class LocalEngine:
    """Runs on this machine: one host process, a worker process for each run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._dialogue: Dialogue | None = None
        atexit.register(self.close)

    def open(self) -> None:
        """Start the host. It warms up in the background; the first request waits for it."""
        self._opened()

    def close(self) -> None:
        """End the host, and with it every worker."""
        with self._lock:
            if self._dialogue is not None:
                self._dialogue.close()
                self._dialogue = None
            if self._process is not None:
                try:
                    self._process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
                self._process = None

    def _opened(self) -> Dialogue:
        with self._lock:
            if self._dialogue is None:
                try:
                    self._process, connection = launch("gan_core.runs.host")
                except Closed:
                    raise EngineError("The training process could not be started.") from None
                self._dialogue = Dialogue(connection)
            return self._dialogue

    def _drop(self, silent: Dialogue) -> None:
        """A host that does not answer is of no use any more; the next request starts another."""
        with self._lock:
            if self._dialogue is silent and self._process is not None:
                self._process.kill()
                self._process.wait()
                silent.close()
                self._dialogue = self._process = None

    def start(self, config: TrainConfig) -> str:
        run = secrets.token_urlsafe(16)
        self._ask("start", run, config=to_json(config))
        deadline = time.monotonic() + ANSWER
        while self.frames(run, limit=1).status.state == "starting" and time.monotonic() < deadline:
            time.sleep(0.005)
        return run

    def send(self, run: str, control: Control) -> None:
        self._ask("send", run, control=control.to_message().header)

    def frames(self, run: str, after: int = -1, limit: int = 1000) -> Frames:
        answer = self._ask("frames", run, after=after, limit=limit)
        numbers, snapshots, at = [], [], 0
        for number, size in answer.header["frames"]:
            numbers.append(number)
            snapshots.append(answer.payload[at : at + size])
            at += size
        return Frames(Status.from_header(answer.header["status"]), answer.header["life"], numbers, snapshots)

    def settings(self, run: str) -> Settings:
        answer = self._ask("settings", run).header
        config = from_json(answer["config"])
        return Settings(config, [tuple(change) for change in answer["changes"]])

    def kill(self, run: str) -> None:
        self._ask("kill", run)

    def ask(self, generator: str, question: Question, visitor: str) -> Answer:
        header = {"op": "ask", "generator": generator, "visitor": visitor, "slow": bool(question.wants & SLOW)}
        dialogue = self._opened()
        try:
            answer = dialogue.ask(Message(header, question.to_bytes()), _patience(dialogue))
        except Closed:
            self._drop(dialogue)
            raise EngineError(SILENT) from None
        except TimeoutError:  # it may be a long queue, or one worker that hangs: no reason to end the others
            raise EngineError("The process that draws does not answer.") from None
        if not answer.header["known"]:
            raise UnknownGenerator(generator)
        if "lost" in answer.header:
            raise EngineError(answer.header["lost"])
        return answer_in(answer)

    def _ask(self, op: str, run: str, **details: Any) -> Message:
        dialogue = self._opened()
        try:
            answer = dialogue.ask(Message({"op": op, "run": run} | details), _patience(dialogue))
        except (Closed, TimeoutError):
            self._drop(dialogue)
            raise EngineError(SILENT) from None
        if not answer.header["known"]:
            raise UnknownRun(run)
        return answer


def _patience(dialogue: Dialogue) -> float:
    """Seconds to wait; a host that warms up takes longer."""
    return ANSWER if dialogue.has_spoken else WARM_UP


_current: Engine | None = None


def engine() -> Engine:
    """This process's engine. A host is started with the first request, if the app has not done so before."""
    global _current
    if _current is None:
        _current = LocalEngine()
    return _current


def use(other: Engine) -> None:
    """Put another engine in its place: a cluster's, or a test's."""
    global _current
    _current = other

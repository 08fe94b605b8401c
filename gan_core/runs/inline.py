"""An engine without processes: the same `train`, inside the caller, with a clock of its own. For tests."""

import json

from torch import Tensor

from gan_core.config import TrainConfig, from_json
from gan_core.questions import Answer, Question
from gan_core.runs.answers import answer_in
from gan_core.runs.controls import Control, Status
from gan_core.runs.engine import Frames, Settings, UnknownRun
from gan_core.runs.generator_ids import file_of, run_of
from gan_core.runs.history import History
from gan_core.runs.viewer import Viewer
from gan_core.runs.wire import Message
from gan_core.runs.worker import train


class InlineIO:
    """Obeys a script of controls, then lets `frames` frames go by, then stops."""

    def __init__(self) -> None:
        self.history, self.life, self.status = History(), 0, Status("starting")
        self.saved: tuple[dict[str, Tensor], dict[str, str]] | None = None
        self.script: list[Control] = []
        self.answers: list[Message] = []
        self.frames = 0
        self._now = 0.0

    def controls(self, timeout: float | None) -> list[Control]:
        if self.script:
            return [self.script.pop(0)]
        if timeout is None or self.frames == 0:
            return [Control("stop")]
        self._now += timeout
        self.frames -= 1
        return []

    def is_called(self) -> bool:
        return bool(self.script)

    def now(self) -> float:
        return self._now

    def answer(self, message: Message) -> None:
        self.answers.append(message)

    def publish(self, status: Status, snapshot: bytes) -> None:
        if status.state != "stopped":  # the end of a script is not the end of the run
            self.status = status
            if snapshot:
                self.history.add(snapshot)

    def forget(self) -> None:
        self.history.clear()
        self.life += 1

    def save(self, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
        self.saved = ({name: tensor.clone() for name, tensor in tensors.items()}, texts)

    def load(self) -> tuple[dict[str, Tensor], dict[str, str]] | None:
        return self.saved


class InlineEngine:
    """`send` obeys at once and, if that sets the run going, advances it by `ahead` frames."""

    def __init__(self, ahead: int = 10) -> None:
        self.ahead = ahead
        self._runs: dict[str, tuple[TrainConfig, InlineIO]] = {}
        self._viewer = Viewer()

    def open(self) -> None: ...

    def close(self) -> None:
        self._runs.clear()

    def start(self, config: TrainConfig) -> str:
        run = f"inline-{len(self._runs)}"
        self._runs[run] = (config, InlineIO())
        self._go(run)
        return run

    def send(self, run: str, control: Control) -> None:
        self._go(run, control)

    def frames(self, run: str, after: int = -1, limit: int = 1000) -> Frames:
        if run not in self._runs:
            raise UnknownRun(run)
        _, io = self._runs[run]
        frames = io.history.after(after)
        frames = frames[max(0, len(frames) - limit) :]
        return Frames(io.status, io.life, [number for number, _ in frames], [data for _, data in frames])

    def settings(self, run: str) -> Settings:
        if run not in self._runs:
            raise UnknownRun(run)
        config, io = self._runs[run]
        if io.saved is None:
            return Settings(config, [])
        texts = io.saved[1]
        changes = [tuple(change) for change in json.loads(texts["rest"])["changes"]]
        return Settings(from_json(texts["config"]), changes)

    def ask(self, generator: str, question: Question, visitor: str) -> Answer:
        run = run_of(generator)
        if run is None or run not in self._runs:
            return self._viewer.answer(file_of(generator), question)
        config, io = self._runs[run]
        io.script, io.frames = [Control("sample", question=question.to_bytes())], 0
        train(config, io)
        return answer_in(io.answers.pop())

    def kill(self, run: str) -> None:
        config, io = self._runs[run]
        io.status = Status("stopped", io.status.step, config.steps)

    def _go(self, run: str, *controls: Control) -> None:
        if run not in self._runs:
            raise UnknownRun(run)
        config, io = self._runs[run]
        io.script, io.frames = list(controls), self.ahead
        train(config, io)

"""The process between the page and the workers: starts them, passes controls on, keeps what they publish.

One thread, one select loop. It always drains every worker, so a slow or absent browser never holds up a run; and when
the page's process is gone, so is this one, and with it every worker.
"""

import contextlib
import json
import math
import os
import selectors
import signal
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from gan_core.config import from_json, to_json
from gan_core.data.folder import data_folder
from gan_core.fields import ConfigError
from gan_core.runs.controls import ENDED, Control, Status
from gan_core.runs.desk import Desk, Ticket
from gan_core.runs.generator_ids import run_of
from gan_core.runs.history import History
from gan_core.runs.processes import CAN_FORK, Closable, Process, kill, start_worker, warm_up
from gan_core.runs.store import Store
from gan_core.runs.viewing import LOST, TOO_MANY, Viewing
from gan_core.runs.wire import Closed, Connection, Message, answer_launch

# Seconds without anybody looking, after which a run is saved and its worker ends.
UNWATCHED = float(os.environ.get("GANSCOPE_UNWATCHED", "600"))
ASKING = ("number", "visitor", "generator", "slow")  # the header of a question
LAST_WORDS = 0.8  # seconds that workers have to save when everything ends


@dataclass
class Job:
    """A run as the host knows it. `connection` is None once its worker is gone."""

    config: str
    history: History
    status: Status
    connection: Connection | None = None
    process: Process | None = None
    touched: float = field(default_factory=time.monotonic)
    life: int = 0  # how often it was reset
    changes: list[Any] = field(default_factory=list)
    is_reborn: bool = False  # it was reset: its next snapshot is the first of another life
    desk: Desk = field(default_factory=lambda: Desk(lambda ticket: None))  # questions to its worker
    is_ending: bool = False  # its worker was told to stop, and will not hear anything more
    waiting: list[Control] = field(default_factory=list)  # what came after that, for its next worker


class Host:
    def __init__(self, page: Connection, store: Store) -> None:
        self.page, self.store = page, store
        self.jobs: dict[str, Job] = {}
        self.dying: list[int] = []
        self.selector = selectors.DefaultSelector()
        self.selector.register(page, selectors.EVENT_READ, self._hear_page)
        quick = Viewing(store.folder, self.selector, self._open, self._tell, self._bury)
        # Two of them: whoever waits for the nearest of 60,000 images holds up nobody who moves a slider. Where starting
        # one takes seconds, in which the host hears nothing, there is one, and it is there from the beginning.
        slow = Viewing(store.folder, self.selector, self._open, self._tell, self._bury) if CAN_FORK else quick
        self.viewings = {False: quick, True: slow}
        if not CAN_FORK:
            quick.begin()

    def serve(self) -> None:
        """Until the page's process is gone."""
        while True:
            for key, _ in self.selector.select(timeout=1.0):
                key.data()
            self._sweep()

    def shut_down(self) -> None:
        """The page's process is gone: every run is saved, if that takes no longer than `LAST_WORDS`."""
        self.selector.unregister(self.page)
        for run, job in self.jobs.items():
            if job.connection is not None:
                self._send(run, job, Control("stop"))
        deadline = time.monotonic() + LAST_WORDS
        while any(job.connection for job in self.jobs.values()) and time.monotonic() < deadline:
            for key, _ in self.selector.select(timeout=0.1):
                key.data()
        self.store.close()

    # From the page

    def _hear_page(self) -> None:
        for message in self.page.receive():
            if message.header["op"] == "ask":
                self._ask(message)
            else:
                self._answer(message.header)

    def _answer(self, request: dict[str, Any]) -> None:
        """One request, one answer. An unknown run is an answer, not an error."""
        run, frames, number = request["run"], [], request["number"]
        job = self._job(run)
        if request["op"] == "start" and (job is None or job.connection is None):
            job = self._start(run, request["config"], job)
        if job is None:
            self.page.send(Message({"number": number, "known": False}))
            return
        job.touched = time.monotonic()
        if request["op"] == "send":
            self._send(run, job, Control(**request["control"]))
        elif request["op"] == "kill":
            self._kill(run, job)
        elif request["op"] == "frames":
            frames = job.history.after(request["after"])
            frames = frames[max(0, len(frames) - request["limit"]) :]
        sizes = [[number, len(data)] for number, data in frames]
        header = {"number": number, "known": True, "life": job.life, "status": vars(job.status), "frames": sizes}
        if request["op"] == "settings":
            header |= {"config": job.config, "changes": job.changes}
        self.page.send(Message(header, b"".join(data for _, data in frames)))

    def _ask(self, message: Message) -> None:
        """A run that has a worker answers between two steps; for all others, and what takes long, a viewer does."""
        number, visitor, generator, is_slow = (message.header[name] for name in ASKING)
        ticket, run = Ticket(number, visitor, generator, message.payload), run_of(generator)
        job = self._job(run) if run else None
        if job and job.connection and not job.is_ending:
            job.touched = time.monotonic()
            desk = (self.viewings[True].desk_for(generator) if is_slow else None) or job.desk
        else:
            desk = self.viewings[is_slow].desk_for(generator)
        if desk is None:
            self._tell(ticket, Message({"known": False}))
        elif given_up := desk.ask(ticket):
            self._tell(given_up, Message({"lost": TOO_MANY}))

    def _tell(self, ticket: Ticket, answer: Message) -> None:
        """The page, what became of its question; if the page is gone, `serve` will learn that by itself."""
        with contextlib.suppress(Closed):
            self.page.send(Message({"known": True} | answer.header | {"number": ticket.number}, answer.payload))

    def _job(self, run: str) -> Job | None:
        """A run that is known, if need be from the store."""
        if run not in self.jobs and (stored := self.store.find(run)):
            status = Status.from_header({"state": "stopped"} | json.loads(stored.status))
            if status.state not in ("diverged", "finished"):
                status = replace(status, state="stopped", steps_per_second=0.0)
            self.jobs[run] = Job(stored.config, History.of(self.store.frames(run)), status)
            self.jobs[run].changes = json.loads(stored.changes)
        return self.jobs.get(run)

    def _start(self, run: str, config: str, known: Job | None) -> Job:
        """A new run, or one that goes on from its checkpoint."""
        if known is None:
            self.store.begin(run, config, keep=self.jobs)
            known = self.jobs[run] = Job(config, History(), Status("starting"))
        order = {"viewer": False, "config": known.config, "folder": str(self.store.weights(run))}
        try:
            known.connection, known.process = start_worker(order, self._open())
        except (OSError, Closed):
            known.status = replace(known.status, state="failed", message="No process could be started for this run.")
            return known
        known.status = replace(known.status, state="starting", message="")
        known.is_ending = False
        known.desk = Desk(partial(self._hand_on, run, known))
        self.selector.register(known.connection, selectors.EVENT_READ, partial(self._hear, run, known.connection))
        return known

    def _send(self, run: str, job: Job, control: Control) -> None:
        """To its worker; one that has none, or whose worker is about to end, gets another."""
        if control.action == "set" and not self._note_change(job, control):
            return
        if job.is_ending:
            job.waiting += [control] if control.action != "stop" else []
            return
        if job.connection is None:
            if control.action == "stop":
                return
            self._start(run, job.config, job)
        if job.connection is None:
            return
        job.is_ending = control.action == "stop"
        try:
            job.connection.send(control.to_message())
        except Closed:
            self._lose(run, job)

    def _hand_on(self, run: str, job: Job, ticket: Ticket) -> None:
        """A question, to the run's own worker; if it is about to end, `_forget` will say so."""
        if job.connection is None or job.is_ending:
            return
        try:
            job.connection.send(Control("sample", question=ticket.question).to_message())
        except Closed:
            self._lose(run, job)

    def _open(self) -> list[Closable]:
        """What a worker must not share with this process."""
        others = [*self.viewings.values(), *self.jobs.values()]
        return [self.selector, self.page, *(each.connection for each in others if each.connection)]

    def _note_change(self, job: Job, control: Control) -> bool:
        """What the page shall see at once; the worker will say at which step it came."""
        try:
            config = from_json(job.config).replace_live(control.field, control.value)
        except ConfigError as error:
            job.status = replace(job.status, message=str(error))
            return False
        job.config = to_json(config)
        job.changes = [*job.changes, [job.status.step, control.field, control.value]]
        return True

    # From the workers

    def _hear(self, run: str, connection: Connection) -> None:
        job = self.jobs[run]
        if job.connection is not connection:  # it was closed a moment ago
            return
        try:
            messages = connection.receive()
        except Closed:
            self._lose(run, job)
            return
        for message in messages:
            header = message.header
            if header["event"] == "snapshot":
                status = Status.from_header(header)
                if status.state != job.status.state:
                    self.store.update(run, json.dumps(vars(status)))
                job.status = status
                if message.payload:
                    self._see(job, message.payload)
            elif header["event"] == "saved":
                job.config, job.changes = header["config"], header["changes"]
                changes = json.dumps(job.changes)
                self.store.update(run, json.dumps(vars(job.status)))
                self.store.saved(run, job.config, changes, job.history.after(-1))
            elif header["event"] == "answer" and (ticket := job.desk.answered()):
                self._tell(ticket, message)
            elif header["event"] == "forget":
                job.is_reborn = True
            elif header["event"] == "failed":
                job.status = replace(job.status, state="failed", message=header["message"])

    def _see(self, job: Job, snapshot: bytes) -> None:
        """After a reset, the old pictures stay until there is a new one: a page always has something to show."""
        if job.is_reborn:
            job.history.clear()
            job.life, job.is_reborn = job.life + 1, False
        job.history.add(snapshot)

    def _lose(self, run: str, job: Job) -> None:
        """The worker is gone: as told, or for a reason that nobody knows."""
        self._forget(job)
        if job.status.state not in ENDED:
            job.status = replace(
                job.status,
                state="lost",
                message="The worker process ended unexpectedly. Continue goes on from the last checkpoint.",
            )
        self.store.update(run, json.dumps(vars(job.status)))
        job.is_ending, waiting, job.waiting = False, job.waiting, []
        for control in waiting:
            self._send(run, job, control)

    def _kill(self, run: str, job: Job) -> None:
        process = job.process
        self._forget(job)
        if process is not None:
            kill(process)
            job.status = replace(job.status, state="stopped")
            self.store.update(run, json.dumps(vars(job.status)))

    def _forget(self, job: Job) -> None:
        if job.connection is not None:
            self.selector.unregister(job.connection)
            job.connection.close()
            job.connection = None
            for ticket in job.desk.give_up():
                self._tell(ticket, Message({"lost": LOST}))
        if job.process is not None:
            self._bury(job.process)
        job.process = None

    def _bury(self, process: Process) -> None:
        """One that was forked is waited for, so that nothing of it is left."""
        if isinstance(process, int):
            self.dying.append(process)

    def _sweep(self) -> None:
        """Collect ended processes, and let runs rest that nobody has looked at for long."""
        self.dying = [pid for pid in self.dying if os.waitpid(pid, os.WNOHANG) == (0, 0)]
        for viewing in self.viewings.values():
            viewing.sweep(UNWATCHED if CAN_FORK else math.inf)
        now = time.monotonic()
        long_ago = now - UNWATCHED
        for run, job in list(self.jobs.items()):
            patience = UNWATCHED / 10 if job.status.state == "finished" else UNWATCHED
            if job.connection is not None and job.touched < now - patience:
                self._send(run, job, Control("stop"))
            elif job.connection is None and job.touched < long_ago:
                del self.jobs[run]  # the store knows it


def main() -> None:
    page = answer_launch()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the page's process decides when to end
    warm_up()
    host = Host(page, Store(data_folder()))
    page.send(Message({"ready": True}))
    try:
        host.serve()
    except Closed:
        host.shut_down()


if __name__ == "__main__":
    main()

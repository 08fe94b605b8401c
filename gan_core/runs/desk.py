"""Whose question is next: a process that draws answers one at a time, and its visitors take turns."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

PATIENCE = 10.0  # seconds after which nobody waits for an answer any more
LONGEST = 12  # questions that one visitor may have waiting; a newer one takes the place of the oldest


@dataclass(frozen=True)
class Ticket:
    """A question on its way: the request it came with, who asks, of which generator."""

    number: int
    visitor: str
    generator: str
    question: bytes
    came: float = field(default_factory=time.monotonic)

    @property
    def is_stale(self) -> bool:
        return time.monotonic() - self.came > PATIENCE


class Desk:
    """Questions to one process. `send` hands it the next one, as soon as it has answered the one before.

    A visitor with many questions waits longer, not the others: each in turn has one of theirs answered.
    """

    def __init__(self, send: Callable[[Ticket], None]) -> None:
        self._send = send
        self._waiting: OrderedDict[str, deque[Ticket]] = OrderedDict()  # by visitor, the next one first
        self._asked: Ticket | None = None
        self._asked_at = 0.0

    def ask(self, ticket: Ticket) -> Ticket | None:
        """Queue a question. Returns an older one of the same visitor that will not be answered any more, if any."""
        line = self._waiting.setdefault(ticket.visitor, deque())
        given_up = line.popleft() if len(line) == LONGEST else None
        line.append(ticket)
        self.go_on()
        return given_up

    def answered(self) -> Ticket | None:
        """The question that was being answered; the next one is handed on."""
        done, self._asked = self._asked, None
        self.go_on()
        return done

    def lost(self) -> Ticket | None:
        """The process is gone, and with it this question. The others wait until somebody calls `go_on`."""
        gone, self._asked = self._asked, None
        return gone

    def give_up(self) -> list[Ticket]:
        """All questions that are left, which will not be answered."""
        gone, left = self.lost(), [ticket for line in self._waiting.values() for ticket in line]
        self._waiting.clear()
        return [gone, *left] if gone else left

    @property
    def is_idle(self) -> bool:
        return self._asked is None and not self._waiting

    @property
    def busy_for(self) -> float:
        """Seconds since the question that is being answered was handed over; 0 if there is none."""
        return time.monotonic() - self._asked_at if self._asked else 0.0

    def go_on(self) -> None:
        """Hand on the next question that somebody still waits for, if the process is free."""
        if self._asked is not None:
            return
        while (ticket := self._next()) is not None:
            if not ticket.is_stale:
                self._asked, self._asked_at = ticket, time.monotonic()
                self._send(ticket)
                return

    def _next(self) -> Ticket | None:
        if not self._waiting:
            return None
        visitor, line = self._waiting.popitem(last=False)
        ticket = line.popleft()
        if line:
            self._waiting[visitor] = line  # behind the others
        return ticket

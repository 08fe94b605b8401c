"""Whose question is next: a process that draws answers one at a time, and its visitors take turns."""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

LONGEST = 12  # questions that one visitor may have waiting; a newer one takes the place of the oldest


@dataclass(frozen=True)
class Ticket:
    """A question on its way: the request it came with, who asks, of which generator."""

    number: int
    visitor: str
    generator: str
    question: bytes


class Desk:
    """Questions to one process. `send` hands it the next one, as soon as it has answered the one before.

    A visitor with many questions waits longer, not the others: each in turn has one of theirs answered.
    """

    def __init__(self, send: Callable[[Ticket], None]) -> None:
        self._send = send
        self._waiting: OrderedDict[str, deque[Ticket]] = OrderedDict()  # by visitor, the next one first
        self._asked: Ticket | None = None

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

    def go_on(self) -> None:
        """Hand on the next question, if the process is free."""
        if self._asked is not None or not self._waiting:
            return
        visitor, line = self._waiting.popitem(last=False)
        self._asked = line.popleft()
        if line:
            self._waiting[visitor] = line  # behind the others
        self._send(self._asked)

"""Requests from many threads over one connection."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from waiting import until

from gan_core.runs.dialogue import Dialogue
from gan_core.runs.wire import Closed, Connection, Message


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    dialogue = Dialogue(Connection(ours))
    yield dialogue, Connection(theirs)
    dialogue.close()
    theirs.close()


def test_each_answer_finds_who_asked_in_whatever_order_they_come(ends):
    dialogue, other = ends
    with ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(dialogue.ask, Message({"word": word}), 5.0) for word in "abcdefgh"]
        asked = []
        until(lambda: asked.extend(other.receive(0.05)) or len(asked) == 8)
        for message in reversed(asked):
            other.send(Message({"number": message.header["number"], "echo": message.header["word"]}))
        assert [answer.result().header["echo"] for answer in answers] == list("abcdefgh")


def test_silence_is_told_and_a_late_answer_disturbs_nobody(ends):
    dialogue, other = ends
    with pytest.raises(TimeoutError):
        dialogue.ask(Message({}), 0.05)
    (late,) = other.receive(1.0)
    other.send(Message({"number": late.header["number"], "late": True}))
    answer = threading.Thread(target=lambda: other.send(Message(other.receive(1.0)[0].header | {"late": False})))
    answer.start()
    assert dialogue.ask(Message({}), 5.0).header["late"] is False
    answer.join()


def test_who_cannot_send_does_not_keep_answers_from_others(ends):
    """Both ends are full: the other one wants to answer before it reads on, as the host does."""
    dialogue, other = ends
    for end in (dialogue.connection, other):
        end.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        end.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    def answer_one_by_one():
        for _ in range(40):
            message = other.first()
            other.send(Message({"number": message.header["number"]}, bytes(100_000)))

    host = threading.Thread(target=answer_one_by_one)
    host.start()
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: dialogue.ask(Message({}, bytes(100_000)), 10.0), range(40)))
    host.join()
    assert len(answers) == 40


def test_everybody_who_waits_learns_that_the_other_end_is_gone(ends):
    dialogue, other = ends
    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(dialogue.ask, Message({}), 5.0) for _ in range(3)]
        asked = []
        until(lambda: asked.extend(other.receive(0.05)) or len(asked) == 3)
        other.socket.shutdown(socket.SHUT_RDWR)
        for answer in answers:
            with pytest.raises(Closed):
                answer.result()
    with pytest.raises(Closed):
        dialogue.ask(Message({}), 5.0)
    assert dialogue.has_spoken is False

"""Visitors take turns, whatever number of questions each of them has."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gan_core.runs import desk as desks
from gan_core.runs.desk import LONGEST, Desk, Ticket


class Window:
    """A process that draws: it is handed one question at a time."""

    def __init__(self):
        self.handed = []
        self.desk = Desk(self.handed.append)
        self.count = 0

    def ask(self, visitor):
        self.count += 1
        return self.desk.ask(Ticket(self.count, visitor, "shipped-cgan", b""))

    def answer_all(self):
        while self.desk.answered():
            pass
        return [ticket.visitor for ticket in self.handed]


def test_a_free_process_is_handed_the_question_at_once_and_the_next_after_its_answer():
    window = Window()
    window.ask("a")
    window.ask("a")
    assert [ticket.number for ticket in window.handed] == [1]
    done = window.desk.answered()
    assert done is not None and done.number == 1
    assert [ticket.number for ticket in window.handed] == [1, 2]


def test_who_asks_much_waits_longer_and_not_the_others():
    window = Window()
    for visitor in "aaaaabc":
        window.ask(visitor)
    assert window.answer_all() == list("aabcaaa")


def test_too_many_questions_of_one_visitor_replace_the_oldest_one_that_waits():
    window = Window()
    given_up = [window.ask("a") for _ in range(LONGEST + 3)]
    assert [ticket and ticket.number for ticket in given_up] == [None] * (LONGEST + 1) + [2, 3]
    assert window.ask("b") is None


def test_what_waits_survives_the_process_and_what_it_was_doing_does_not():
    window = Window()
    for visitor in "aab":
        window.ask(visitor)
    gone = window.desk.lost()
    assert gone is not None and gone.number == 1
    window.desk.go_on()
    assert window.answer_all() == list("aab")
    assert window.desk.is_idle


def test_a_question_that_nobody_waits_for_any_more_is_not_asked(monkeypatch):
    window = Window()
    for visitor in "abc":
        window.ask(visitor)
    window.desk.lost()
    monkeypatch.setattr(desks, "PATIENCE", -1.0)
    window.desk.go_on()
    assert [ticket.visitor for ticket in window.handed] == ["a"] and window.desk.is_idle


def test_giving_up_leaves_nothing():
    window = Window()
    for visitor in "aab":
        window.ask(visitor)
    assert {ticket.number for ticket in window.desk.give_up()} == {1, 2, 3}
    assert window.desk.is_idle and window.desk.answered() is None


@given(st.lists(st.sampled_from("abcd"), max_size=40))
def test_nobody_is_served_twice_before_everybody_who_waits_was_served_once(visitors):
    window = Window()
    for visitor in visitors:
        window.ask(visitor)
    waiting = set(visitors[1:])  # the first one found a free process
    order = window.answer_all()
    assert set(order[1 : 1 + len(waiting)]) == waiting
    assert Counter(order) == {
        visitor: min(count, LONGEST + (visitor == visitors[0])) for visitor, count in Counter(visitors).items()
    }

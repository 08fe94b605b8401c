import csv
import io
import json
from fractions import Fraction

import pytest
from problems import DEFAULT, problem

from gan_core.calculator import Written, lists_in, moves_csv, report, scipy_code
from gan_core.fields import ConfigError
from gan_core.lessons.examples import EXAMPLES
from gan_core.theory.transport.unequal import as_it_is, normalise, partial

SETTLED = as_it_is(problem(*DEFAULT).piles)
AT_0_1 = Written(("0", "1"), ("1", "2"), ("2", "1"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1 2 / 2 1", AT_0_1),
        ("1, 2 / 2, 1", AT_0_1),
        ("[1, 2] / [2, 1]", AT_0_1),
        ("1 2\n2 1\n", AT_0_1),
        ("0 1 / 1 2 / 2 1", AT_0_1),
        ("position,P,Q\n0,1,2\n1,2,1", AT_0_1),
        ("position;P;Q\r\n0;1;2\r\n1;2;1\r\n", AT_0_1),
        ("\ufeffx\tP\tQ\n0\t1\t2\n1\t2\t1\n", AT_0_1),
        ('{"p": [1, 2], "q": [2, 1]}', AT_0_1),
        ('{"x": [0, 1], "p": ["1", 2], "q": [2, "1"], "more": 0}', AT_0_1),
        ("0 1 2.5\n1/3 2 3\n1 2 3\n", Written(("0", "1/3", "1"), ("1", "2", "2"), ("2.5", "3", "3"))),
        ("1,,2 / 2,1,", Written(("0", "1", "2"), ("1", "", "2"), ("2", "1", ""))),
        ('{"p": [0.1, null], "q": [0, 1e-3]}', Written(("0", "1"), ("0.1", ""), ("0", "1e-3"))),
    ],
)
def test_what_can_be_pasted(text, written):
    assert lists_in(text) == written


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write the masses of P, a slash with spaces around it, and the masses of Q."),
        ("3,4", "Write the masses of P, a slash with spaces around it, and the masses of Q."),
        ("1 / 2 / 3 / 4", "Write the masses of P, a slash with spaces around it, and the masses of Q."),
        ("x,P,Q\n1,2\n", "Row 1: a position, a mass of P and a mass of Q are needed; 2 values are there."),
        ("{", "This looks like JSON, but it cannot be read."),
        ("{}", 'JSON needs "p" and "q", and may have "x", each a list; p is not.'),
        ('{"p": [1], "q": [1], "x": 3}', 'JSON needs "p" and "q", and may have "x", each a list; x is not.'),
    ],
)
def test_what_cannot(text, sentence):
    with pytest.raises(ConfigError) as error:
        lists_in(text)
    assert str(error.value) == sentence


@pytest.mark.parametrize("text", ["1 2 / 2 1", "0 1 5 / 1 0 2 / 2 1 0", "0.1 1/3 / 5e-324 1"])
def test_a_line_is_read_again(text):
    assert lists_in(text).line == text
    assert lists_in(lists_in(text).line) == lists_in(text)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda example: example.name)
def test_every_example_can_be_read(example):
    piles, notes = lists_in(example.piles).read()
    assert notes == ()
    assert lists_in(example.piles).line == example.piles
    assert (piles.totals[0] != piles.totals[1]) == (example.name == "unequal")


def test_the_report_is_exact():
    answer = report(SETTLED)
    assert answer["w1"] == "8"
    assert answer["normalised"] == {
        "per_unit_mass": "4/7",
        "per_unit_mass_and_distance": "1/7",
        "per_moved_mass": {"fifo": "1", "stay_fifo": "4/3", "stay_lifo": "4/3"},
    }
    assert answer["flows"] == ["1", "3", "1", "-3"]
    assert answer["dual"] == ["0", "-1", "-2", "-3", "-2"]
    assert (answer["plan_count"], answer["plan_count_complete"]) == (5, True)
    for plan in answer["plans"].values():
        for cell, (p, q) in enumerate(zip(*DEFAULT, strict=True)):
            assert sum(Fraction(mass) for origin, _, mass in plan if origin == cell) == p
            assert sum(Fraction(mass) for _, end, mass in plan if end == cell) == q
    assert "cost" not in answer


def test_the_report_can_be_pasted():
    assert lists_in(json.dumps(report(SETTLED))).read()[0] == SETTLED.transport.piles


@pytest.mark.parametrize("text", ["1030 7 / 20 21", "1/3 0.1 2 / 0.7 1/7 1/11"])
def test_fractions_of_a_report_can_be_pasted(text):
    settled = normalise(lists_in(text).read()[0])
    assert lists_in(json.dumps(report(settled))).read()[0] == settled.transport.piles


def test_the_report_has_the_notes():
    written = lists_in('{"x": [1, 0], "p": [3, null], "q": [1, 2]}')
    piles, notes = written.read()
    assert report(as_it_is(piles), notes)["notes"] == [
        "Empty cells count as mass 0 (1 of them).", "The cells were sorted by their position.",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["1" * 1_000_000 + "x / 1", " " * 1_000_000 + ", 1 / 1", "[" * 100_000, "{" * 100_000])
def test_nonsense_is_refused_at_once(text):
    """Not after a time that grows with the square of its length."""
    with pytest.raises(ConfigError):
        lists_in(text).read()


def test_the_report_tells_what_is_left_over():
    answer = report(partial(lists_in(EXAMPLES["unequal"].piles).read()[0]))
    assert (answer["w1"], answer["cost"], answer["penalty"]) == ("2", "2", "0")
    assert sum(map(Fraction, answer["left"])) == 4


def test_the_table_of_a_plan_adds_up():
    rows = list(csv.DictReader(io.StringIO(moves_csv(SETTLED.transport, SETTLED.transport.plans["stay_lifo"].moves))))
    assert sum(Fraction(row["cost"]) for row in rows) == 8
    assert sum(Fraction(row["mass"]) for row in rows) == 14
    assert [row for row in rows if row["from_position"] == "0"] == [
        {"from_position": "0", "to_position": "0", "mass": "2", "distance": "0", "cost": "0"},
        {"from_position": "0", "to_position": "3", "mass": "1", "distance": "3", "cost": "3"},
    ]


@pytest.mark.parametrize("text", [EXAMPLES["three_plans"].piles, "0 1/3 2.5 / 1/3 0 0.1 / 0 13/30 0"])
def test_the_code_for_scipy_gives_the_same_number(text, capsys):
    settled = as_it_is(lists_in(text).read()[0])
    exec(scipy_code(settled), {})
    per_unit_mass, w1 = map(float, capsys.readouterr().out.split())
    assert per_unit_mass == pytest.approx(float(settled.transport.per_unit_mass), rel=1e-12)
    assert w1 == pytest.approx(float(settled.transport.w1), rel=1e-12)

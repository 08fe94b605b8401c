from fractions import Fraction
from itertools import pairwise

import pytest

from gan_core.fields import ConfigError
from gan_core.theory.transport.piles import exact, read_piles, text_of


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.1", Fraction(1, 10)),
        (0.1, Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
        (7, Fraction(7)),
        ("-2.50", Fraction(-5, 2)),
        ("1e-200", Fraction(1, 10**200)),
        ("5e-324", Fraction(5, 10**324)),
        (" 4 ", Fraction(4)),
        ("1e12", Fraction(10**12)),
        (".5", Fraction(1, 2)),
    ],
)
def test_numbers_are_exact(written, value):
    assert exact(written, "x", 0) == value


@pytest.mark.parametrize(
    ("field", "written", "sentence"),
    [
        ("p", "three", "Masses P, number 3: three is not a number."),
        ("q", "nan", "Masses Q, number 3: nan is not a number."),
        ("x", float("nan"), "Positions, number 3: nan is not a number."),
        ("x", float("inf"), "Positions, number 3: inf is not a number."),
        ("p", "", 'Masses P, number 3: "" is not a number.'),
        ("p", "1/0", "Masses P, number 3: 1/0 is not a number."),
        ("p", "1e9999", "Masses P, number 3: 1e9999 is not a number."),
        ("p", "1/1000000000007", "Masses P, number 3: 1/1000000000007 is not a number."),
        ("p", "٣", "Masses P, number 3: ٣ is not a number."),
        ("p", -1, "Masses P, number 3: -1 is below 0; from 0 to 1,000,000,000,000 is allowed."),
        ("q", "1e308", "Masses Q, number 3: 1e308 is too large; at most 1,000,000,000,000 is allowed."),
        ("x", "-1e13", "Positions, number 3: -1e13 is too large; at most 1,000,000,000,000 is allowed."),
    ],
)
def test_what_is_no_number_is_named(field, written, sentence):
    with pytest.raises(ConfigError) as error:
        exact(written, field, 2)
    assert str(error.value) == sentence
    assert error.value.field == field


def test_a_long_text_is_refused_at_once():
    """Not after a time that grows with the square of its length: links may carry anything."""
    with pytest.raises(ConfigError, match="is not a number"):
        exact("1" * 1_000_000 + "x", "p", 0)


def test_positions_are_whole_numbers_unless_given():
    assert read_piles(None, [1, 2], [2, 1])[0].positions == (0, 1)


def test_cells_are_sorted_and_told():
    piles, notes = read_piles([2, 0, 1], [3, 1, 2], [5, 4, 6])
    assert (piles.positions, piles.p, piles.q) == ((0, 1, 2), (1, 2, 3), (4, 6, 5))
    assert [str(note) for note in notes] == ["The cells were sorted by their position."]


def test_cells_at_one_position_become_one_and_that_is_told():
    piles, notes = read_piles([0, 1, 1], [1, 2, 3], [4, 1, 1])
    assert (piles.positions, piles.p, piles.q) == ((0, 1), (1, 5), (4, 2))
    assert [str(note) for note in notes] == ["Cells at the same position were put together."]


@pytest.mark.parametrize("nothing", [None, float("nan"), "", " "])
def test_an_empty_cell_is_no_mass_and_that_is_told(nothing):
    piles, notes = read_piles(None, [1, nothing], [0, 1])
    assert piles.p == (1, 0)
    assert [str(note) for note in notes] == ["Empty cells count as mass 0 (1 of them)."]


def test_nothing_is_told_when_nothing_was_done():
    assert read_piles([0, 1], [1, 2], [2, 1])[1] == ()


@pytest.mark.parametrize(
    ("x", "p", "q", "sentence"),
    [
        (None, [1, 2, 3], [1, 2], "P has 3 masses and Q has 2: give as many for both, and 0 where there is nothing."),
        ([0], [1, 2], [1, 2], "There are 1 positions and 2 masses: give one position for each."),
        (None, [], [], "Give at least one mass for P and one for Q."),
        (None, [1] * 100_001, [1] * 100_001, "At most 100,000 cells are allowed; there are 100,001."),
        ([0, "1e-13"], [1, 1], [1, 1], "Two positions are too near to each other: they must differ by at least 1e-12."),
        (
            [0, 1, "1e12", "999999999999.5"],
            [1] * 4,
            [1] * 4,
            "Two positions are too near to each other: they must differ by at least 1.",
        ),
        ([0, None], [1, 1], [1, 1], "Positions, number 2: None is not a number."),
        (
            None,
            [f"1/{10**11 + 2 * k + 1}" for k in range(200)],
            [0] * 200,
            "These fractions are too different: their common denominator has over 1,000 digits.",
        ),
    ],
)
def test_lists_that_do_not_fit_are_told(x, p, q, sentence):
    with pytest.raises(ConfigError) as error:
        read_piles(x, p, q)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("3", "3"),
        ("0.1", "0.1"),
        ("1/3", "1/3"),
        ("-2.50", "-2.5"),
        ("0.000001", "0.000001"),
        ("5e-324", "≈ 0"),
        ("1e12", "1000000000000"),
        ("0.12345678901234567", "≈ 0.123457"),
    ],
)
def test_numbers_are_written_as_a_student_would(number, text):
    assert text_of(exact(number, "x", 0)) == text


def test_positions_ascend():
    piles, _ = read_piles([5, 3, 4, 3], [1] * 4, [1] * 4)
    assert all(left < right for left, right in pairwise(piles.positions))
    assert piles.gaps == (1, 1)
    assert piles.totals == (4, 4)
    assert piles.cumulative == ((2, 3, 4), (2, 3, 4))

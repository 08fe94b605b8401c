"""Two piles of earth on a line: exact masses at exact positions, and the reading of what a student wrote.

Masses and positions are `fractions.Fraction`: 0.1 is one tenth, so that a value, the cost of its plan and its dual
agree to the last digit, and no student has to hear of rounding.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from gan_core.fields import ConfigError, Note

NAMES = {"x": "Positions", "p": "Masses P", "q": "Masses Q", "penalty": "Penalty"}
LONGEST = 16  # characters of a number on screen
TINY, LARGEST = Fraction(1, 10**9), 10**12  # of masses and positions
MOST_READ = 100_000  # cells
NEAREST = Fraction(1, 10**12)  # share of the whole way, or of 1, by which positions have to differ
LARGEST_DENOMINATOR = 10**1000  # common to all numbers: their sums and products must stay affordable
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3}|/0*[1-9]\d{0,11})?", re.IGNORECASE | re.ASCII)

Numbers = tuple[Fraction, ...]


@dataclass(frozen=True)
class Piles:
    """Masses `p` and `q` [cells] at the same `positions` [cells], which ascend strictly."""

    positions: Numbers
    p: Numbers
    q: Numbers

    @property
    def gaps(self) -> Numbers:
        """Distances between neighbouring cells [cells - 1]: boundary k lies between the cells k and k + 1."""
        return tuple(right - left for left, right in pairwise(self.positions))

    @property
    def totals(self) -> tuple[Fraction, Fraction]:
        return sum(self.p, Fraction(0)), sum(self.q, Fraction(0))

    @property
    def cumulative(self) -> tuple[Numbers, Numbers]:
        """Mass at each position or to the left of it: the distribution functions, not normalised [2, cells]."""
        return tuple(accumulate(self.p)), tuple(accumulate(self.q))


def exact(value: object, field: str, cell: int) -> Fraction:
    """The number that `value` is or writes, exactly: "0.1" and the float 0.1 are one tenth, "1/3" is a third.

    An exponent that is written has up to three digits, a denominator up to twelve.

    Raises ConfigError, naming the `field` ("x", "p", "q" or "penalty") and the cell, for what is no number from -10^12
    to 10^12, and for a mass or a penalty below 0.
    """
    text = repr(value) if isinstance(value, float) else str(value).strip()
    said = {"name": NAMES[field], "cell": cell + 1, "value": text[:40] or '""'}
    number = value if isinstance(value, Fraction) else _written(text)
    if number is None:
        raise ConfigError(field, "{name}, number {cell}: {value} is not a number.", **said)
    if abs(number) > LARGEST:
        raise ConfigError(
            field, "{name}, number {cell}: {value} is too large; at most 1,000,000,000,000 is allowed.", **said
        )
    if number < 0 and field != "x":
        raise ConfigError(
            field, "{name}, number {cell}: {value} is below 0; from 0 to 1,000,000,000,000 is allowed.", **said
        )
    return number


def _written(text: str) -> Fraction | None:
    if len(text) > 40 or not NUMBER.fullmatch(text):
        return None
    numerator, _, denominator = text.partition("/")
    return Fraction(numerator) / int(denominator or 1)


def read_piles(x: Sequence[object] | None, p: Sequence[object], q: Sequence[object]) -> tuple[Piles, tuple[Note, ...]]:
    """Piles from three lists, sorted and with equal positions merged, and notes about what was done to them.

    Parameters
    ----------
    x : positions; None stands for 0, 1, 2, ...
    p, q : masses. A missing cell (None, nan or "") counts as 0.

    Raises
    ------
    ConfigError
        for lists of different lengths, an empty list, and whatever is no number in its range.
    """
    x = range(max(len(p), len(q))) if x is None else x
    _check_lengths(x, p, q)
    notes = []
    if empty := sum(map(_is_empty, (*p, *q))):
        notes.append(Note.of("Empty cells count as mass 0 ({count} of them).", count=empty))
    positions = [exact(value, "x", cell) for cell, value in enumerate(x)]
    masses = [
        [Fraction(0) if _is_empty(value) else exact(value, field, cell) for cell, value in enumerate(values)]
        for field, values in (("p", p), ("q", q))
    ]
    _check_denominators([*positions, *masses[0], *masses[1]])
    if any(right < left for left, right in pairwise(positions)):
        notes.append(Note.of("The cells were sorted by their position."))
    merged: dict[Fraction, list[Fraction]] = {}
    for position, *pair in sorted(zip(positions, *masses, strict=True)):
        cell = merged.setdefault(position, [Fraction(0), Fraction(0)])
        cell[0], cell[1] = cell[0] + pair[0], cell[1] + pair[1]
    if len(merged) < len(positions):
        notes.append(Note.of("Cells at the same position were put together."))
    _check_gaps(list(merged))
    p_sorted, q_sorted = zip(*merged.values(), strict=True)
    return Piles(tuple(merged), p_sorted, q_sorted), tuple(notes)


def _check_lengths(x: Sequence[object], p: Sequence[object], q: Sequence[object]) -> None:
    if not len(p) or not len(q):
        raise ConfigError("p", "Give at least one mass for P and one for Q.")
    if len(p) != len(q):
        raise ConfigError(
            "q",
            "P has {p_count} masses and Q has {q_count}: give as many for both, and 0 where there is nothing.",
            p_count=len(p),
            q_count=len(q),
        )
    if len(x) != len(p):
        raise ConfigError(
            "x",
            "There are {x_count} positions and {p_count} masses: give one position for each.",
            x_count=len(x),
            p_count=len(p),
        )
    if len(p) > MOST_READ:
        raise ConfigError(
            "p", "At most {most:,} cells are allowed; there are {p_count:,}.", most=MOST_READ, p_count=len(p)
        )


def _check_denominators(numbers: Iterable[Fraction]) -> None:
    common = 1
    for number in numbers:
        common = math.lcm(common, number.denominator)
        if common > LARGEST_DENOMINATOR:
            raise ConfigError("p", "These fractions are too different: their common denominator has over 1,000 digits.")


def _check_gaps(positions: Sequence[Fraction]) -> None:
    """They are drawn, and their costs are compared, in floating point."""
    least = max(positions[-1] - positions[0], Fraction(1)) * NEAREST
    if any(right - left < least for left, right in pairwise(positions)):
        raise ConfigError(
            "x",
            "Two positions are too near to each other: they must differ by at least {least:g}.",
            least=float(least),
        )


def _is_empty(value: object) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())


def text_of(number: Fraction) -> str:
    """The number as a student would write it: 3, 0.1, 1/3; rounded, after a "≈", where that would be long."""
    digits = decimals(number)
    text = str(number) if digits in (None, 0) else f"{float(number):.{min(digits, 20)}f}"
    if len(text) <= LONGEST:
        return text
    return f"≈ {float(number):.6g}" if abs(number) > TINY else "≈ 0"


def decimals(number: Fraction) -> int | None:
    """Digits after the point that write the number exactly; None if no number of digits does."""
    rest, counts = number.denominator, []
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        counts.append(count)
    return max(counts) if rest == 1 else None

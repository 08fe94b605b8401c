"""The calculator without a screen: from what a student writes to piles, and from an answer to what they take along."""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gan_core.fields import ConfigError, Note
from gan_core.theory.transport.piles import Piles, read_piles
from gan_core.theory.transport.plans import Move, Plan, all_plans
from gan_core.theory.transport.problem import Transport
from gan_core.theory.transport.unequal import Settlement


@dataclass(frozen=True)
class Written:
    """Piles as somebody wrote them: a row for each cell, numbers still as text."""

    x: tuple[str, ...]
    p: tuple[str, ...]
    q: tuple[str, ...]

    @classmethod
    def of(cls, x: Sequence[object] | None, p: Sequence[object], q: Sequence[object]) -> "Written":
        """Without x, the positions are 0, 1, 2, ..."""
        lists = (range(max(len(p), len(q))) if x is None else x, p, q)
        return cls(*(tuple("" if value is None else str(value).strip() for value in values) for values in lists))

    def read(self) -> tuple[Piles, tuple[Note, ...]]:
        """The piles, and notes about what was understood. Raises ConfigError."""
        return read_piles(self.x, self.p, self.q)

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Position, mass of P, mass of Q of each cell. Raises ConfigError if the lists are not of one length."""
        self.read()
        return list(zip(self.x, self.p, self.q, strict=True))

    @property
    def line(self) -> str:
        """One line that `lists_in` reads again, for a link."""
        lists = [self.p, self.q] if self.x == tuple(map(str, range(len(self.p)))) else [self.x, self.p, self.q]
        return " / ".join(" ".join(value or "0" for value in values) for values in lists)


def lists_in(text: str) -> Written:
    """Piles that were pasted, in one of four forms. Raises ConfigError for anything else.

    - "3 4 1 1 5 / 2 2 3 5 2", or the two lists in two lines: masses of P and Q at the positions 0, 1, 2, ...
    - "0 1 2.5 / 3 4 1 / 2 2 4": positions, then P, then Q
    - CSV: a line for each cell: position, P, Q; a heading may stand above it
    - JSON: {"x": [...], "p": [...], "q": [...]}, x may be missing; what the calculator exports can be read again
    """
    text = text.strip().removeprefix("\ufeff")
    if text.startswith("{"):
        return _from_json(text)
    lists = [_words(part) for part in re.split(r"\s/\s", text)]
    lines = [_words(line) for line in text.splitlines() if line.strip()]
    if len(lists) == 1 and len(lines) == 2 and not _is_heading(lines[0]):
        lists = lines
    if len(lists) == 2:
        return Written.of(None, *lists)
    if len(lists) == 3:
        return Written.of(*lists)
    if len(lists) == 1 and len(lines) > 1:
        return _from_rows(lines)
    raise ConfigError("text", "Write the masses of P, a slash with spaces around it, and the masses of Q.")


def _from_rows(lines: list[list[str]]) -> Written:
    rows = lines[1:] if _is_heading(lines[0]) else lines
    for number, row in enumerate(rows, 1):
        if len(row) != 3:
            raise ConfigError(
                "text",
                "Row {row}: a position, a mass of P and a mass of Q are needed; {count} values are there.",
                row=number,
                count=len(row),
            )
    return Written.of(*([row[at] for row in rows] for at in range(3)))


def _from_json(text: str) -> Written:
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
        x, p, q = (found.get(name) for name in "xpq")
    except (ValueError, RecursionError):
        raise ConfigError("text", "This looks like JSON, but it cannot be read.") from None
    for name, values in (("p", p), ("q", q), ("x", x if x is not None else [])):
        if not isinstance(values, list):
            raise ConfigError(
                "text", 'JSON needs "p" and "q", and may have "x", each a list; {name} is not.', name=name
            )
    return Written.of(x, p, q)


def _words(text: str) -> list[str]:
    """Values between commas, semicolons, tabs or spaces; nothing between two commas is an empty value."""
    text = text.strip().strip("[]()")
    words = re.split(r"[,;\t]", text) if re.search(r"[,;\t]", text) else text.split()
    return [word.strip() for word in words]


def _is_heading(row: Sequence[str]) -> bool:
    return all(re.match(r"[^\d.+-]", word) for word in row)


def report(settled: Settlement, notes: Sequence[Note] = ()) -> dict[str, Any]:
    """Everything about an answer, as JSON: exact numbers as text, cells numbered from 0 by their position.

    sum of dual * (p - q) is w1; every plan lists [from, to, mass], mass that stays included. `notes` are sentences
    about what was done to the input, beside those of `settled`.
    """
    transport = settled.transport
    everything = all_plans(transport.piles)
    answer = {
        "x": _texts(transport.piles.positions),
        "p": _texts(transport.piles.p),
        "q": _texts(transport.piles.q),
        "w1": str(transport.w1),
        "normalised": {
            "per_unit_mass": str(transport.per_unit_mass),
            "per_unit_mass_and_distance": str(transport.per_unit_mass_and_distance),
            "per_moved_mass": {name: str(transport.per_moved_mass(plan)) for name, plan in transport.plans.items()},
        },
        "flows": _texts(transport.flows),
        "plans": {name: _moves(plan) for name, plan in transport.plans.items()},
        "dual": _texts(transport.potential),
        "plan_count": len(everything.plans),
        "plan_count_complete": everything.complete,
        "notes": [str(note) for note in (*notes, *settled.notes)],
    }
    if any(settled.left) or any(settled.missing):
        rest = {"left": _texts(settled.left), "missing": _texts(settled.missing), "penalty": str(settled.penalty)}
        answer |= rest | {"cost": str(settled.cost)}
    return answer


def _texts(numbers: Sequence[Fraction]) -> list[str]:
    return list(map(str, numbers))


def _moves(plan: Plan) -> list[list[Any]]:
    return [[move.origin, move.destination, str(move.mass)] for move in plan.moves]


def moves_csv(transport: Transport, moves: Sequence[Move]) -> str:
    """A row for each move: positions, mass, distance, cost; exact."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["from_position", "to_position", "mass", "distance", "cost"])
    x = transport.piles.positions
    for move in moves:
        distance = transport.distance(move)
        writer.writerow([x[move.origin], x[move.destination], move.mass, distance, move.mass * distance])
    return lines.getvalue()


def scipy_code(settled: Settlement) -> str:
    """A few lines of Python in which SciPy gives the same number."""
    piles = settled.transport.piles
    x, p, q = (f"[{', '.join(map(str, numbers))}]" for numbers in (piles.positions, piles.p, piles.q))
    return (
        "from scipy.stats import wasserstein_distance\n\n"
        f"position = {x}\n"
        f"p = {p}\n"
        f"q = {q}\n"
        "# positions first, masses second; SciPy divides both piles by their totals\n"
        "per_unit_mass = wasserstein_distance(position, position, p, q)\n"
        "print(per_unit_mass, per_unit_mass * sum(p))\n"
        f"# {float(settled.transport.per_unit_mass):.12g} {float(settled.transport.w1):.12g}\n"
    )

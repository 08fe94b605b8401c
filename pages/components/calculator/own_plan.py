"""A plan of the student's own, and its judgement: what it costs, whether it is possible, where it wastes."""

from collections.abc import Sequence
from fractions import Fraction

import streamlit as st

from gan_core.fields import ConfigError, Note
from gan_core.theory.transport.piles import Piles, exact, text_of
from gan_core.theory.transport.plans import Move, Plan
from gan_core.theory.transport.problem import Transport
from gan_core.theory.transport.verdict import Verdict, judge
from pages.components.calculator.page import PAGE
from pages.components.i18n import say, t
from pages.components.in_url import Kept, key_of
from pages.components.kept_table import Row, agree, kept_table

TEXT, TABLE, SEEN = key_of(PAGE, "moves"), f"{PAGE}_moves_table", f"{PAGE}_seen"
MOST_SAID = 5  # sentences about one plan


def rows_in(text: str) -> list[Row]:
    """Rows (from, to, mass) of a plan in a link: "0>2:1 1>2:3/2". Raises ConfigError."""
    rows = []
    for word in text.split():
        begin, arrow, rest = word.partition(">")
        end, colon, mass = rest.partition(":")
        if not arrow or not colon:
            raise ConfigError("moves", "Own plan: {value} is not of the form from>to:mass.", value=word[:40])
        rows.append((begin, end, mass))
    return rows


def _read(text: str) -> str:
    rows_in(text)
    return text


KEPT = Kept("", _read)


def moves_in(rows: Sequence[Row], piles: Piles) -> list[Move]:
    """Moves between the positions that the rows name. Raises ConfigError, naming the row, for what is none."""
    cell_at = {position: cell for cell, position in enumerate(piles.positions)}
    moves = []
    for number, (begin, end, mass) in enumerate(rows, 1):
        try:
            ends = [cell_at[exact(text, "x", 0)] for text in (begin, end)]
        except (ConfigError, KeyError):
            raise ConfigError(
                "moves",
                "Own plan, row {row}: from {begin} to {end}: both must be among the positions {positions}.",
                row=number,
                begin=begin[:20] or '""',
                end=end[:20] or '""',
                positions=", ".join(map(_exact, piles.positions[:60])),
            ) from None
        try:
            moves.append(Move(ends[0], ends[1], exact(mass, "p", 0)))
        except ConfigError:
            raise ConfigError(
                "moves",
                "Own plan, row {row}: the mass must be a number from 0 to 1,000,000,000,000; {value} is not.",
                row=number,
                value=mass[:20] or '""',
            ) from None
    return moves


def own_plan(transport: Transport) -> Verdict | None:
    """The table and the verdict; None, after a sentence, while the table cannot be read."""
    seen: tuple[Piles, Plan] | None = st.session_state.get(SEEN)
    plan = seen[1] if seen and seen[0] == transport.piles else transport.plans["fifo"]
    text = _text_of(transport.piles, plan)
    st.button(t("Begin with the plan last shown"), key=f"{PAGE}_copy", on_click=_put, args=(text,))
    headings = (t("from position"), t("to position"), t("mass"))
    rows = kept_table(TABLE, st.session_state[TEXT], rows_in, headings)
    try:
        moves = moves_in(rows, transport.piles)
    except ConfigError as error:
        st.error(say(error))
        return None
    st.session_state[TEXT] = " ".join(f"{begin}>{end}:{mass}" for begin, end, mass in rows)
    agree(TABLE, st.session_state[TEXT])
    if not rows:
        st.info(t("Write the first move: from where, to where, and how much."))
        return None
    verdict = judge(transport.piles, moves)
    say_verdict(transport, verdict)
    return verdict


def remember(transport: Transport, plan: Plan) -> None:
    """What a plan of one's own can begin with."""
    st.session_state[SEEN] = (transport.piles, plan)


def _text_of(piles: Piles, plan: Plan) -> str:
    x = piles.positions
    away = (move for move in plan.moves if not move.stays)
    return " ".join(f"{_exact(x[m.origin])}>{_exact(x[m.destination])}:{_exact(m.mass)}" for m in away)


def _exact(number: Fraction) -> str:
    """Decimals where they are short, else the fraction: it has to be read again as the same number."""
    text = text_of(number)
    return str(number) if text.startswith("≈") else text


def _put(text: str) -> None:
    st.session_state[TEXT] = text


def say_verdict(transport: Transport, verdict: Verdict) -> None:
    """Possible, what it costs, and which boundary wastes how much."""
    cost, best = text_of(verdict.cost), text_of(transport.w1)
    if verdict.problems:
        sentences = [
            t("This plan does not turn P into Q:"),
            *(f"- {say(note)}" for note in verdict.problems[:MOST_SAID]),
        ]
        st.error("\n".join(sentences))
    elif verdict.is_optimal:
        st.success(t("This plan turns P into Q at cost {cost}: no plan is cheaper.").format(cost=cost))
    else:
        st.warning(t("This plan turns P into Q at cost {cost}; {best} is enough.").format(cost=cost, best=best))
    for waste in verdict.wastes[:MOST_SAID]:
        x = transport.piles.positions
        gap = x[waste.boundary + 1] - x[waste.boundary]
        note = Note.of(
            "Boundary {number}, between {left} and {right}, is crossed both ways, by {there} to the right and by "
            "{back} to the left: 2 * {gap} * {least} = {cost} is wasted.",
            number=waste.boundary + 1,
            left=text_of(x[waste.boundary]),
            right=text_of(x[waste.boundary + 1]),
            there=text_of(waste.right),
            back=text_of(waste.left),
            gap=text_of(gap),
            least=text_of(min(waste.right, waste.left)),
            cost=text_of(waste.cost),
        )
        st.markdown(f"- {say(note)}")

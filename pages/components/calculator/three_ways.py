"""Three ways to the same number: by flows, by a plan, by the dual."""

from collections.abc import Iterable
from fractions import Fraction

import streamlit as st

from gan_core.theory.transport.piles import text_of
from gan_core.theory.transport.problem import Transport, dual_value
from gan_core.theory.transport.unequal import Settlement
from pages.components.calculator.normalisations import both
from pages.components.i18n import t

LONGEST = 120  # characters of a sum that is written out


def value(settled: Settlement) -> None:
    """The distance, in all and for each unit of mass; before it, what a penalty adds to it."""
    transport = settled.transport
    if settled.cost != transport.w1:
        rest = text_of(settled.cost - transport.w1)
        sentence = t("Cost {cost}: W1 of what is moved, and {rest} for what is left over")
        st.markdown(f"#### {sentence.format(cost=text_of(settled.cost), rest=rest)}")
    total = transport.piles.totals[0]
    divided = f"{_factor(transport.w1)} / {_factor(total)} = {both(transport.per_unit_mass)}"
    normalised = f" &nbsp; · &nbsp; {t('per unit of mass')} {divided}" if total not in (0, 1) else ""
    st.markdown(f"#### W1 = {text_of(transport.w1)}{normalised}".replace("= ≈", "≈"))
    if transport.piles.p == transport.piles.q:
        st.caption(t("P and Q are equal: nothing has to move. That is a valid answer."))


def sums(transport: Transport, cost: Fraction, ledger: str) -> None:
    """Each of the three sums, written out if it is short. `cost` and `ledger` are those of the plan on screen."""
    piles, f = transport.piles, transport.potential
    excess = [p - q for p, q in zip(piles.p, piles.q, strict=True)]
    rows = [
        (t("by flows: Σ gap × |flow|"), _sum(piles.gaps, map(abs, transport.flows), transport.w1)),
        (t("by this plan: Σ mass × distance"), ledger if len(ledger) <= LONGEST else f"... = {text_of(cost)}"),
        (t("by the dual: Σ f × (P − Q)"), _sum(f, excess, dual_value(piles, f))),
    ]
    st.markdown("\n".join(f"- {title}: `{text}`" for title, text in rows).replace("= ≈", "≈"))


def _sum(left: Iterable[Fraction], right: Iterable[Fraction], value: Fraction) -> str:
    terms = [f"{_factor(a)}*{_factor(b)}" for a, b in zip(left, right, strict=True)]
    text = f"{'+'.join(terms) or '0'} = {text_of(value)}"
    return text if len(text) <= LONGEST else f"... = {text_of(value)}"


def _factor(number: Fraction) -> str:
    text = text_of(number)
    return f"({text})" if number < 0 or not text.replace(".", "").isdigit() else text

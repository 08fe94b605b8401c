"""Three ways to the same number: by flows, by a plan, by the dual."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import streamlit as st

from gan_core.theory.transport.piles import text_of
from gan_core.theory.transport.problem import Transport, dual_value
from pages.components.i18n import t

MOST_TERMS, LONGEST = 12, 120  # terms and characters of a sum that is written out


def value(transport: Transport) -> None:
    """The distance, in all and for each unit of mass."""
    w1, total, per_unit = map(text_of, (transport.w1, transport.piles.totals[0], transport.per_unit_mass))
    equal = "" if w1.startswith("≈") else "= "
    said = [f"{w1} / {total}", per_unit, *([f"{float(transport.per_unit_mass):.4f}"] if "/" in per_unit else [])]
    normalised = f" &nbsp; · &nbsp; {t('per unit of mass')} {' = '.join(said)}" if total != "1" else ""
    st.markdown(f"#### W1 {equal}{w1}{normalised}")
    if transport.w1 == 0:
        st.caption(t("P and Q are equal: nothing has to move. That is a valid answer."))


def sums(transport: Transport, drawn: dict[str, Any]) -> None:
    """Each of the three sums, written out if it is short."""
    piles, f = transport.piles, transport.potential
    flows = sum((gap * abs(flow) for gap, flow in zip(piles.gaps, transport.flows, strict=True)), Fraction(0))
    excess = [p - q for p, q in zip(piles.p, piles.q, strict=True)]
    ledger = drawn["ledger"]["text"] if "ledger" in drawn else ""
    rows = [
        (t("by flows: Σ gap × |flow|"), _sum(piles.gaps, map(abs, transport.flows), flows)),
        (
            t("by this plan: Σ mass × distance"),
            ledger if 0 < len(ledger) < LONGEST else f"... = {_cost(drawn, transport)}",
        ),
        (t("by the dual: Σ f × (P − Q)"), _sum(f, excess, dual_value(piles, f))),
    ]
    st.markdown("\n".join(f"- {title}: `{text}`" for title, text in rows))


def _cost(drawn: dict[str, Any], transport: Transport) -> str:
    return drawn["ledger"]["value_text"] if "ledger" in drawn else text_of(transport.w1)


def _sum(left: Iterable[Fraction], right: Iterable[Fraction], value: Fraction) -> str:
    terms = [f"{_factor(a)}*{_factor(b)}" for a, b in zip(left, right, strict=True)]
    return f"{'+'.join(terms)} = {text_of(value)}" if 0 < len(terms) <= MOST_TERMS else f"... = {text_of(value)}"


def _factor(number: Fraction) -> str:
    text = text_of(number)
    return f"({text})" if number < 0 or "/" in text else text

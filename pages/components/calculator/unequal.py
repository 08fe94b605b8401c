"""Piles of different mass: the three choices. Nothing is done about the difference without being said."""

from fractions import Fraction

import streamlit as st

from gan_core.theory.transport.piles import Piles, text_of
from gan_core.theory.transport.unequal import Settlement, as_it_is, is_rounding, normalise, partial, penalised
from pages.components.calculator.page import PAGE
from pages.components.i18n import say, t
from pages.components.in_url import key_of, number, one_of

CHOICES = {
    "normalise": "Normalise both",
    "partial": "Move what fits",
    "penalty": "A penalty for what is left over",
}
MEANINGS = {
    "normalise": "Both piles are divided by their totals: two probability distributions. SciPy does it without asking.",
    "partial": "The smaller mass is moved, where that is cheapest; the rest of the larger pile stays where it is.",
    "penalty": "Each unit that is left over in P, and each that is missing in Q, costs the penalty.",
}
FIELDS = {"unequal": one_of("unequal", tuple(CHOICES)), "penalty": number("penalty", 1.0, 0.0, 1e6)}


def settled(piles: Piles) -> Settlement:
    """What is to be transported. Raises ConfigError if nothing can be."""
    if is_rounding(piles):
        found = as_it_is(piles)
        for note in found.notes:
            st.info(say(note), icon=":material/info:")
        return found
    p, q = map(text_of, piles.totals)
    question = t(
        "P has mass {p} and Q has mass {q}: the one cannot become the other. What is to happen to the difference?"
    )
    st.warning(question.format(p=p, q=q), icon=":material/balance:")
    choice = st.segmented_control(
        t("Unequal masses"),
        list(CHOICES),
        format_func=lambda choice: t(CHOICES[choice]),
        key=key_of(PAGE, "unequal"),
        required=True,
        wrap=True,
        label_visibility="collapsed",
    )
    choice = choice or next(iter(CHOICES))
    st.caption(t(MEANINGS[choice]))
    if choice == "normalise":
        st.markdown(t("P is divided by **{p}**, Q by **{q}**.").format(p=p, q=q))
        return normalise(piles)
    found = partial(piles) if choice == "partial" else penalised(piles, _penalty())
    _say_rest(found)
    return found


def _penalty() -> Fraction:
    label = t("Penalty for each unit")
    return Fraction(
        repr(st.number_input(label, 0.0, 1e6, step=0.5, format="%g", key=key_of(PAGE, "penalty"), width=220))
    )


def _say_rest(found: Settlement) -> None:
    left, missing = sum(found.left, Fraction(0)), sum(found.missing, Fraction(0))
    if left or missing:
        sentence = t(
            "Moved: **{moved}**, left over in P: **{left}**, missing in Q: **{missing}**. In all this costs **{cost}**."
        )
        amounts = {"left": left, "missing": missing, "moved": found.transport.piles.totals[0], "cost": found.cost}
        st.markdown(sentence.format_map({name: text_of(amount) for name, amount in amounts.items()}))

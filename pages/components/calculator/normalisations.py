"""W1 divided by what, and why: the three normalisations by name."""

from fractions import Fraction

import streamlit as st

from gan_core.theory.transport.piles import text_of
from gan_core.theory.transport.plans import Plan
from gan_core.theory.transport.problem import Transport
from pages.components.calculator.plan_chooser import NAMED
from pages.components.i18n import t


def normalisations(transport: Transport, plan: Plan) -> None:
    """A table: name, computation, value, reason. Below it, why the last one is no distance."""
    w1, total = text_of(transport.w1), text_of(transport.piles.totals[0])
    span = text_of(transport.piles.positions[-1] - transport.piles.positions[0])
    rows = [
        (t("total work W1"), w1, transport.w1, t("Grows with the mass and with the distances.")),
        (
            t("per unit of mass"),
            f"{w1} / {total}",
            transport.per_unit_mass,
            t(
                "The mean distance of a unit: P and Q as probability distributions. What SciPy computes, and what W1 "
                "means for a GAN."
            ),
        ),
        (
            t("per unit of mass and largest distance"),
            f"{w1} / ({total} * {span})",
            transport.per_unit_mass_and_distance,
            t("From 0 to 1, whatever the unit: 0.2 on a scale to 1 is as far as 200 on a scale to 1000."),
        ),
        (
            t("mean distance of the moved mass ⚠"),
            f"{text_of(transport.cost(plan))} / {text_of(plan.moved)}",
            transport.per_moved_mass(plan),
            t("How far a unit goes that moves at all. It depends on the plan: no distance between P and Q."),
        ),
    ]
    head = f"| {t('name')} | {t('computation')} | {t('value')} | {t('what for')} |\n|---|---|---|---|\n"
    st.markdown(head + "".join(f"| {name} | {how} | **{both(value)}** | {why} |\n" for name, how, value, why in rows))
    values = {name: text_of(transport.per_moved_mass(transport.plans[name])) for name in NAMED}
    if len(set(values.values())) > 1:
        said = ", ".join(f"{t(label)}: {values[name]}" for name, label in NAMED.items())
        st.caption(t("The mean distance of the moved mass in optimal plans of the same cost") + f" · {said}")


def both(value: Fraction) -> str:
    """Exact, and in decimals where the exact form is a fraction."""
    text = text_of(value)
    return f"{text} = {float(value):.4f}" if "/" in text else text

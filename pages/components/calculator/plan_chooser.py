"""Which plan is on screen: one of three with a name and a rule, the relay, any of all, or the student's own."""

from dataclasses import dataclass

import streamlit as st

from gan_core.figures.transport_scene import MOST_MOVED
from gan_core.theory.transport.plans import Move, Plan, all_plans
from gan_core.theory.transport.problem import Transport
from pages.components.calculator import own_plan
from pages.components.calculator.page import PAGE
from pages.components.i18n import t
from pages.components.in_url import Kept, key_of, number, one_of

NAMES = {
    "fifo": "First in, first out",
    "stay_lifo": "Common mass stays, the rest last in, first out",
    "stay_fifo": "Common mass stays, the rest first in, first out",
    "relay": "Relay: from neighbour to neighbour",
    "all": "One of all optimal plans",
    "own": "Your own plan",
}
RULES = {
    "fifo": "The leftmost earth goes to the leftmost place; nothing overtakes.",
    "stay_lifo": "What P and Q both have stays. The rest: the nearest earth first, so that ways lie within each other.",
    "stay_fifo": "What P and Q both have stays. The rest: nothing overtakes.",
    "relay": "Every pile hands earth to its neighbour only: what crosses each boundary is the flow there.",
    "all": "In whole units of mass. None of them crosses a boundary both ways; that is what makes them optimal.",
    "own": "Write down who moves where: you are told what it costs, whether it is possible, and where it wastes.",
}
NAMED = {name: NAMES[name] for name in ("fifo", "stay_lifo", "stay_fifo")}
FIELDS: dict[str, Kept] = {"plan": one_of("plan", tuple(NAMES)), "number": number("number", 1, 1, 10_000)}


@dataclass(frozen=True)
class Chosen:
    """The `plan` on screen, and the `moves` in which it is carried out: its own, or those of the relay."""

    plan: Plan
    moves: tuple[Move, ...]
    is_relay: bool = False


def choose_plan(transport: Transport) -> Chosen:
    """The chooser, and below it what belongs to the choice."""
    name = st.selectbox(
        t("Plan"), list(NAMES), format_func=lambda name: t(NAMES[name]), key=key_of(PAGE, "plan"), width=460
    )
    st.caption(t(RULES[name]))
    if name == "relay":
        return Chosen(transport.plans["fifo"], transport.relay, is_relay=True)
    if name == "own":
        plan = _own(transport)
    else:
        plan = _one_of_all(transport) if name == "all" else transport.plans[name]
        own_plan.remember(transport, plan)
    return Chosen(plan, plan.moves)


def _one_of_all(transport: Transport) -> Plan:
    found = all_plans(transport.piles)
    count = len(found.plans)
    if not count:
        st.caption(t("There are too many cells to list the plans."))
        return transport.plans["fifo"]
    key = key_of(PAGE, "number")
    st.session_state[key] = int(min(max(st.session_state[key], 1), count))
    many = t("Optimal plans: {count}") if found.complete else t("Optimal plans: more than {count}")
    at = st.number_input(many.format(count=count), 1, count, key=key, width=220)
    return found.plans[at - 1]


def _own(transport: Transport) -> Plan:
    """The student's plan if it is possible; until then, the picture shows the first of the named ones."""
    if len(transport.piles.positions) > MOST_MOVED:
        st.caption(t("There are too many cells for a plan by hand."))
        return transport.plans["fifo"]
    verdict = own_plan.own_plan(transport)
    if verdict and verdict.is_feasible:
        return verdict.plan
    st.caption(t("Until your plan is possible, the pictures show the plan “first in, first out”."))
    return transport.plans["fifo"]

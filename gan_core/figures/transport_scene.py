"""What the stage of the Wasserstein calculator draws: a transport problem and one plan, as numbers and texts.

The browser draws floats; every number that a student reads comes as the exact text of its fraction as well. Cells,
moves and boundaries are numbered from 0.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from gan_core.figures.transport_replay import Replay, direct_replay, relay_replay
from gan_core.theory.transport.piles import Numbers, Piles, text_of
from gan_core.theory.transport.plans import Move, Plan, unit_of
from gan_core.theory.transport.problem import Transport

MOST_MOVED = 50  # above that, cells are too narrow for blocks: only curves are drawn
MOST_UNITS = 60  # above that, a block is all the mass of a move
FINEST = 10**6  # steps of a student's f
MOST_DRAWN = 2000  # cells of the curves: more than a screen has points across


def scene(transport: Transport, plan: Plan) -> dict[str, Any]:
    """A plan in which each move goes straight to its destination, for the levels "full" and "pieces"."""
    moves = [move for move in plan.moves if not move.stays]
    replay = direct_replay(plan, _unit(transport.piles))
    by_origin: dict[int, list[int]] = {}
    for index, move in enumerate(moves):
        by_origin.setdefault(move.origin, []).append(index)
    stays = [{"cell": move.origin, **_number("mass", move.mass)} for move in plan.moves if move.stays]
    return {
        **_common(transport),
        **_moving(transport, moves, replay, list(by_origin.values())),
        "relay": False,
        "stays": stays,
    }


def relay_scene(transport: Transport) -> dict[str, Any]:
    """The relay: mass is handed from cell to neighbouring cell, what came first goes first."""
    replay = relay_replay(transport.piles.p, transport.relay, _unit(transport.piles))
    terms = [[index] for index in range(len(transport.relay))]
    return {
        **_common(transport),
        **_moving(transport, transport.relay, replay, terms),
        "relay": True,
        "stays": [],
    }


def curves_scene(transport: Transport) -> dict[str, Any]:
    """Distribution functions and potential alone, of so many cells as a screen can show: for the level "curves"."""
    piles = transport.piles
    cells = len(piles.positions)
    kept = (
        [cell * (cells - 1) // (MOST_DRAWN - 1) for cell in range(MOST_DRAWN)] if cells > MOST_DRAWN else range(cells)
    )
    cdf_p, cdf_q = piles.cumulative
    columns = {"positions": piles.positions, "cdf_p": cdf_p, "cdf_q": cdf_q, "f": transport.potential}
    return {
        "level": "curves",
        "relay": False,
        **{name: [float(values[cell]) for cell in kept] for name, values in columns.items()},
        **_number("w1", transport.w1),
    }


def level_of(piles: Piles) -> str:
    """How much can be shown: "full" with blocks of one unit of mass, "pieces" with one block for each move, "curves"
    without blocks and moves."""
    if len(piles.positions) > MOST_MOVED:
        return "curves"
    return "full" if piles.totals[0] <= MOST_UNITS * unit_of(piles) else "pieces"


def snap_of(piles: Piles) -> Fraction:
    """Half the largest step of which every gap is a whole multiple: a grid that holds the exact potential.

    1/2 if there is only one cell; a thousandth of the whole way if the exact grid would be finer than a millionth.
    """
    if not piles.gaps:
        return Fraction(1, 2)
    common = math.lcm(*(gap.denominator for gap in piles.gaps))
    exact = Fraction(math.gcd(*(int(gap * common) for gap in piles.gaps)), 2 * common)
    way = piles.positions[-1] - piles.positions[0]
    return exact if exact * FINEST > way else way / 1000


def _unit(piles: Piles) -> Fraction:
    """The mass of a block; 0 if blocks are as large as their move."""
    return unit_of(piles) if level_of(piles) == "full" else Fraction(0)


def _common(transport: Transport) -> dict[str, Any]:
    piles, f = transport.piles, transport.potential
    cdf_p, cdf_q = piles.cumulative
    snap = snap_of(piles)
    return {
        "level": level_of(piles),
        **_numbers("position", piles.positions, "positions"),
        **_numbers("p", piles.p),
        **_numbers("q", piles.q),
        **_numbers("flow", transport.flows, "flows"),
        "cdf_p": _floats(cdf_p),
        "cdf_q": _floats(cdf_q),
        **_numbers("f", f),
        **_number("w1", transport.w1),
        "snap": float(snap),
        "reach": _reach(f, piles.gaps, snap),
    }


def _reach(f: Numbers, gaps: Numbers, snap: Fraction) -> int:
    """How far a student's f can go, up and down, in steps of `snap`: a little further than the best f."""
    return int((max(map(abs, f)) + max(gaps, default=Fraction(1))) / snap)


def _moving(transport: Transport, moves: Sequence[Move], replay: Replay, terms: list[list[int]]) -> dict[str, Any]:
    cost = sum((move.mass * transport.distance(move) for move in moves), Fraction(0))
    said = [_move(transport, move) for move in moves]
    texts = ["+".join(said[index]["text"] for index in term) for term in terms]
    shown = [f"({text})" if len(term) > 1 else text for text, term in zip(texts, terms, strict=True)]
    return {
        "unit": float(_unit(transport.piles)),
        "moves": said,
        "ledger": {
            "terms": [{"text": text, "moves": term} for text, term in zip(shown, terms, strict=True)],
            **_number("value", cost),
            "text": f"{'+'.join(shown) or '0'} = {text_of(cost)}",
        },
        "blocks": [{"origin": block.origin, **_number("mass", block.mass)} for block in replay.blocks],
        "steps": [
            {"move": step.move, "from": moves[step.move].origin, "to": moves[step.move].destination,
             "blocks": list(step.blocks)}
            for step in replay.steps
        ],
    }  # fmt: skip


def _move(transport: Transport, move: Move) -> dict[str, Any]:
    distance = transport.distance(move)
    return {
        "from": move.origin,
        "to": move.destination,
        **_number("mass", move.mass),
        **_number("distance", distance),
        "cost_text": text_of(move.mass * distance),
        "text": f"{text_of(move.mass)}*{text_of(distance)}",
        "crosses": list(range(*sorted((move.origin, move.destination)))),
    }


def _number(name: str, value: Fraction) -> dict[str, Any]:
    return {name: float(value), f"{name}_text": text_of(value)}


def _numbers(name: str, values: Numbers, plural: str = "") -> dict[str, Any]:
    return {plural or name: _floats(values), f"{name}_text": [text_of(value) for value in values]}


def _floats(values: Numbers) -> list[float]:
    return [float(value) for value in values]

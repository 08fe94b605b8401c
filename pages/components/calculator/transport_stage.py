"""The stage of the Wasserstein calculator as a Streamlit element: five views of one plan, linked in the browser."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from gan_core.figures.palette import DISCRIMINATOR, GENERATOR, OPTIMAL, ORIGINS, REAL
from pages.components.browser import asset, browser_component
from pages.components.i18n import language, t

_component = browser_component(
    "transport_stage",
    "transport/stage.js",
    asset("transport/stage.html"),
    asset("transport/stage.css"),
    own_styles=True,
)

WORDS = {
    "position": "position",
    "mass": "mass",
    "not_to_scale": "The axis is not to scale: the gaps are too different for that.",
    "board": "Piles of earth",
    "block": "P, in the colour and with the number of the position where it began",
    "outline": "Q, the goal",
    "now": "mass now",
    "play": "Play",
    "pause": "Pause",
    "back": "One step back",
    "forward": "One step forward",
    "reset": "Back to P",
    "slider": "Step of the replay",
    "step": "step {step} of {last}",
    "finished": "step {step} of {last}: P has become Q",
    "nothing": "Nothing has to move.",
    "ledger": "Sum of mass * distance",
    "strip": "Flows and distribution functions",
    "boundary": "boundary",
    "flow": "flow",
    "area": "F is the mass at a position or to the left of it. The area between F_P and F_Q is W = {w}.",
    "area_not_to_scale": "F is the mass at a position or to the left of it. On an axis to scale, "
    "the area between F_P and F_Q would be W = {w}.",
    "plan": "The plan as a table",
    "plan_caption": "Rows: from where. Columns: to where. The rows add up to P, the columns to Q.",
    "plan_relay": "Rows: from where. Columns: to where. What is handed on several times counts several times: "
    "the sums are not P and Q.",
    "from": "from",
    "to": "to",
    "stays": "on the diagonal: mass that stays",
    "gives": "gives",
    "gets": "gets",
    "arcs": "The moves as arcs",
    "arcs_caption": "Above: moves to the right. Below: moves to the left. The thicker, the more mass.",
    "dual": "The dual: a function f with slopes from -1 to 1",
    "best": "best f, with its slopes",
    "own": "your f",
    "worth": "E_P f - E_Q f, times the total mass: {value} of at most W = {w}",
    "does_not_count": "(does not count)",
    "too_steep": "Between {left} and {right} the slope is {slope}: at most 1 is allowed.",
    "too_steep_down": "Between {left} and {right} the slope is {slope}: less than -1 is not allowed.",
    "reached": "You have reached W: f is optimal.",
    "zeros": "all 0",
    "show_best": "show the best f",
    "drag": "Drag the points up and down, or use the arrow keys.",
    "point": "f at position {position}",
    "choose": "Point at a move, or click it, to see it in all pictures. Escape lets go of it.",
    "move": "Move {number}: mass {mass} from position {from} to position {to}: "
    "distance {distance}, cost {mass}*{distance} = {cost}.",
    "crosses_one": "It crosses boundary {first}.",
    "crosses_two": "It crosses boundaries {first} and {last}.",
    "crosses_many": "It crosses the boundaries from {first} to {last}.",
}


def transport_stage(scene: Mapping[str, Any], own_f: Sequence[float], key: str) -> list[float]:
    """Show a scene of `gan_core.figures.transport_scene`; give back the student's f after their last change.

    Parameters
    ----------
    scene : what to draw.
    own_f : heights of the student's f [cells], in the unit of the positions; missing ones are 0. The page keeps them:
        this run may give back others than it was given, and the page gives those to the next run. There are none
        where only curves are drawn.
    """
    cells = 0 if scene["level"] == "curves" else len(scene["positions"])
    heights = [*own_f, *[0.0] * cells][:cells]
    result = _component(
        key=key,
        data={"scene": dict(scene), "own_f": heights, "words": _words(language()), "colours": COLOURS},
        on_f_change=lambda: None,  # only to be run again
    )
    return _heights(result.f, heights)


COLOURS = {
    "real": REAL.colour,
    "generator": GENERATOR.colour,
    "own": DISCRIMINATOR.colour,
    "optimal": OPTIMAL.colour,
    "origins": list(ORIGINS),
}


def _heights(found: Any, otherwise: list[float]) -> list[float]:
    """What the browser says, if it is as many finite numbers as there are cells."""
    if not isinstance(found, list) or len(found) != len(otherwise):
        return otherwise
    if not all(isinstance(height, int | float) and math.isfinite(height) for height in found):
        return otherwise
    return [float(height) for height in found]


@cache
def _words(language: str) -> dict[str, str]:
    return {name: t(word) for name, word in WORDS.items()}

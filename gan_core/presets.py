"""Named settings: rows of differences from `ToyConfig()`, each with its reason.

How often a row does what it promises, and how well, is measured by `benchmarks/quality.py` over ten seeds and kept in
`assets/quality.json`, with a fingerprint of the row that was measured.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from gan_core.config import ToyConfig

QUALITY = Path(__file__).parents[1] / "assets" / "quality.json"


@dataclass(frozen=True)
class Preset:
    """One row.

    `promise` names what a run of it shows: "converges", with `within` the W1 / sd that its end stays below, or one of
    the failures that `gan_core.theory.diagnosis` recognises.
    """

    name: str
    title: str
    reason: str  # why these differences, in one sentence
    look: str  # what to watch on the screen
    attempt: str  # what to change next
    changes: Mapping[str, Any] = field(default_factory=dict)
    promise: str = "converges"
    within: float = 0.02
    task: str = "toy"

    @property
    def config(self) -> ToyConfig:
        return ToyConfig.make(self.changes)


_SETTLE = {"lr_half_life": 1000}
_CENTRED = {"start": 0.0, **_SETTLE}
_CLIPPED = {
    "loss": "wasserstein",
    "smoothness": "weight_clipping",
    "g_optimiser": "rmsprop",
    "d_optimiser": "rmsprop",
    "n_critic": 5,
}

_LEARNING = [
    Preset(
        "gaussian",
        "Gaussian",
        "Well-scaled networks find it easily; the learning rates halve every 1,000 steps, so that p_g comes to rest.",
        "p_g flows to the right until it covers p_data; D(x) flattens to one half.",
        "Set Start of p_g to 20 and begin again: it comes back from the other side, too.",
        _SETTLE,
    ),
    Preset(
        "jang",
        "Jang's Gaussian",
        "The target N(-1, 1) of an early, much-read 1-D demonstration; in standard units it is the default.",
        "D(x) slopes down towards p_g, and loses its slope as p_g arrives.",
        "Put the initial weights on standard_normal, as early listings did, and start again.",
        {"target": "jang", **_SETTLE},
    ),
    Preset(
        "two_modes",
        "Two modes",
        "p_g starts on the middle, so that neither mode is nearer; D sees the line less enlarged, which calms it.",
        "The curve from z to x becomes a step: it is steep where G crosses the gap, but never upright.",
        "Set Start of p_g to -6: both halves then have to pass the first mode to find the second.",
        {"target": "two_modes", "d_input_scale": 2.0, "batch": 512, **_CENTRED},
        within=0.1,
    ),
    Preset(
        "unequal_modes",
        "Unequal modes",
        "One mode has three times the mass of the other: G has to move its step to the side, which takes it longest.",
        "First both modes are there, then the heights are put right.",
        "Compare with Two modes: which of the two needs more steps?",
        {"target": "unequal_modes", "d_input_scale": 2.0, **_CENTRED},
        within=0.15,
    ),
    Preset(
        "three_modes",
        "Three modes",
        "p_g starts on the middle mode and has to let go of two thirds of its mass.",
        "Two shoulders grow out of p_g and wander to the outer modes.",
        "Lower the width of G to 4: what becomes of the gaps?",
        {"target": "three_modes", **_CENTRED},
        within=0.08,
    ),
    Preset(
        "five_modes",
        "Five modes",
        "Narrow modes ask for four steps in one curve: both networks are twice as wide, and take their time.",
        "The outer modes are found last, and thin bridges of mass stay between all of them.",
        "Put both widths back to 32: is the smaller pair any worse?",
        {
            "target": "five_modes",
            "g_width": 64,
            "d_width": 64,
            "d_input_scale": 2.0,
            "start": 0.0,
            "lr_half_life": 1500,
            "steps": 4000,
        },
        within=0.06,
    ),
    Preset(
        "uniform",
        "Uniform",
        "A uniform z makes it a fair task: sharp edges are then a straight line from z to x.",
        "The edges of p_g become upright, and the curve from z to x becomes a straight line.",
        "Take a normal z: G must now bend both tails inwards, and the corners stay round.",
        {"target": "uniform", "latent": "uniform", **_SETTLE},
        within=0.03,
    ),
    Preset(
        "exponential",
        "Exponential",
        "One upright edge and one long tail; large batches hold enough points of the tail.",
        "p_g presses itself against 0 from the right, with a little mass spilt to the left.",
        "Lower the batch to 64 while it runs, and watch the tail.",
        {"target": "exponential", "batch": 512, **_CENTRED},
        within=0.06,
    ),
    Preset(
        "student_t",
        "Student's t",
        "Heavy tails: single points lie so far out that D has hardly seen them, and G misses the last bit.",
        "The middle fits early; what is left of the distance lies in the tails.",
        "Compare JS, which sees the middle, with W1, which sees the tails.",
        {"target": "student_t", **_CENTRED},
        within=0.07,
    ),
    Preset(
        "two_spikes",
        "Two spikes",
        "Almost two points, from a generator that can only draw one unbroken curve.",
        "W1 becomes tiny while JS stays near 0.1: the bridge between the spikes never quite empties.",
        "Look at the curve from z to x: all of the bridge comes from a narrow band of z.",
        {"target": "two_spikes", **_CENTRED},
        within=0.06,
    ),
    Preset(
        "far_away",
        "Far away",
        "p_g begins 20 standard deviations away; the non-saturating loss pulls all the same.",
        "D is certain from the first steps on, and still the arrows are long.",
        "Now take the preset Vanishing gradient, where they are not.",
        {"target": "far_away", "start": -20.0, **_SETTLE},
    ),
    Preset(
        "minimax",
        "Minimax",
        "The loss as it stands in the first formula; Adam enlarges its small gradients, so it works.",
        "It arrives as fast as the default, although the arrows are much shorter at first.",
        "Give G the optimiser SGD and a start of -20, and begin again.",
        {"loss": "minimax", "lr_half_life": 600},
    ),
    Preset(
        "least_squares",
        "Least squares",
        "D learns the numbers 1 and 0 by regression, so its answer needs no sigmoid and cannot saturate.",
        "D(x) leaves the range from 0 to 1 at first, and comes back to one half.",
        "Compare the length of the arrows with those of Minimax.",
        {"loss": "least_squares", "lr_half_life": 600},
    ),
    Preset(
        "hinge",
        "Hinge",
        "Points that D already has on the right side with a margin teach it nothing; faster cooling stops the jitter.",
        "D(x) has no settled height at the end: any flat curve is as good as any other.",
        "Set the half-life of the learning rates to 0: p_g keeps trembling.",
        {"loss": "hinge", "lr_half_life": 500},
        within=0.04,
    ),
    Preset(
        "wgan",
        "WGAN",
        "Clipped weights keep the critic from growing; RMSprop and five critic updates are what the paper takes.",
        "The critic is a ramp over the gap, not a cliff: its slope hardly changes while p_g travels.",
        "Lower the clip value to 0.01 and start again: p_g still arrives, but the ramp is almost level.",
        {**_CLIPPED, "lr_half_life": 500, "steps": 2000},
        within=0.06,
    ),
    Preset(
        "wgan_gp",
        "WGAN-GP",
        "A penalty on slopes above 1 replaces clipping; three critic updates are enough here.",
        "The slope of the critic stays near 1 wherever p_g and p_data differ.",
        "Make the penalty two-sided: now slopes below 1 are punished, too, even where there is nothing left to do.",
        {
            "loss": "wasserstein",
            "smoothness": "gradient_penalty",
            "smoothness_weight": 1.0,
            "n_critic": 3,
            "lr_half_life": 500,
            "steps": 2000,
        },
        within=0.04,
    ),
    Preset(
        "r1",
        "R1 penalty",
        "A small price on the slope of D at real points acts like friction: the end is calmer.",
        "D(x) stays smooth, and flattens without wobbling.",
        "Raise the weight of the penalty to 10: so much friction that p_g is late.",
        {"smoothness": "r1", **_SETTLE},
        within=0.03,
    ),
]

_FAILING = [
    Preset(
        "mode_collapse",
        "Mode collapse",
        "G has two hidden units and starts narrow, on the left: it has no means to reach the other mode.",
        "p_g slides onto one mode and stays; D is sure about the other one, and G cannot hear it.",
        "Set Skip connection of G to 1, Hidden layers of G to 2 and Width of G to 32, and start again.",
        {
            "target": "own_mixture",
            "mixture": ((1.0, -4.0, 0.5), (1.0, 4.0, 0.5)),
            "start": -1.0,
            "g_layers": 1,
            "g_width": 2,
            "g_activation": "leaky_relu",
            "g_skip": 0.1,
            "steps": 2000,
        },
        "collapsed",
    ),
    Preset(
        "mode_hopping",
        "Mode hopping",
        "G learns ten times as fast as D and with momentum: it is gone before D has learnt where it was.",
        "p_g is a narrow bump that jumps from mode to mode; D always comes too late.",
        "Swap the two learning rates while it runs, and set both momenta to 0.",
        {
            "target": "own_mixture",
            "mixture": tuple((1.0, mean, 0.25) for mean in (-8.0, -4.0, 0.0, 4.0, 8.0)),
            "start": 0.0,
            "g_skip": 0.05,
            "g_lr": 5e-3,
            "d_lr": 5e-4,
            "g_momentum": 0.9,
            "d_momentum": 0.9,
            "d_input_scale": 1.0,
            "steps": 2000,
        },
        "hopping",
    ),
    Preset(
        "vanishing_gradient",
        "Vanishing gradient",
        "The minimax loss is flat where D is sure; a head start makes D sure, and SGD does not enlarge tiny steps.",
        "The arrows have no length, and p_g does not move at all.",
        "While it runs, give G Adam with a learning rate of 0.001: it enlarges even the smallest gradient.",
        {
            "loss": "minimax",
            "start": -14.0,
            "g_optimiser": "sgd",
            "g_lr": 0.05,
            "d_head_start": 300,
            "steps": 2000,
        },
        "vanishing_gradient",
    ),
    Preset(
        "oscillation",
        "Oscillation",
        "Momentum carries both players past the balance, and a slowly bending D pushes the whole of p_g at once.",
        "p_g swings to and fro across the target, and D(x) tilts after it, always too late.",
        "Set both momenta to 0 while it runs.",
        {
            "g_momentum": 0.9,
            "d_momentum": 0.9,
            "g_lr": 2e-3,
            "initialisation": "pytorch",
            "d_input_scale": 0.5,
            "steps": 2000,
        },
        "oscillating",
    ),
    Preset(
        "unbounded_critic",
        "Unbounded critic",
        "A Wasserstein loss without clipping or penalty: nothing keeps the critic from growing ever steeper.",
        "The arrows grow longer and longer, and p_g is thrown from one side of the target to the other.",
        "Set Smoothness of D to gradient_penalty and start again.",
        {"loss": "wasserstein", "g_momentum": 0.5, "d_momentum": 0.5, "steps": 2000},
        "oscillating",
    ),
    Preset(
        "clipping_too_tight",
        "Clipping too tight",
        "With all weights within 0.01 three layers can only make a critic that is almost flat.",
        "p_g stays one broad bump over all three modes; the slope of the critic is a thousandth or less.",
        "Raise the clip value to 0.3 while it runs.",
        {"target": "three_modes", "start": 0.0, **_CLIPPED, "clip_value": 0.01, "steps": 1500},
        "clipped_tight",
    ),
    Preset(
        "lr_too_high",
        "Learning rate too high",
        "SGD takes a step in proportion to the gradient: with 0.2 each step overshoots by more than the one before.",
        "Within ten steps the numbers are no numbers any more.",
        "Take Adam for both, with a learning rate of 0.001: the length of its steps is bounded.",
        {"g_optimiser": "sgd", "d_optimiser": "sgd", "g_lr": 0.2, "d_lr": 0.2, "steps": 500},
        "diverged",
    ),
    Preset(
        "log_of_probabilities",
        "Log of probabilities",
        "Early listings took the logarithm of the probability itself; a sure D gives one that is rounded to 0.",
        "With rough initial weights D is very sure at once, and then nothing is a number any more.",
        "Switch Log of probabilities off and start again: from the scores themselves, the same run learns.",
        {"naive_log": True, "initialisation": "standard_normal", "steps": 1000},
        "diverged",
    ),
    Preset(
        "shared_optimiser",
        "One optimiser for both",
        "The step of G also moves D, which so learns to call fakes real: the mistake of many first programs.",
        "D answers real to everything; p_g wanders, for nobody judges it.",
        "Switch One optimiser for both off, and start again.",
        {"shared_optimiser": True, "loss": "minimax", "steps": 2000},
        "flattered",
    ),
]

PRESETS = {row.name: row for row in _LEARNING + _FAILING}


def fingerprint(config: ToyConfig) -> str:
    """SHA-256 of all settings: a measurement belongs to these, and to no others."""
    return hashlib.sha256(config.model_dump_json().encode()).hexdigest()


@cache
def _measurements() -> dict[str, dict[str, Any]]:
    return json.loads(QUALITY.read_text()) if QUALITY.exists() else {}


def measured(name: str) -> dict[str, Any]:
    """What `benchmarks/quality.py` found out about a preset: hits of seeds, w1_over_sd, js, steps_to, cpu_seconds_to.

    Empty for a preset that has not been measured.
    """
    return _measurements().get(name, {})

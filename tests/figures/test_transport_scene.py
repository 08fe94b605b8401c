import json
from fractions import Fraction

import pytest
from problems import DEFAULT, LIL_LOG, problem, random_problem

from gan_core.figures.palette import ORIGINS
from gan_core.figures.transport_replay import MOST_STEPS, direct_replay, relay_replay
from gan_core.figures.transport_scene import MOST_DRAWN, curves_scene, level_of, relay_scene, scene, snap_of
from gan_core.theory.transport.plans import Plan

RULES = ("fifo", "stay_fifo", "stay_lifo")
LEDGERS = {  # the three lines of the article
    "fifo": "1*1+3*1+1*1+3*1 = 8",
    "stay_lifo": "1*3+2*1+3*1 = 8",
    "stay_fifo": "1*2+(1*1+1*2)+3*1 = 8",
}


def replayed(shown, piles):
    """The final masses when the steps are played; each step's blocks must be where the step takes them from."""
    at = {number: block["origin"] for number, block in enumerate(shown["blocks"])}
    masses = [block["mass"] for block in shown["blocks"]]
    start = [sum(mass for number, mass in enumerate(masses) if at[number] == cell) for cell in range(len(piles.p))]
    assert start == pytest.approx([float(mass) for mass in piles.p])
    for step in shown["steps"]:
        assert step["blocks"] and {at[number] for number in step["blocks"]} == {step["from"]}
        at |= dict.fromkeys(step["blocks"], step["to"])
    return [sum(mass for number, mass in enumerate(masses) if at[number] == cell) for cell in range(len(piles.q))]


@pytest.mark.parametrize(("rule", "ledger"), LEDGERS.items())
def test_the_ledgers_of_the_article(rule, ledger):
    transport = problem(*DEFAULT)
    shown = scene(transport, transport.plans[rule])["ledger"]
    assert shown["text"] == ledger
    assert ledger == "+".join(term["text"] for term in shown["terms"]) + " = " + shown["value_text"]


def test_the_relay_has_a_term_for_each_boundary():
    assert relay_scene(problem(*DEFAULT))["ledger"]["text"] == "1*1+3*1+1*1+3*1 = 8"
    assert relay_scene(problem((2, 0, 0), (0, 0, 2)))["ledger"]["text"] == "2*1+2*1 = 4"


def test_the_ledger_shows_the_cost_of_the_plan_that_is_shown():
    transport = problem((1, 1), (1, 1), [0, 3])
    swap = Plan.of([(0, 1, Fraction(1)), (1, 0, Fraction(1))])
    assert scene(transport, swap)["ledger"]["text"] == "1*3+1*3 = 6"
    assert scene(transport, transport.plans["fifo"])["ledger"]["text"] == "0 = 0"


def test_the_numbers_of_the_default():
    """The worked example: W = 8, flows (1, 3, 1, -3), f = (0, -1, -2, -3, -2)."""
    transport = problem(*DEFAULT)
    shown = scene(transport, transport.plans["stay_lifo"])
    assert (shown["level"], shown["w1"], shown["w1_text"], shown["unit"]) == ("full", 8, "8", 1)
    assert shown["flow_text"] == ["1", "3", "1", "-3"]
    assert shown["f"] == [0, -1, -2, -3, -2]
    assert (shown["cdf_p"], shown["cdf_q"]) == ([3, 7, 8, 9, 14], [2, 4, 7, 12, 14])
    assert (shown["snap"], shown["reach"]) == (0.5, 8)  # up to 4: a step further than the best f
    expected = {"from": 0, "to": 3, "mass_text": "1", "distance_text": "3", "cost_text": "3", "crosses": [0, 1, 2]}
    assert shown["moves"][0].items() >= expected.items()
    assert shown["moves"][2]["crosses"] == [3]
    assert [(stay["cell"], stay["mass"]) for stay in shown["stays"]] == [(0, 2), (1, 2), (2, 1), (3, 1), (4, 2)]


def test_every_block_is_a_unit_and_what_moves_first_lies_on_top():
    transport = problem(*DEFAULT)
    shown = scene(transport, transport.plans["stay_lifo"])
    assert [block["origin"] for block in shown["blocks"]] == [0] * 3 + [1] * 4 + [2] + [3] + [4] * 5
    assert {block["mass"] for block in shown["blocks"]} == {1}
    assert [step["blocks"] for step in shown["steps"]] == [[2], [6], [5], [13], [12], [11]]


@pytest.mark.parametrize(("factor", "level"), [(1, "full"), (4, "full"), (5, "pieces"), (Fraction(1, 7), "full")])
def test_levels_by_units_of_mass(factor, level):
    """14 units; 4 times as many are 56, 5 times 70."""
    p, q = ([factor * mass for mass in masses] for masses in DEFAULT)
    transport = problem(p, q)
    assert level_of(transport.piles) == level
    shown = scene(transport, transport.plans["fifo"])
    assert shown["level"] == level
    if level == "pieces":
        assert len(shown["steps"]) == len(shown["moves"]) == 4


@pytest.mark.parametrize(("cells", "level"), [(50, "full"), (51, "curves"), (3 * MOST_DRAWN, "curves")])
def test_many_cells_are_curves_without_moves(cells, level):
    transport = problem([1] + [0] * (cells - 1), [0] * (cells - 1) + [1])
    assert level_of(transport.piles) == level
    shown = curves_scene(transport)
    assert "moves" not in shown
    assert len(shown["positions"]) == min(cells, MOST_DRAWN)
    assert (shown["positions"][0], shown["positions"][-1]) == (0, cells - 1)
    assert shown["w1_text"] == str(cells - 1)


@pytest.mark.parametrize("x", [["0", "1e-12", "1"], ["0", "1e-6", "1000000"], ["0", "1/997", "1/991"]])
def test_a_grid_too_fine_to_play_on_is_coarser(x):
    transport = problem((0, 1, 1), (2, 0, 0), x)
    shown = scene(transport, transport.plans["fifo"])
    assert 0 < shown["snap"] * 100 <= shown["positions"][-1]
    assert shown["reach"] < 3e6


@pytest.mark.parametrize("factor", [1, 50])
@pytest.mark.parametrize("seed", range(40))
def test_the_replay_ends_with_q_and_never_takes_what_is_not_there(seed, factor):
    transport = random_problem(seed)
    transport = problem(
        [factor * mass for mass in transport.piles.p],
        [factor * mass for mass in transport.piles.q],
        transport.piles.positions,
    )
    goal = [float(mass) for mass in transport.piles.q]
    for rule in RULES:
        assert replayed(scene(transport, transport.plans[rule]), transport.piles) == pytest.approx(goal)
    assert replayed(relay_scene(transport), transport.piles) == pytest.approx(goal)


@pytest.mark.parametrize("unit", [1, 0])
def test_what_came_first_is_handed_on_first(unit):
    """With piles deep enough, nobody is handed on twice: the relay ends as first-in-first-out does."""
    transport = problem(*DEFAULT)
    replay = relay_replay(transport.piles.p, transport.relay, Fraction(unit))
    carried = [
        (step.move, replay.blocks[n].origin, replay.blocks[n].mass) for step in replay.steps for n in step.blocks
    ]
    expected = [(0, 0, 1), (1, 1, 3), (2, 2, 1), (3, 4, 3)]
    if unit:
        expected = [(move, origin, 1) for move, origin, mass in expected for _ in range(mass)]
    assert carried == expected


def test_a_block_is_cut_when_only_a_part_of_it_is_handed_on():
    transport = problem((5, 0, 0), (0, 2, 3))
    replay = relay_replay(transport.piles.p, transport.relay, Fraction(0))
    assert sorted(block.mass for block in replay.blocks) == [2, 3]
    assert [sorted(replay.blocks[n].mass for n in step.blocks) for step in replay.steps] == [[2, 3], [3]]


def test_a_step_carries_a_whole_move_when_there_would_be_too_many():
    transport = problem([30, *[0] * 9], [*[0] * 9, 30])
    assert len(relay_replay(transport.piles.p, transport.relay, Fraction(1)).steps) == 9
    assert len(direct_replay(transport.plans["fifo"], Fraction(1)).steps) == 30 <= MOST_STEPS


@pytest.mark.parametrize(
    ("x", "snap"), [([0], "1/2"), ([0, 1, 3], "1/2"), ([0, 4, 10], "1"), (["0", "1/3", "2.5"], "1/12")]
)
def test_the_grid_holds_the_best_potential(x, snap):
    transport = problem([1] + [0] * (len(x) - 1), [0] * (len(x) - 1) + [1], x)
    assert snap_of(transport.piles) == Fraction(snap)
    assert all((height / Fraction(snap)).denominator == 1 for height in transport.potential)
    shown = scene(transport, transport.plans["fifo"])
    assert all(abs(height) <= shown["reach"] * shown["snap"] for height in shown["f"])


def test_scenes_can_be_sent():
    for transport in (problem(*DEFAULT), problem(*LIL_LOG), problem((1,), (1,)), problem(("1/3", 0), (0, "1/3"))):
        for shown in (scene(transport, transport.plans["fifo"]), relay_scene(transport)):
            assert json.loads(json.dumps(shown, allow_nan=False)) == shown


def test_colours_of_origins_differ_from_their_neighbours():
    assert len(set(ORIGINS)) == len(ORIGINS) == 8

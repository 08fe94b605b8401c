"""The commands `transport` and `divergence`."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from gan_core.cli import main

ROOT = Path(__file__).parent.parent
DEFAULT = ["transport", "--p", "3,4,1,1,5", "--q", "2,2,3,5,2"]


@pytest.fixture
def run(capsys):
    """Run a command line that succeeds; the JSON object it prints."""

    def run(*arguments):
        assert main([*arguments, "--json"]) == 0
        said = capsys.readouterr()
        assert said.err == ""
        return json.loads(said.out, parse_constant=pytest.fail)

    return run


def test_transport_prints_exact_numbers(run):
    answer = run(*DEFAULT)
    assert answer["w1"] == "8"
    assert answer["normalised"]["per_unit_mass"] == "4/7"
    assert answer["flows"] == ["1", "3", "1", "-3"]
    assert answer["plan_count"] == 5
    assert [move for move in answer["plans"]["stay_lifo"] if move[0] != move[1]] == [
        [0, 3, "1"],
        [1, 2, "2"],
        [4, 3, "3"],
    ]
    excess = [p - q for p, q in zip((3, 4, 1, 1, 5), (2, 2, 3, 5, 2), strict=True)]
    assert sum(Fraction(f) * e for f, e in zip(answer["dual"], excess, strict=True)) == 8


def test_positions_may_be_given_in_any_order_and_be_negative(run):
    answer = run("transport", "--x", "-1.5,2,0", "--p", "1,0,0", "--q", "0,1,0")
    assert answer["x"] == ["-3/2", "0", "2"]
    assert answer["w1"] == "7/2"
    assert answer["plans"]["fifo"] == [[0, 2, "1"]]


@pytest.mark.parametrize(
    ("choice", "w1", "cost"), [("normalise", "2/5", None), ("partial", "2", "2"), ("penalty:2", "2", "10")]
)
def test_unequal_masses(run, choice, w1, cost):
    answer = run("transport", "--p", "3,4,1,1,5", "--q", "2,2,3,1,2", "--unequal", choice)
    assert answer["w1"] == w1
    assert answer.get("cost") == cost


def test_many_plans_are_counted_up_to_the_cap(run):
    threes = ",".join(["3"] * 8)
    answer = run("transport", "--p", f"{threes},0", "--q", f"0,{threes}")
    assert answer["plan_count"] <= 200
    assert answer["plan_count_complete"] is False


def test_divergence_prints_every_measure(run):
    answer = run("divergence", "--p", "normal:0,1", "--q", "normal:4,1")
    gradients = answer.pop("gradients")
    assert answer == pytest.approx(
        {
            "js": 0.632720193737,
            "kl": 8,
            "kl_reverse": 8,
            "tv": 0.954499736104,
            "hellinger2": 0.864664716763,
            "w1": 4,
            "w2": 4,
        },
        abs=1e-9,
    )
    assert gradients == pytest.approx(
        {"saturating": 2 * 0.068597408791, "non_saturating": 3.862805182419, "wasserstein": 1}, abs=1e-9
    )


def test_divergence_has_no_number_for_infinity(run):
    answer = run("divergence", "--p", "dirac:0", "--q", "dirac:1")
    assert answer["kl"] is None
    assert answer["w1"] == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["transport", "--p", "3,4", "--q", "1,2"], "The total masses differ: P has 7 and Q has 3."),
        (["transport", "--p", "3,x", "--q", "1,2"], "Masses P, number 2: x is not a number."),
        (["transport", "--p", "-1,2", "--q", "1,0"], "Masses P, number 1: -1 is below 0"),
        (["transport", "--p", "1,2", "--q", "3"], "P has 2 masses and Q has 1"),
        (["transport", "--p", "0", "--q", "0"], "There is no earth to move"),
        (["transport", "--p", "1", "--q", "1", "--x", "inf"], "Positions, number 1: inf is not a number."),
        (["transport", "--p", "1", "--q", "1", "--unequal", "half"], "Unequal masses: half must be one of"),
        (["transport", "--p", "1"], "The following arguments are required: --q."),
        (["divergence", "--p", "normal:0", "--q", "normal:0,1"], "Distribution p must look like normal:mean,sd"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_status_2(capsys, arguments, sentence):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(sentence)
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (DEFAULT, ["W1 = 8, for each unit of mass 4/7", "stay_lifo  0>3:1 1>2:2 4>3:3", "optimal plans: 5"]),
        (["divergence", "--p", "dirac:0", "--q", "dirac:1"], ["w1                         1"]),
    ],
)
def test_without_json_it_reads_well(capsys, arguments, lines):
    assert main(arguments) == 0
    assert set(lines) <= set(capsys.readouterr().out.splitlines())


def test_no_command_of_these_imports_torch():
    code = (
        f"import sys\nfrom gan_core.cli import main\nassert main({DEFAULT!r}) == 0\nassert 'torch' not in sys.modules"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr

import csv
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from gan_core.cli import main
from gan_core.config import ToyConfig, from_json
from gan_core.headless import HeadlessRun
from gan_core.learning.tasks import toy_trainer
from gan_core.presets import PRESETS
from gan_core.runs import checkpoints
from gan_core.snapshots import ImageSnapshot, ToySnapshot

ROOT = Path(__file__).parent.parent
QUICK = ["train", "--json", "--set", "batch=16", "--set", "g_width=4", "--set", "d_width=4"]
FINAL = {
    "final", "steps", "cpu_seconds", "steps_per_cpu_second", "w1", "w1_over_sd", "js", "kl", "d_gap", "diverged",
}  # fmt: skip


@pytest.fixture
def run(capsys):
    """Run a command line that succeeds; the JSON objects it prints."""

    def run(*arguments):
        assert main(arguments) == 0
        said = capsys.readouterr()
        assert said.err == ""
        return [json.loads(line, parse_constant=pytest.fail) for line in said.out.splitlines()]

    return run


def test_train_prints_its_course_and_its_end(run):
    *course, final = run(*QUICK, "--steps", "60")
    assert [line["step"] for line in course] == list(range(0, 61, 2))
    assert all(set(line) == {"step", *ToySnapshot.measures} for line in course)
    assert set(final) == FINAL and final["final"] is True and final["diverged"] is False
    assert final["steps"] == 60
    assert final["steps_per_cpu_second"] == pytest.approx(60 / final["cpu_seconds"])
    assert {name: final[name] for name in ("w1", "js", "kl", "d_gap")} == {
        name: course[-1][name] for name in ("w1", "js", "kl", "d_gap")
    }


def test_same_seed_same_numbers(run):
    def course(seed):
        return run(*QUICK, "--steps", "30", "--seed", seed)[:-1]

    assert course("3") == course("3") != course("4")


def test_set_changes_the_run(run):
    plain, other = (run(*QUICK, "--steps", "5", *extra)[-1] for extra in ([], ["--set", "g_lr=0.5"]))
    assert plain["w1"] != other["w1"]
    assert run(*QUICK, "--steps", "2", "--set", "target=own_data", "--set", "data=[1, 2, 4]")[-1]["steps"] == 2


def test_cpu_seconds_end_the_run(run):
    *course, final = run(*QUICK, "--cpu-seconds", "0.3")
    assert 0.3 <= final["cpu_seconds"] < 0.45 and final["steps"] > 10
    assert 5 < len(course) <= 31


def test_a_diverged_run_ends_early_and_says_so(run):
    explosive = [f"--set={field}={value}" for player in "gd" for field, value in
                 ((f"{player}_optimiser", "sgd"), (f"{player}_lr", 5))]  # fmt: skip
    *course, final = run("train", "--json", "--steps", "100000", *explosive)
    assert final["diverged"] is True and final["steps"] == 100
    assert final["w1"] is None and course[-1]["w1"] is None and course[0]["w1"] is not None


def test_out_holds_config_history_and_weights(run, tmp_path):
    folder = tmp_path / "new" / "run"
    *course, final = run(*QUICK, "--steps", "40", "--out", str(folder))
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "history.csv", "weights.safetensors"]

    config = from_json((folder / "config.json").read_text())
    assert config == next(iter(PRESETS.values())).config.replace(batch=16, g_width=4, d_width=4, steps=40)

    with open(folder / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["step"]) for row in rows] == [line["step"] for line in course]
    assert float(rows[-1]["w1"]) == pytest.approx(final["w1"])

    expected, restored = toy_trainer(config), toy_trainer(config)
    for _ in range(40):
        expected.step()
    with safe_open(folder / "weights.safetensors", framework="pt") as file:
        restored.restore({name: file.get_tensor(name) for name in file.keys()}, file.metadata())  # noqa: SIM118
    assert torch.equal(restored.generator.weights, expected.generator.weights)
    assert restored.step_number == 40


def test_without_json_a_table_for_people(capsys):
    assert main(["train", "--steps", "30"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["step", "w1_over_sd", "js"] and len(lines) == 1 + 31 + 1
    assert lines[-1].startswith("finished after 30 steps")
    assert main(["presets"]) == 0
    assert capsys.readouterr().out.startswith(next(iter(PRESETS)))


def test_presets_as_json(run, capsys):
    assert main(["presets", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(PRESETS)
    for row in rows:
        assert {"name", "task", "title", "reason", "changes", "promise"} <= set(row)
        assert row["task"] in ("toy", "images") and row["title"] and row["reason"]
    assert rows[0]["task"] == "toy"


BAD = [
    ([], "train | evaluate | presets"),
    (["trian"], "invalid choice"),
    (["train", "--foo"], "--foo"),
    (["train", "--preset"], "--preset"),
    (["train", "--preset", "nothing at all"], "There is no preset called nothing at all."),
    (["train", "--preset", next(iter(PRESETS)) + "x"], "did you mean"),
    (["train", "--set", "g_lr"], "no ="),
    (["train", "--set", "g_lr=99"], "Learning rate of G must be a number from 1e-06 to 10; 99 is not."),
    (["train", "--set", "g_lrr=1"], "did you mean g_lr?"),
    (["train", "--set", "data=[1,"], "JSON list"),
    (["train", "--set", "target=own_data"], "two different numbers"),
    (["train", "--set", "g_lr=a\nb"], "a b is not"),
    (["train", "--steps", "0"], "Steps must be a whole number from 1"),
    (["train", "--steps", "1.5"], "Steps must be a whole number from 1"),
    (["train", "--seed", "-1"], "Seed must be a whole number from 0"),
    (["train", "--cpu-seconds", "0"], "--cpu-seconds must be a number above 0"),
    (["train", "--cpu-seconds", "nan"], "--cpu-seconds must be a number above 0"),
    (["train", "--cpu-seconds", "soon"], "--cpu-seconds"),
    (["train", "--cpu-seconds", "1", "--steps", "5"], "Give either --steps or --cpu-seconds, not both."),
    (["train", "--out", __file__], "Cannot write"),
    (["train", "--out", __file__ + "/below"], "Cannot write"),
    (["presets", "extra"], "extra"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input_gets_status_2_and_one_sentence(arguments, words, capsys):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert words in said.err
    assert said.err.rstrip()[-1] in ".?" and ". " not in said.err


def test_head_start_is_not_a_step():
    run = HeadlessRun(ToyConfig(batch=16, steps=3, d_head_start=5))
    assert [shot.step for shot in run] == [0, 1, 2, 3]
    assert run.result()["steps"] == 3 and math.isfinite(run.cpu_seconds)


def python(*arguments) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True)


def test_the_command_itself():
    answer = python("-m", "gan_core", "train", "--json", "--steps", "3")
    assert answer.returncode == 0 and answer.stderr == ""
    assert json.loads(answer.stdout.splitlines()[-1])["steps"] == 3
    assert python("-m", "gan_core", "train", "--steps", "x").returncode == 2


def test_presets_and_bad_input_do_not_wait_for_torch():
    code = (
        "import sys; from gan_core.cli import main; main(['presets']); main(['train', '--steps', 'x']);"
        "assert 'torch' not in sys.modules"
    )
    assert python("-c", code).returncode == 0


def test_a_reader_that_leaves_early_is_no_error():
    script = f"{sys.executable} -m gan_core train --json --steps 3000 | head -n 1"
    answer = subprocess.run(script, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout.count("\n") == 1 and answer.stderr == ""


SMALL_CGAN = [
    "train", "--preset", "cgan_lesson", "--json", "--set", "images=100", "--set", "g_widths=[8]",
    "--set", "d_widths=[2]", "--set", "batch=8",
]  # fmt: skip
IMAGE_FINAL = {
    "final", "steps", "images", "cpu_seconds", "steps_per_cpu_second", "images_per_cpu_second", "frechet", "accuracy",
    "accuracy_worst", "digits_present", "entropy", "kid", "precision", "recall", "diverged",
}  # fmt: skip


def test_train_images_and_evaluate_what_was_exported(run, tmp_path):
    *course, final = run(*SMALL_CGAN, "--steps", "3", "--out", str(tmp_path))
    assert set(course[0]) == {"step", *ImageSnapshot.measures}
    assert set(final) == IMAGE_FINAL and final["steps"] == 3 and final["images"] == 24
    assert final["images_per_cpu_second"] == pytest.approx(24 / final["cpu_seconds"])
    assert {path.name for path in tmp_path.iterdir()} == {
        "config.json", "history.csv", "weights.safetensors", "generator.safetensors"
    }  # fmt: skip
    (scores,) = run("evaluate", "--weights", str(tmp_path / "generator.safetensors"), "--n", "300", "--json")
    assert 0 <= scores["accuracy"] <= 1 and scores["frechet"] > 10
    (again,) = run("evaluate", "--weights", str(tmp_path / "generator.safetensors"), "--n", "300", "--json")
    assert again == scores


def test_evaluate_refuses_what_is_no_generator(capsys, tmp_path):
    (tmp_path / "text.safetensors").write_text("no weights at all")
    checkpoints.write(tmp_path / "other.safetensors", {"a": torch.zeros(3)}, {})
    run = tmp_path / "run"
    assert main([*QUICK, "--steps", "2", "--out", str(run)]) == 0
    capsys.readouterr()
    for name in ("text.safetensors", "other.safetensors", "missing.safetensors", "run/weights.safetensors"):
        assert main(["evaluate", "--weights", str(tmp_path / name)]) == 2
        said = capsys.readouterr()
        assert said.out == "" and re.fullmatch(r"Weights: .*\.\n", said.err)
    assert main(["evaluate", "--weights", str(tmp_path / "text.safetensors"), "--n", "many"]) == 2
    assert capsys.readouterr().err == "--n must be a whole number from 100 to 100000; many is not.\n"

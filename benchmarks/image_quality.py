"""How good are the digits of every row, and how soon? Scores after 20 and 60 CPU-seconds of training.

    python -m benchmarks.image_quality [--presets cgan_lesson gan_lesson] [--datasets mnist mnist_5k] [--seeds 3]

Prints a table and writes `assets/quality.json` and `docs/image_quality.md`. The seeds, 5000 and following, were used
for nothing else: no setting was chosen by looking at them. The clock, the processor time of one thread, stands still
while scores are taken. MNIST has to be on this machine for what is measured on it.
"""

import argparse
import json
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from gan_core.config import ImageConfig
from gan_core.learning.memory import keep_memory
from gan_core.learning.observe_images import ImageObserver
from gan_core.learning.tasks import device_of, image_trainer
from gan_core.learning.training import Trainer
from gan_core.presets import IMAGE_PRESETS, QUALITY, Preset, fingerprint
from gan_core.snapshots import stack
from gan_core.theory.image_diagnosis import diagnose_images

FIRST_SEED = 5000
STOPS = (20.0, 60.0)  # CPU-seconds
LOOKS = 20  # of a row that is to fail, evenly over its time, so that a diagnosis is possible
SCORES = ("frechet", "accuracy", "accuracy_worst", "digits_present", "entropy", "precision", "recall")
PAGE = QUALITY.parents[1] / "docs" / "image_quality.md"

Trial = list[dict[str, float]]  # of one seed: what was measured at each stop


def advance(trainer: Trainer, seconds: float) -> float:
    """Steps for about so many CPU-seconds. Returns how many there were."""
    began = time.process_time()
    while (spent := time.process_time() - began) < seconds:
        trainer.step()
    return spent


def trial(config: ImageConfig, stops: Sequence[float]) -> Trial:
    """One run, and its full scores at each stop."""
    trainer, observer = image_trainer(config), ImageObserver(config, device_of(config))
    found, spent = [], 0.0
    for stop in stops:
        spent += advance(trainer, stop - spent)
        observer.measure(trainer, full=True)
        cost = {"cpu_seconds": spent, "steps": trainer.step_number, "images_per_cpu_second": trainer.seen / spent}
        found.append(cost | {name: observer.scores[name] for name in SCORES})
    return found


def verdict(config: ImageConfig, seconds: float) -> str:
    """What `diagnose_images` says at the end of a run; "" if it says nothing."""
    trainer, observer = image_trainer(config), ImageObserver(config, device_of(config))
    shots = [observer(trainer)]
    for _ in range(LOOKS):
        advance(trainer, seconds / LOOKS)
        observer.measure(trainer)
        shots.append(observer(trainer))
    found = diagnose_images(stack(shots), len(config.digits))
    return found.code if found else ""


def keeps(preset: Preset, last: Mapping[str, float]) -> bool:
    """Whether the scores at the last stop are as the row promised."""
    score = last[preset.promise]
    return bool(score >= preset.within if preset.promise == "accuracy" else score <= preset.within)


def entry(dataset: str, trials: Sequence[Trial], stop: int) -> dict[str, Any]:
    """Medians over the seeds at one stop, and the worst of the two scores that rows promise."""
    rows = [trial[stop] for trial in trials]
    found: dict[str, Any] = {"dataset": dataset, "seeds": len(rows)}
    found |= {name: _number(np.median([row[name] for row in rows])) for name in rows[0]}
    found["frechet_of_worst_seed"] = _number(np.max([row["frechet"] for row in rows]))  # none if one of them is none
    found["accuracy_of_worst_seed"] = _number(np.min([row["accuracy"] for row in rows]))
    return found


def measurements(
    preset: Preset, datasets: Sequence[str], seeds: int, stops: Sequence[float]
) -> Iterator[dict[str, Any]]:
    """What `assets/quality.json` keeps of one row, after each run anew. The promise is about the first data set."""
    found: dict[str, Any] = {
        "fingerprint": fingerprint(preset.config), "promise": preset.promise, "within": preset.within, "after": []
    }  # fmt: skip
    configs = [preset.config.replace(device="cpu", seed=FIRST_SEED + k) for k in range(seeds)]
    if preset.promise not in ("accuracy", "frechet", "article"):
        hits = sum(verdict(config, stops[0]) == preset.promise for config in configs)
        yield found | {"seeds": seeds, "hits": hits}
        return
    for dataset in datasets:
        trials: list[Trial] = []
        before = found["after"]
        for config in configs:
            trials.append(trial(config.replace(dataset=dataset), stops))
            found["after"] = before + [entry(dataset, trials, stop) for stop in range(len(stops))]
            if preset.promise != "article" and dataset == datasets[0]:
                found |= {"seeds": len(trials), "hits": sum(keeps(preset, done[-1]) for done in trials)}
            yield found


def _number(value: float) -> float | None:
    """Numbers that are none, as in a diverged run, become null."""
    return round(float(value), 4) if math.isfinite(value) else None


_HEADER = (
    "| row | data | seeds | CPU s | steps | images / CPU s | Frechet (worst seed) | accuracy (worst seed) "
    "| worst digit | digits | precision | recall |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def lines(name: str, found: Mapping[str, Any]) -> list[str]:
    """A line for each data set and stop."""
    rows = []
    for each in found["after"]:
        frechet = f"{_cell(each['frechet'], 2)} ({_cell(each['frechet_of_worst_seed'], 2)})"
        accuracy = f"{_cell(each['accuracy'], 3)} ({_cell(each['accuracy_of_worst_seed'], 3)})"
        cells = [name, each["dataset"], str(each["seeds"]), _cell(each["cpu_seconds"], 0), _cell(each["steps"], 0)]
        cells += [_cell(each["images_per_cpu_second"], 0), frechet, accuracy if each["accuracy"] else "-"]
        cells += [_cell(each["accuracy_worst"], 3), _cell(each["digits_present"], 0)]
        rows.append("| " + " | ".join([*cells, _cell(each["precision"], 2), _cell(each["recall"], 2)]) + " |")
    return rows


def _cell(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


_INTRODUCTION = f"""# How good the digits get, and how soon

Written by `python -m benchmarks.image_quality`; do not edit. The same figures are in `assets/quality.json`, with a
fingerprint of the settings that were measured: a test fails when a row has changed since.

- Seeds {FIRST_SEED}, {FIRST_SEED + 1}, ...: none of them was used to choose a setting. Medians over the seeds; in
  brackets the worst of them.
- **CPU s**: processor time of the steps alone, one thread. On a busy machine, less is done in such a second: compare
  the steps.
- **Scores** of 10,000 images, drawn with averaged weights where the row keeps an average. docs/metrics.md says what
  they mean; real test images have a Frechet distance near 0.1, an accuracy of 0.994 and recall near 0.87.
- The accuracies below are those of the classifier that comes with GANscope. `python benchmarks/conditional_accuracy.py`
  trains a second one, of another kind, and shows it 10,000 digits of the shipped CGAN as they come: it reads 99.5 % of
  them as asked for, 98.4 % of the worst digit; of the real test digits, 99.3 % and 98.8 %.
- **mnist** is all of MNIST; **mnist_5k** are the 5,000 digits that come with GANscope. Scores compare with all of MNIST
  in both cases.
- **-**: nothing was asked for, or not a number.
"""


def page(table: Mapping[str, Mapping[str, Any]]) -> str:
    parts = [_INTRODUCTION]
    for title, promises in (("Rows of the lessons", ("accuracy", "frechet")), ("Rows of the articles", ("article",))):
        rows = [line for name, found in table.items() if found["promise"] in promises for line in lines(name, found)]
        parts += [f"## {title}\n", "\n".join([_HEADER, *rows]) + "\n"]
    parts += ["## Promises\n", "After 60 CPU-seconds on all of MNIST; a row that fails on purpose, after 20 at most.\n"]
    parts += ["\n".join(["| row | promise | kept |\n|---|---|---|", *_promises(table)]) + "\n"]
    return "\n".join(parts)


def _promises(table: Mapping[str, Mapping[str, Any]]) -> list[str]:
    signs = {"accuracy": "accuracy >= ", "frechet": "Frechet distance <= "}
    kept = {name: found for name, found in table.items() if "hits" in found}
    said = {
        name: f"{signs[found['promise']]}{found['within']:g}" if found["promise"] in signs else found["promise"]
        for name, found in kept.items()
    }
    return [f"| {name} | {said[name]} | {found['hits']} of {found['seeds']} |" for name, found in kept.items()]


def save(table: dict[str, Any]) -> None:
    """Our rows into the file that other benchmarks write, too; the page from all of ours."""
    known = json.loads(QUALITY.read_text()) if QUALITY.exists() else {}
    ours = known | table
    others = {name: found for name, found in known.items() if name not in IMAGE_PRESETS}
    ours = {name: ours[name] for name in IMAGE_PRESETS if name in ours}
    beside = QUALITY.with_suffix(".part")
    beside.write_text(json.dumps(others | ours, indent=1) + "\n")
    os.replace(beside, QUALITY)
    PAGE.write_text(page(ours))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how good the digits of each row get, and how soon.")
    parser.add_argument("--presets", nargs="*", choices=IMAGE_PRESETS, default=list(IMAGE_PRESETS), metavar="NAME")
    parser.add_argument("--datasets", nargs="*", default=["mnist"], metavar="NAME")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, nargs="*", default=STOPS)
    arguments = parser.parse_args()
    keep_memory()
    torch.set_num_threads(1)
    with np.errstate(all="ignore"):
        for name in arguments.presets:
            for found in measurements(IMAGE_PRESETS[name], arguments.datasets, arguments.seeds, arguments.seconds):
                print(*(lines(name, found) or [f"{name}: {found['hits']} of {found['seeds']}"]), sep="\n", flush=True)
                save({name: found})


if __name__ == "__main__":
    main()

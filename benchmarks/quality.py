"""Does every preset do what it promises? Ten seeds each, looked at every 50 steps.

    python benchmarks/quality.py [--presets gaussian wgan] [--seeds 10]

Prints a table and writes `assets/quality.json` and `docs/quality.md`. The seeds, 3000 and following, were used for
nothing else: no setting was chosen by looking at them. CPU seconds are those of the updates alone, on one thread.
"""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gan_core.config import ToyConfig
from gan_core.learning.observe import ToyObserver
from gan_core.learning.tasks import toy_trainer
from gan_core.presets import IMAGE_PRESETS, QUALITY, TOY_PRESETS, Preset, fingerprint
from gan_core.snapshots import stack
from gan_core.theory.diagnosis import History, diagnose

FIRST_SEED = 3000
EVERY = 50
NEAR = 0.05  # W1 / sd that counts as "there"
PAGE = QUALITY.parents[1] / "docs" / "quality.md"


@dataclass(frozen=True)
class Trial:
    """One run: its history, and the CPU seconds that had been spent on updates at each look."""

    history: History
    cpu_seconds: NDArray[np.float64]

    @property
    def arrival(self) -> int | None:
        """The first look at which p_g is within `NEAR`."""
        near = np.flatnonzero(self.history["w1_over_sd"] < NEAR)
        return int(near[0]) if len(near) else None

    def keeps(self, preset: Preset) -> bool:
        """Whether the end of the run is as the preset promised."""
        if preset.promise == "converges":
            return bool(self.history["w1_over_sd"][-1] <= preset.within)
        verdict = diagnose(self.history)
        return verdict is not None and verdict.code == preset.promise


def trial(config: ToyConfig) -> Trial:
    """Run to the end; the clock stands still while we look."""
    started = time.process_time()
    trainer, observe = toy_trainer(config), ToyObserver(config)
    shots, spent = [observe(trainer)], [time.process_time() - started]
    while trainer.step_number < config.steps:
        started = time.process_time()
        for _ in range(min(EVERY, config.steps - trainer.step_number)):
            trainer.step()
        spent.append(spent[-1] + time.process_time() - started)
        shots.append(observe(trainer))
    return Trial(stack(shots), np.array(spent))


def measure(preset: Preset, seeds: int) -> dict[str, Any]:
    """What `assets/quality.json` keeps of one preset. Numbers that are none, as in a diverged run, become null."""
    trials = [trial(preset.config.replace(seed=FIRST_SEED + k)) for k in range(seeds)]
    w1 = np.array([t.history["w1_over_sd"][-1] for t in trials])
    js = np.array([t.history["js"][-1] for t in trials])
    arrivals = [(t.history["step"][t.arrival], t.cpu_seconds[t.arrival]) for t in trials if t.arrival is not None]
    steps_to, seconds_to = np.median(arrivals, axis=0) if len(arrivals) > seeds / 2 else (np.nan, np.nan)
    return {
        "fingerprint": fingerprint(preset.config),
        "promise": preset.promise,
        "within": preset.within if preset.promise == "converges" else None,
        "seeds": seeds,
        "hits": sum(t.keeps(preset) for t in trials),
        "w1_over_sd": {"median": _number(np.median(w1)), "worst": _number(w1.max())},
        "js": {"median": _number(np.median(js)), "worst": _number(js.max())},
        "steps_to": _number(steps_to),
        "cpu_seconds_to": _number(seconds_to),
        "cpu_seconds": _number(np.median([t.cpu_seconds[-1] for t in trials])),
    }


def _number(value: float) -> float | None:
    return round(float(value), 5) if np.isfinite(value) else None


_HEADER = (
    "| preset | promise | kept | W1/sd median | worst | JS median | worst "
    f"| steps to W1/sd < {NEAR} | CPU s to it | CPU s in all |\n|---|---|---|---|---|---|---|---|---|---|"
)


def row(name: str, measured: Mapping[str, Any]) -> str:
    promise = f"W1/sd <= {measured['within']:g}" if measured["promise"] == "converges" else measured["promise"]
    cells = [name, promise, f"{measured['hits']} of {measured['seeds']}"]
    cells += [_cell(measured[of][which], 3) for of in ("w1_over_sd", "js") for which in ("median", "worst")]
    cells += [_cell(measured["steps_to"], 0), _cell(measured["cpu_seconds_to"], 2), _cell(measured["cpu_seconds"], 2)]
    return "| " + " | ".join(cells) + " |"


def _cell(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


_INTRODUCTION = f"""# How well the presets keep their promises

Written by `python benchmarks/quality.py`; do not edit. The same figures are in `assets/quality.json`, with a
fingerprint of the settings that were measured: a test fails when a preset has changed since.

Each preset ran from start to end with the seeds {FIRST_SEED}, {FIRST_SEED + 1}, ..., which were not used to choose any
setting. A look every {EVERY} steps; all distances are exact (no samples).

- **W1/sd**: Wasserstein distance from p_g to the target at the end, in standard deviations of the target.
- **JS**: Jensen-Shannon divergence at the end, in nats; log 2 = 0.693 means that they do not overlap. Where the target
  has separate parts JS stays near 0.1 although W1 is small: G is continuous, so it leaves a thin bridge of mass between
  them.
- **steps to, CPU s to**: median over the seeds, where more than half of them got there. CPU seconds of one core for
  the updates alone, so they depend on the machine.
- **-**: not reached, or not a number.
"""


def page(table: Mapping[str, Mapping[str, Any]]) -> str:
    healthy = {name: entry for name, entry in table.items() if entry["promise"] == "converges"}
    failing = {name: entry for name, entry in table.items() if entry["promise"] != "converges"}
    parts = [_INTRODUCTION, "## Presets that learn\n", "Kept: the run ended within the promised distance.\n"]
    parts += ["\n".join([_HEADER, *(row(name, entry) for name, entry in healthy.items())]) + "\n"]
    parts += ["## Presets that fail on purpose\n"]
    parts += ["Kept: at the end of the run `gan_core.theory.diagnosis` named the promised failure.\n"]
    parts += ["\n".join([_HEADER, *(row(name, entry) for name, entry in failing.items())]) + "\n"]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how well the presets keep their promises.")
    parser.add_argument("--presets", nargs="*", choices=TOY, default=TOY, metavar="NAME")
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    known = json.loads(QUALITY.read_text()) if QUALITY.exists() else {}
    print(_HEADER)
    for name in arguments.presets:
        known[name] = measure(TOY_PRESETS[name], arguments.seeds)
        print(row(name, known[name]), flush=True)
    table = {name: known[name] for name in TOY if name in known}
    QUALITY.parent.mkdir(exist_ok=True)
    others = {name: entry for name, entry in known.items() if name in IMAGE_PRESETS}
    QUALITY.write_text(json.dumps(table | others, indent=1) + "\n")
    PAGE.write_text(page(table))


TOY = list(TOY_PRESETS)

if __name__ == "__main__":
    main()

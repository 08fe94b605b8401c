"""The commands `train` and `presets`."""

import argparse
import difflib
import json
from pathlib import Path
from typing import Any

from gan_core.cli.parser import Commands, UsageError
from gan_core.config import ToyConfig
from gan_core.presets import PRESETS

SHOWN = ("w1_over_sd", "js", "v", "v_bound", "d_real", "d_fake", "d_gap")


def add_to(commands: Commands) -> None:
    train = commands.add_parser("train", help="train a 1-D GAN and print what it learns", allow_abbrev=False)
    train.set_defaults(command=_train)
    train.add_argument("--preset", default=_toy_presets()[0], help="a name from `presets`")
    train.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", dest="changes")
    train.add_argument("--steps", help="end after this many steps")
    train.add_argument("--cpu-seconds", type=float, help="end after this much processor time")
    train.add_argument("--seed", help="same settings and same seed: same run")
    train.add_argument("--out", type=Path, help="folder for config.json, history.csv and weights.safetensors")
    train.add_argument("--json", action="store_true", help="one JSON object in each line")
    presets = commands.add_parser("presets", help="list the presets", allow_abbrev=False)
    presets.set_defaults(command=_presets)
    presets.add_argument("--json", action="store_true", help="one JSON list")


def _presets(options: argparse.Namespace) -> None:
    names = ("name", "task", "title", "reason", "changes", "promise")
    rows = [{name: getattr(row, name) for name in names} for row in PRESETS.values()]
    if options.json:
        print(json.dumps(rows, default=dict))
    else:
        print("\n".join(f"{row['name']:<20} {row['reason']}" for row in rows))


def _train(options: argparse.Namespace) -> None:
    config, seconds = _config(options), _cpu_seconds(options)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "config.json").touch()

    from gan_core.headless import HeadlessRun, finite  # torch takes a second to import: not for bad input

    run = HeadlessRun(config, seconds)
    if not options.json:
        print("".join(f"{name:>11}" for name in ("step", *SHOWN)))
    for snapshot in run:
        if options.json:
            print(json.dumps({"step": snapshot.step, **finite(snapshot.values)}), flush=True)
        else:
            print(f"{snapshot.step:>11}" + "".join(f"{snapshot.values[name]:>11.4g}" for name in SHOWN), flush=True)
    if options.out:
        run.write(options.out)
    result = run.result()
    if options.json:
        print(json.dumps({"final": True, **result}))
    else:
        end = "diverged" if run.diverged else "finished"
        print("{end} after {steps} steps, {cpu_seconds:.2f} CPU-seconds".format(end=end, **result))


def _config(options: argparse.Namespace) -> ToyConfig:
    names = _toy_presets()
    if options.preset not in names:
        close = difflib.get_close_matches(options.preset, names, n=1)
        raise UsageError(
            f"There is no toy preset called {options.preset[:40]}" + (f"; did you mean {close[0]}?" if close else ".")
        )
    changes: dict[str, Any] = dict(PRESETS[options.preset].changes)
    for change in options.changes:
        field, equals, text = change.partition("=")
        if not equals:
            raise UsageError(f"--set needs FIELD=VALUE; there is no = in {change[:40]}.")
        changes[field] = ToyConfig.parse(field, text)
    given = {"steps": options.steps, "seed": options.seed}
    return ToyConfig.make(changes | {field: text for field, text in given.items() if text is not None})


def _cpu_seconds(options: argparse.Namespace) -> float | None:
    seconds = options.cpu_seconds
    if seconds is not None and options.steps is not None:
        raise UsageError("Give either --steps or --cpu-seconds, not both.")
    if seconds is not None and not 0 < seconds <= 1e6:
        raise UsageError(f"--cpu-seconds must be a number above 0, up to 1,000,000; {seconds:g} is not.")
    return seconds


def _toy_presets() -> list[str]:
    return [row.name for row in PRESETS.values() if row.task == "toy"]

"""The commands `train`, `presets` and `evaluate`."""

import argparse
import difflib
import json
from pathlib import Path

from gan_core.cli.parser import Commands, UsageError, whole
from gan_core.config import CONFIGS, ImageConfig, ToyConfig, TrainConfig
from gan_core.presets import PRESETS

SHOWN = {
    ToyConfig.task: ("w1_over_sd", "js", "v", "v_bound", "d_real", "d_fake", "d_gap"),
    ImageConfig.task: ("images", "d_loss", "g_loss", "d_accuracy", "frechet", "digits_present", "accuracy"),
}


def add_to(commands: Commands) -> None:
    train = commands.add_parser(
        "train", help="train a GAN, of numbers or of images, and print what it learns", allow_abbrev=False
    )
    train.set_defaults(command=_train)
    train.add_argument("--preset", default=next(iter(PRESETS)), help="a name from `presets`")
    train.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", dest="changes")
    train.add_argument("--steps", help="end after this many steps")
    train.add_argument("--cpu-seconds", type=float, help="end after this much processor time")
    train.add_argument("--seed", help="same settings and same seed: same run")
    train.add_argument("--out", type=Path, help="folder for config.json, history.csv and weights.safetensors")
    train.add_argument("--json", action="store_true", help="one JSON object in each line")
    evaluate = commands.add_parser("evaluate", help="measure an exported generator of images", allow_abbrev=False)
    evaluate.set_defaults(command=_evaluate)
    evaluate.add_argument("--weights", type=Path, required=True, help="a .safetensors file that GANscope exported")
    evaluate.add_argument("--n", default="10000", help="how many images, 100 to 100,000")
    evaluate.add_argument("--seed", default="0", help="of the latents")
    evaluate.add_argument("--json", action="store_true", help="one JSON object")
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

    run, shown = HeadlessRun(config, seconds), SHOWN[config.task]
    if not options.json:
        print("".join(f"{name:>15}" for name in ("step", *shown)))
    for snapshot in run:
        if options.json:
            print(json.dumps({"step": snapshot.step, **finite(snapshot.values)}), flush=True)
        else:
            print(f"{snapshot.step:>15}" + "".join(f"{snapshot.values[name]:>15.4g}" for name in shown), flush=True)
    if options.out:
        run.write(options.out)
    result = run.result()
    if options.json:
        print(json.dumps({"final": True, **result}))
    else:
        end = "diverged" if run.diverged else "finished"
        print("{end} after {steps} steps, {cpu_seconds:.2f} CPU-seconds".format(end=end, **result))


def _evaluate(options: argparse.Namespace) -> None:
    n, seed = whole(options.n, "--n", 100, 100_000), whole(options.seed, "--seed", 0, 2**32 - 1)

    from gan_core.headless import evaluate, finite

    scores = finite(evaluate(options.weights, n, seed))
    if options.json:
        print(json.dumps(scores))
    else:
        print("\n".join(f"{name:<20}{'-' if value is None else f'{value:.4g}'}" for name, value in scores.items()))


def _config(options: argparse.Namespace) -> TrainConfig:
    if options.preset not in PRESETS:
        close = difflib.get_close_matches(options.preset, PRESETS, n=1)
        raise UsageError(
            f"There is no preset called {options.preset[:40]}" + (f"; did you mean {close[0]}?" if close else ".")
        )
    preset = PRESETS[options.preset]
    kind, changes = CONFIGS[preset.task], dict(preset.changes)
    for change in options.changes:
        field, equals, text = change.partition("=")
        if not equals:
            raise UsageError(f"--set needs FIELD=VALUE; there is no = in {change[:40]}.")
        changes[field] = kind.parse(field, text)
    given = {"steps": options.steps, "seed": options.seed}
    return kind.make(changes | {field: text for field, text in given.items() if text is not None})


def _cpu_seconds(options: argparse.Namespace) -> float | None:
    seconds = options.cpu_seconds
    if seconds is not None and options.steps is not None:
        raise UsageError("Give either --steps or --cpu-seconds, not both.")
    if seconds is not None and not 0 < seconds <= 1e6:
        raise UsageError(f"--cpu-seconds must be a number above 0, up to 1,000,000; {seconds:g} is not.")
    return seconds

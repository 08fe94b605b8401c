"""Train the weights that come with GANscope: `python tools/pretrain.py [FAMILY ...]`, or `make pretrained` for all.

Each family of images is trained on all 60,000 images of MNIST (`GANSCOPE_MNIST` may name the folder that holds them),
from a row of the presets and a few differences: more steps, and learning rates that are halved again and again, so that
G comes to rest. "toy" is a 1-D run, whose map from z to x folds and stretches; it needs no MNIST. The seed fixes every
random number, so the same machine gives the same weights.

What is kept is the averaged generator and the last discriminator, in half precision, with the scores of what was kept.
`--keep FOLDER` writes a checkpoint every minute, from which the same command goes on; `--measure` trains nothing, and
measures the kept weights anew.
"""

import argparse
import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from gan_core.config import ImageConfig, ToyConfig, TrainConfig, from_json, to_json
from gan_core.learning.classifier import WEIGHTS
from gan_core.learning.image_sampling import ImageSampler
from gan_core.learning.memory import keep_memory
from gan_core.learning.metrics import FULL
from gan_core.learning.players import Players, players_of
from gan_core.learning.tasks import observer_of, trainer_of
from gan_core.learning.training import Trainer
from gan_core.presets import PRESETS
from gan_core.runs import checkpoints

FOLDER = WEIGHTS.parent
MINUTE = 60.0  # CPU-seconds between two checkpoints
DIGITS = {"dataset": "mnist", "device": "cpu", "averaging": 0.9995}
TOY_SCORES = ("w1", "w1_floor", "w1_over_sd", "js", "js_floor", "kl", "modes_covered")


@dataclass(frozen=True)
class Recipe:
    """A row of the presets, and what is different for the weights that are kept."""

    preset: str
    changes: Mapping[str, Any]

    @property
    def config(self) -> TrainConfig:
        return PRESETS[self.preset].config.replace(seed=1, **self.changes)


RECIPES = {
    "cgan": Recipe("cgan_lesson", DIGITS | {"steps": 30_000, "lr_half_life": 12_000}),
    "gan": Recipe("gan_lesson", DIGITS | {"steps": 40_000, "lr_half_life": 10_000}),
    "wgan_gp": Recipe("wgan_gp_lesson", DIGITS | {"steps": 60_000, "lr_half_life": 15_000}),
    "dcgan": Recipe("dcgan_lesson", DIGITS | {"steps": 22_000, "lr_half_life": 12_000}),
    "wgan": Recipe("wgan_lesson", DIGITS | {"steps": 24_000, "lr_half_life": 12_000}),
    "toy": Recipe(  # wide networks, and a smooth D that sees the line enlarged: both modes, and their heights
        "two_modes",
        {
            "g_width": 64, "d_width": 64, "smoothness": "r1", "d_input_scale": 4.0, "steps": 6000,
            "lr_half_life": 1500,
        },
    ),
}  # fmt: skip


def train(family: str, config: TrainConfig, keep: Path | None) -> tuple[Trainer, float]:
    """The trainer after its last step, and the CPU-seconds of all steps."""
    trainer, spent = trainer_of(config), 0.0
    place = keep / f"{family}.safetensors" if keep else None
    if place and place.exists():
        tensors, texts = checkpoints.read(place)
        if from_json(texts["config"]) == config:
            trainer.restore(tensors, texts)
            spent = float(texts["cpu_seconds"])
    while trainer.step_number < config.steps:
        began = time.process_time()
        while trainer.step_number < config.steps:
            trainer.step()
            if time.process_time() - began > MINUTE:
                break
        spent += time.process_time() - began
        tensors, texts = trainer.state()
        if place:
            checkpoints.write(place, tensors, texts | {"cpu_seconds": str(spent)})
        print(
            family,
            trainer.step_number,
            f"{spent:.0f} s",
            _short(scores(config, kept(trainer), 2_000)),
            flush=True,
        )
    return trainer, spent


def kept(trainer: Trainer) -> dict[str, Tensor]:
    """What of a trainer is kept."""
    return {name: tensor.half() for name, tensor in players_of(trainer).items()}


def scores(config: TrainConfig, tensors: Mapping[str, Tensor], count: int = FULL) -> dict[str, float]:
    """The full scores of a kept generator, of images always with the same latents; none where there is no number."""
    found = _SCORES[config.task](config, tensors, count)
    return {name: round(score, 4) for name, score in found.items() if math.isfinite(score)}


def _image_scores(config: ImageConfig, tensors: Mapping[str, Tensor], count: int) -> dict[str, float]:
    return ImageSampler(Players(config, tensors)).scores(count, torch.Generator().manual_seed(0))


def _toy_scores(config: ToyConfig, tensors: Mapping[str, Tensor], count: int) -> dict[str, float]:
    """Those are integrals: nothing is counted."""
    trainer = trainer_of(config)
    trainer.generator.weights.copy_(tensors["generator"])
    trainer.discriminator.weights.copy_(tensors["discriminator"])
    values = observer_of(config)(trainer).values
    return {name: values[name] for name in TOY_SCORES}


_SCORES: dict[str, Callable[[Any, Mapping[str, Tensor], int], dict[str, float]]] = {
    ImageConfig.task: _image_scores,
    ToyConfig.task: _toy_scores,
}


def _short(found: Mapping[str, float]) -> str:
    wanted = ("frechet", "accuracy", "accuracy_worst", "digits_present", "precision", "recall", "w1_over_sd", "js")
    return " ".join(f"{name} {found[name]:.4g}" for name in wanted if name in found)


def write(family: str, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
    """The file, and its card: what is in it, for people and for whoever looks before loading."""
    data = save(tensors, metadata=texts)
    (FOLDER / f"{family}.safetensors").write_bytes(data)
    card = {
        "family": family,
        "preset": RECIPES[family].preset,
        "changes": RECIPES[family].config.differences(PRESETS[RECIPES[family].preset].config),
        "steps": int(texts["steps"]),
        "seed": int(texts["seed"]),
        "cpu_seconds": round(float(texts["cpu_seconds"])),
        "torch": texts["torch"],
        "metrics": json.loads(texts["metrics"]),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    (FOLDER / f"{family}.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def make(family: str, keep: Path | None) -> None:
    config = RECIPES[family].config
    trainer, spent = train(family, config, keep)
    tensors = kept(trainer)
    texts = {
        "config": to_json(config),
        "steps": str(trainer.step_number),
        "seed": str(config.seed),
        "cpu_seconds": str(round(spent)),
        "torch": torch.__version__.split("+")[0],
        "metrics": json.dumps(scores(config, tensors)),
    }
    write(family, tensors, texts)
    print(family, "kept:", _short(json.loads(texts["metrics"])), flush=True)


def measure(family: str) -> None:
    """The kept weights as they are, with scores of the classifier as it is now."""
    tensors, texts = checkpoints.read(FOLDER / f"{family}.safetensors")
    texts["metrics"] = json.dumps(scores(from_json(texts["config"]), tensors))
    write(family, tensors, texts)
    print(family, "measured:", _short(json.loads(texts["metrics"])), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the weights that come with GANscope.")
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=f"of {', '.join(RECIPES)}; none: all")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="for checkpoints")
    parser.add_argument("--measure", action="store_true", help="train nothing: measure what is there")
    arguments = parser.parse_args()
    if unknown := set(arguments.families) - set(RECIPES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    keep_memory()
    torch.set_num_threads(1)
    with torch.no_grad():
        for family in arguments.families or RECIPES:
            measure(family) if arguments.measure else make(family, arguments.keep)


if __name__ == "__main__":
    main()

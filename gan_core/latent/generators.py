"""What is known of a generator before it draws: its card."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from gan_core.config import ImageConfig, TrainConfig, from_json
from gan_core.header import texts_of
from gan_core.presets import PRESETS
from gan_core.runs.controls import State
from gan_core.runs.engine import UnknownRun, engine
from gan_core.runs.generator_ids import SHIPPED, UnknownGenerator, file_of, run_of, shipped_id
from gan_core.snapshots import unpack


@dataclass(frozen=True)
class Card:
    """`preset`: the one whose settings come nearest. `metrics`: by name, as far as somebody has measured them."""

    id: str
    config: TrainConfig
    family: str
    preset: str
    steps: int
    metrics: Mapping[str, float] = field(default_factory=dict)
    state: State | None = None  # of a run

    @property
    def is_running(self) -> bool:
        return self.state == "running"


def shipped() -> tuple[str, ...]:
    """Ids of the generators that come with GANscope."""
    return tuple(shipped_id(name) for name in SHIPPED)


def about(generator: str) -> Card:
    """The card of a shipped generator, of a run's, or of an upload. Raises UnknownGenerator, or EngineError."""
    if run := run_of(generator):
        return _of_run(generator, run)
    path = file_of(generator)
    texts, config, steps = _read(generator, path)
    made_from = _shipped_from(path)
    return Card(
        generator,
        config,
        family_of(config),
        made_from or nearest_preset(config),
        steps,
        _numbers(texts.get("metrics", "{}")),
    )


def config_of(generator: str) -> TrainConfig:
    """Only its settings: less work than the whole card. Raises UnknownGenerator, or EngineError."""
    run = run_of(generator)
    if run is None:
        return _read(generator, file_of(generator))[1]
    try:
        return engine().settings(run).config
    except UnknownRun:
        raise UnknownGenerator(generator) from None


def _read(generator: str, path: Path) -> tuple[dict[str, str], TrainConfig, int]:
    """Texts, settings and steps in a file. One that cannot be read, or has just been removed, is nobody's generator."""
    try:
        texts = texts_of(path)
        return texts, from_json(texts["config"]), int(texts["steps"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnknownGenerator(generator) from None


def _of_run(generator: str, run: str) -> Card:
    try:
        frames, config = engine().frames(run, limit=1), engine().settings(run).config
    except UnknownRun:
        raise UnknownGenerator(generator) from None
    values = unpack(frames.snapshots[-1]).values if frames.snapshots else {}
    return Card(
        generator,
        config,
        family_of(config),
        nearest_preset(config),
        frames.status.step,
        values,
        frames.status.state,
    )


def _shipped_from(path: Path) -> str:
    """The preset on the card beside a shipped file; "" for other files."""
    card = path.with_suffix(".json")
    return json.loads(card.read_text(encoding="utf-8"))["preset"] if card.exists() else ""


def _numbers(text: str) -> dict[str, float]:
    """Of an upload, anything may stand there; what is no finite number is left out."""
    try:
        found = json.loads(text, parse_int=float)  # too long a number becomes infinite, not an error
    except (ValueError, RecursionError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: value for name, value in pairs if isinstance(value, float) and isfinite(value)}


def family_of(config: TrainConfig) -> str:
    """The family whose rows make such settings: gan, wgan, wgan_gp, cgan or dcgan; toy for numbers instead of images.

    A condition counts most, then what the critic minimises, then convolutions.
    """
    if not isinstance(config, ImageConfig):
        return "toy"
    if config.conditional:
        return "cgan"
    if config.loss == "wasserstein":
        return "wgan" if config.smoothness == "weight_clipping" else "wgan_gp"
    return "dcgan" if config.g_network == "conv" else "gan"


def nearest_preset(config: TrainConfig) -> str:
    """The preset from which these settings differ in the fewest fields."""
    rows = [row for row in PRESETS.values() if row.task == config.task]
    return min(rows, key=lambda row: len(config.differences(row.config))).name

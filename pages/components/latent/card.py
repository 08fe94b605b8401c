"""The card of a generator: what it is, how it was trained, and how good it was measured to be."""

import math
from collections.abc import Mapping

import streamlit as st

from gan_core.config import ImageConfig, ToyConfig
from gan_core.data import SETS
from gan_core.latent.generators import Card
from gan_core.presets import PRESETS
from pages.components.i18n import t
from pages.components.mnist.families import FAMILIES

TOY_FAMILY = "1-D GAN"
METRICS = {  # by the name of a metric: the sentence, with a word on it, and how the number is written
    "frechet": ("Frechet distance **{value}** (0 is perfect)", "{:.2f}"),
    "accuracy": ("right digits **{value}**", "{:.1%}"),
    "accuracy_worst": ("worst digit **{value}**", "{:.1%}"),
    "digits_present": ("digits present **{value}** of 10", "{:.0f}"),
    "precision": ("precision **{value}** (of the fakes could be real)", "{:.0%}"),
    "recall": ("recall **{value}** (of real images it could draw)", "{:.0%}"),
    "w1": ("W1 **{value}** (0 is perfect)", "{:.3g}"),
    "js": ("JS **{value}** (0 is perfect)", "{:.3g}"),
}
LATENTS = {"normal": "{dim} normal numbers", "uniform": "{dim} uniform numbers"}
ONE_LATENT = {"normal": "one normal number", "uniform": "one uniform number"}


def show_card(card: Card) -> None:
    """In a few small lines."""
    config, family = config_of(card), family_title(card.family)
    facts = [
        f"**{family}**",
        t(PRESETS[card.preset].title),
        t("{steps} steps").format(steps=f"{card.steps:,}"),
        data_text(config),
        t("seed {seed}").format(seed=config.seed),
        f"z: {latent_text(config)}",
    ]
    lines = [" · ".join(facts), measured_text(card.metrics)]
    st.caption("  \n".join(f":small[{line}]" for line in lines if line))


def config_of(card: Card) -> ImageConfig | ToyConfig:
    """Its settings: there is no generator of anything else."""
    assert isinstance(card.config, ImageConfig | ToyConfig)
    return card.config


def family_title(family: str) -> str:
    return FAMILIES[family].title if family in FAMILIES else t(TOY_FAMILY)


def data_text(config: ImageConfig | ToyConfig) -> str:
    """What it was trained to imitate."""
    if isinstance(config, ImageConfig):
        return t(SETS[config.dataset].title)
    return f"p_data: {t(config.target.replace('_', ' '))}"


def latent_text(config: ImageConfig | ToyConfig) -> str:
    """What z is made of."""
    dim, kind = config.latent_dim, config.latent
    return t(ONE_LATENT[kind]) if dim == 1 else t(LATENTS[kind]).format(dim=dim)


def measured_text(metrics: Mapping[str, float]) -> str:
    """The metrics that are known, each with its word."""
    known = {name: metrics[name] for name in METRICS if math.isfinite(metrics.get(name, math.nan))}
    return " · ".join(t(METRICS[name][0]).format(value=METRICS[name][1].format(value)) for name, value in known.items())

"""The Dirac-GAN: two numbers learn against each other, and only some ways of learning come to rest."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from gan_core.figures.dirac_gan import portrait, radii
from gan_core.theory.dirac_gan import KINDS, DiracGan
from pages.components import in_url
from pages.components.chart import chart
from pages.components.i18n import language, t

PAGE = "dirac"
NAMES = {
    "gradient_descent": "minimax",
    "r1": "minimax with R1",
    "wasserstein": "WGAN, clipped",
}
FIELDS = {
    "dirac_h": in_url.number("dirac_h", 0.1, 0.01, 0.5),
    "dirac_gamma": in_url.number("dirac_gamma", 0.5, 0.0, 4.0),
    "dirac_clip": in_url.number("dirac_clip", 1.0, 0.05, 1.5),
    "dirac_start": in_url.number("dirac_start", 1.0, 0.05, 1.5),
    "dirac_steps": in_url.number("dirac_steps", 500, 50, 1000),
}


@dataclass(frozen=True)
class Drawn:
    portraits: dict[str, go.Figure]
    radii: go.Figure
    table: str


def begin() -> None:
    in_url.begin(PAGE, FIELDS)


@st.fragment
def dirac_panel() -> None:
    """Sliders, a portrait for each way of learning, the radius over the steps, and theory beside measurement."""
    st.markdown(
        t(
            "The smallest GAN that there is: real data is the point 0, every fake is the point **θ**, and the score "
            "is the straight line D(x) = **ψ** x. Both players learn at the same time. The goal is the star in the "
            "middle: θ = 0, and ψ = 0 because nothing is left to tell apart."
        )
    )
    drawn = _draw(*_sliders(), language())
    for column, (kind, figure) in zip(st.columns(3), drawn.portraits.items(), strict=True):
        with column:
            st.markdown(f"**{t(NAMES[kind])}**")
            chart(figure, f"portrait_{kind}", t(NAMES[kind]))
    curves, table = st.columns([3, 2])
    with curves:
        chart(drawn.radii, "dirac_radii", t("distance from the middle"))
    table.markdown(drawn.table)
    table.caption(
        t(
            "Growth: the factor by which the distance from the middle changes in one step. Theory: the largest modulus "
            "of the eigenvalues of an update at (0, 0). Above 1, the middle repels. It holds close to the middle and "
            "where nothing is clipped: start there and compare. Mescheder, Geiger and Nowozin 2018 (their ψ is minus "
            "ours)."
        )
    )
    in_url.end(PAGE, FIELDS)


def _sliders() -> tuple[float, float, float, float, int]:
    columns = st.columns(5)
    key = {name: in_url.key_of(PAGE, name) for name in FIELDS}
    return (
        columns[0].slider(t("learning rate h"), 0.01, 0.5, step=0.01, key=key["dirac_h"]),
        columns[1].slider(t("R1 weight γ"), 0.0, 4.0, step=0.1, key=key["dirac_gamma"]),
        columns[2].slider(t("clip value c"), 0.05, 1.5, step=0.05, key=key["dirac_clip"]),
        columns[3].slider(t("start: θ = -ψ"), 0.05, 1.5, step=0.05, key=key["dirac_start"]),
        round(columns[4].slider(t("steps"), 50.0, 1000.0, step=50.0, format="%d", key=key["dirac_steps"])),
    )


@lru_cache(maxsize=64)
def _draw(h: float, gamma: float, clip: float, start: float, steps: int, language: str) -> Drawn:
    """Kept, as this part of the page stands still while the student moves the sliders above it."""
    gans = {kind: DiracGan(kind, h, gamma, clip) for kind in KINDS}
    paths = {kind: gan.trajectory(start, -start, steps) for kind, gan in gans.items()}
    reach = min(4.0, 1.15 * max(1.0, *(float(np.abs(path).max()) for path in paths.values())))
    portraits = {kind: portrait(gan, paths[kind], reach, t) for kind, gan in gans.items()}
    return Drawn(portraits, radii(paths, gans, NAMES, t), _table(gans, paths))


def _table(gans: dict[str, DiracGan], paths: dict[str, np.ndarray]) -> str:
    rows = [
        f"| | {t('growth, theory')} | {t('growth, last turn')} | {t('distance at the end')} |",
        "|---|---|---|---|",
    ]
    for kind, gan in gans.items():
        radius = float(np.linalg.norm(paths[kind][-1]))
        rows.append(f"| {t(NAMES[kind])} | {gan.growth:.6f} | {gan.measured_growth(paths[kind]):.6f} | {radius:.6g} |")
    return "\n".join(rows)

"""The map of the lessons, and a run that is already interesting."""

from typing import Any

import streamlit as st

from gan_core.figures import measures
from gan_core.presets import IMAGE_PRESETS, TOY_PRESETS, Preset
from gan_core.runs import recordings
from pages.components.i18n import t
from pages.components.live_figure import live_figure

st.title(t("Watch a GAN learn"))
st.markdown(
    t(
        "A **generator** G turns random numbers z into fakes. A **discriminator** D is shown real points and fakes and "
        "says how real each one looks. G learns from D's opinion, D learns from G's fakes. Below, the density p_g of "
        "the fakes flows onto the density p_data of the real points, until D can only guess: D(x) = 1/2. "
        "The dashed D*(x) is the best that any D could do."
    )
)
first: Any = recordings.read("gaussian")[0]
live_figure(
    "live/recordings/gaussian",
    first,
    "recorded",
    critic=False,
    key="home_figure",
    beside=measures.charts_beside("non_saturating"),
)
st.page_link("toy_gan.py", label=t("**Train it yourself: the 1-D GAN**"), icon=":material/play_circle:")
st.page_link("mnist.py", label=t("**See digits appear: MNIST, live**"), icon=":material/grid_on:")
st.page_link("latent.py", label=t("**Steer a generator by hand: the latent space**"), icon=":material/tune:")
st.page_link("wasserstein.py", label=t("**Move earth: the Wasserstein distance by hand**"), icon=":material/moving:")
st.page_link("divergences.py", label=t("**Compare: Jensen-Shannon against Wasserstein**"), icon=":material/compare:")


def ways_in(title: str, page: str, presets: list[Preset]) -> None:
    """A link and a reason for each preset."""
    st.subheader(title)
    for preset in presets:
        st.page_link(page, label=f"**{t(preset.title)}**", query_params={"preset": preset.name})
        st.caption(t(preset.reason))


learning = [preset for preset in TOY_PRESETS.values() if preset.promise == "converges"]
failing = [preset for preset in TOY_PRESETS.values() if preset.promise != "converges"]
succeed, fail, draw = st.columns(3)
with succeed:
    ways_in(t("See it succeed"), "toy_gan.py", learning)
with fail:
    ways_in(t("See it fail, and understand why"), "toy_gan.py", failing)
with draw:
    ways_in(t("See digits appear"), "mnist.py", list(IMAGE_PRESETS.values()))

"""Take a run that draws images along: GIF, picture, numbers, settings, and its generator."""

import streamlit as st

from gan_core.config import ImageConfig
from gan_core.runs.generator_file import generator_file, has_checkpoint
from gan_core.runs.store import weights_folder
from pages.components.i18n import t
from pages.components.training.exports import export_buttons
from pages.components.training.run_controls import current_run


def exports(preset: str, config: ImageConfig) -> None:
    """Buttons for the run on screen: the current one, or the recorded one of the preset."""
    with st.expander(t("Take it along: GIF, picture, numbers, settings, weights"), icon=":material/download:"):
        st.caption(
            t("The link in the address bar shows another reader the same settings, and on this server the same run.")
        )
        export_buttons(preset, config)
        _weights(preset)


def _weights(preset: str) -> None:
    """Of the newest checkpoint."""
    run = current_run()
    folder = weights_folder(run or "none")
    st.download_button(
        t("Weights of G (safetensors)"),
        lambda: generator_file(folder),
        f"ganscope-{preset}.safetensors",
        "application/octet-stream",
        key="weights",
        disabled=run is None or not has_checkpoint(folder),
        help=t(
            "The generator of the newest checkpoint, with its settings: pause the run first to have the newest one. "
            "The command line measures it: python -m gan_core evaluate --weights FILE."
        ),
    )

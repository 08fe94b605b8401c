"""Take a 1-D run along."""

import streamlit as st

from gan_core.config import ToyConfig
from pages.components.i18n import t
from pages.components.training.exports import export_buttons
from pages.components.training.link import fits_into_a_link


def exports(preset: str, config: ToyConfig) -> None:
    """Buttons for the run on screen: the current one, or the recorded one of the preset."""
    with st.expander(t("Take it along: GIF, picture, numbers, settings"), icon=":material/download:"):
        st.caption(
            t("The link in the address bar shows another reader the same settings, and on this server the same run.")
        )
        if config.target == "own_data" and not fits_into_a_link(config.data):
            st.caption(t("So many own numbers do not fit into a link: it leads to the run, not to the settings."))
        export_buttons(preset, config)

"""The 1-D GAN: p_data, p_g, D, D* and z -> x, while it learns and while the student changes things."""

import streamlit as st

from gan_core.config import ToyConfig
from gan_core.figures import measures
from gan_core.presets import PRESETS
from gan_core.runs import recordings
from gan_core.snapshots import unpack
from pages.components import settings
from pages.components.exports import exports
from pages.components.i18n import t
from pages.components.live_figure import live_figure
from pages.components.run_controls import current_run, look, set_live, transport_bar


@st.fragment
def stage(config: ToyConfig) -> None:
    """Transport bar and figure: what is drawn anew when a button is pressed or the run changes its state."""
    frames = look()
    transport_bar(config, frames)
    if frames and frames.status.message:
        st.error(frames.status.message)
    preset = st.session_state.preset_name
    if frames and frames.snapshots:
        source, first, shown = f"live/runs/{current_run()}", unpack(frames.snapshots[-1]), frames.config
        state = frames.status.state
    else:
        source, first, shown = f"live/recordings/{preset}", recordings.read(preset)[0], PRESETS[preset].config
        state = "recorded"
    critic = shown.loss == "wasserstein"
    live_figure(
        source,
        first,
        state,
        critic,
        "toy_figure",
        measures.charts_beside(critic),
        measures.charts_below(),
        lambda: None,
    )


run = look()
settings.begin(run.config if run else None)
with st.sidebar:
    chosen = settings.settings_form(set_live)
preset = PRESETS[st.session_state.preset_name]
st.markdown(f"**{t(preset.title)}.** {t(preset.look)} *{t('Try')}:* {t(preset.attempt)}")
stage(chosen)
exports(preset.name, chosen)

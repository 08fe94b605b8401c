"""Take the run along: GIF, PNG, CSV, its settings, and a link."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import streamlit as st

from gan_core.config import ToyConfig
from gan_core.export import history_csv
from gan_core.runs import recordings
from gan_core.runs.engine import engine
from gan_core.snapshots import pack, to_stream, unpack
from pages.components.i18n import t
from pages.components.run_controls import current_run


def exports(preset: str, config: ToyConfig) -> None:
    """Buttons for the run on screen: the current one, or the recorded one of the preset."""
    with st.expander(t("Take it along: GIF, picture, numbers, settings"), icon=":material/download:"):
        st.caption(
            t("The link in the address bar shows another reader the same settings, and on this server the same run.")
        )
        with st.container(horizontal=True):
            for kind, label in (("gif", t("Make a GIF")), ("png", t("Make a picture (PNG)"))):
                if st.button(label, key=f"make_{kind}"):
                    _make(kind, _frames(preset))
            st.download_button(
                t("Numbers (CSV)"),
                lambda: history_csv([unpack(frame) for frame in _frames(preset)]),
                f"ganscope-{preset}.csv",
                "text/csv",
                key="csv",
            )
            st.download_button(
                t("Settings (JSON)"),
                json.dumps(config.model_dump(), indent=2),
                f"ganscope-{preset}.json",
                "application/json",
                key="json",
            )


def _frames(preset: str) -> list[bytes]:
    run = current_run()
    return engine().frames(run).snapshots if run else [pack(snapshot) for snapshot in recordings.read(preset)]


def _make(kind: str, frames: list[bytes]) -> None:
    """Draw in a process of its own: the server stays free for the others."""
    bar = st.progress(0.0, t("Drawing ..."))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"ganscope.{kind}"
        command = [sys.executable, "-m", "gan_core.export", kind, str(path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(to_stream(frames))
            process.stdin.close()
            for line in process.stdout:
                bar.progress(float(line), t("Drawing ..."))
        bar.empty()
        if process.returncode:
            st.error(t("The picture could not be drawn."))
            return
        data = path.read_bytes()
    st.download_button(
        t("Save {name}").format(name=path.name), data, path.name, f"image/{kind}", type="primary", key="save"
    )
    st.image(data, width=420)

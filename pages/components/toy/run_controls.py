"""The transport bar: start, pause, step, reset and speed of the run that the URL names."""

import contextlib
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gan_core.config import ToyConfig
from gan_core.runs.controls import AS_FAST_AS_IT_GOES, SLOW_MOTION, Control, State
from gan_core.runs.engine import EngineError, Frames, Settings, UnknownRun, engine
from pages.components.i18n import t

PACES = [SLOW_MOTION, 1, 2, 5, 10, 20, 50, AS_FAST_AS_IT_GOES]


def current_run() -> str | None:
    return st.query_params.get("run")


def come_back() -> None:
    """From another page, the URL is bare: show the run that was shown before."""
    run = st.session_state.get("shown_run")
    if run and not {"run", "preset"} & set(st.query_params):
        st.query_params["run"] = run


@dataclass(frozen=True)
class Shown:
    """The current run as it is now: its newest frame, its status and its settings."""

    frames: Frames
    settings: Settings

    @property
    def state(self) -> State:
        return self.frames.status.state


def look() -> Shown | None:
    """The current run. One that is not known any more is taken out of the URL, and that is said."""
    run = current_run()
    if run is None:
        return None
    st.session_state.shown_run = run
    try:
        return Shown(engine().frames(run, limit=1), engine().settings(run))
    except UnknownRun:
        st.query_params.pop("run")
        st.session_state.shown_run = None
        st.warning(t("The run in this link is not on this server. The settings of the link are kept."))
    except EngineError as error:
        st.error(t(str(error)))
    return None


def leave() -> None:
    """Away from the current run, which is saved if it was begun here."""
    if current_run() in st.session_state.get("my_runs", ()):
        send(Control("stop"))
    st.query_params.pop("run", None)
    st.session_state.shown_run = None


def send(control: Control) -> None:
    """To the current run, if there is one. Trouble is shown by `look` at the next run of the page."""
    run = current_run()
    if run is not None:
        with contextlib.suppress(UnknownRun, EngineError):
            engine().send(run, control)


def set_live(field: str, value: Any) -> None:
    """A live field of the form was changed."""
    send(Control("set", field=field, value=value))


def start(config: ToyConfig, go: bool = True) -> None:
    """A new run, in the URL. The one before ends, saved, if it was begun here: others may be watching a shared one."""
    leave()
    try:
        run = engine().start(config)
    except EngineError as error:
        st.error(t(str(error)))
        return
    st.session_state.setdefault("my_runs", set()).add(run)
    st.query_params["run"] = run
    st.session_state.begun = (st.session_state.preset_name, run)
    send(Control("pace", count=st.session_state.get("pace", 5)))
    if go:
        send(Control("resume"))


def differs(config: ToyConfig, shown: Shown) -> bool:
    """Whether the form shows other settings than the run has. Live ones have been sent already, so they agree."""
    return bool(config.differences(shown.settings.config))


def transport_bar(config: ToyConfig, shown: Shown | None) -> None:
    """The one dominant button, and the others."""
    anew = shown is not None and differs(config, shown)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if shown is None or anew:
            label = t("Start with these settings") if anew else t("Start")
            st.button(label, icon=":material/play_arrow:", type="primary", on_click=start, args=(config,), key="start")
        elif shown.state in ("running", "starting"):
            _button("pause", t("Pause"), ":material/pause:", Control("pause"), type="primary")
        elif shown.state != "diverged":  # there, only a reset helps
            _button("resume", t("Continue"), ":material/play_arrow:", Control("resume"), type="primary")
        for kind, label, help in (
            ("both", t("Step"), t("One update of both players.")),
            ("discriminator", t("D only"), t("One update of the discriminator; G stands still.")),
            ("generator", t("G only"), t("One update of the generator; D stands still.")),
        ):
            st.button(
                label,
                icon=":material/skip_next:",
                help=help,
                key=f"step_{kind}",
                on_click=_step,
                args=(kind, config, shown is None or anew),
            )
        dominant = "primary" if shown and shown.state == "diverged" and not anew else "secondary"
        rest = {"type": dominant, "disabled": shown is None}
        _button("reset", t("Reset"), ":material/restart_alt:", Control("reset"), **rest)
        st.session_state.setdefault("pace", shown.frames.status.pace if shown else 5)
        st.select_slider(
            t("Speed: steps in each frame"),
            PACES,
            format_func=lambda pace: {SLOW_MOTION: t("slow motion"), AS_FAST_AS_IT_GOES: t("full speed")}.get(
                pace, str(pace)
            ),
            key="pace",
            on_change=lambda: send(Control("pace", count=st.session_state.pace)),
            width=260,
        )


def _button(key: str, label: str, icon: str, control: Control, **rest: Any) -> None:
    st.button(label, icon=icon, key=key, on_click=send, args=(control,), **rest)


def _step(kind: Any, config: ToyConfig, anew: bool) -> None:
    if anew:
        start(config, go=False)
    send(Control("step", kind=kind))

"""The run that the URL names: looked at, begun, left, and told what to do."""

import contextlib
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gan_core.config import TrainConfig
from gan_core.runs.controls import Control, State
from gan_core.runs.engine import EngineError, Frames, Settings, UnknownRun, engine
from gan_core.runs.generator_ids import run_id
from gan_core.snapshots import unpack
from pages.components.i18n import t
from pages.components.training.task import Task


def current_run() -> str | None:
    return st.query_params.get("run")


def come_back(task: Task) -> None:
    """From another page, the URL is bare: show the run that was shown before."""
    run = st.session_state.get(task.key("shown_run"))
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

    @property
    def config(self) -> Any:
        """Of the class that the page is for: `look` has made sure."""
        return self.settings.config

    @property
    def newest(self) -> Any:
        """Its last snapshot, of the kind that the page is for. There must be one."""
        return unpack(self.frames.snapshots[-1])


def look(task: Task) -> Shown | None:
    """The current run. One that is not known any more is taken out of the URL, and that is said."""
    run = current_run()
    if run is None:
        return None
    st.session_state[task.key("shown_run")] = run
    try:
        shown = Shown(engine().frames(run, limit=1), engine().settings(run))
    except UnknownRun:
        _give_up(task, t("The run in this link is not on this server. The settings of the link are kept."))
        return None
    except EngineError as error:
        st.error(t(str(error)))
        return None
    if not isinstance(shown.settings.config, task.config):
        _give_up(task, t("The run in this link belongs to another page."))
        return None
    return shown


def changes_in_mid_run(shown: Shown) -> None:
    """The last live changes, and at which step each came."""
    if shown.settings.changes:
        changes = (
            f"{t('step')} {step}: {t(shown.config.about(field).label)} → {t(str(value).replace('_', ' '))}"
            for step, field, value in shown.settings.changes[-8:]
        )
        st.caption(t("Changed while it ran") + " · " + " · ".join(changes))


def steer_link() -> None:
    """To the page where the generator of the current run is steered by hand, while it trains or afterwards."""
    run = current_run()
    if run is not None:
        st.page_link(
            "latent.py",
            label=t("Steer by hand"),
            help=t("Move z and the condition of this generator yourself, while it trains or afterwards."),
            icon=":material/tune:",
            query_params={"generator": run_id(run)},
        )


def _give_up(task: Task, sentence: str) -> None:
    st.query_params.pop("run")
    st.session_state[task.key("shown_run")] = None
    st.warning(sentence)


def leave(task: Task) -> None:
    """Away from the current run, which is saved if it was begun here."""
    if current_run() in st.session_state.get("my_runs", ()):
        send(Control("stop"))
    st.query_params.pop("run", None)
    st.session_state[task.key("shown_run")] = None


def send(control: Control) -> None:
    """To the current run, if there is one. Trouble is shown by `look` at the next run of the page."""
    run = current_run()
    if run is not None:
        tell(run, control)


def tell(run: str, control: Control) -> None:
    """To any run. One that cannot be reached has nothing to be told."""
    with contextlib.suppress(UnknownRun, EngineError):
        engine().send(run, control)


def set_live(field: str, value: Any) -> None:
    """A live field of the form was changed."""
    send(Control("set", field=field, value=value))


def start(task: Task, config: TrainConfig, go: bool = True) -> None:
    """A new run, in the URL. The one before ends, saved, if it was begun here: others may be watching a shared one."""
    leave(task)
    try:
        run = engine().start(config)
    except EngineError as error:
        st.error(t(str(error)))
        return
    st.session_state.setdefault("my_runs", set()).add(run)
    st.query_params["run"] = run
    st.session_state[task.key("begun")] = (st.session_state[task.key("preset_name")], run)
    send(Control("pace", count=st.session_state.get(task.key("pace"), task.pace)))
    if go:
        send(Control("resume"))


def differs(config: TrainConfig, shown: Shown | None) -> bool:
    """Whether the form shows other settings than the run has. Live ones have been sent already, so they agree."""
    return shown is not None and bool(config.differences(shown.config))

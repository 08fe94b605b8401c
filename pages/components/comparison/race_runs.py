"""The runs of a race: begun together, named in the URL, looked at, and ended when they are there."""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from gan_core.config import ToyConfig
from gan_core.lessons.racing import MOST, entrants
from gan_core.runs.controls import AS_FAST_AS_IT_GOES, ENDED, Control, Status
from gan_core.runs.engine import EngineError, UnknownRun, engine
from gan_core.snapshots import ToySnapshot, unpack
from pages.components.i18n import t

PARAMETER, MINE, SHOWN = "race", "my_races", "shown_race"


@dataclass(frozen=True)
class Runner:
    """One run of a race, as it is now."""

    name: str
    run: str
    status: Status
    last: ToySnapshot

    @property
    def is_over(self) -> bool:
        return self.is_there or self.status.state in (*ENDED, "diverged")

    @property
    def is_there(self) -> bool:
        """It has reached its goal; what its worker has done since then does not matter."""
        return 0 < self.status.goal <= self.last.step


def start(configs: dict[str, ToyConfig]) -> None:
    """All wait at step 0 until the last one is ready. Races that were begun here before end."""
    _send(st.session_state.pop(MINE, ()), Control("stop"))
    runs: dict[str, str] = {}
    try:
        for name, config in configs.items():
            runs[name] = engine().start(config)
        for run in runs.values():
            engine().send(run, Control("pace", count=AS_FAST_AS_IT_GOES))
            engine().send(run, Control("resume"))
    except (EngineError, UnknownRun):
        st.error(t("The race could not be started."))
        _send(runs.values(), Control("stop"))
        return
    st.session_state[MINE] = tuple(runs.values())
    st.session_state[SHOWN] = st.query_params[PARAMETER] = ",".join(f"{name}:{run}" for name, run in runs.items())


def stop() -> None:
    """The race on screen, whoever has begun it."""
    _send([run for _, run in _in_url()], Control("stop"))


def _send(runs: Iterable[str], control: Control) -> None:
    for run in runs:
        with contextlib.suppress(UnknownRun, EngineError):
            engine().send(run, control)


def release(runners: list[Runner]) -> None:
    """A run at its goal would keep its worker."""
    _send([runner.run for runner in runners if runner.status.state in ("finished", "diverged")], Control("stop"))


def _in_url() -> list[tuple[str, str]]:
    """Names and ids of the race that the URL names."""
    text = st.query_params.get(PARAMETER, "")
    return [pair for pair in re.findall(r"(\w+):([\w-]+)", text) if pair[0] in entrants()][:MOST]


def look() -> list[Runner]:
    """The race of the URL, or after a visit to another page the one before; what is not known any more is taken out,
    and that is said."""
    if st.session_state.get(SHOWN) and PARAMETER not in st.query_params:
        st.query_params[PARAMETER] = st.session_state[SHOWN]
    st.session_state[SHOWN] = st.query_params.get(PARAMETER, "")
    runners: list[Runner] = []
    for name, run in _in_url():
        try:
            frames = engine().frames(run, limit=1)
        except UnknownRun:
            continue
        except EngineError as error:
            st.error(t(str(error)))
            return []
        if frames.snapshots:
            runners.append(Runner(name, run, frames.status, unpack(frames.snapshots[-1])))
    if PARAMETER in st.query_params and not runners:
        st.query_params.pop(PARAMETER)
        st.session_state.pop(SHOWN)
        st.warning(t("The race in this link is not on this server."))
    return runners

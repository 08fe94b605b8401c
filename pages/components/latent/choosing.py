"""Which generator: a shipped one, one of the student's own runs, or a file that they bring along."""

import streamlit as st

from gan_core.fields import ConfigError
from gan_core.latent import uploads
from gan_core.latent.generators import Card, UnknownGenerator, about, shipped
from gan_core.runs.engine import EngineError
from gan_core.runs.generator_ids import run_id, run_of
from pages.components.i18n import say, t
from pages.components.in_url import key_of
from pages.components.latent.card import family_title
from pages.components.latent.settings import FIELDS, PAGE, forget, put, shown
from pages.components.mnist.settings import IMAGES
from pages.components.toy.settings import TOY

UPLOADS = f"{PAGE}_uploads"  # the names of the files, by id
FILE = f"{PAGE}_file"
REFUSED = f"{PAGE}_refused"


def choose() -> Card:
    """The selector with the way to bring a file, and the generator that is chosen now."""
    card = _chosen()
    choices = offered(card)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            t("Generator"),
            choices,
            format_func=lambda generator: title(choices[generator]),
            key=key_of(PAGE, "generator"),
            on_change=forget,
            label_visibility="collapsed",
        )
        _bring()
    return choices[shown("generator")]


def _chosen() -> Card:
    """The one that the URL names; the first shipped one, and a sentence, if it cannot be had."""
    try:
        return about(shown("generator"))
    except UnknownGenerator:
        st.warning(t("The generator in this link is not on this server. Here is another one."))
    except EngineError as error:
        st.error(t(str(error)))
    put("generator", FIELDS["generator"].default)
    forget()
    return about(shown("generator"))


def offered(chosen: Card) -> dict[str, Card]:
    """By id: what is shipped, the runs and files of this session, and the chosen one."""
    runs = [st.session_state.get(task.key("shown_run")) for task in (IMAGES, TOY)]
    runs += sorted(st.session_state.get("my_runs", ()))
    wanted = [*shipped(), *(run_id(run) for run in runs if run), *st.session_state.get(UPLOADS, {}), chosen.id]
    found = {}
    for generator in dict.fromkeys(wanted):
        try:
            found[generator] = chosen if generator == chosen.id else about(generator)
        except (UnknownGenerator, EngineError):
            continue
    return found


def title(card: Card) -> str:
    """How the selector calls it."""
    if card.id in shipped():
        return t("{family}, shipped").format(family=family_title(card.family))
    if name := st.session_state.get(UPLOADS, {}).get(card.id):
        return t("File {name}").format(name=name)
    family, step = family_title(card.family), f"{card.steps:,}"
    if card.is_running:
        return t("{family}, still training, step {step}").format(family=family, step=step)
    if run_of(card.id):
        return t("{family}, run, step {step}").format(family=family, step=step)
    return t("{family}, file, step {step}").format(family=family, step=step)


def _bring() -> None:
    with st.popover(t("File"), icon=":material/upload:"):
        st.markdown(
            t(
                "A `.safetensors` file that was saved on the page of a run: *Weights of G*. It is looked at before "
                "anything is built from it. Pickle files (`.pt`, `.pkl`) are refused unread: reading one runs "
                "whatever its maker has put in."
            )
        )
        st.file_uploader(t("File"), type=["safetensors"], key=FILE, on_change=_keep, label_visibility="collapsed")
        if refused := st.session_state.get(REFUSED):
            st.error(refused)


def _keep() -> None:
    """A file has come: it becomes the generator, or a sentence says why not."""
    file = st.session_state[FILE]
    st.session_state[REFUSED] = ""
    if file is None:
        return
    try:
        generator = uploads.keep(file.getvalue(), file.name)
    except ConfigError as error:
        st.session_state[REFUSED] = say(error)
        return
    st.session_state.setdefault(UPLOADS, {})[generator] = file.name
    put("generator", generator)
    forget()

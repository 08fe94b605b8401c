"""An image set that is not on this machine: what it is, how large, and its download."""

import streamlit as st

from gan_core.data import SETS, ImageSet, is_here
from gan_core.runs.downloads import Progress, downloads
from pages.components.i18n import say, t

EACH = 0.5  # seconds between two looks at a download
FETCH = {
    "idle": "Download ({megabytes} MB)",
    "done": "Download ({megabytes} MB)",
    "cancelled": "Go on with the download",
    "failed": "Try again",
}


def data_panel(name: str) -> bool:
    """Whether the set `name` can be used. If it cannot, a panel says why, and offers what helps."""
    if is_here(name):
        return True
    chosen, progress = SETS[name], downloads().progress(name)
    with st.container(border=True, key=f"data_panel_{name}"):
        st.markdown(f"**{t('{title} is not on this machine yet').format(title=t(chosen.title))}**")
        numbers = t("{train:,} images to train on, {test:,} to test with.")
        st.markdown(t(chosen.source) + " " + numbers.format(train=chosen.train, test=chosen.test))
        if progress.is_going:
            st.fragment(_bar, run_every=EACH)(name)
            st.button(
                t("Cancel"),
                icon=":material/close:",
                key=f"cancel_download_{name}",
                on_click=downloads().cancel,
                args=(name,),
            )
        else:
            _offer(chosen, progress)
    return False


def _bar(name: str) -> None:
    """As far as it has come. At the end the whole page is run again: it has images now, or a sentence."""
    progress = downloads().progress(name)
    if not progress.is_going:
        st.rerun()
    if progress.state == "unpacking":
        text = t("Unpacking ...")
    elif progress.done:
        text = t("{done:.1f} of {total:.1f} MB").format(done=progress.done / 1e6, total=progress.total / 1e6)
    else:
        text = t("Asking the server ...")
    st.progress(progress.share, text=text)


def _offer(chosen: ImageSet, progress: Progress) -> None:
    if progress.state == "failed":
        st.error(say(progress.message))
    elif progress.state == "cancelled":
        st.caption(t("Cancelled. What has come is kept."))
    st.button(
        t(FETCH[progress.state]).format(megabytes=round(chosen.bytes / 1e6)),
        icon=":material/download:",
        type="primary",
        key=f"download_{chosen.name}",
        on_click=downloads().begin,
        args=(chosen.name,),
    )

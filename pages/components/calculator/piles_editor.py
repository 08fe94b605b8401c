"""The two piles: examples, a table, a box to paste into. All three end in one line of text, which the link carries."""

import streamlit as st

from gan_core.calculator import Written, lists_in
from gan_core.fields import ConfigError, Note
from gan_core.lessons.examples import EXAMPLES
from gan_core.theory.transport.piles import Piles
from pages.components.calculator.page import PAGE
from pages.components.i18n import say, t
from pages.components.in_url import LONGEST, Kept, key_of
from pages.components.kept_table import agree, kept_table

TEXT, TABLE, READ = key_of(PAGE, "piles"), f"{PAGE}_table", f"{PAGE}_read"
OWN = "own"
MOST_ROWS = 200  # of a table that can be edited
MOST_PASTED = 2_000_000  # characters


def _read(text: str) -> str:
    lists_in(text).read()
    return text


KEPT = Kept(EXAMPLES["three_plans"].piles, _read)


def choose_piles() -> None:
    """An example, or piles that are pasted: in the sidebar."""
    _choose_example()
    _paste_box()
    if len(st.session_state[TEXT]) > LONGEST:
        st.caption(t("So many cells do not fit into a link."))


def edit_piles() -> tuple[Piles, tuple[Note, ...]]:
    """The table. The piles as they are now; the last ones that made sense if the table does not."""
    if st.session_state.get(READ, ("",))[0] != st.session_state[TEXT]:
        written = lists_in(st.session_state[TEXT])
        st.session_state[READ] = (st.session_state[TEXT], len(written.p), written.read())
    _, cells, read = st.session_state[READ]
    if cells <= MOST_ROWS:
        return _table() or read
    st.caption(t("Too many cells for a table: paste another list to change them."))
    return read


def _choose_example() -> None:
    known = {example.piles: example.name for example in EXAMPLES.values()}
    name = known.get(st.session_state[TEXT], OWN)
    st.session_state[f"{PAGE}_example"] = name

    def picked() -> None:
        if (picked := st.session_state[f"{PAGE}_example"]) in EXAMPLES:
            _begin(EXAMPLES[picked].piles)

    st.selectbox(
        t("Example"),
        [*EXAMPLES, *([OWN] if name == OWN else [])],
        format_func=lambda name: t(EXAMPLES[name].title) if name in EXAMPLES else t("Own piles"),
        key=f"{PAGE}_example",
        on_change=picked,
    )
    own = t("Your own piles: the link in the address bar has them.")
    st.caption(t(EXAMPLES[name].reason) if name in EXAMPLES else own)


def _table() -> tuple[Piles, tuple[Note, ...]] | None:
    """What the table says; None, after a sentence, if that makes no sense."""
    headings = (t("position"), t("mass P"), t("mass Q"))
    rows = kept_table(TABLE, st.session_state[TEXT], lambda text: lists_in(text).rows, headings)
    st.caption(t("A row for each place: where it is, and how much of P and of Q lies there. 0.1 and 1/3 are exact."))
    written = Written.of(*zip(*rows, strict=True)) if rows else Written((), (), ())
    try:
        read = written.read()
    except ConfigError as error:
        st.error(say(error))
        st.caption(t("The page still shows the last piles that could be read."))
        return None
    st.session_state[TEXT] = written.line
    agree(TABLE, written.line)
    return read


def _paste_box() -> None:
    with st.expander(t("Paste piles"), icon=":material/content_paste:"):
        st.text_area(
            t("P / Q, CSV or JSON"),
            key=f"{PAGE}_paste",
            max_chars=MOST_PASTED,
            placeholder="3 4 1 1 5 / 2 2 3 5 2",
            help=t(
                "Masses of P, a slash with spaces around it, masses of Q; or two lines, the masses of P and those of "
                "Q; or positions / P / Q; or three and more lines, each with position, P, Q; or JSON with the lists x, "
                "p and q."
            ),
        )
        st.button(t("Use these piles"), on_click=_paste, key=f"{PAGE}_use")
        if error := st.session_state.pop(f"{PAGE}_paste_error", None):
            st.error(say(error))


def _begin(text: str) -> None:
    """Other piles: what belonged to the ones before, a plan of one's own and an f, is gone with them."""
    st.session_state[TEXT] = text
    st.session_state[key_of(PAGE, "moves")], st.session_state[key_of(PAGE, "f")] = "", []


def _paste() -> None:
    try:
        written = lists_in(st.session_state[f"{PAGE}_paste"])
        written.read()
    except ConfigError as error:
        st.session_state[f"{PAGE}_paste_error"] = error
        return
    _begin(written.line)

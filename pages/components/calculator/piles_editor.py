"""The two piles: examples, a table, a box to paste into. All three end in one line of text, which the link carries."""

import streamlit as st

from gan_core.calculator import Written, lists_in
from gan_core.fields import ConfigError, Note
from gan_core.lessons.examples import EXAMPLES
from gan_core.theory.transport.piles import Piles
from pages.components.i18n import say, t
from pages.components.in_url import LONGEST, Kept, key_of

PAGE = "wasserstein"
TEXT, TABLE, FILLED, ROWS = key_of(PAGE, "piles"), f"{PAGE}_table", f"{PAGE}_filled", f"{PAGE}_rows"
OWN = "own"
MOST_ROWS = 200  # of a table that can be edited


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
    if st.session_state.get(FILLED) != st.session_state[TEXT]:
        _fill(lists_in(st.session_state[TEXT]))
    if len(st.session_state[ROWS].p) <= MOST_ROWS:
        return _table()
    st.caption(t("Too many cells for a table: paste another list to change them."))
    return lists_in(st.session_state[TEXT]).read()


def _choose_example() -> None:
    known = {example.piles: example.name for example in EXAMPLES.values()}
    st.session_state[f"{PAGE}_example"] = known.get(st.session_state[TEXT], OWN)

    def picked() -> None:
        if (name := st.session_state[f"{PAGE}_example"]) in EXAMPLES:
            st.session_state[TEXT] = EXAMPLES[name].piles

    name = st.selectbox(
        t("Example"),
        [*EXAMPLES, OWN],
        format_func=lambda name: t(EXAMPLES[name].title) if name in EXAMPLES else t("Own piles"),
        key=f"{PAGE}_example",
        on_change=picked,
    )
    st.caption(
        t(EXAMPLES[name].reason) if name in EXAMPLES else t("Your own piles: the link in the address bar has them.")
    )


def _fill(written: Written) -> None:
    """The table begins anew with these rows."""
    st.session_state[ROWS] = written
    st.session_state[FILLED] = st.session_state[TEXT]
    st.session_state.pop(TABLE, None)


def _table() -> tuple[Piles, tuple[Note, ...]]:
    """It starts from the rows that `_fill` has set, and keeps its own edits after that."""
    names = {"x": t("position"), "p": t("mass P"), "q": t("mass Q")}
    rows = st.session_state[ROWS]
    edited = st.data_editor(
        {names[field]: list(getattr(rows, field)) for field in names},
        num_rows="dynamic",
        key=TABLE,
        hide_index=True,
        column_config={name: st.column_config.TextColumn() for name in names.values()},
    )
    st.caption(t("A row for each place: where it is, and how much of P and of Q lies there. 0.1 and 1/3 are exact."))
    cells = [row for row in zip(*(edited[name] for name in names.values()), strict=True) if any(map(_is_there, row))]
    columns = (
        zip(*([cell if _is_there(cell) else "" for cell in row] for row in cells), strict=True) if cells else ((),) * 3
    )
    try:
        written = Written.of(*columns)
        read = written.read()
    except ConfigError as error:
        st.error(say(error))
        st.caption(t("The page still shows the last piles that could be read."))
        return lists_in(st.session_state[TEXT]).read()
    st.session_state[TEXT] = st.session_state[FILLED] = written.line
    return read


def _is_there(cell: object) -> bool:
    return cell is not None and cell == cell and str(cell).strip() != ""


def _paste_box() -> None:
    with st.expander(t("Paste piles"), icon=":material/content_paste:"):
        text = st.text_area(
            t("P / Q, CSV or JSON"),
            key=f"{PAGE}_paste",
            placeholder="3 4 1 1 5 / 2 2 3 5 2",
            help=t(
                "Masses of P, a slash with spaces around it, masses of Q; or positions / P / Q; or a line for each "
                "cell: position, P, Q; or JSON with the lists x, p and q."
            ),
        )
        st.button(t("Use these piles"), on_click=_paste, args=(text,), key=f"{PAGE}_use")
        if error := st.session_state.pop(f"{PAGE}_paste_error", None):
            st.error(say(error))


def _paste(text: str) -> None:
    try:
        written = lists_in(text)
        written.read()
    except ConfigError as error:
        st.session_state[f"{PAGE}_paste_error"] = error
        return
    st.session_state[TEXT] = written.line
    st.session_state.pop(FILLED, None)

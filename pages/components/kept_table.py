"""A table to edit whose rows are kept elsewhere as one line of text, which a link or a button may change as well."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

Row = tuple[str, ...]


def kept_table(key: str, text: str, rows_in: Callable[[str], Sequence[Row]], headings: Sequence[str]) -> list[Row]:
    """The rows as the reader has edited them, without those that are wholly empty.

    The table begins anew with `rows_in(text)` whenever `text` is not what `agree` was told last, and whenever Streamlit
    has forgotten the edits because the table was not shown for a while.
    """
    base, agreed = f"{key}_rows", f"{key}_text"
    if key not in st.session_state or st.session_state.get(agreed) != text:
        st.session_state[base] = [tuple(row) for row in rows_in(text)] or [("",) * len(headings)]
        st.session_state[agreed] = text
        st.session_state.pop(key, None)
    columns: dict[str, Any] = {
        heading: [row[at] for row in st.session_state[base]] for at, heading in enumerate(headings)
    }
    edited = st.data_editor(
        columns,
        num_rows="dynamic",
        key=key,
        hide_index=True,
        column_config={heading: st.column_config.TextColumn() for heading in headings},
    )
    rows = zip(*(map(_text, edited[heading]) for heading in headings), strict=True)
    return [row for row in rows if any(row)]


def agree(key: str, text: str) -> None:
    """`text` is what the edited rows say: the table goes on from here."""
    st.session_state[f"{key}_text"] = text


def _text(cell: object) -> str:
    return "" if cell is None or cell != cell else str(cell).strip()

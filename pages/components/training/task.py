"""What a page that trains has of its own. The form, the transport bar and the exports serve any of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gan_core.config import TrainConfig
from gan_core.presets import Preset


@dataclass(frozen=True)
class Editor:
    """The widget of a field that no common kind of widget fits.

    Parameters
    ----------
    draw : given the field's label, its help and its key in the session, where the value to begin with lies; returns the
        value as it was edited.
    keys : the editor's own keys in the session, the main one first; forgotten when other settings are shown.
    """

    draw: Callable[[str, str, str], Any]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """A row for each page that trains.

    Parameters
    ----------
    config : the class of its settings; `task` in there is the name of this row.
    presets : by name.
    first : the preset of the first visit.
    groups : headings of the form, by the group that each field names.
    unfolded : the group that is open at first.
    applies : whether a field does anything, given all values; fields that do nothing are not shown.
    pace : steps in each frame at first.
    editors : for fields that need one.
    prefix : begins the page's keys in the session, so that two pages do not share their widgets.
    parameters : what else the page keeps in its URL.
    """

    config: type[TrainConfig]
    presets: Mapping[str, Preset]
    first: str
    groups: Mapping[str, str]
    unfolded: str
    applies: Callable[[str, Mapping[str, Any]], bool]
    pace: int
    editors: Mapping[str, Editor] = field(default_factory=dict)
    prefix: str = ""
    parameters: tuple[str, ...] = ()

    def key(self, name: str) -> str:
        """Of a value or a widget of this page, in `st.session_state`."""
        return f"{self.prefix}{name}"

    def field_key(self, name: str) -> str:
        """Of a field of the settings."""
        return self.key(f"field_{name}")

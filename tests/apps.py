"""Reading what a page shows in Streamlit's test harness."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def param(app: AppTest, name: str) -> str:
    """A query parameter; the harness keeps it as a text or as a list of one."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def component_data(app: AppTest, field: str) -> dict[str, Any]:
    """What the page's one component whose data has this field was given."""
    given = [_data(component.proto) for component in app.get("bidi_component")]
    (found,) = [data for data in given if field in data]
    return found


def _data(proto: Any) -> dict[str, Any]:
    return json.loads(proto.mixed.json if proto.HasField("mixed") else proto.json)

"""Reading what a page shows in Streamlit's test harness."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def param(app: AppTest, name: str) -> str:
    """A query parameter; the harness keeps it as a text or as a list of one."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def component_data(app: AppTest) -> dict[str, Any]:
    """What the page's one component was given."""
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.mixed.json if component.proto.HasField("mixed") else component.proto.json)

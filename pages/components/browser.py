"""Elements that are drawn by our own modules in the browser: the one place where Python meets them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

ASSETS = Path(__file__).parents[2] / "assets"

_LOADER = """
const module = import(new URL("assets/{module}", location.href));
export default function (component) {{
  module.then((it) => it.show(component));
  return () => module.then((it) => it.close(component.parentElement));
}}
"""


def browser_component(name: str, module: str, html: str, css: str = "", own_styles: bool = False) -> Callable[..., Any]:
    """A component whose `module` in assets/ exports show(component) and close(parentElement).

    Parameters
    ----------
    html, css : texts, `asset` reads them from a file.
    own_styles : the page's styles and its own do not meet. Not for Plotly, which puts its styles into the document.
    """
    return component(
        name,
        html=html,
        css=css or None,
        js=_LOADER.format(module=module),
        isolate_styles=own_styles,
    )


def asset(file: str) -> str:
    """The text of a file in assets/."""
    return (ASSETS / file).read_text(encoding="utf-8")

"""How fast the same run is on several devices, as bars."""

from collections.abc import Callable, Mapping

import plotly.graph_objects as go

from gan_core.figures.palette import PLANS


def bars(speeds: Mapping[str, float], labels: Mapping[str, str], t: Callable[[str], str] = str) -> go.Figure:
    """A bar for each device, with its images per second, and how many times the slowest that is.

    Parameters
    ----------
    speeds : images per second, by device.
    labels : what the devices are called, in the reader's language.
    """
    slowest = min(speeds.values())
    texts = [f"{speed:,.0f}   ({speed / slowest:.1f} x)" for speed in speeds.values()]
    figure = go.Figure(
        go.Bar(
            x=list(speeds.values()),
            y=[labels[device] for device in speeds],
            text=texts,
            textposition="auto",
            orientation="h",
            marker={"color": list(PLANS[: len(speeds)])},
            hoverinfo="skip",
        )
    )
    figure.update_layout(
        height=90 + 50 * len(speeds),
        margin={"l": 12, "r": 12, "t": 8, "b": 40},
        xaxis={"title": {"text": t("images/s"), "standoff": 4}, "rangemode": "tozero"},
        yaxis={"automargin": True, "autorange": "reversed"},
        bargap=0.35,
    )
    return figure

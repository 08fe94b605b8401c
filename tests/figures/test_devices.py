import pytest

from gan_core.figures.devices import bars


def test_bars_say_how_many_times_faster():
    figure = bars({"cpu": 200.0, "cuda": 5000.0}, {"cpu": "one core", "cuda": "GPU"})
    (bar,) = figure.data
    assert list(bar.y) == ["one core", "GPU"]
    assert list(bar.x) == pytest.approx([200, 5000])
    assert list(bar.text) == ["200   (1.0 x)", "5,000   (25.0 x)"]
    assert len(set(bar.marker.color)) == 2

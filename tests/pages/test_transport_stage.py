import pytest

from pages.components.calculator.transport_stage import _heights

OLD = [0.0, 1.0]


def test_what_the_browser_says_is_taken():
    assert _heights([2, -0.5], OLD) == [2.0, -0.5]


@pytest.mark.parametrize("nonsense", [None, [1.0], [1.0, 2.0, 3.0], [1.0, float("nan")], [1.0, "2"], {"0": 1}, "12"])
def test_nonsense_is_not(nonsense):
    assert _heights(nonsense, OLD) == OLD

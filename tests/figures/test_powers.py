import numpy as np
import pytest
from problems import DEFAULT, problem

from gan_core.figures.powers import powers_figure

NAMES = {"fifo": "A", "stay_lifo": "B", "stay_fifo": "C"}


def curves(power=1.0):
    figure = powers_figure(problem(*DEFAULT), NAMES, power)
    return {trace.name: np.array(trace.y) for trace in figure.data}, np.array(figure.data[0].x), figure


def test_the_cheapest_is_1_everywhere_and_all_are_1_at_power_1():
    lines, grid, _ = curves()
    stacked = np.stack(list(lines.values()))
    assert stacked.min(axis=0) == pytest.approx(np.ones(len(grid)))
    at_1 = np.argmin(np.abs(grid - 1))
    assert grid[at_1] == pytest.approx(1)
    assert stacked[:, at_1] == pytest.approx([1, 1, 1])


def test_each_rule_is_best_on_its_side():
    lines, grid, _ = curves()
    assert lines["A"][grid > 1] == pytest.approx(1)
    assert lines["B"][grid < 1] == pytest.approx(1)
    at_2 = np.argmin(np.abs(grid - 2))
    assert [lines[name][at_2] for name in "BC"] == pytest.approx([14 / 8, 12 / 8])


def test_the_line_stands_at_the_power():
    (line,) = curves(2.4)[2].layout.shapes
    assert (line.x0, line.x1) == (2.4, 2.4)


def test_where_nothing_moves_every_curve_is_1():
    figure = powers_figure(problem((1, 2), (1, 2)), NAMES, 1.0)
    assert all(np.array(trace.y) == pytest.approx(1) for trace in figure.data)

from pathlib import Path

import pytest

from gan_core.theory.calibration import CEILING, FLOOR, ROWS, calibration

TABLE = calibration()
PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
COLUMNS = ("kid", "precision", "recall", "entropy", "digits_present", "confidence", "inception", "accuracy")


def test_every_row_is_there_and_named():
    assert list(TABLE) == list(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_quick_scores_come_near_the_full_ones(name):
    row = TABLE[name]
    assert row.quick.keys() == row.spread.keys()
    for score in ("frechet", "entropy", "confidence", "accuracy"):
        assert row.quick[score] == pytest.approx(row.full[score], abs=2 * row.spread[score] + 0.02)


def test_floor_and_ceiling():
    assert TABLE[FLOOR].full["frechet"] < 0.15
    assert TABLE[FLOOR].full["accuracy"] >= 0.992
    assert all(row.full["frechet"] > 2.5 for name, row in TABLE.items() if name not in (FLOOR, "shuffled_conditions"))
    assert TABLE[CEILING].full["frechet"] > 100
    assert TABLE[CEILING].full["precision"] < 0.01 < TABLE[FLOOR].full["precision"]


@pytest.mark.parametrize("name", ROWS)
def test_the_documentation_shows_these_numbers(name):
    (line,) = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {ROWS[name]} |")]
    cells, row = [cell.strip() for cell in line.strip("|").split("|")][1:], TABLE[name]
    quick, spread = (float(part) for part in cells.pop(1).split("±"))
    assert (quick, spread) == pytest.approx((row.quick["frechet"], row.spread["frechet"]), abs=0.006)
    shown = [float(cell) for cell in cells]
    assert shown == pytest.approx([row.full[column] for column in ("frechet", *COLUMNS)], rel=1e-3)

"""The exact divergences: how fast a sheet of curves is, and how exact JS is beside what one would write at first.

    python -m benchmarks.divergences

Each line is a ratio of two things measured in this process. Exits with 1 when a promise is not kept.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import jensenshannon

from gan_core.theory.distributions import Mixture
from gan_core.theory.divergence.comparison import compare, curves, shifted

NORMAL = Mixture.of([(1, 0, 1)])
THETAS = np.linspace(-10, 10, 200)
SHEET_MS = 50  # promised for 200 thetas
TURNS = 9
# JS of N(0, 1) and N(mean, sd^2), by quadrature with 30 digits (mpmath).
EXACT = {(0.5, 1): 0.030311300521, (4, 1): 0.632720193737, (10, 1): 0.693146317394, (1, 2): 0.128174973054,
         (0, 0.1): 0.433310718768, (0, 0.01): 0.640613498970, (0, 0.001): 0.684565979606}  # fmt: skip


def seconds(work: Callable[[], object], turns: int = TURNS) -> float:
    """Median time of one call; the first one warms up."""
    taken = []
    for _ in range(turns + 1):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def on_a_grid(mean: float, sd: float, points: int = 2001) -> float:
    """JS as one writes it at first: densities on an even grid, SciPy's root of JS, squared."""
    x = np.linspace(min(-10.0, mean - 10 * sd), max(10.0, mean + 10 * sd), points)
    return float(jensenshannon(NORMAL.pdf(x), Mixture.of([(1, mean, sd)]).pdf(x)) ** 2)


def sheet(sd: float) -> bool:
    """All measures at 200 thetas against one comparison after the other. Whether the promise is kept."""
    q = Mixture.of([(1, 0, sd)])
    at_once = seconds(lambda: curves(NORMAL, q, THETAS))
    one_by_one = seconds(lambda: [compare(NORMAL, shifted(q, float(theta))) for theta in THETAS], turns=3)
    print(
        f"sheet of 200 thetas, sd 1 and {sd:g}: {1000 * at_once:6.1f} ms (promised {SHEET_MS}), "
        f"{one_by_one / at_once:5.1f} times as fast as one by one"
    )
    return 1000 * at_once <= SHEET_MS


def accuracy(mean: float, sd: float) -> bool:
    """JS against SciPy on a grid of 2001 points, in error and in time."""
    q, exact = Mixture.of([(1, mean, sd)]), EXACT[mean, sd]
    ours, grid = compare(NORMAL, q).js, on_a_grid(mean, sd)
    slower = seconds(lambda: compare(NORMAL, q)) / seconds(lambda: on_a_grid(mean, sd))
    print(
        f"JS, N(0, 1) and N({mean:g}, {sd:g}²): error {abs(ours - exact):.0e}, on a grid {abs(grid - exact):.0e}; "
        f"all measures and gradients in {slower:.2f} of the time of JS on the grid"
    )
    return abs(ours - exact) < 1e-9


if __name__ == "__main__":
    kept = [*(sheet(sd) for sd in (1.0, 2.0, 0.001)), *(accuracy(*pair) for pair in EXACT)]
    sys.exit(not all(kept))

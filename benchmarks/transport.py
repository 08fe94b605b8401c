"""How fast transport on a line is, against SciPy and exactly. `python benchmarks/transport.py`"""

import statistics
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog
from scipy.stats import wasserstein_distance

from gan_core.theory.transport.piles import read_piles
from gan_core.theory.transport.problem import Transport, dual_value, wasserstein_of_points

POINTS, CELLS, ROUNDS = 1_000_000, 50, 5


def main() -> None:
    random = np.random.default_rng(0)
    million_points(random)
    print()
    fifty_cells(random)


def million_points(random: np.random.Generator) -> None:
    """Masses p and q at the same points. SciPy sorts whatever comes; points in order need no sorting here."""
    x = np.sort(random.normal(size=POINTS))
    p, q = random.random((2, POINTS))
    p, q = p / p.sum(), q / q.sum()
    shuffled = random.permutation(POINTS)
    print(f"W1 of {POINTS:,} weighted points           ours      SciPy  ratio")
    for label, order in (("points in order", slice(None)), ("points out of order", shuffled)):
        args = x[order], p[order], q[order]
        ours, theirs = interleaved(
            lambda args=args: wasserstein_of_points(*args),
            lambda args=args: wasserstein_distance(args[0], args[0], args[1], args[2]),
        )
        print(f"{label:32} {1e3 * ours:7.1f} ms {1e3 * theirs:7.0f} ms {theirs / ours:6.1f}")


def fifty_cells(random: np.random.Generator) -> None:
    """Value, dual and three plans with their costs, in exact fractions, against one floating-point LP."""
    x = np.cumsum(random.integers(1, 9, CELLS)) / 4
    p = random.integers(0, 9, CELLS)
    q = random.permutation(p)
    cost = np.abs(x[:, None] - x).ravel()
    margins = np.vstack([np.kron(np.eye(CELLS), np.ones(CELLS)), np.kron(np.ones(CELLS), np.eye(CELLS))])

    def exact() -> None:
        transport = Transport(read_piles(x.tolist(), p.tolist(), q.tolist())[0])
        costs = {transport.cost(plan) for plan in transport.plans.values()}
        assert costs == {transport.w1, dual_value(transport.piles, transport.potential)}

    ours, theirs = interleaved(exact, lambda: linprog(cost, A_eq=margins, b_eq=np.concatenate([p, q])))
    print(f"{CELLS} cells: value, dual and three plans exactly {1e3 * ours:6.1f} ms (at most 20 wanted)")
    print(f"          one plan by a linear program        {1e3 * theirs:6.1f} ms, {theirs / ours:.1f} times as long")


def interleaved(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of both, taken in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for call, kept in zip((ours, theirs), times, strict=True):
            began = time.perf_counter()
            call()
            kept.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    main()

"""Problems for the tests of transport."""

from fractions import Fraction

import numpy as np

from gan_core.theory.transport.piles import Piles, read_piles
from gan_core.theory.transport.problem import Transport

DEFAULT = ((3, 4, 1, 1, 5), (2, 2, 3, 5, 2))
LIL_LOG = ((3, 2, 1, 4), (1, 2, 4, 3))  # Weng 2017, "From GAN to WGAN"
SQUARE_TRAP = ((1, 2, 0, 0, 3), (0, 0, 2, 4, 0))  # W2^2 differs from W1 here, unlike in the two above


def piles(p, q, x=None) -> Piles:
    return read_piles(x, p, q)[0]


def problem(p, q, x=None) -> Transport:
    return Transport(piles(p, q, x))


def random_problem(seed: int, most_cells: int = 8, most_mass: int = 6) -> Transport:
    """Whole masses at increasing positions with gaps of quarters, both piles of one mass."""
    random = np.random.default_rng(seed)
    cells = int(random.integers(2, most_cells + 1))
    p = random.integers(0, most_mass + 1, cells)
    p[random.integers(cells)] += 1
    q = np.bincount(random.choice(cells, p.sum()), minlength=cells)
    x = np.cumsum(random.integers(1, 13, cells))
    return problem(p.tolist(), q.tolist(), [Fraction(int(at), 4) for at in x])

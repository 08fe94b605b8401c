"""Kernel distance: do two clouds of features have the same moments, up to the third?"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

BLOCK = 2_000  # rows that are compared at once

Features = Float[Tensor, "n features"]


def kid(features: Features, real: Float[Tensor, "rows features"]) -> float:
    """Kernel distance (Binkowski et al. 2018, sec. 3): the mean of `squared_mmd` over blocks of at most 2,000 rows.

    Unbiased: 0 on average if both come from one distribution, whatever their numbers, so it may fall below 0. It has no
    unit and depends on the scale of the features. The paper takes the features of Inception, we take our own.
    """
    if min(len(features), len(real)) < 2 or not torch.isfinite(features).all():
        return math.nan
    blocks = -(-len(features) // BLOCK)
    return sum(squared_mmd(features[start::blocks], real) for start in range(blocks)) / blocks


def squared_mmd(x: Features, y: Float[Tensor, "rows features"]) -> float:
    """E k(x, x') + E k(y, y') - 2 E k(x, y) with k(a, b) = (a.b / features + 1)^3.

    The unbiased estimate (Gretton et al. 2012, eq. 3): no row is compared with itself.
    """
    return _within(x) + _within(y) - 2 * _kernel(x, y).mean().item()


def _kernel(a: Tensor, b: Tensor) -> Tensor:
    return (a @ b.T / a.shape[1] + 1) ** 3


def _within(x: Tensor) -> float:
    kernel = _kernel(x, x)
    return ((kernel.sum() - kernel.trace()) / (len(x) * (len(x) - 1))).item()

"""Precision and recall: are the fakes among the real images, and the real images among the fakes?"""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

NEIGHBOURS = 3

Features = Float[Tensor, "n features"]


def precision_and_recall(features: Features, real: Float[Tensor, "rows features"]) -> tuple[float, float]:
    """Precision and recall (Kynkaanniemi et al. 2019, eq. 1 and 2) with k = 3.

    Around every image of a set lies a ball that reaches to its third nearest neighbour in the set. Precision is the
    share of fakes within a ball of a real image: do they look real? Recall is the share of real images within a ball of
    a fake: is everything made? Both sets are cut to the same number, evenly, since the balls shrink as a set grows.
    Real test images against the reference do not reach 1 either; the calibration says what they get.
    """
    if min(len(features), len(real)) <= NEIGHBOURS or not torch.isfinite(features).all():
        return math.nan, math.nan
    n = min(len(features), len(real))
    fakes, real = _thinned(features, n), _thinned(real, n)
    return is_among(fakes, real).double().mean().item(), is_among(real, fakes).double().mean().item()


def is_among(points: Features, others: Float[Tensor, "rows features"]) -> Bool[Tensor, " n"]:
    """Whether each point lies within the ball of any of the others; a ball is closed."""
    within = _distances(others, others)
    radii = within.topk(NEIGHBOURS + 1, largest=False).values[:, -1]  # the nearest is the point itself
    return (_distances(points, others) <= radii).any(dim=1)


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """Without the shortcut by matrix products, under which equal points are not at distance 0."""
    return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")


def _thinned(rows: Tensor, n: int) -> Tensor:
    return rows[torch.arange(n) * len(rows) // n]

"""Distance of two clouds of features, each taken for a normal distribution."""

import math

import torch
from jaxtyping import Float, Integer
from torch import Tensor

from gan_core.learning.metrics.real import Reference

Features = Float[Tensor, "n features"]


def frechet(features: Features, reference: Reference) -> float:
    """|m - m_r|^2 + tr(S + S_r - 2 (S_r^1/2 S S_r^1/2)^1/2), in per cent of the variance of real digits.

    The squared W2 of N(m, S) and N(m_r, S_r) (Dowson and Landau 1982; Heusel et al. 2017, eq. 6), with the means and
    the covariances of `features` and of the reference. The matrix under the root is symmetric, so its eigenvalues give
    the trace of the root. n images make it too large by about c / n (`corrected_frechet`).
    """
    if len(features) < 2 or not torch.isfinite(features).all():
        return math.nan
    apart, covariance = features.mean(dim=0) - reference.mean, features.T.cov()
    inner = reference.root @ covariance @ reference.root
    shared = torch.linalg.eigvalsh((inner + inner.T) / 2).clamp(min=0).sqrt().sum()
    return (apart.square().sum() + covariance.trace() + reference.covariance.trace() - 2 * shared).item()


def corrected_frechet(features: Features, reference: Reference) -> float:
    """`frechet` without most of its excess for few images: 2 F(all) - mean of F(one half), F(other half).

    F grows like F + c / n when n is small, so the line through n and n / 2 images leads to infinitely many
    (Chong and Forsyth 2020, sec. 4). Every second row goes to a half. What falls below 0, near the floor, counts as 0.
    """
    halves = (frechet(features[0::2], reference) + frechet(features[1::2], reference)) / 2
    distance = 2 * frechet(features, reference) - halves
    return 0.0 if distance < 0 else distance


def evenly(n: int, asked: Integer[Tensor, " asked"]) -> Integer[Tensor, " n"]:
    """An order of n rows of which every k-th ones are a fair sample: shuffled, then sorted by what was asked for.

    The shuffle is always the same, so that one set has one score. It matters for real images: the odd and the even
    rows of MNIST come from different writers.
    """
    shuffled = torch.randperm(n, generator=torch.Generator().manual_seed(0))
    return shuffled[asked[shuffled].argsort(stable=True)] if len(asked) else shuffled

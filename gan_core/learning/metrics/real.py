"""What generated digits are compared with: the features of the 60,000 training images of MNIST, in few numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import torch
from jaxtyping import Float, Integer
from safetensors.torch import load
from torch import Tensor

from gan_core.learning.classifier import DIGITS, WEIGHTS, checked, digit_classifier

REFERENCE = WEIGHTS.with_name("digit_reference.safetensors")
KEPT = 2_000  # features that are kept one by one


@dataclass(frozen=True)
class Moments:
    """Number, mean and covariance (divided by count - 1) of a cloud of features."""

    count: int
    mean: Float[Tensor, " features"]
    covariance: Float[Tensor, "features features"]


@dataclass(frozen=True)
class Reference(Moments):
    """Real images of some digits.

    `shares` is how the images are spread over the digits; `features` are those of evenly chosen images: 2,000 where all
    digits are wanted.
    """

    shares: Float[Tensor, " 10"]
    features: Float[Tensor, "rows features"]

    @cached_property
    def root(self) -> Float[Tensor, "features features"]:
        """The symmetric square root of the covariance."""
        return root(self.covariance)


def root(matrix: Float[Tensor, "n n"]) -> Float[Tensor, "n n"]:
    """The symmetric square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T


def pooled(parts: Sequence[Moments]) -> Moments:
    """Moments of all clouds together, exactly: the covariance within them and that of their means."""
    count = sum(part.count for part in parts)
    mean = sum((part.count * part.mean for part in parts), torch.zeros_like(parts[0].mean)) / count
    scatter = torch.zeros_like(parts[0].covariance)
    for part in parts:
        apart = part.mean - mean
        scatter += (part.count - 1) * part.covariance + part.count * torch.outer(apart, apart)
    return Moments(count, mean, scatter / (count - 1))


def reference_from(images: Float[Tensor, "n 784"], digits: Integer[Tensor, " n"]) -> Reference:
    """The same of any labelled images, for sets that none is shipped for."""
    features = digit_classifier(str(images.device)).judge(images).features.cpu().double()
    rows = evenly_chosen(digits.cpu(), min(KEPT, len(digits)))
    shares = digits.cpu().long().bincount(minlength=DIGITS).double() / len(digits)
    return Reference(len(digits), features.mean(dim=0), features.T.cov(), shares, features[rows])


def evenly_chosen(digits: Integer[Tensor, " n"], count: int) -> Integer[Tensor, " count"]:
    """`count` rows, sorted by digit, in which each digit has the share that it has in `digits`."""
    return digits.argsort(stable=True)[torch.arange(count) * len(digits) // count]


@cache
def reference(classes: tuple[int, ...] = ()) -> Reference:
    """The real images of these digits; of all ten if none are named.

    Raises
    ------
    ClassifierError : the file is missing or damaged.
    """
    wanted = sorted(set(classes)) or list(range(DIGITS))
    stored = load(checked(REFERENCE))
    counts, means, covariances = stored["count"], stored["mean"].double(), stored["covariance"].double()
    moments = pooled([Moments(int(counts[digit]), means[digit], covariances[digit]) for digit in wanted])
    shares = torch.zeros(DIGITS, dtype=torch.float64)
    shares[wanted] = counts[wanted].double() / moments.count
    rows = torch.isin(stored["digits"], torch.tensor(wanted))
    return Reference(moments.count, moments.mean, moments.covariance, shares, stored["features"][rows].double())

"""Numbers beside the pictures: how near a batch of generated digits comes to real ones.

Everything is computed on what the digit classifier (`gan_core.learning.classifier`) makes of the pictures. No score
means much alone: uniform noise reads as a confident 8, so look at several, and at `gan_core.theory.calibration`, which
says what real test images, noise and spoilt sets get. A set that holds a number that is none has scores that are none.
docs/metrics.md explains each of them.
"""

import math

import torch
from jaxtyping import Float, Integer
from torch import Tensor

from gan_core.learning.classifier import Judgement, digit_classifier
from gan_core.learning.metrics.counts import accuracies, confidence, entropy, inception, present, shares
from gan_core.learning.metrics.frechet import corrected_frechet, evenly
from gan_core.learning.metrics.kernel import kid
from gan_core.learning.metrics.neighbours import precision_and_recall
from gan_core.learning.metrics.real import Reference, reference

__all__ = ["FULL", "QUICK", "Reference", "full_scores", "quick_scores", "reference"]

QUICK, FULL = 1_000, 10_000  # images that the two are meant for


def quick_scores(
    images: Float[Tensor, "n 784"], asked: Integer[Tensor, " asked"], reference: Reference
) -> dict[str, float]:
    """The scores that are cheap enough for a running training: about 1,000 images.

    Parameters
    ----------
    images : values from -1 (black) to 1, on any device.
    asked : the digit that each image should show; empty where nothing was asked for, then the accuracies are nan.
    reference : the real images to compare with.

    Returns
    -------
    dict : frechet, entropy, digits_present, confidence, inception, accuracy, accuracy_worst, share_0 to share_9.
    """
    return _quick(digit_classifier(str(images.device)).judge(images), asked.cpu(), reference)


def full_scores(
    images: Float[Tensor, "n 784"], asked: Integer[Tensor, " asked"], reference: Reference
) -> dict[str, float]:
    """`quick_scores` and those that need time or many images: kid, precision, recall, accuracy_0 to accuracy_9."""
    judgement, asked = digit_classifier(str(images.device)).judge(images), asked.cpu()
    features, order = judgement.features.cpu().double(), evenly(len(images), asked)
    precision, recall = precision_and_recall(features[order], reference.features)
    added = {"kid": kid(features[order], reference.features), "precision": precision, "recall": recall}
    of_digit = {f"accuracy_{digit}": share for digit, share in enumerate(accuracies(_read(judgement), asked))}
    found = _quick(judgement, asked, reference)
    if math.isnan(found["frechet"]):  # images that are none
        return found | dict.fromkeys([*added, *of_digit], math.nan)
    return found | added | of_digit


def _read(judgement: Judgement) -> Integer[Tensor, " n"]:
    return judgement.probabilities.cpu().argmax(dim=1)


def _quick(judgement: Judgement, asked: Tensor, reference: Reference) -> dict[str, float]:
    features, probabilities = judgement.features.cpu().double(), judgement.probabilities.cpu().double()
    found = shares(probabilities)
    per_digit = [share for share in accuracies(_read(judgement), asked) if not math.isnan(share)]
    correct = (_read(judgement) == asked).double().mean().item() if len(asked) else math.nan
    scores = {
        "frechet": corrected_frechet(features[evenly(len(features), asked)], reference),
        "entropy": entropy(found),
        "digits_present": float(present(found, reference.shares)),
        "confidence": confidence(probabilities),
        "inception": inception(probabilities),
        "accuracy": correct,
        "accuracy_worst": min(per_digit, default=math.nan),
    }
    scores |= {f"share_{digit}": share for digit, share in enumerate(found.tolist())}
    if not len(features) or not torch.isfinite(features).all():
        return dict.fromkeys(scores, math.nan)
    return scores

"""A small digit classifier: what a picture shows, and 64 numbers that describe it.

Trained by `tools/train_classifier.py` on the 60,000 training images of MNIST; its card lies beside its weights. It
judges generated digits, so it is never trained here, and it takes no part in a training.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors.torch import load
from torch import Tensor, nn

WEIGHTS = Path(__file__).parents[2] / "assets" / "weights" / "digit_classifier.safetensors"

SIDE, DIGITS, FEATURES = 28, 10, 64
LEAK = 0.2  # slope below 0
PORTION = 250  # images at a time: what lies between two layers stays in the cache


class ClassifierError(RuntimeError):
    """The weights of the classifier are missing, or not those that its card names."""


@dataclass(frozen=True)
class Judgement:
    """What the classifier makes of a batch of pictures.

    `features` are the values of its last layer but one, scaled so that their variances over the 60,000 training images
    of MNIST add up to 100: a squared distance between features is in per cent of the variance of real digits.
    """

    features: Float[Tensor, "batch 64"]
    probabilities: Float[Tensor, "batch 10"]


class DigitClassifier(nn.Module):
    """Three convolutions, two of which halve the picture, and two linear layers: 115,370 weights."""

    def __init__(self) -> None:
        super().__init__()
        self.describe = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2, padding=2),  # 28 -> 14
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),  # 14 -> 7
            nn.ReLU(),
            nn.Conv2d(32, 32, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, FEATURES),
            nn.LeakyReLU(LEAK),
        )
        self.name = nn.Linear(FEATURES, DIGITS)

    def forward(self, images: Float[Tensor, "batch 784"]) -> Float[Tensor, "batch 10"]:
        """The logit of each digit."""
        return self.decide(self.describe(images.view(-1, 1, SIDE, SIDE)))

    def decide(self, features: Float[Tensor, "batch 64"]) -> Float[Tensor, "batch 10"]:
        """Logits from features. Only positive ones count: the negative ones tell what is no digit from what is one."""
        return self.name(features.relu())

    @torch.no_grad()
    def judge(self, images: Float[Tensor, "batch 784"]) -> Judgement:
        """Features and probabilities of images with values from -1 (black) to 1, on any device.

        An image with a value that is no number has features and probabilities that are none.
        """
        device = self.name.weight.device
        portions = images.to(device).view(-1, 1, SIDE, SIDE).split(PORTION)
        features = torch.cat([self.describe(portion) for portion in portions])
        return Judgement(features, self.decide(features).softmax(dim=1))


@cache
def digit_classifier(device: str = "cpu") -> DigitClassifier:
    """The classifier that comes with GANscope, ready to judge.

    Raises
    ------
    ClassifierError : the file of the weights is missing or damaged.
    """
    with torch.device("meta"):  # no random weights are drawn, so that a training's random numbers stay as they are
        classifier = DigitClassifier()
    classifier.load_state_dict(load(checked(WEIGHTS)), assign=True)
    return classifier.to(device).requires_grad_(False).eval()


def checked(file: Path) -> bytes:
    """The bytes of a file of weights, after a look at the SHA-256 that stands on its card, the .json beside it."""
    try:
        data = file.read_bytes()
        card = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ClassifierError(f"{Path(error.filename).name} is missing: install GANscope anew.") from None
    if hashlib.sha256(data).hexdigest() != card["sha256"]:
        raise ClassifierError(f"{file.name} is damaged, its SHA-256 is not that of its card: install GANscope anew.")
    return data

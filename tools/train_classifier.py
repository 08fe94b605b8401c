"""Train the digit classifier and measure what its scores mean: `python tools/train_classifier.py FOLDER`.

FOLDER holds the four raw files of MNIST, `train-images-idx3-ubyte` and so on. The seed fixes every random number.
"""

import argparse
import hashlib
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from safetensors.torch import save
from torch import Tensor
from torch.nn.functional import affine_grid, avg_pool2d, cross_entropy, grid_sample, interpolate, pad

from gan_core.data import idx
from gan_core.learning.classifier import SIDE, WEIGHTS, DigitClassifier, digit_classifier
from gan_core.learning.metrics import QUICK, full_scores, quick_scores, reference
from gan_core.learning.metrics.real import KEPT, REFERENCE, evenly_chosen
from gan_core.theory.calibration import CALIBRATION_FILE, ROWS, calibration

Images = Float[Tensor, "n 784"]
Digits = UInt8[Tensor, " n"]

BATCH, RATE, DECAY, AVERAGE, DROPOUT = 128, 2e-3, 1e-3, 0.998, 0.3
TURN, STRETCH, SHIFT = math.radians(10), 0.1, 2 / (SIDE / 2)  # how far a training image is moved at most
NOT_DIGITS, THEIR_WEIGHT = 6, 0.2  # of each kind beside a batch, and their weight in the loss


def read(folder: Path, part: str) -> tuple[Images, Digits]:
    """The images of `train` or `test`, from -1 to 1, and their digits."""
    found = idx.read(folder, part)
    return torch.from_numpy(found.images / np.float32(127.5) - 1), torch.from_numpy(found.digits.copy())


def moved(images: Images, random: torch.Generator) -> Images:
    """Every image a little turned, stretched and shifted; what comes in at the border is black."""
    draw = torch.rand(len(images), 5, generator=random) * 2 - 1
    turn, wide, high = draw[:, 0] * TURN, 1 + draw[:, 1] * STRETCH, 1 + draw[:, 2] * STRETCH
    across = [turn.cos() * wide, -turn.sin() * high, draw[:, 3] * SHIFT]
    down = [turn.sin() * wide, turn.cos() * high, draw[:, 4] * SHIFT]
    matrix = torch.stack([*across, *down], dim=1).view(-1, 2, 3)
    grid = affine_grid(matrix, [len(images), 1, SIDE, SIDE], align_corners=False)
    return grid_sample(images.view(-1, 1, SIDE, SIDE) + 1, grid, align_corners=False).view(-1, SIDE * SIDE) - 1


def no_digits(images: Images, random: torch.Generator) -> Images:
    """Pictures of which the classifier has to say that they could be anything: it would be sure of noise otherwise.

    Noise, soft clouds, means of six digits, and digits whose pixels have changed places.
    """
    clouds = torch.randn(NOT_DIGITS, 1, 7, 7, generator=random)
    clouds = interpolate(clouds, size=(SIDE, SIDE), mode="bilinear").view(NOT_DIGITS, -1)
    darkness = torch.rand(NOT_DIGITS, 1, generator=random) * 2
    some = images[torch.randint(0, len(images), (7 * NOT_DIGITS,), generator=random)].view(NOT_DIGITS, 7, -1)
    scattered = some[:, 6, torch.randperm(SIDE * SIDE, generator=random)]
    noise = torch.rand(NOT_DIGITS, SIDE * SIDE, generator=random) * 2 - 1
    return torch.cat([noise, (1.5 * clouds - darkness).tanh(), some[:, :6].mean(dim=1), scattered])


def initialise(classifier: DigitClassifier, random: torch.Generator) -> None:
    for weight in classifier.parameters():
        if weight.dim() > 1:
            torch.nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=random)
        else:
            torch.nn.init.zeros_(weight)


def loss_of(classifier: DigitClassifier, images: Images, digits: Digits, random: torch.Generator) -> Float[Tensor, ""]:
    """Cross entropy to the digits of a batch, moved, and to an even answer for what is none; features drop out."""
    shown = torch.cat([moved(images, random), no_digits(images, random)])
    features = classifier.describe(shown.view(-1, 1, SIDE, SIDE))
    kept = torch.rand(features.shape, generator=random) > DROPOUT
    logits = classifier.decide(features * kept / (1 - DROPOUT))
    even = -logits[len(digits) :].log_softmax(dim=1).mean()
    return cross_entropy(logits[: len(digits)], digits.long()) + THEIR_WEIGHT * even


def train(images: Images, digits: Digits, epochs: int, seed: int) -> DigitClassifier:
    """Adam with decoupled decay, a learning rate that falls as a cosine, and the running mean of the weights."""
    random, updates = torch.Generator().manual_seed(seed), len(images) // BATCH
    classifier, averaged = DigitClassifier(), DigitClassifier().requires_grad_(False)
    initialise(classifier, random)
    averaged.load_state_dict(classifier.state_dict())
    optimiser = torch.optim.AdamW(classifier.parameters(), lr=RATE, weight_decay=DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * updates)
    for epoch in range(epochs):
        for rows in torch.randperm(len(images), generator=random).split(BATCH)[:updates]:
            optimiser.zero_grad()
            loss_of(classifier, images[rows], digits[rows], random).backward()
            optimiser.step()
            schedule.step()
            for mean, weight in zip(averaged.parameters(), classifier.parameters(), strict=True):
                mean.lerp_(weight.detach(), 1 - AVERAGE)
        print(f"epoch {epoch + 1} of {epochs}, {time.process_time():.0f} CPU s", flush=True)
    return averaged


def scale(classifier: DigitClassifier, images: Images) -> None:
    """Variances of the features over `images` to a sum of 100; the answers stay as they are."""
    factor = 10 / classifier.judge(images).features.double().var(dim=0).sum().sqrt().item()
    last = classifier.describe[-2]
    assert isinstance(last, torch.nn.Linear)
    last.weight.mul_(factor)
    last.bias.mul_(factor)
    classifier.name.weight.div_(factor)


def card(classifier: DigitClassifier, images: Images, digits: Digits) -> dict[str, object]:
    right = (classifier.judge(images).probabilities.argmax(dim=1) == digits).double()
    per_digit = [round(right[digits == digit].mean().item(), 4) for digit in range(10)]
    return {"accuracy": round(right.mean().item(), 4), "accuracy_per_digit": per_digit}


def make_classifier(folder: Path, epochs: int, seed: int) -> None:
    began = time.process_time()
    images, digits = read(folder, "train")
    classifier = train(images, digits, epochs, seed)
    scale(classifier, images)
    made = {"epochs": epochs, "seed": seed, "cpu_seconds": round(time.process_time() - began)}
    tested = card(classifier, *read(folder, "test"))
    write(WEIGHTS, save(classifier.state_dict()), **tested, **made, torch=torch.__version__.split("+")[0])


def make_reference(folder: Path) -> None:
    """Moments of the training images of each digit, and the features of every 30th image, sorted by digit."""
    images, digits = read(folder, "train")
    features, rows = digit_classifier().judge(images).features.double(), evenly_chosen(digits, KEPT)
    of_digit = [features[digits == digit] for digit in range(10)]
    tensors = {
        "count": torch.tensor([len(part) for part in of_digit]),
        "mean": torch.stack([part.mean(dim=0) for part in of_digit]),
        "covariance": torch.stack([part.T.cov() for part in of_digit]).float(),
        "features": features[rows].half(),
        "digits": digits[rows],
    }
    write(REFERENCE, save(tensors), images=len(digits), rows=KEPT)


def write(file: Path, data: bytes, **card: object) -> None:
    """A file and its card, which names its SHA-256."""
    file.write_bytes(data)
    card = card | {"sha256": hashlib.sha256(data).hexdigest()}
    file.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


SPREAD = 10  # how many quick measurements the spread is taken from


def spoilt(images: Images, digits: Digits, random: torch.Generator) -> dict[str, tuple[Images, Digits]]:
    """Sets whose faults are known, made of real images: pictures, and the digits that they were asked for."""
    n, square = len(images), images.view(-1, 1, SIDE, SIDE)
    noisy = (images + 0.3 * torch.randn(images.shape, generator=random)).clamp(-1, 1)
    blurred = avg_pool2d(pad(square, [1] * 4, value=-1), 3, stride=1).view(n, -1)
    return {
        "real": (images, digits),
        "shuffled_conditions": (images, digits[torch.randperm(n, generator=random)]),
        "without_9": (images[digits != 9], digits[digits != 9]),
        "half_the_digits": (images[digits < 5], digits[digits < 5]),
        "one_digit": (images[digits == 1], digits[digits == 1]),
        "one_image": (images[:1].expand(n, -1), digits),
        "grainy": (noisy, digits),
        "blurred": (blurred, digits),
        "mean_image": (images.mean(dim=0, keepdim=True).expand(n, -1), digits),
        "noise": (torch.rand(images.shape, generator=random) * 2 - 1, digits),
    }


def calibrate(images: Images, digits: Digits) -> dict[str, dict[str, float]]:
    """Scores of all images, and mean and spread of the quick scores of `SPREAD` thousands drawn from them."""
    random, compared = torch.Generator().manual_seed(0), reference()
    draws = [torch.randperm(len(images), generator=random)[:QUICK] for _ in range(SPREAD)]
    quick = [quick_scores(images[rows], digits[rows], compared) for rows in draws]
    table = {name: np.array([scores[name] for scores in quick]) for name in quick[0]}
    parts = {
        "full": full_scores(images, digits, compared),
        "quick": {name: column.mean() for name, column in table.items()},
        "spread": {name: column.std(ddof=1) for name, column in table.items()},
    }
    return {part: {k: round(float(v), 4) for k, v in scores.items() if v == v} for part, scores in parts.items()}


def make_calibration(folder: Path) -> None:
    rows = spoilt(*read(folder, "test"), torch.Generator().manual_seed(0))
    table = {name: calibrate(*row) for name, row in rows.items()}
    CALIBRATION_FILE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    calibration.cache_clear()
    print(*as_markdown(), sep="\n")


COLUMNS = "frechet", "kid", "precision", "recall", "entropy", "digits_present", "confidence", "inception", "accuracy"


def as_markdown() -> list[str]:
    """Rows for docs/metrics.md."""
    lines = []
    for name, row in calibration().items():
        quick = f"{row.quick['frechet']:.2f} ± {row.spread['frechet']:.2f}"
        numbers = [f"{row.full[column]:.4g}" for column in COLUMNS]
        lines.append(f"| {ROWS[name]} | {numbers[0]} | {quick} | {' | '.join(numbers[1:])} |")
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the classifier, make only what is measured with it")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if not arguments.keep:
        make_classifier(arguments.folder, arguments.epochs, arguments.seed)
    make_reference(arguments.folder)
    make_calibration(arguments.folder)

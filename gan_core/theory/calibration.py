"""What the scores of digits mean: those of real test images, of noise, and of sets that were spoilt on purpose.

Measured by `tools/train_classifier.py` on the 10,000 test images of MNIST, which neither the classifier nor the
reference has seen.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CALIBRATION_FILE = Path(__file__).parents[2] / "assets" / "weights" / "calibration.json"

Scores = dict[str, float]

# What is known about each set, for the screen.
ROWS = {
    "real": "Real test images",
    "shuffled_conditions": "Real test images, but the digits asked for are shuffled",
    "without_9": "Real test images without the nines",
    "half_the_digits": "Real test images of 0 to 4 only",
    "one_digit": "Real test images of the digit 1 only",
    "one_image": "One real image again and again",
    "grainy": "Real test images with normal noise of standard deviation 0.3",
    "blurred": "Real test images, each pixel the mean of 3 x 3",
    "mean_image": "The mean of all images again and again",
    "noise": "Uniform noise",
}
FLOOR, CEILING = "real", "noise"


@dataclass(frozen=True)
class Calibration:
    """The scores of one set: `full` of all its images, `quick` and `spread` of 1,000 of them (mean, and by how much one
    such measurement differs from another: the standard deviation of ten).
    """

    full: Scores
    quick: Scores
    spread: Scores


@cache
def calibration() -> dict[str, Calibration]:
    """The sets of `ROWS` and what they get."""
    table = json.loads(CALIBRATION_FILE.read_text(encoding="utf-8"))
    return {name: Calibration(**table[name]) for name in ROWS}

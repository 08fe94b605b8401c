"""Ours against the articles' own loops, step by step: same networks, same batch, same mathematics, same updates.

    python -m benchmarks.articles [--root FOLDER] [--models GAN DCGAN] [--turns 8] [--threads 2]

A step is n_critic updates of D and one of G. Article and ours take turns, and a ratio is the median over the turns;
"of sums" is the ratio of all turns together, in which rare costs, a new order of the images for example, weigh as much
as in a run. Processor time with one thread, the clock on the wall with more. A share is what a step needs
(`article_costs.needed`) over its time, over the speed of a large matrix product of the same turn: of float32 by the
faster library, and of bfloat16. Both sides use the worker's allocator (`keep_memory`), so that neither is paid for the
other's habits. Ends with exit status 1 if a promise is broken with one thread.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import Dataset

from benchmarks import article_loops
from benchmarks.article_costs import PRODUCT, needed, products
from benchmarks.article_loops import Article, Digits, article_data
from gan_core.learning.memory import keep_memory
from gan_core.learning.networks import Network
from gan_core.learning.tasks import image_trainer
from gan_core.learning.training import Trainer
from gan_core.presets import PRESETS

MATMUL = torch.backends.mkldnn.matmul  # pyright: ignore[reportAttributeAccessIssue]
Seconds = dict[str, list[float]]  # of one call, for each turn


@dataclass(frozen=True)
class Row:
    name: str
    article: Callable[[Dataset], Article]
    preset: str
    promise: float  # article / ours, at least
    calls: int  # in each turn


ROWS = [
    Row("GAN", article_loops.gan, "article_gan", 3.0, 16),
    Row("WGAN-GP", article_loops.wgan_gp, "article_wgan_gp", 2.2, 5),
    Row("CGAN", article_loops.cgan, "article_cgan", 2.2, 5),
    Row("DCGAN", article_loops.dcgan, "article_dcgan", 1.9, 1),
]


class Duel:
    """An article and our trainer for the same row."""

    def __init__(self, row: Row, data: Dataset) -> None:
        self.row, self.article = row, row.article(data)
        changes = {"dataset": "mnist_5k"} if isinstance(data, Digits) else {}
        self.config = PRESETS[row.preset].config.replace(device="cpu", **changes)
        self.trainer: Trainer = image_trainer(self.config)
        self._check("G", self.trainer.generator, self.article.generator)
        self._check("D", self.trainer.discriminator, self.article.discriminator)

    def _check(self, player: str, ours: Network, theirs: nn.Module) -> None:
        count = sum(parameter.numel() for parameter in theirs.parameters())
        if ours.weights.numel() != count:
            sys.exit(f"{self.row.name}: our {player} has {ours.weights.numel():,} weights, the article's {count:,}.")

    def ours(self) -> None:
        for _ in range(self.row.calls):
            self.trainer.step()

    def theirs(self) -> None:
        self.article.loop(self.row.calls)


def as_it_comes(call: Callable[[], object]) -> Callable[[], object]:
    """The call with PyTorch's own choice of the library that multiplies matrices: ours may have made another."""

    def called() -> None:
        chosen, MATMUL.fp32_precision = MATMUL.fp32_precision, "none"
        call()
        MATMUL.fp32_precision = chosen

    return called


def measure(duels: list[Duel], turns: int, clock: Callable[[], float]) -> Seconds:
    candidates = {name: (as_it_comes(call), 1) for name, call in products().items()}
    for duel in duels:
        name, calls = duel.row.name, duel.row.calls
        candidates |= {f"{name} theirs": (as_it_comes(duel.theirs), calls), f"{name} ours": (duel.ours, calls)}
    seconds: Seconds = {name: [] for name in candidates}
    for turn in range(turns + 1):
        for name, (call, calls) in candidates.items():
            began = clock()
            call()
            if turn:  # the first warms up
                seconds[name].append((clock() - began) / calls)
    return seconds


def ratio(above: list[float], below: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def report(duel: Duel, seconds: Seconds) -> bool:
    """Prints a line, and returns whether the promise is kept."""
    row, theirs, ours = duel.row, seconds[f"{duel.row.name} theirs"], seconds[f"{duel.row.name} ours"]
    found, work = ratio(theirs, ours), needed(duel.article)
    fp32 = [min(pair) for pair in zip(seconds["float32, PyTorch's choice"], seconds["float32, oneDNN"], strict=True)]
    times = f"{1e3 * statistics.median(theirs):>9.1f}{1e3 * statistics.median(ours):>9.1f}"
    verdict = "PASS" if found >= row.promise else "short"
    ratios = f"{found:>8.2f}{sum(theirs) / sum(ours):>9.2f}{row.promise:>9.1f}  {verdict}"
    scale = work / PRODUCT
    shares = [scale * ratio(fp32, theirs), scale * ratio(fp32, ours), scale * ratio(seconds["bfloat16"], ours)]
    print(f"{row.name:<9}{times}{ratios:<33}{work:>7.2f}" + "".join(f"{share:>9.0%}" for share in shares), end="")
    print(f"  {duel.config.precision}")
    return found >= row.promise


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--root", help="a root of torchvision.datasets.MNIST that holds its files")
    parser.add_argument("--models", nargs="+", default=[row.name for row in ROWS], choices=[row.name for row in ROWS])
    parser.add_argument("--turns", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    given = arguments()
    if given.root:
        os.environ["GANSCOPE_MNIST"] = given.root
    torch.set_num_threads(given.threads)
    keep_memory()
    data = article_data()
    duels = [Duel(row, data) for row in ROWS if row.name in given.models]
    seconds = measure(duels, given.turns, time.process_time if given.threads == 1 else time.perf_counter)

    source = "the 5,000 embedded digits" if isinstance(data, Digits) else "torchvision's MNIST"
    print(f"data: {source}; threads: {given.threads}; turns: {given.turns}")
    for product in products():
        speed = PRODUCT / statistics.median(seconds[product])
        print(f"matrix product, {product}: {speed:.0f} GF/s")
    print("\n              ms of a step      article / ours              GFLOP  share of float32  of bf16")
    print("model      article     ours  median  of sums  promise         needed  article     ours     ours  ours in")
    kept = [report(duel, seconds) for duel in duels]
    return int(given.threads == 1 and not all(kept))


if __name__ == "__main__":
    sys.exit(main())

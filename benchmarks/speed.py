"""How fast a toy run learns, as ratios of things measured side by side in one process.

    python -m benchmarks.speed

Each row compares processor time for the same work: same networks, same batch, same loss, one thread. Candidates take
turns, and a ratio is the median over the turns, so that a busy machine slows both sides alike.
"""

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from gan_core.config import ToyConfig
from gan_core.learning.networks.autograd import Autograd
from gan_core.learning.networks.mlp import LEAK
from gan_core.learning.observe import ToyObserver
from gan_core.learning.optimisers import Optimiser
from gan_core.learning.tasks import toy_trainer
from gan_core.learning.training import Trainer

TURNS, CALLS = 60, 20
DEFAULT = ToyConfig()
PENALISED = DEFAULT.replace(loss="wasserstein", smoothness="gradient_penalty")

Step = Callable[[], object]


def generator() -> nn.Sequential:
    return nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))


def discriminator() -> nn.Sequential:
    bend = nn.LeakyReLU(LEAK)
    return nn.Sequential(nn.Linear(1, 32), bend, nn.Linear(32, 32), bend, nn.Linear(32, 1))


def plain() -> Step:
    """What a tutorial writes: modules, BCEWithLogitsLoss, Adam as it comes, batches drawn where they are needed."""
    g, d, bce, size = generator(), discriminator(), nn.BCEWithLogitsLoss(), DEFAULT.batch
    g_adam, d_adam = torch.optim.Adam(g.parameters(), DEFAULT.g_lr), torch.optim.Adam(d.parameters(), DEFAULT.d_lr)
    real_label, fake_label = torch.ones(size, 1), torch.zeros(size, 1)

    def step() -> None:
        real, fake = 4 + 0.5 * torch.randn(size, 1), g(torch.randn(size, 1))
        d_adam.zero_grad()
        (bce(d(real), real_label) + bce(d(fake.detach()), fake_label)).backward()
        d_adam.step()
        g_adam.zero_grad()
        bce(d(fake), real_label).backward()
        g_adam.step()

    return step


def plain_penalised() -> Step:
    """WGAN-GP as in its paper's listing: the penalty is differentiated twice by autograd."""
    g, d, size = generator(), discriminator(), PENALISED.batch
    g_adam, d_adam = torch.optim.Adam(g.parameters(), PENALISED.g_lr), torch.optim.Adam(d.parameters(), PENALISED.d_lr)

    def penalty(real: Tensor, fake: Tensor) -> Tensor:
        x = torch.lerp(fake, real, torch.rand(size, 1)).requires_grad_()
        (slopes,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
        return PENALISED.smoothness_weight * (slopes.norm(dim=1) - 1).clamp_min(0).square().mean()

    def step() -> None:
        real, fake = 4 + 0.5 * torch.randn(size, 1), g(torch.randn(size, 1))
        d_adam.zero_grad()
        (d(fake.detach()).mean() - d(real).mean() + penalty(real, fake.detach())).backward()
        d_adam.step()
        g_adam.zero_grad()
        (-d(fake).mean()).backward()
        g_adam.step()

    return step


def generic() -> Trainer:
    """The same Trainer with modules, whose backward is left to autograd: how any other network runs."""
    trainer = toy_trainer(DEFAULT)
    trainer.generator, trainer.discriminator = Autograd(generator()), Autograd(discriminator())
    trainer.g_optimiser = Optimiser(trainer.generator.weights)
    trainer.d_optimiser = Optimiser(trainer.discriminator.weights)
    return trainer


def measure(candidates: dict[str, Step]) -> dict[str, list[float]]:
    """CPU-seconds of one call, for each turn."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(TURNS + 1):
        for name, step in candidates.items():
            began = time.process_time()
            for _ in range(CALLS):
                step()
            if turn:  # the first warms up
                seconds[name].append((time.process_time() - began) / CALLS)
    return seconds


def ratio(above: list[float], below: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


TFJS = """
const tf = require('@tensorflow/tfjs');
const dense = (units, inputShape) => tf.layers.dense(inputShape ? {units, inputShape} : {units});
const bend = () => tf.layers.leakyReLU({alpha: 0.2}), tanh = () => tf.layers.activation({activation: 'tanh'});
const g = tf.sequential({layers: [dense(32, [1]), tanh(), dense(32), tanh(), dense(1)]});
const d = tf.sequential({layers: [dense(32, [1]), bend(), dense(32), bend(), dense(1)]});
const gAdam = tf.train.adam(0.001), dAdam = tf.train.adam(0.002);
const weights = (model) => model.trainableWeights.map((weight) => weight.val);
const one = tf.ones([256, 1]), zero = tf.zeros([256, 1]), bce = tf.losses.sigmoidCrossEntropy;
const step = () => tf.tidy(() => {
  const z = tf.randomNormal([256, 1]), real = tf.randomNormal([256, 1], 4, 0.5), fake = g.apply(z);
  dAdam.minimize(() => bce(one, d.apply(real)).add(bce(zero, d.apply(fake))), false, weights(d));
  gAdam.minimize(() => bce(one, d.apply(g.apply(z))), false, weights(g));
});
tf.setBackend('cpu').then(() => {
  for (let i = 0; i < 20; i++) step();
  const began = process.cpuUsage();
  for (let i = 0; i < 100; i++) step();
  const used = process.cpuUsage(began);
  console.log(JSON.stringify((used.user + used.system) / 1e6 / 100));
});
"""


def tfjs_seconds() -> float | str:
    """CPU-seconds of the same step in TensorFlow.js, or why there is no answer."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "node and npm are not installed"
    with tempfile.TemporaryDirectory() as folder:
        try:
            for command in (["npm", "install", "--silent", "--no-audit", "@tensorflow/tfjs"], ["node", "step.js"]):
                Path(folder, "step.js").write_text(TFJS)
                answer = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            return f"it could not be run: {error}"
        return json.loads(answer.stdout.splitlines()[-1])


def main() -> None:
    torch.set_num_threads(1)
    ours, watched = toy_trainer(DEFAULT), toy_trainer(DEFAULT)
    observer = ToyObserver(DEFAULT)
    seconds = measure(
        {
            "plain": plain(),
            "ours": ours.step,
            "generic": generic().step,
            "plain penalised": plain_penalised(),
            "ours penalised": toy_trainer(PENALISED).step,
            "observation": lambda: observer(watched),
        }
    )
    step = statistics.median(seconds["ours"])
    print(f"one step of the default toy run: {1e6 * step:.0f} us, {1 / step:.0f} steps per CPU-second\n")
    print(f"{'CPU time of one / of the other':<58}{'ratio':>8}{'goal':>8}")
    rows = [
        ("plain PyTorch / default run", ratio(seconds["plain"], seconds["ours"]), ">= 3.0"),
        ("plain PyTorch / the same Trainer with any module", ratio(seconds["plain"], seconds["generic"]), ">= 1.9"),
        ("WGAN-GP, autograd twice / ours", ratio(seconds["plain penalised"], seconds["ours penalised"]), ""),
        ("one exact observation / one step", ratio(seconds["observation"], seconds["ours"]), ""),
    ]
    tfjs = tfjs_seconds()
    if isinstance(tfjs, float):
        rows.append(("TensorFlow.js in node (JavaScript backend) / default run", tfjs / step, ""))
    for name, value, goal in rows:
        print(f"{name:<58}{value:>8.2f}{goal:>8}")
    if isinstance(tfjs, str):
        print(f"TensorFlow.js: {tfjs}.")


if __name__ == "__main__":
    main()

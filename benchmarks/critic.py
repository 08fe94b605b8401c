"""Do D and the critic reach their best in 500 updates? `python benchmarks/critic.py [--seeds 10]`

Real points from N(0, 1), fakes from N(theta, 1), G fixed. Prints, over seeds that were used for nothing else, the
largest |D - D*| where the points lie, and the ratios of the critic's estimate to the best one under the penalty, to
theta (1 + theta / (2 lambda)), and, with weight clipping, of estimate / mean slope to W1. Ends with exit status 1 when
a promise is broken: |D - D*| below 0.05, the ratios to both predictions within 5 %, for every seed.
"""

import argparse
import sys
import time

import numpy as np
import torch
from numpy.typing import NDArray

from gan_core.config import ToyConfig
from gan_core.learning.observe import ToyObserver
from gan_core.learning.tasks import toy_trainer
from gan_core.lessons.players import (
    Pair,
    controls,
    critic_config,
    discriminator_config,
    read_critic,
    read_discriminator,
)
from gan_core.snapshots import ToySnapshot

FIRST_SEED = 4000
THETAS = (4.0, 1.0, 2.0, 8.0)
PENALTIES = ((4.0, 10.0), (1.0, 10.0), (2.0, 10.0), (8.0, 10.0), (4.0, 1.0), (4.0, 100.0))  # theta, lambda
CLIPS = (0.01, 0.1, 1.0)
GAP, TOLERANCE = 0.05, 0.05

Array = NDArray[np.float64]


def trained(config: ToyConfig) -> ToySnapshot:
    """What the panel's worker does, in this process."""
    trainer = toy_trainer(config)
    for control in controls(config):
        if control.action == "set":
            trainer.set(control.field, control.value)
        else:
            for _ in range(control.count):
                trainer.step(control.kind)
    return ToyObserver(config)(trainer)


def gaps(theta: float, seeds: range) -> Array:
    """max |D - D*| for each seed."""
    pair = Pair(theta, 1.0, 1.0)
    return np.array([read_discriminator(pair, trained(discriminator_config(pair, seed))).gap for seed in seeds])


def penalised(theta: float, weight: float, seeds: range) -> Array:
    """Estimate over best, and over the formula of a straight critic: [seeds, 2]."""
    pair, rows = Pair(theta, 1.0, 1.0), []
    for seed in seeds:
        config = critic_config(pair, "gradient_penalty", weight, seed)
        critic = read_critic(pair, config, trained(config))
        rows.append([critic.estimate / critic.optimum.estimate, critic.estimate / critic.line])
    return np.array(rows)


def clipped(theta: float, clip_value: float, seeds: range) -> Array:
    """Estimate over W1, which is K, and the same after division by the mean slope: [seeds, 2]."""
    pair, rows = Pair(theta, 1.0, 1.0), []
    for seed in seeds:
        config = critic_config(pair, "weight_clipping", clip_value, seed)
        critic = read_critic(pair, config, trained(config))
        ratio = critic.estimate / critic.best.estimate
        rows.append([ratio, ratio / critic.mean_slope])
    return np.array(rows)


def span(values: Array) -> str:
    return f"{values.min():8.4g} {np.median(values):8.4g} {values.max():8.4g}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what D and the critic reach in 500 updates.")
    parser.add_argument("--seeds", type=int, default=10)
    seeds = range(FIRST_SEED, FIRST_SEED + parser.parse_args().seeds)
    torch.set_num_threads(1)
    began, broken = time.perf_counter(), []

    print(f"{len(seeds)} seeds; least, median, most\n\nmax |D - D*| (promise: below {GAP})")
    for theta in THETAS:
        found = gaps(theta, seeds)
        print(f"theta {theta:g}                {span(found)}", flush=True)
        broken += [f"theta {theta:g}: |D - D*|"] * bool(found.max() >= GAP)

    print(f"\nestimate / best under the penalty, estimate / theta (1 + theta / 2 lambda) (promise: 1 +- {TOLERANCE})")
    for theta, weight in PENALTIES:
        found = penalised(theta, weight, seeds)
        print(f"theta {theta:g}, lambda {weight:<4g}  {span(found[:, 0])}   {span(found[:, 1])}", flush=True)
        broken += [f"theta {theta:g}, lambda {weight:g}: estimate"] * bool(np.abs(found - 1).max() > TOLERANCE)

    print("\nestimate / W1 = K, and estimate / mean slope / W1 (no promise)")
    for clip_value in CLIPS:
        found = clipped(4.0, clip_value, seeds)
        print(f"theta 4, c {clip_value:<8g} {span(found[:, 0])}   {span(found[:, 1])}", flush=True)

    print(f"\n{time.perf_counter() - began:.0f} s; " + ("broken: " + "; ".join(broken) if broken else "all kept"))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

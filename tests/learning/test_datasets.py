import json

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from gan_core.config import ToyConfig
from gan_core.learning.datasets import BLOCK, latent_stream, real_stream
from gan_core.theory.distributions import TARGETS

SEED = 3


def real(seed=SEED):
    return real_stream(TARGETS["two_modes"], np.random.SeedSequence(seed))


def latent(seed=SEED, **settings):
    return latent_stream(ToyConfig(**settings), np.random.SeedSequence(seed))


STREAMS = {
    "real": real,
    "normal z": latent,
    "uniform z": lambda seed=SEED: latent(seed, latent="uniform"),
    "three z": lambda seed=SEED: latent(seed, latent_dim=3),
    "independent z": lambda seed=SEED: latent(seed, stratified=False),
}

every_stream = pytest.mark.parametrize("make", STREAMS.values(), ids=STREAMS)


def take(stream, *sizes):
    return [stream.batch(size).x.clone() for size in sizes]


def same(left, right):
    return all(torch.equal(a, b) for a, b in zip(left, right, strict=True))


@every_stream
def test_same_seed_same_batches_other_seed_others(make):
    sizes = [8] * (BLOCK + 3)
    batches = take(make(), *sizes)
    assert same(batches, take(make(), *sizes))
    assert not same(batches, take(make(SEED + 1), *sizes))
    assert len({batch.flatten()[0].item() for batch in batches}) == len(batches)  # nothing comes twice


@every_stream
@pytest.mark.parametrize("taken", [0, 1, BLOCK - 1, BLOCK, BLOCK + 5])
def test_state_goes_on_where_it_was(make, taken):
    stream, other = make(), make(99)
    take(stream, *[8] * taken)
    state = json.loads(json.dumps(stream.state))
    expected = take(stream, *[8] * (BLOCK + 2))
    take(other, 5, 8)
    other.state = state
    assert same(take(other, *[8] * (BLOCK + 2)), expected)


@every_stream
def test_the_size_of_a_batch_may_change(make):
    sizes = [8, 8, 20, 20, 8]
    batches = take(make(), *sizes)
    assert [len(batch) for batch in batches] == sizes
    assert same(batches, take(make(), *sizes))
    stream, other = make(), make()
    take(stream, 8, 20)
    other.state = stream.state
    assert same(take(other, 20, 8), take(stream, 20, 8))


@pytest.mark.parametrize("name", TARGETS)
def test_real_points_are_in_standard_units(name):
    target = TARGETS[name]
    t = real_stream(target, np.random.SeedSequence(1)).batch(4096).x
    assert t.shape == (4096, 1) and t.dtype == torch.float32
    x = target.mean + target.sd * t.numpy()[:, 0].astype(float)
    assert kstest(x, target.cdf).statistic < 1.95 / 64  # Kolmogorov-Smirnov at 0.1 %


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize(("kind", "cdf"), [("normal", ("norm", ())), ("uniform", ("uniform", (-1, 2)))])
def test_latents_have_their_distribution(kind, cdf, stratified):
    z = latent(latent=kind, latent_dim=3, stratified=stratified).batch(4096).x.numpy()
    assert z.shape == (4096, 3)
    for column in z.T:
        assert kstest(column, *cdf).statistic < 1.95 / 64
    assert np.abs(np.corrcoef(z.T) - np.eye(3)).max() < 0.06


@pytest.mark.parametrize("stratified", [True, False])
def test_stratified_latents_have_one_point_in_each_cell(stratified):
    z = latent(latent="uniform", stratified=stratified).batch(64).x[:, 0].numpy()
    cells = np.histogram(z, np.linspace(-1, 1, 65))[0]
    assert (cells == 1).all() == stratified

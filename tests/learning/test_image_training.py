"""Runs of images go on from a checkpoint, and nobody who looks disturbs them; streams, networks, sampling."""

import math

import numpy as np
import pytest
import torch

from gan_core.config import ImageConfig
from gan_core.data import LabelledImages, load
from gan_core.learning.averaging import Average
from gan_core.learning.image_datasets import Images, Latents
from gan_core.learning.networks.images import image_discriminator, image_generator
from gan_core.learning.networks.mlp import MLP
from gan_core.learning.sampling import sampler_of
from gan_core.learning.tasks import device_of, image_trainer, observer_of
from gan_core.presets import IMAGE_PRESETS
from gan_core.snapshots import GROUPS, NOT_ASKED, pack, unpack

CPU = torch.device("cpu")
every_row = pytest.mark.parametrize("name", IMAGE_PRESETS)


def small(name, **changes) -> ImageConfig:
    """The row with fewer images in a batch, offline, and with narrow convolutions: its logic, not its weight."""
    config = IMAGE_PRESETS[name].config
    changes = {"dataset": "mnist_5k", "images": 60, "batch": 6, "device": "cpu"} | changes
    for widths, network in (("g_widths", config.g_network), ("d_widths", config.d_network)):
        if network == "conv":
            changes[widths] = [max(2, width // 16) for width in getattr(config, widths)]
    return config.replace(**changes)


def trained(config, steps):
    trainer = image_trainer(config)
    for _ in range(steps):
        trainer.step()
    return trainer


def weights(trainer):
    return torch.cat([trainer.generator.weights, trainer.discriminator.weights, trainer.generator.buffers]).clone()


@every_row
def test_a_restored_run_goes_on_bit_for_bit_and_nobody_who_looks_disturbs_it(name):
    config = small(name)
    original, observe = trained(config, 5), observer_of(config)
    tensors, texts = original.state()
    tensors = {key: tensor.clone() for key, tensor in tensors.items()}
    restored = trained(config, 2)
    restored.restore(tensors, texts)
    for _ in range(6):
        observe(original)
        observe.measure(original)
        for trainer in (original, restored):
            trainer.step()
    assert torch.equal(weights(original).nan_to_num(), weights(restored).nan_to_num())
    if original.average:
        assert torch.equal(original.average.weights, restored.average.weights)


@pytest.mark.parametrize("kernel", [3, 4, 5])
@pytest.mark.parametrize("network", ["mlp", "conv"])
@pytest.mark.parametrize("conditioning", ["none", "embedding", "projection"])
def test_shapes(kernel, network, conditioning):
    told = conditioning != "none"
    config = ImageConfig(
        kernel=kernel, g_network=network, d_network="mlp" if conditioning == "none" else "conv", g_widths=(6, 4),
        d_widths=(3, 5), conditional=told, conditioning="embedding" if not told else conditioning, latent_dim=7,
    )  # fmt: skip
    random = torch.Generator().manual_seed(0)
    generator, discriminator = image_generator(config, random), image_discriminator(config, random, random)
    condition = torch.arange(8) if told else None
    images = generator.forward(torch.randn(8, 7, generator=random), condition)
    assert images.shape == (8, 784) and images.abs().max() <= 1
    scores = discriminator.forward(images, condition)
    assert scores.shape == (8, 1)
    assert discriminator.pull_back(torch.ones(8, 1)).shape == (8, 784)
    if told:
        other = discriminator.forward(images, (condition + 1) % 10)
        assert not torch.equal(scores, other)


@pytest.mark.parametrize("how", ImageConfig.choices("initialisation"))
def test_first_weights(how):
    config = ImageConfig(initialisation=how, g_network="conv", g_widths=(32, 16), d_network="conv", d_widths=(16, 32))
    before = torch.get_rng_state()
    generator = image_generator(config, torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), before)  # the global generator is not touched
    kernel = generator.module.blocks[0].layer.weight
    fan_in, fan_out = 16 * 16, 32 * 16  # of a transposed convolution 32 -> 16 with kernels of 4 x 4, as PyTorch counts
    expected = {"dcgan": 0.02, "glorot": (2 / (fan_in + fan_out)) ** 0.5, "pytorch": (1 / 3 / fan_in) ** 0.5}
    assert kernel.std().item() == pytest.approx(expected[how], rel=0.05)
    assert generator.module.first.norm.weight.eq(1).all() and generator.buffers.unique().tolist() == [0, 1]


def test_batch_norm_in_d_looks_at_real_and_fake_apart():
    config = ImageConfig(d_network="conv", d_widths=(4, 4), d_normalisation="batch_norm")
    random = torch.Generator().manual_seed(0)
    discriminator = image_discriminator(config, random, random)
    real, fake = torch.rand(6, 784, generator=random), -torch.rand(6, 784, generator=random)
    together = discriminator.forward(torch.cat([real, fake]), groups=2)
    apart = torch.cat([discriminator.forward(real), discriminator.forward(fake)])
    torch.testing.assert_close(together, apart)
    assert not torch.allclose(discriminator.forward(torch.cat([real, fake])), apart)


def images(count=25):
    pixels = np.repeat(np.arange(count, dtype=np.uint8)[:, None], 784, 1)
    return LabelledImages(pixels, (np.arange(count) % 10).astype(np.uint8))


def test_an_epoch_shows_each_image_once_with_its_digit():
    stream = Images(images(), True, np.random.SeedSequence(0), CPU)
    batches = [stream.batch(10) for _ in range(5)]  # two epochs; the third batch belongs to both
    seen = torch.cat([batch.x[:, 0] for batch in batches]).add(1).mul(127.5).round().long()
    assert sorted(seen[:25].tolist()) == sorted(seen[25:].tolist()) == list(range(25))
    assert seen[:25].tolist() != seen[25:].tolist()
    assert torch.equal(torch.cat([batch.condition for batch in batches]), seen % 10)


def test_image_streams_go_on_where_they_were():
    config = ImageConfig(conditional=True, latent_dim=3, classes=(2, 5))
    for make in (
        lambda seed: Images(images(), True, np.random.SeedSequence(seed), CPU),
        lambda seed: Latents(config, np.random.SeedSequence(seed), CPU),
    ):
        stream, other = make(0), make(1)
        for _ in range(4):
            stream.batch(8)
        state = stream.state
        expected = [stream.batch(8) for _ in range(9)]
        other.state = state
        for batch, theirs in zip(expected, [other.batch(8) for _ in range(9)], strict=True):
            assert torch.equal(batch.x, theirs.x) and torch.equal(batch.condition, theirs.condition)


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_latents(kind):
    batch = Latents(ImageConfig(latent=kind, conditional=True, classes=(2, 5)), np.random.SeedSequence(0), CPU).batch(
        4000
    )
    assert batch.x.shape == (4000, 64)
    assert batch.x.std().item() == pytest.approx(1 if kind == "normal" else 3**-0.5, rel=0.01)
    assert batch.condition.unique().tolist() == [2, 5]
    assert batch.condition.float().mean().item() == pytest.approx(3.5, abs=0.1)


def test_average():
    network = MLP((1, 1), "tanh")
    average = Average(network, 0.9)
    for step in range(1, 200):
        network.weights.fill_(float(step))
        average.follow(network, step)
    assert average.weights[0].item() == pytest.approx(199 - 0.9 / 0.1, abs=0.01)  # a mean lags by memory / (1 - memory)


def test_snapshot_of_a_conditional_run():
    config = small("cgan_lesson", classes=(1, 4, 7))
    trainer, observe = trained(config, 3), observer_of(config)
    shot = observe(trainer)
    assert shot.sizes.tolist() == [15, 15, 15, 10] and shot.images.shape == (55, 784)
    assert shot.asked[shot.group("fixed")].tolist() == [1, 4, 7] * 5
    assert np.isin(shot.images, np.arange(16) * 17).all()
    assert set(shot.values) == set(shot.measures)
    rows = observe.fixed.view(5, 3, -1)
    assert torch.equal(rows[:, 0], rows[:, 2]) and not torch.equal(rows[0], rows[1])  # along a row only c changes
    real = load("mnist_5k", (1, 4, 7), 60)
    assert shot.asked[shot.group("real")].tolist() == real.digits[:10].tolist()
    assert (shot.read[shot.group("real")] == real.digits[:10]).mean() >= 0.9
    back = unpack(pack(shot))
    assert all(
        np.array_equal(getattr(shot, name), getattr(back, name)) for name in ("images", "asked", "sizes", "score")
    )
    assert len(pack(shot)) < 64 * 1024


@pytest.mark.parametrize("grid", ["4x4", "5x5", "8x8"])
def test_snapshot_without_conditions(grid):
    config = small("gan_lesson", grid=grid, averaging=0)
    shot = observer_of(config)(trained(config, 2))
    count = {"4x4": 16, "5x5": 25, "8x8": 64}[grid]
    assert dict(zip(GROUPS, shot.sizes.tolist(), strict=True)) == {"fixed": count, "raw": 0, "fresh": count, "real": 10}
    assert (shot.asked == NOT_ASKED).all()
    assert len(pack(shot)) < 64 * 1024


def test_fixed_latents_stay_and_fresh_ones_do_not():
    config = small("gan_lesson")
    trainer, observe = image_trainer(config), observer_of(config)
    first, second = observe(trainer), observe(trainer)
    assert np.array_equal(first.images[first.group("fixed")], second.images[second.group("fixed")])
    assert not np.array_equal(first.images[first.group("fresh")], second.images[second.group("fresh")])
    assert math.isnan(first.values["frechet"])  # the first picture does not wait for scores
    assert second.values["frechet"] > 50 and math.isnan(second.values["full_at"])
    observe.measure(trainer, full=True)
    assert observe(trainer).values["full_at"] == 0 and observe(trainer).values["kid"] > 0


def test_a_sampler_draws_what_the_observer_shows():
    config = small("cgan_lesson")
    trainer, observe = trained(config, 12), observer_of(config)
    sampler = sampler_of(trainer)
    shot = observe(trainer)
    drawn = sampler.sample(observe.fixed, observe.asked)
    levels = ((drawn + 1) * 7.5).round() * 17
    assert np.array_equal(levels.numpy().astype(np.uint8), shot.images[shot.group("fixed")])


def test_a_device_that_is_not_here_gets_a_sentence():
    assert device_of(ImageConfig(device="cpu")) == CPU
    missing = "mps" if not torch.backends.mps.is_available() else "cuda"
    with pytest.raises(ValueError, match=f"This machine has no {missing} device: choose auto or cpu."):
        device_of(ImageConfig(device=missing))

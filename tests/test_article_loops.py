"""The articles' loops that ours are compared with: are they what the articles describe?"""

from collections import Counter
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from benchmarks import article_loops
from benchmarks.article_costs import macs, needed
from benchmarks.article_loops import Article, Digits, endless, gradient_penalty
from gan_core.data import load

MODELS = ["gan", "wgan_gp", "cgan", "dcgan"]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Two threads that wait for each other on a busy machine take seconds for a step."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Noise(Dataset[tuple[Tensor, int]]):
    """As many images as the largest batch needs; the first pixel tells them apart."""

    def __init__(self) -> None:
        self.images = torch.rand(301, 1, 28, 28, generator=torch.Generator().manual_seed(1)) * 2 - 1

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.images[index], index % 10


def article(name: str, seed: int = 0) -> Article:
    return getattr(article_loops, name)(Noise(), seed)


def weights(network: nn.Module) -> Tensor:
    return nn.utils.parameters_to_vector(network.parameters()).detach()


@pytest.mark.parametrize(
    ("name", "of_g", "of_d"),
    [
        # by hand: weights and biases of each layer, and two for each normalised unit
        (
            "gan",
            100 * 256 + 256 * 256 + 256 * 784 + 2 * 256 + 784 + 2 * 512,
            784 * 128 + 2 * 128**2 + 3 * 128 + 2 * 129,
        ),
        (
            "wgan_gp",
            100 * 128 + 2 * 128**2 + 128 * 784 + 3 * 128 + 784 + 2 * 384,
            784 * 128 + 2 * 128**2 + 3 * 128 + 129,
        ),
        (
            "cgan",
            640 + 164 * 128 + 2 * 128**2 + 128 * 784 + 3 * 128 + 784 + 2 * 384,
            640 + 848 * 128 + 2 * 128**2 + 3 * 128 + 129,
        ),
        ("dcgan", 2_305_472, 212_865),  # trainable parameters that the Keras tutorial's networks report
    ],
)
def test_parameter_counts(name: str, of_g: int, of_d: int) -> None:
    found = article(name)
    assert (len(weights(found.generator)), len(weights(found.discriminator))) == (of_g, of_d)


@pytest.mark.parametrize(
    ("name", "of_g", "of_d"), [("gan", 1, 3), ("wgan_gp", 6, 16), ("cgan", 6, 16), ("dcgan", 1, 3)]
)
def test_a_step_asks_the_networks_as_often_as_the_articles(name: str, of_g: int, of_d: int) -> None:
    """WGAN-GP: five times a fake, and real, fake and the points between; then a fake of G's own."""
    found, calls = article(name), Counter[str]()
    found.generator.register_forward_hook(lambda *_: calls.update(["G"]))
    found.discriminator.register_forward_hook(lambda *_: calls.update(["D"]))
    found.loop(1)
    assert (calls["G"], calls["D"]) == (of_g, of_d)


@pytest.mark.parametrize("name", ["wgan_gp", "cgan"])
def test_a_critic_sees_the_same_real_batch_five_times(name: str) -> None:
    found, seen = article(name), list[float]()
    found.discriminator.register_forward_hook(lambda _, given, __: seen.append(float(given[0].detach().sum())))
    found.loop(1)
    assert Counter(seen).most_common(1)[0][1] == 5


@pytest.mark.parametrize("name", MODELS)
def test_both_players_learn_and_a_seed_repeats(name: str) -> None:
    first, second, other = article(name), article(name), article(name, seed=1)
    before = weights(first.generator), weights(first.discriminator)
    assert not torch.equal(before[0], weights(other.generator))
    after = []
    for found in (first, second):
        torch.manual_seed(3)
        found.loop(1)
        after.append((weights(found.generator), weights(found.discriminator)))
    for old, new, again in zip(before, *after, strict=True):
        assert new.isfinite().all()
        assert not torch.equal(old, new)
        assert torch.equal(new, again)


def test_the_penalty_of_a_straight_critic() -> None:
    critic = nn.Linear(784, 1)
    real, fake = torch.rand(5, 784), torch.rand(5, 784)
    expected = (float(critic.weight.detach().double().norm()) - 1) ** 2
    assert gradient_penalty(critic, real, fake).item() == pytest.approx(expected, rel=1e-4)


def test_batches_go_on_after_an_epoch() -> None:
    batches = endless(Noise(), 150)
    assert [len(next(batches)[0]) for _ in range(5)] == [150] * 5


def test_images_without_files_look_like_torchvisions() -> None:
    found = load("mnist_5k", count=20)
    digits = Digits(found, lambda image: torch.tensor(bytearray(image.tobytes()), dtype=torch.uint8))
    assert len(digits) == 20
    image, digit = digits[7]
    assert image.tolist() == found.images[7].tolist()
    assert digit == found.digits[7]


def test_macs_of_a_layer() -> None:
    layers = nn.Sequential(
        nn.Conv2d(1, 8, 5, 2, 2), nn.ConvTranspose2d(8, 2, 4, 2, 1), nn.Flatten(), nn.Linear(1568, 3)
    )
    assert macs(layers, (torch.zeros(1, 1, 28, 28),)) == [14 * 14 * 25 * 8, 14 * 14 * 16 * 16, 1568 * 3]


@pytest.mark.parametrize(
    ("name", "gigaflop"),
    [
        # Thousands of multiplications per image. GAN: G 292 forward and 558 back, D 133 forward thrice, back 166 twice
        # and 133 once. WGAN-GP: five times G 146, D 266 forward and 332 back, penalty 250; then G 146 and 279, D 266.
        ("gan", 600 * 1_716_200 / 1e9),
        ("wgan_gp", 600 * (5 * 994_700 + 691_200) / 1e9),
        ("dcgan", 121.0),
    ],
)
def test_operations_of_a_step(name: str, gigaflop: float) -> None:
    assert needed(article(name)) == pytest.approx(gigaflop, rel=2e-3)

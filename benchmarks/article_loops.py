"""The loops of four articles as a student runs them: DataLoader, modules, autograd, Adam as it comes.

Written from their descriptions, for comparison: `benchmarks/articles.py` times them beside ours. Each function returns
an `Article`, whose `loop(steps)` goes on where it stopped. They keep what a listing keeps, losses and accuracies by
`item`, and repair only what does not run: betas are (0.0, 0.9), and every batch has the same size.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from gan_core.data import LabelledImages, load
from gan_core.data.folder import torchvision_roots
from gan_core.data.torchvision_door import image_sets

PIXELS, LATENTS, CLASSES, EMBEDDING = 784, 100, 10, 64
LEAK, WEIGHT, N_CRITIC = 0.3, 10, 5

Batches = Iterator[tuple[Tensor, Tensor]]  # images [batch, 1, 28, 28] in [-1, 1], digits [batch]


@dataclass(frozen=True)
class Article:
    """Two networks, and the loop that updates them: n_critic times D, then G; `steps` times.

    With an n_critic above 1, D is a critic with a gradient penalty, and G's update draws fresh fakes.
    """

    generator: nn.Module
    discriminator: nn.Module
    inputs: tuple[tuple[Tensor, ...], tuple[Tensor, ...]]  # one example for each network
    batch: int
    n_critic: int
    loop: Callable[[int], None]


class Digits(Dataset[tuple[Tensor, int]]):
    """The same work for each image as in `torchvision.datasets.MNIST`, for images that are no files of torchvision."""

    def __init__(self, found: LabelledImages, transform: Callable[[Image.Image], Tensor]) -> None:
        self.data, self.transform = torch.from_numpy(found.images).view(-1, 28, 28), transform
        self.targets = torch.from_numpy(found.digits)

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.data[index].numpy())), int(self.targets[index])


def article_data() -> Dataset[tuple[Tensor, int]]:
    """MNIST as torchvision gives it, scaled to -1 ... 1; where its files are not, `Digits` of the embedded 5,000."""
    sets = image_sets()
    from torchvision import transforms

    scale = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    for root in torchvision_roots():
        with contextlib.suppress(RuntimeError):
            return sets.MNIST(root, train=True, transform=scale)
    return Digits(load("mnist_5k"), scale)


def endless(data: Dataset[tuple[Tensor, int]], batch: int) -> Batches:
    """Epoch after epoch, shuffled. What an epoch leaves over is dropped: every update then costs the same."""
    while True:
        yield from DataLoader(data, batch_size=batch, shuffle=True, drop_last=True)


def mlp_generator(inputs: int, *hidden: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for units in hidden:
        layers += [nn.Linear(inputs, units), nn.LeakyReLU(LEAK), nn.BatchNorm1d(units)]
        inputs = units
    return nn.Sequential(*layers, nn.Linear(inputs, PIXELS), nn.Tanh())


def mlp_discriminator(inputs: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for units in (128, 128, 128):
        layers += [nn.Linear(inputs, units), nn.LeakyReLU(LEAK), nn.Dropout(0.5)]
        inputs = units
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))


class Conditional(nn.Module):
    """A network that is given the digit beside its input, as 64 learnt numbers."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.embedding, self.body = nn.Embedding(CLASSES, EMBEDDING), body

    def forward(self, x: Tensor, digits: Tensor) -> Tensor:
        return self.body(torch.cat([x, self.embedding(digits)], dim=1))


def uniform_latents(batch: int) -> Tensor:
    return 2 * torch.rand(batch, LATENTS) - 1


def gan(data: Dataset[tuple[Tensor, int]], seed: int = 0) -> Article:
    """Two classes, fake 0 and real 1, by softmax cross entropy; accuracies of both players at every step."""
    torch.manual_seed(seed)
    g, d, batch = mlp_generator(LATENTS, 256, 256), mlp_discriminator(PIXELS, 2), 300
    g_adam, d_adam = torch.optim.Adam(g.parameters(), 1e-4), torch.optim.Adam(d.parameters(), 4e-5)
    entropy, batches = nn.CrossEntropyLoss(), endless(data, batch)
    is_real, is_fake = torch.ones(batch, dtype=torch.long), torch.zeros(batch, dtype=torch.long)
    history: list[tuple[float, ...]] = []

    def loop(steps: int) -> None:
        for _ in range(steps):
            real, fake = next(batches)[0].view(batch, PIXELS), g(uniform_latents(batch))
            d_adam.zero_grad()
            of_real, of_fake = d(real), d(fake.detach())
            d_loss = entropy(of_real, is_real) + entropy(of_fake, is_fake)
            d_loss.backward()
            d_adam.step()
            g_adam.zero_grad()
            fooled = d(fake)
            g_loss = entropy(fooled, is_real)
            g_loss.backward()
            g_adam.step()
            right = of_real.argmax(1).sum().item(), (1 - of_fake.argmax(1)).sum().item()
            history.append((d_loss.item(), g_loss.item(), *right, fooled.argmax(1).sum().item()))

    return Article(g, d, ((uniform_latents(1),), (torch.zeros(1, PIXELS),)), batch, 1, loop)


def gradient_penalty(critic: nn.Module, real: Tensor, fake: Tensor, *condition: Tensor) -> Tensor:
    """mean (|slope| - 1)^2 between real and fake, recorded so that it can be differentiated once more."""
    mix = torch.rand(len(real), 1)
    x = (mix * real + (1 - mix) * fake).requires_grad_()
    scores = critic(x, *condition)
    (slopes,) = torch.autograd.grad(scores, x, torch.ones_like(scores), create_graph=True, retain_graph=True)
    return ((slopes.norm(2, dim=1) - 1) ** 2).mean()


def critic_loop(g: nn.Module, critic: nn.Module, batches: Batches, conditional: bool) -> Callable[[int], None]:
    """Five updates of the critic on the same real batch, then one of G with fresh latents."""
    g_adam = torch.optim.Adam(g.parameters(), 1e-4, betas=(0.0, 0.9))
    d_adam = torch.optim.Adam(critic.parameters(), 1e-4, betas=(0.0, 0.9))
    history: list[tuple[float, ...]] = []

    def update_critic(real: Tensor, *condition: Tensor) -> list[float]:
        fake = g(uniform_latents(len(real)), *condition).detach()
        d_adam.zero_grad()
        distance = critic(real, *condition).mean() - critic(fake, *condition).mean()
        loss = WEIGHT * gradient_penalty(critic, real, fake, *condition) - distance
        loss.backward()
        d_adam.step()
        return [loss.item(), distance.item()]

    def loop(steps: int) -> None:
        for _ in range(steps):
            images, digits = next(batches)
            size, values = len(images), []
            for _ in range(N_CRITIC):
                values = update_critic(images.view(size, PIXELS), *([digits] if conditional else []))
            g_adam.zero_grad()
            condition = [torch.randint(0, CLASSES, (size,))] if conditional else []
            g_loss = -critic(g(uniform_latents(size), *condition), *condition).mean()
            g_loss.backward()
            g_adam.step()
            history.append((*values, g_loss.item()))

    return loop


def wgan_gp(data: Dataset[tuple[Tensor, int]], seed: int = 0) -> Article:
    torch.manual_seed(seed)
    g, critic = mlp_generator(LATENTS, 128, 128, 128), mlp_discriminator(PIXELS, 1)
    loop = critic_loop(g, critic, endless(data, 300), conditional=False)
    return Article(g, critic, ((uniform_latents(1),), (torch.zeros(1, PIXELS),)), 300, N_CRITIC, loop)


def cgan(data: Dataset[tuple[Tensor, int]], seed: int = 0) -> Article:
    """WGAN-GP with the digit's embedding beside z and beside x; the critic is told the real digits, G random ones."""
    torch.manual_seed(seed)
    g = Conditional(mlp_generator(LATENTS + EMBEDDING, 128, 128, 128))
    critic = Conditional(mlp_discriminator(PIXELS + EMBEDDING, 1))
    loop = critic_loop(g, critic, endless(data, 300), conditional=True)
    digit = torch.zeros(1, dtype=torch.long)
    return Article(g, critic, ((uniform_latents(1), digit), (torch.zeros(1, PIXELS), digit)), 300, N_CRITIC, loop)


def dcgan_generator() -> nn.Sequential:
    def widen(inputs: int, outputs: int, stride: int) -> nn.Module:
        return nn.ConvTranspose2d(inputs, outputs, 5, stride, 2, output_padding=stride - 1, bias=False)

    return nn.Sequential(
        nn.Linear(LATENTS, 7 * 7 * 256, bias=False), nn.BatchNorm1d(7 * 7 * 256), nn.LeakyReLU(LEAK),
        nn.Unflatten(1, (256, 7, 7)),
        widen(256, 128, 1), nn.BatchNorm2d(128), nn.LeakyReLU(LEAK),
        widen(128, 64, 2), nn.BatchNorm2d(64), nn.LeakyReLU(LEAK),
        widen(64, 1, 2), nn.Tanh(),
    )  # fmt: skip


def dcgan_discriminator() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 64, 5, 2, 2), nn.LeakyReLU(LEAK), nn.Dropout(0.3),
        nn.Conv2d(64, 128, 5, 2, 2), nn.LeakyReLU(LEAK), nn.Dropout(0.3),
        nn.Flatten(), nn.Linear(7 * 7 * 128, 1),
    )  # fmt: skip


def dcgan(data: Dataset[tuple[Tensor, int]], seed: int = 0) -> Article:
    """The Keras tutorial's networks; D and G take turns, as PyTorch listings do."""
    torch.manual_seed(seed)
    g, d, batch = dcgan_generator(), dcgan_discriminator(), 256
    g_adam, d_adam = torch.optim.Adam(g.parameters(), 1e-4), torch.optim.Adam(d.parameters(), 1e-4)
    entropy, batches = nn.BCEWithLogitsLoss(), endless(data, batch)
    is_real, is_fake = torch.ones(batch, 1), torch.zeros(batch, 1)
    history: list[tuple[float, ...]] = []

    def loop(steps: int) -> None:
        for _ in range(steps):
            real, fake = next(batches)[0], g(torch.randn(batch, LATENTS))
            d_adam.zero_grad()
            d_loss = entropy(d(real), is_real) + entropy(d(fake.detach()), is_fake)
            d_loss.backward()
            d_adam.step()
            g_adam.zero_grad()
            g_loss = entropy(d(fake), is_real)
            g_loss.backward()
            g_adam.step()
            history.append((d_loss.item(), g_loss.item()))

    return Article(g, d, ((torch.randn(1, LATENTS),), (torch.zeros(1, 1, 28, 28),)), batch, 1, loop)

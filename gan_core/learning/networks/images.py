"""Networks for images of 28 x 28 pixels, as rows of [batch, 784] numbers from -1 (black) to 1.

Each is built from the fields of an `ImageConfig`: the articles' networks and those of the lessons differ in these.
"""

import math

import torch
from torch import nn

from gan_core.config import ImageConfig
from gan_core.learning.initialisation import initialise
from gan_core.learning.networks import Network
from gan_core.learning.networks.autograd import Autograd
from gan_core.learning.networks.image_modules import DIGITS, PIXELS, Discriminator, Generator, ScaleAndShift
from gan_core.learning.networks.mlp import MLP, leaky_relu

NOWHERE = torch.device("meta")  # no memory for numbers there, and none drawn from PyTorch's global generator


def image_generator(config: ImageConfig, first: torch.Generator) -> Autograd:
    """G(z, c), with first weights drawn from `first`."""
    return _begun(_blank_generator(config, first.device), config, first)


def image_discriminator(config: ImageConfig, first: torch.Generator, random: torch.Generator) -> Network:
    """D(x, c); `random` draws what its dropout switches off.

    A fully connected one has a backward of its own; a convolutional one has PyTorch's.
    """
    network = _blank_discriminator(config, first.device, random)
    if isinstance(network, Autograd):
        return _begun(network, config, first)
    initialise(network, "pytorch", "discriminator", first)
    network.embedding.normal_(generator=first)
    return network


def blank_networks(config: ImageConfig, device: torch.device) -> tuple[Autograd, Network]:
    """G and D without weights, to be filled with those of a file and then only looked through."""
    return _blank_generator(config, device), _blank_discriminator(config, device, torch.Generator())


def weight_counts(config: ImageConfig) -> dict[str, int]:
    """How many weights both players have, and numbers in buffers, under the names of an export. Nothing is built."""
    with NOWHERE:
        generator, discriminator = Generator(config), _discriminator(config, torch.Generator())
    return _counts("generator", generator) | _counts("discriminator", discriminator)


def _counts(name: str, player: nn.Module | MLP) -> dict[str, int]:
    if isinstance(player, MLP):
        return {name: len(player.weights), f"{name}_buffers": len(player.buffers)}
    weights, buffers = ([each.numel() for each in part] for part in (player.parameters(), player.buffers()))
    return {name: sum(weights), f"{name}_buffers": sum(buffers)}


def _blank_generator(config: ImageConfig, device: torch.device) -> Autograd:
    with NOWHERE:
        module = Generator(config)
    return _autograd(module, config, device)


def _blank_discriminator(config: ImageConfig, device: torch.device, random: torch.Generator) -> Autograd | MLP:
    with NOWHERE if config.d_network == "conv" else device:
        made = _discriminator(config, random)
    return made if isinstance(made, MLP) else _autograd(made, config, device)


def _discriminator(config: ImageConfig, random: torch.Generator) -> Discriminator | MLP:
    if config.d_network == "conv":
        return Discriminator(config, random)
    return MLP(
        (PIXELS, *config.d_widths, 1),
        leaky_relu(config.leak),
        conditions=DIGITS if config.conditional else 0,
        embedding=config.embedding,
        dropout=config.d_dropout,
        random=random,
        contrast=config.d_two_classes,
    )


def _autograd(module: nn.Module, config: ImageConfig, device: torch.device) -> Autograd:
    """With memory for its numbers; `Module.to_empty` would do as well, and import sympy: half a second."""
    for owner in module.modules():
        for name, tensor in list(owner.named_parameters(recurse=False)):
            setattr(owner, name, nn.Parameter(torch.empty(tensor.shape, device=device)))
        for name, tensor in list(owner.named_buffers(recurse=False)):
            setattr(owner, name, torch.empty(tensor.shape, device=device))
    return Autograd(module, getattr(torch, config.precision))


def _begun(network: Autograd, config: ImageConfig, first: torch.Generator) -> Autograd:
    """With first weights."""
    for part in network.module.modules():
        _fill(part, config.initialisation, first)
    return network


def _fill(part: nn.Module, how: str, random: torch.Generator) -> None:
    """First weights of one layer; the condition's scales begin at 1, its shifts at 0."""
    if isinstance(part, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        weight = part.weight.data
        fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(weight)
        bound = math.sqrt(6 / (fan_in + fan_out)) if how == "glorot" else 1 / math.sqrt(fan_in)
        weight.normal_(0, 0.02, generator=random) if how == "dcgan" else weight.uniform_(
            -bound, bound, generator=random
        )
        if part.bias is not None:
            part.bias.data.uniform_(-bound, bound, generator=random) if how == "pytorch" else part.bias.data.zero_()
    elif isinstance(part, nn.modules.batchnorm._BatchNorm):
        for name, start in (("running_mean", 0.0), ("running_var", 1.0)):
            part.get_buffer(name).fill_(start)
        if part.affine:
            part.weight.data.fill_(1.0)
            part.bias.data.zero_()
    elif isinstance(part, ScaleAndShift):
        part.scale.weight.data.fill_(1.0)
        part.shift.weight.data.zero_()
    elif isinstance(part, Generator | Discriminator) and part.beside is not None:
        part.beside.weight.data.normal_(generator=random)
    if isinstance(part, Discriminator) and part.projection is not None:
        part.projection.weight.data.normal_(0, 1 / math.sqrt(part.projection.embedding_dim), generator=random)

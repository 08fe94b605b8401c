"""The layers of networks for images of 28 x 28 pixels, from the fields of an `ImageConfig`."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_core.config import ImageConfig
from gan_core.learning.networks.conditions import Condition, rows_of
from gan_core.learning.networks.dropout import Dropout

SIDE = 28
PIXELS = SIDE * SIDE
DIGITS = 10

Rows = Float[Tensor, "batch inputs"]


class ScaleAndShift(nn.Module):
    """h * scale[c] + shift[c] for each channel: a batch normalisation's affine part that depends on the condition."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale, self.shift = _table(channels), _table(channels)

    def forward(self, h: Tensor, condition: Condition) -> Tensor:
        shape = (len(h), -1, *[1] * (h.ndim - 2))
        scale, shift = rows_of(self.scale.weight, condition), rows_of(self.shift.weight, condition)
        return torch.addcmul(shift.view(shape), h, scale.view(shape))


class Block(nn.Module):
    """One layer with its normalisation, its bend and, in D, its dropout."""

    def __init__(
        self, layer: nn.Module, channels: int, config: ImageConfig, normalisation: str, bend: str, scaled: bool
    ) -> None:
        super().__init__()
        self.layer = layer
        kind = nn.BatchNorm2d if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) else nn.BatchNorm1d
        self.norm = kind(channels, affine=not scaled) if normalisation != "none" else None
        if self.norm is not None:
            self.norm.num_batches_tracked = None
        self.scaling = ScaleAndShift(channels) if scaled else None
        self.last = normalisation == "batch_norm_last"
        self.bend = nn.LeakyReLU(config.leak) if bend == "leaky_relu" else nn.ReLU()

    def forward(self, h: Tensor, condition: Condition | None) -> Tensor:
        h = self.layer(h)
        return self._normalised(self.bend(h), condition) if self.last else self.bend(self._normalised(h, condition))

    def _normalised(self, h: Tensor, condition: Condition | None) -> Tensor:
        h = self.norm(h) if self.norm is not None else h
        return self.scaling(h, condition) if self.scaling is not None and condition is not None else h


class Generator(nn.Module):
    """From z, and c, to an image: fully connected layers, or one and then transposed convolutions; tanh at the end.

    Convolutional: widths (w1, w2, ...): dense to w1 channels of 7 x 7, then transposed convolutions to w2, ... and to
    one channel; the last two double the side, those before them keep it.
    """

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        embeds = config.conditional and config.conditioning == "embedding"
        self.beside = _table(config.embedding) if embeds else None
        self.convolutional = config.g_network == "conv"
        inputs = config.latent_dim + (config.embedding if embeds else 0)
        scaled = config.conditional and config.conditioning == "projection"
        norm, bend = config.g_normalisation, config.g_activation
        plain = norm == "none"  # a layer before a normalisation needs no bias of its own
        self.blocks = nn.ModuleList()
        if self.convolutional:
            first, *others = config.g_widths
            self.first = Block(nn.Linear(inputs, first * 49, bias=plain), first * 49, config, norm, bend, False)
            before = first
            for index, width in enumerate(others):
                layer = _transposed(before, width, config.kernel, 2 if index == len(others) - 1 else 1, plain)
                self.blocks.append(Block(layer, width, config, norm, bend, scaled))
                before = width
            self.last: nn.Module = _transposed(before, 1, config.kernel, 2, bias=plain)
        else:
            self.first = None
            for width in config.g_widths:
                bias = plain or norm == "batch_norm_last"
                self.blocks.append(Block(nn.Linear(inputs, width, bias), width, config, norm, bend, scaled))
                inputs = width
            self.last = nn.Linear(inputs, PIXELS)

    def forward(self, z: Rows, condition: Condition | None = None) -> Float[Tensor, "batch pixels"]:
        h = z
        if self.beside is not None and condition is not None:
            h = torch.cat([z, rows_of(self.beside.weight, condition)], 1)
        if self.first is not None:
            h = self.first(h, condition).view(len(z), -1, 7, 7)
        for block in self.blocks:
            h = block(h, condition)
        return _tanh(self.last(h).flatten(1))


class Discriminator(nn.Module):
    """From an image, and c, to a score: convolutions of stride 2, then a dense layer or the mean over all places.

    Conditional by projection: the score gets the inner product of the features with a vector for c
    (Miyato and Koyama 2018, eq. 5); by embedding: the learnt vector of c is made a second channel of the image.
    """

    def __init__(self, config: ImageConfig, random: torch.Generator) -> None:
        super().__init__()
        embeds = config.conditional and config.conditioning == "embedding"
        projects = config.conditional and config.conditioning == "projection"
        self.beside = _table(PIXELS) if embeds else None
        self.blocks, before, side = nn.ModuleList(), 1 + embeds, SIDE
        for index, width in enumerate(config.d_widths):
            layer = nn.Conv2d(before, width, config.kernel, 2, (config.kernel - 1) // 2)
            norm = "none" if index == 0 else config.d_normalisation
            self.blocks.append(Block(layer, width, config, norm, "leaky_relu", False))
            side = (side + 2 * ((config.kernel - 1) // 2) - config.kernel) // 2 + 1
            before = width
        self.dropout = Dropout(config.d_dropout, random) if config.d_dropout else None
        self.pooling = config.d_pooling
        features = before if config.d_pooling else before * side * side
        self.last = nn.Linear(features, 1)
        self.projection = _table(features) if projects else None

    def forward(self, x: Rows, condition: Condition | None = None) -> Float[Tensor, "batch 1"]:
        h = x.view(len(x), 1, SIDE, SIDE)
        if self.beside is not None and condition is not None:
            h = torch.cat([h, rows_of(self.beside.weight, condition).view_as(h)], 1)
        for block in self.blocks:
            h = block(h, condition)
            h = h if self.dropout is None else self.dropout(h)
        h = h.mean((2, 3)) if self.pooling else h.flatten(1)
        score = self.last(h)
        if self.projection is None or condition is None:
            return score
        return score + (rows_of(self.projection.weight, condition) * h).sum(1, keepdim=True)


def _table(columns: int) -> nn.Embedding:
    """A row of numbers for each digit, not filled yet.

    `nn.Embedding(DIGITS, columns)` would draw them, which on the device "meta" imports PyTorch's compiler: 3 seconds.
    """
    return nn.Embedding.from_pretrained(torch.empty(DIGITS, columns), freeze=False)


def _tanh(h: Tensor) -> Tensor:
    """tanh h = 2 sigmoid(2h) - 1, which PyTorch computes five times as fast on a CPU."""
    return (2 * h).sigmoid() * 2 - 1


def _transposed(channels: int, width: int, kernel: int, stride: int, bias: bool) -> nn.ConvTranspose2d:
    """Keeps the side with stride 1 (odd kernels), doubles it with stride 2."""
    padding = (kernel - stride + 1) // 2
    extra = 2 * padding + stride - kernel
    return nn.ConvTranspose2d(channels, width, kernel, stride, padding, output_padding=extra, bias=bias)

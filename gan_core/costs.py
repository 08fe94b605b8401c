"""What a generator of images costs to ask, known from its settings alone: multiplications, each with its addition."""

from dataclasses import dataclass
from itertools import pairwise

from gan_core.config import ImageConfig

SIDE, FIRST_SIDE = 28, 7  # of an image, and of what a convolutional G begins with


@dataclass(frozen=True)
class Costs:
    """Multiplications for one G(z), for one D(x), and for the directions at one z.

    Those of `directions`: G once for each dimension of z and each digit that it is told. Autograd multiplies that by
    about three.
    """

    generator: int
    discriminator: int
    directions: int

    @property
    def judged(self) -> int:
        """An image is drawn, and D looks at it and at a real one: what the usual scores do 500 times."""
        return self.generator + 2 * self.discriminator


def costs_of(config: ImageConfig) -> Costs:
    generator = (_conv_generator if config.g_network == "conv" else _dense_generator)(config)
    discriminator = (_conv_discriminator if config.d_network == "conv" else _dense_discriminator)(config)
    told = len(config.digits) if config.conditional else 1
    return Costs(generator, discriminator, generator * config.latent_dim * told)


def _beside(config: ImageConfig) -> int:
    """Numbers of the condition that stand beside z, or beside x."""
    return config.embedding if config.conditional and config.conditioning == "embedding" else 0


def _dense(*sizes: int) -> int:
    return sum(before * after for before, after in pairwise(sizes))


def _dense_generator(config: ImageConfig) -> int:
    return _dense(config.latent_dim + _beside(config), *config.g_widths, SIDE**2)


def _dense_discriminator(config: ImageConfig) -> int:
    return _dense(SIDE**2 + _beside(config), *config.d_widths, 2 if config.d_two_classes else 1)


def _conv_generator(config: ImageConfig) -> int:
    """A transposed convolution multiplies each place of what it is given; the last but one doubles the side."""
    first, *others = config.g_widths
    dense = _dense(config.latent_dim + _beside(config), first * FIRST_SIDE**2)
    places = [FIRST_SIDE**2] * len(others) + [(2 * FIRST_SIDE) ** 2]
    layers = pairwise((*config.g_widths, 1))
    return dense + sum(
        place * config.kernel**2 * before * after for place, (before, after) in zip(places, layers, strict=True)
    )


def _conv_discriminator(config: ImageConfig) -> int:
    """A convolution multiplies for each place of what it makes; each halves the side."""
    total, side, before = 0, SIDE, 2 if _beside(config) else 1
    for width in config.d_widths:
        side = (side + 2 * ((config.kernel - 1) // 2) - config.kernel) // 2 + 1
        total += side**2 * config.kernel**2 * before * width
        before = width
    return total + (before if config.d_pooling else before * side**2)

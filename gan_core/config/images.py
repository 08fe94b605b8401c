"""A run whose generator draws images of 28 x 28 pixels."""

from typing import Annotated, ClassVar, Literal, Self

from annotated_types import Ge, Le, MaxLen
from pydantic import model_validator

from gan_core.config.shared import PROBABILITY_LOSSES, Latent, TrainConfig
from gan_core.fields import About, ConfigError

Dataset = Literal["mnist_5k", "mnist", "fashion_mnist", "kmnist"]
Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["float32", "bfloat16"]
Layers = Literal["mlp", "conv"]
Activation = Literal["relu", "leaky_relu"]
Normalisation = Literal["none", "batch_norm", "batch_norm_last"]
Conditioning = Literal["embedding", "projection"]
Initialisation = Literal["pytorch", "dcgan", "glorot"]
Grid = Literal["4x4", "5x5", "8x8", "by_digit"]

READABLE = ("mnist", "mnist_5k")  # what the digit classifier knows

Widths = Annotated[tuple[Annotated[int, Ge(1), Le(1200)], ...], MaxLen(4)]


class ImageConfig(TrainConfig):
    """A generator of images. GAN, WGAN, WGAN-GP, CGAN and DCGAN are rows of these fields (`gan_core.presets`)."""

    task: ClassVar[str] = "images"

    dataset: Annotated[
        Dataset,
        About("Data", "The 5,000 digits are here at once; the other sets are downloaded when you ask for it.", "data"),
    ] = "mnist_5k"
    classes: Annotated[
        tuple[Annotated[int, Ge(0), Le(9)], ...],
        MaxLen(10),
        About("Digits", "Only these digits, 0 to 9; none chosen: all ten.", "data"),
    ] = ()
    images: Annotated[
        int, Ge(0), Le(60_000), About("Images", "So many of them, evenly over the digits; 0: all.", "data")
    ] = 0
    device: Annotated[
        Device, About("Device", "Where the run computes; auto: a GPU if there is one, else the CPU.", "data")
    ] = "auto"
    precision: Annotated[
        Precision,
        About("Precision", "bfloat16 halves the time of convolutions on processors that know it.", "data"),
    ] = "float32"
    grid: Annotated[Grid, About("Grid", "How many images are shown; by digit: one column for each digit.", "data")] = (
        "5x5"
    )

    conditional: Annotated[
        bool, About("Conditional", "Both networks are told which digit it shall be: G(z, c), D(x, c).", "condition")
    ] = False
    conditioning: Annotated[
        Conditioning,
        About(
            "Way of the condition",
            "embedding: a learnt vector beside z and beside x; "
            "projection: scales and shifts in G, an inner product with D's features (Miyato and Koyama 2018).",
            "condition",
        ),
    ] = "embedding"
    embedding: Annotated[
        int, Ge(1), Le(256), About("Size of the embedding", "Numbers in the learnt vector of a digit.", "condition")
    ] = 64

    latent: Annotated[
        Latent, About("Latent z", "Where z is drawn from: normal N(0, 1), or uniform on [-1, 1].", "generator")
    ] = "normal"
    latent_dim: Annotated[
        int, Ge(1), Le(256), About("Latent dimensions", "How many random numbers make one image.", "generator")
    ] = 64
    g_network: Annotated[Layers, About("Layers of G", "Fully connected, or transposed convolutions.", "generator")] = (
        "mlp"
    )
    g_widths: Annotated[
        Widths,
        About(
            "Widths of G",
            "Units, or channels, of the hidden layers, the one after z first: 1 to 4 whole numbers, each 1 to 1,200.",
            "generator",
        ),
    ] = (256, 256)
    g_activation: Annotated[Activation, About("Activation of G", "The bend between two layers.", "generator")] = "relu"
    g_normalisation: Annotated[
        Normalisation,
        About(
            "Normalisation in G",
            "Batch normalisation before the activation, or after it, as in some listings.",
            "generator",
        ),
    ] = "batch_norm"
    averaging: Annotated[
        float,
        Ge(0),
        Le(0.9999),
        About(
            "Averaging of G", "Memory of a running mean of G's weights, which draws the images; 0: none.", "generator"
        ),
    ] = 0.0

    d_network: Annotated[
        Layers, About("Layers of D", "Fully connected, or convolutions with stride 2.", "discriminator")
    ] = "mlp"
    d_widths: Annotated[
        Widths,
        About(
            "Widths of D",
            "Units, or channels, of the hidden layers, the one after x first: 1 to 4 whole numbers, each 1 to 1,200.",
            "discriminator",
        ),
    ] = (128, 128)
    d_normalisation: Annotated[
        Normalisation, About("Normalisation in D", "Never in the first layer of a convolutional D.", "discriminator")
    ] = "none"
    d_dropout: Annotated[
        float,
        Ge(0),
        Le(0.9),
        About("Dropout in D", "Share of units that are switched off at random in each update.", "discriminator"),
    ] = 0.0
    d_two_classes: Annotated[
        bool,
        About("Two-class head", "An MLP D with two outputs; their difference is the score.", "discriminator"),
    ] = False
    d_pooling: Annotated[
        bool,
        About("Global average pooling", "In a convolutional D, instead of a dense last layer.", "discriminator"),
    ] = False
    kernel: Annotated[
        int, Ge(3), Le(5), About("Kernel", "Side of the convolutions' kernels.", "discriminator", unit="pixels")
    ] = 4
    leak: Annotated[
        float, Ge(0), Le(0.5), About("Leak", "Slope of leaky_relu below 0, in both networks.", "discriminator")
    ] = 0.2
    initialisation: Annotated[
        Initialisation,
        About(
            "Initial weights",
            "pytorch: its default; dcgan: N(0, 0.02); glorot: uniform, by the sizes of both sides.",
            "discriminator",
        ),
    ] = "pytorch"

    @property
    def digits(self) -> tuple[int, ...]:
        """Those that the run learns, in order."""
        return tuple(sorted(self.classes)) or tuple(range(10))

    @property
    def is_readable(self) -> bool:
        """Whether the digit classifier knows what the images show."""
        return self.dataset in READABLE

    @model_validator(mode="after")
    def _networks_fit(self) -> Self:
        if not self.g_widths or not self.d_widths:
            name = "g_widths" if not self.g_widths else "d_widths"
            raise ConfigError(name, "{label} needs at least one hidden layer.", label=self.about(name).label)
        for name, network in (("g_widths", self.g_network), ("d_widths", self.d_network)):
            if network == "conv" and max(getattr(self, name)) > 512:
                raise ConfigError(
                    name, "{label}: a convolutional network has at most 512 channels.", label=self.about(name).label
                )
        if self.g_network == "conv" and len(self.g_widths) < 2:
            raise ConfigError("g_widths", "Widths of G: a convolutional G needs at least two widths.")
        if self.g_network == "conv" and len(self.g_widths) > 2 and self.kernel == 4:
            raise ConfigError("kernel", "Kernel must be 3 or 5 if a convolutional G has more than two widths.")
        if self.conditional and self.conditioning == "projection" and self.d_network == "mlp":
            raise ConfigError("conditioning", "Way of the condition: projection needs a convolutional D.")
        if self.d_two_classes and (self.d_network != "mlp" or self.loss not in PROBABILITY_LOSSES):
            raise ConfigError("d_two_classes", "Two-class head needs an MLP D and a loss of probabilities.")
        if self.d_network == "mlp" and self.d_normalisation != "none":
            raise ConfigError("d_normalisation", "Normalisation in D is for a convolutional D.")
        return self

    @model_validator(mode="after")
    def _game_fits(self) -> Self:
        if self.grid == "by_digit" and not self.conditional:
            raise ConfigError("grid", "A grid by digit needs a conditional generator.")
        if len(set(self.classes)) < len(self.classes):
            raise ConfigError("classes", "Digits: each digit at most once.")
        if self.conditional and len(self.classes) == 1:
            raise ConfigError("classes", "Digits: a conditional generator needs at least two of them.")
        return self


def image_hints(config: ImageConfig) -> list[str]:
    """Sentences about settings that are allowed and known to go wrong."""
    checks = {
        "A Wasserstein critic without weight clipping or a gradient penalty grows without bound.": config.loss
        == "wasserstein"
        and config.smoothness == "none",
        "Batch normalisation in D mixes the images of a batch: the penalty asks each image for its own slope.": (
            config.d_normalisation != "none" and config.smoothness in ("gradient_penalty", "r1")
        ),
        "The literal log of probabilities becomes infinite as soon as D is very sure.": config.naive_log,
        "With one optimiser for both, D is taught to call fakes real.": config.shared_optimiser,
        "Convolutions with many channels take seconds for each step on a CPU.": max(
            config.g_widths if config.g_network == "conv" else (0,), default=0
        )
        > 64
        or max(config.d_widths if config.d_network == "conv" else (0,), default=0) > 64,
    }
    return [sentence for sentence, applies in checks.items() if applies]

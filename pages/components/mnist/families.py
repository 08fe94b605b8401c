"""The five families of the lessons: what each of them minimises, and the lines of the row that make it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gan_core.presets import IMAGE_PRESETS, Preset


@dataclass(frozen=True)
class Family:
    """`made_by`: the settings that make it, apart from the family before. `objective` is LaTeX, the rest sentences."""

    title: str
    objective: str
    made_by: Mapping[str, object]
    idea: str
    source: str


FAMILIES = {
    "gan": Family(
        "GAN",
        r"\min_G \max_D \; E_{x \sim p_{data}}[\log D(x)] + E_z[\log(1 - D(G(z)))]",
        {"loss": "non_saturating"},
        "D learns to tell real images from fakes, as a yes-or-no question; G learns to make D say yes. In practice G "
        "does not lower log(1 - D(G(z))) but raises log D(G(z)): the same goal, and a strong gradient as long as D "
        "sees through every fake. Nothing keeps G from drawing one convincing digit again and again: watch the digit "
        "histogram for mode collapse.",
        "Goodfellow et al. 2014, eq. 1; the non-saturating loss: section 3.",
    ),
    "wgan": Family(
        "WGAN",
        r"\min_G \max_{|w| \le c} \; E_{x \sim p_{data}}[f_w(x)] - E_z[f_w(G(z))]",
        {"loss": "wasserstein", "smoothness": "weight_clipping"},
        "The judge becomes a critic f, which gives scores instead of probabilities. If f may not be steeper than 1, "
        "the largest difference between its means over real and fake images is the Wasserstein distance: it has a "
        "slope wherever the fakes are, so G is always told a direction. Here f is kept flat by clipping: after each "
        "update every weight w is put back into [-c, c]. That is simple and crude: the critic becomes too simple, or "
        "learns slowly.",
        "Arjovsky, Chintala and Bottou 2017, eq. 2 and algorithm 1.",
    ),
    "wgan_gp": Family(
        "WGAN-GP",
        r"\min_G \max_f \; E_x[f(x)] - E_z[f(G(z))] - \lambda \, E_{\hat x}[(\|\nabla f(\hat x)\| - 1)^2]",
        {"smoothness": "gradient_penalty"},
        "The same distance, without clipping: at random points x̂ on the lines between real images and fakes, the "
        "critic pays for every slope that differs from 1. Its weights are free otherwise, so it can be as intricate "
        "as the task asks. The price is a gradient of a gradient in each update of D. No batch normalisation in the "
        "critic: the penalty asks each image for its own slope.",
        "Gulrajani et al. 2017, eq. 3.",
    ),
    "cgan": Family(
        "CGAN",
        r"\min_G \max_D \; E_{x, c}[\log D(x, c)] + E_{z, c}[\log(1 - D(G(z, c), c))]",
        {"conditional": True},
        "Both networks are told a condition c: which digit it shall be. D is shown pairs (image, digit) and refuses a "
        "beautiful 3 that comes with a 7. So G has to draw the digit it is asked for, and cannot leave out a digit. "
        "Each digit on its own is also an easier task than all ten together: of all families this one learns fastest. "
        "Any loss can be made conditional, with Wasserstein's it is a conditional WGAN-GP.",
        "Mirza and Osindero 2014, eq. 2; the projection: Miyato and Koyama 2018.",
    ),
    "dcgan": Family(
        "DCGAN",
        r"\text{the objective of the GAN, with convolutions in } G \text{ and } D",
        {"g_network": "conv", "d_network": "conv"},
        "The game is that of the first GAN; the networks are different. D looks at small patches with the same weights "
        "everywhere and halves the side of the picture by stride 2 instead of pooling; G goes the other way by "
        "transposed convolutions. A stroke that is learnt at one place is known everywhere, which gives crisper lines. "
        "Convolutions cost more time for each update.",
        "Radford, Metz and Chintala 2016, section 3.",
    ),
}


def families() -> list[str]:
    """In the order of the lessons; only those that have a preset."""
    there = {preset.family for preset in IMAGE_PRESETS.values()}
    return [name for name in FAMILIES if name in there]


def presets_of(family: str) -> list[str]:
    """Names of its presets, lessons first."""
    return [name for name, preset in IMAGE_PRESETS.items() if preset.family == family]


def before(preset: Preset, presets: Iterable[Preset] = IMAGE_PRESETS.values()) -> list[Preset]:
    """The row that comes before it in the order of the lessons: of the same article, else any; none before the first.

    Returns
    -------
    list[Preset]
        One preset, or none.
    """
    order = list(FAMILIES)
    earlier = [row for row in presets if row.family in order[: order.index(preset.family)]]
    return sorted(earlier, key=lambda row: (-order.index(row.family), row.source != preset.source))[:1]

"""The presets of runs that draw images.

`promise` names a score, "accuracy" or "frechet", and `within` its value after 60 CPU-seconds: the least accuracy, the
largest Frechet distance. "article": the row is that of an article, for comparison, and promises nothing. Else it is a
failure that `gan_core.theory.image_diagnosis` recognises.
"""

from collections.abc import Mapping
from typing import Any

from gan_core.presets.rows import Preset

Changes = Mapping[str, Any]

_ADAM = {"g_momentum": 0.5, "d_momentum": 0.5}
_R1 = {"smoothness": "r1", "smoothness_weight": 0.3, "penalty_every": 4}
_CLIPPED = {
    "loss": "wasserstein", "smoothness": "weight_clipping", "clip_value": 0.01, "n_critic": 5, "fresh_latents": True,
    "g_optimiser": "rmsprop", "d_optimiser": "rmsprop", "g_lr": 5e-5, "d_lr": 5e-5,
}  # fmt: skip
_CRITIC = {
    "loss": "wasserstein", "smoothness": "gradient_penalty", "smoothness_weight": 10, "one_sided": False,
    "fresh_latents": True,
}  # fmt: skip
_MLP = {
    **_R1, "g_widths": (128, 256), "d_widths": (128, 128, 128), "batch": 64, "averaging": 0.999,
    "g_lr": 1e-3, "d_lr": 1e-3, "beta2": 0.99, "steps": 12_000,
}  # fmt: skip
_BY_DIGIT = {"conditional": True, "grid": "by_digit"}
_KERAS = {
    "dataset": "mnist", "grid": "4x4", "latent_dim": 100, "g_network": "conv", "g_widths": (256, 128, 64),
    "g_activation": "leaky_relu", "leak": 0.3, "d_network": "conv", "d_widths": (64, 128), "d_dropout": 0.3,
    "kernel": 5, "initialisation": "glorot", "batch": 256, "g_lr": 1e-4, "d_lr": 1e-4, "g_momentum": 0.9,
    "d_momentum": 0.9, "precision": "bfloat16", "steps": 50 * 235,
}  # fmt: skip
_CHAPTER = {
    "dataset": "mnist", "latent": "uniform", "latent_dim": 100, "g_activation": "leaky_relu", "leak": 0.3,
    "g_normalisation": "batch_norm_last", "d_widths": (128, 128, 128), "d_dropout": 0.5, "batch": 300,
}  # fmt: skip
_CHAPTER_GAN = {
    **_CHAPTER, "g_widths": (256, 256), "d_two_classes": True, "g_lr": 1e-4, "d_lr": 4e-5,
    "g_momentum": 0.9, "d_momentum": 0.9, "steps": 500 * 200,
}  # fmt: skip
_CHAPTER_CRITIC = {
    **_CHAPTER, **_CRITIC, "g_widths": (128, 128, 128), "n_critic": 5, "repeated_real": True,
    "g_lr": 1e-4, "d_lr": 1e-4, "beta2": 0.9, "steps": 300 * 200,
}  # fmt: skip
_PAPER = {
    "dataset": "mnist", "classes": (4,), "latent": "uniform", "latent_dim": 100, "g_widths": (256, 256),
    "g_normalisation": "none", "d_widths": (128, 128), "g_optimiser": "sgd", "d_optimiser": "sgd",
    "g_lr": 0.02, "d_lr": 0.02, "g_momentum": 0.5, "d_momentum": 0.5, "g_weight_decay": 1e-4, "d_weight_decay": 1e-4,
    "batch": 100, "steps": 100 * 58,
}  # fmt: skip


def _lesson(name: str, texts: tuple[str, str, str, str], changes: Changes, promise: str, within: float) -> Preset:
    family = name.removesuffix("_lesson")
    return Preset(name, *texts, changes, promise, within, task="images", family=family)


def _article(name: str, source: str, family: str, texts: tuple[str, str, str, str], changes: Changes) -> Preset:
    return Preset(name, *texts, changes, "article", 0.0, task="images", family=family, source=source)


def _failing(name: str, source: str, texts: tuple[str, str, str, str], changes: Changes, failure: str) -> Preset:
    return Preset(name, *texts, changes, failure, 0.0, task="images", family="gan", source=source)


LESSONS = [
    _lesson(
        "cgan_lesson",
        (
            "CGAN: a digit on request",
            "The condition c tells both networks the digit, and many small steps on 32 images beat few large ones.",
            "Each column is one digit. After ten seconds you can read most of them.",
            "Switch Conditional off, choose another grid and start again: without c the same networks need far longer.",
        ),
        {
            **_BY_DIGIT, "conditioning": "projection", "g_widths": (256, 512), "d_network": "conv",
            "d_widths": (16, 32, 64), "smoothness": "r1", "smoothness_weight": 0.1, "penalty_every": 16,
            "batch": 32, "averaging": 0.999, "steps": 12_000,
        },
        "accuracy",
        0.98,
    ),
    _lesson(
        "gan_lesson",
        (
            "GAN: two players, fully connected",
            "The plain GAN, with two helps: R1 keeps D smooth, and averaged weights draw the pictures.",
            "Blots at first, strokes after a few seconds, then ten different digits that become clear.",
            "Set Smoothness of D to none and start again: how many of the ten digits are left?",
        ),
        _MLP,
        "frechet",
        8,
    ),
    _lesson(
        "wgan_lesson",
        (
            "WGAN: a critic with clipped weights",
            "A critic does not judge, it measures how far fakes are from real images; clipping keeps it from cheating.",
            "Digits stay rougher than in the other lessons: a critic of small weights sees only coarse differences.",
            "Lower Clip value to 0.003 while it runs: the critic becomes flat, and G hardly learns any more.",
        ),
        {
            "loss": "wasserstein", "smoothness": "weight_clipping", "clip_value": 0.03, "g_optimiser": "rmsprop",
            "d_optimiser": "rmsprop", "g_lr": 5e-4, "d_lr": 5e-4, "g_widths": (128, 256), "d_network": "conv",
            "d_widths": (16, 32, 64), "d_normalisation": "batch_norm", "batch": 32, "averaging": 0.999, "steps": 12_000,
        },
        "frechet",
        45,
    ),
    _lesson(
        "wgan_gp_lesson",
        (
            "WGAN-GP: a penalty instead of clipping",
            "The gradient penalty keeps the critic's slope near 1; one update of the critic for each of G is enough.",
            "The estimate of W1 shoots up and falls again within some hundred steps; only then do digits appear.",
            "Set Weight of the penalty to 10 while it runs: is it calmer, or only slower?",
        ),
        {
            **_CRITIC, "smoothness_weight": 1, "latent": "uniform", "latent_dim": 100, "g_widths": (128, 128, 128),
            "g_activation": "leaky_relu", "leak": 0.3, "g_normalisation": "batch_norm_last",
            "d_widths": (128, 128, 128), "batch": 64, "averaging": 0.999, "g_lr": 1e-3, "d_lr": 1e-3, "beta2": 0.99,
            "steps": 12_000,
        },
        "frechet",
        15,
    ),
    _lesson(
        "dcgan_lesson",
        (
            "DCGAN: convolutions with few channels",
            "Convolutions know that neighbouring pixels belong together; few channels are enough for digits, and fast.",
            "Smooth strokes from the beginning, without grains; the digits need longer than from the other networks.",
            "Double the widths of both networks: fewer steps in a second, so for a minute it is worse.",
        ),
        {
            **_R1, "g_network": "conv", "g_widths": (64, 32), "d_network": "conv", "d_widths": (16, 32, 64),
            "batch": 32, "averaging": 0.999, "g_lr": 1e-3, "d_lr": 1e-3, "beta2": 0.99, "steps": 12_000,
        },
        "frechet",
        18,
    ),
]  # fmt: skip

ARTICLES = [
    _article(
        "article_first_gan",
        "000",
        "gan",
        (
            "First GAN of a tutorial",
            "Fully connected networks, Adam with 0.0002 and a momentum of 0.5: what most first listings of a GAN have.",
            "Speckled digits after some thousand steps, and often the same one in many places of the grid.",
            "Set Averaging of G to 0.999 in a new run: the speckles go.",
        ),
        {
            **_ADAM, "dataset": "mnist", "latent_dim": 100, "g_widths": (128, 256, 512, 1024),
            "g_activation": "leaky_relu", "d_widths": (512, 256), "batch": 64, "g_lr": 2e-4, "d_lr": 2e-4,
            "steps": 50 * 938,
        },
    ),
    _article(
        "article_dcgan",
        "001",
        "dcgan",
        (
            "DCGAN of a tutorial",
            "Transposed convolutions in G and strided ones in D, with 64 to 256 channels, as in a much-read tutorial.",
            "A grey blot for the first minutes: each step is half a second of work.",
            "Take the lesson DCGAN: the same kind of layers with a small part of the channels.",
        ),
        _KERAS,
    ),
    _article(
        "article_goodfellow",
        "002",
        "gan",
        (
            "Goodfellow's recipe on the digit 4",
            "Uniform z, SGD with momentum and weight decay, as in the first paper on GANs; and one digit only.",
            "A 4 can be read after some hundred steps, the same in every place, and it does not stay as clear.",
            "Choose Adam for both players, with learning rates of 0.0002, while it runs.",
        ),
        _PAPER,
    ),
    _article(
        "article_goodfellow_bn",
        "002",
        "gan",
        (
            "Goodfellow's recipe with batch normalisation",
            "The same row, and each layer of G brings its values to mean 0 and standard deviation 1 first.",
            "Compare with the row without it, step by step: which of the two is sooner at a clear 4?",
            "Run both side by side, with the same seed.",
        ),
        {**_PAPER, "g_normalisation": "batch_norm"},
    ),
    _article(
        "article_wgan",
        "003",
        "wgan",
        (
            "WGAN as published",
            "RMSprop with a learning rate of 0.00005, weights within 0.01, five updates of the critic for one of G.",
            "Hardly anything moves for a minute: small weights make a flat critic, and the learning rates are tiny.",
            "Take the lesson WGAN, which has larger bounds and larger steps.",
        ),
        {
            **_CLIPPED, "dataset": "mnist", "latent_dim": 100, "g_widths": (256, 512), "d_widths": (512, 256),
            "batch": 64, "steps": 50 * 938 // 5,
        },
    ),
    _article(
        "article_guidelines",
        "003",
        "dcgan",
        (
            "DCGAN by the guidelines",
            "Strides instead of pooling, a mean over all places at the end of D, batch normalisation, ReLU and tanh.",
            "Shapes with smooth edges; look whether the fixed grid still shows different ones later on.",
            "Switch Global average pooling off in a new run: D then knows where in the image a stroke is.",
        ),
        {
            **_ADAM, "dataset": "mnist", "latent_dim": 100, "g_network": "conv", "g_widths": (64, 32),
            "d_network": "conv", "d_widths": (32, 64), "d_normalisation": "batch_norm", "d_pooling": True,
            "initialisation": "dcgan", "batch": 64, "g_lr": 2e-4, "d_lr": 2e-4, "steps": 20 * 938,
        },
    ),
    _article(
        "article_gan",
        "004",
        "gan",
        (
            "GAN of a textbook chapter",
            "Two classes for D, dropout, and Adam with a slower D, as in a textbook chapter on GANs.",
            "One shape for every z: the fixed grid shows the same blot again and again.",
            "Take the lesson GAN: a smooth D and averaged weights.",
        ),
        _CHAPTER_GAN,
    ),
    _article(
        "article_gan_spread",
        "004",
        "gan",
        (
            "The same GAN with spread labels",
            "A trick of the chapter: D is taught numbers from 0.8 to 1.2 for real images, so it is never quite sure.",
            "Compare the losses with those of the row without the trick.",
            "Raise Spread of real labels to 0.5 while it runs.",
        ),
        {**_CHAPTER_GAN, "label_spread": 0.2},
    ),
    _article(
        "article_wgan_gp",
        "004",
        "wgan_gp",
        (
            "WGAN-GP of the chapter",
            "A critic instead of a judge, five updates of it for each of G, and the gradient penalty with weight 10.",
            "Digits come out of the noise slowly: half of them can be read after five minutes.",
            "Set n_critic to 1 and Dropout in D to 0 in a new run.",
        ),
        _CHAPTER_CRITIC,
    ),
    _article(
        "article_cgan",
        "004",
        "cgan",
        (
            "CGAN of the chapter",
            "The WGAN-GP of the chapter, and a learnt vector of 64 numbers for the digit beside z and beside x.",
            "Each column should be one digit; after five minutes three of four are.",
            "Take the lesson CGAN: the same idea, with another way of the condition.",
        ),
        {**_CHAPTER_CRITIC, **_BY_DIGIT},
    ),
]  # fmt: skip

FAILING = [
    _failing(
        "digits_log_of_probabilities",
        "002",
        (
            "The log of zero",
            "Here log(D) is computed from the probability itself: as soon as D is very sure, that is the log of 0.",
            "The loss becomes infinite or no number at all, and the images black.",
            "Switch Log of probabilities off and start again: from the score, the same loss can always be computed.",
        ),
        {**_PAPER, "naive_log": True, "d_optimiser": "adam", "d_lr": 0.01},
        "diverged",
    ),
    _failing(
        "digits_one_optimiser",
        "002",
        (
            "One optimiser for both",
            "The step of G also moves D, as if the optimiser had not been told whose weights it may change.",
            "D learns to call fakes real, so it has nothing to teach: a grey blot, and no digit.",
            "Switch One optimiser for both off and start again.",
        ),
        {**_PAPER, "classes": (), "shared_optimiser": True},
        "still_noise",
    ),
]  # fmt: skip

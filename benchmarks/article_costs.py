"""What one step of an article's model needs, counted from shapes; and how fast this machine multiplies matrices."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks.article_loops import PIXELS, Article

SIDE = 1024  # of the square matrices whose product is the peak
PRODUCT = 2 * SIDE**3 / 1e9  # GFLOP


def macs(network: nn.Module, inputs: tuple[Tensor, ...]) -> list[int]:
    """Multiplications of a forward for one sample, layer by layer: each weight times the places where it is used."""
    found: list[int] = []

    def count(layer: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
        places = (given[0] if isinstance(layer, nn.ConvTranspose2d) else output).shape[2:]
        found.append(layer.get_parameter("weight").numel() * places.numel())

    kinds = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
    hooks = [layer.register_forward_hook(count) for layer in network.modules() if isinstance(layer, kinds)]
    network.eval()(*inputs)
    network.train()
    for hook in hooks:
        hook.remove()
    return found


def needed(article: Article) -> float:
    """GFLOP of the matrix products of one step, with nothing computed twice; a multiplication and an addition are two.

    D: real and fakes forward and back to its weights, and its penalty. G: forward for each of its fakes; for its own
    update, through D and back to its weights. Without a penalised critic, G learns from the fakes that D has seen.
    """
    g, d = macs(article.generator, article.inputs[0]), macs(article.discriminator, article.inputs[1])
    is_penalised = article.n_critic > 1
    of_d = 2 * sum(d) + 2 * _to_weights(d) + (_penalty(article.discriminator, d, article.batch) if is_penalised else 0)
    forwards = article.n_critic + is_penalised
    return 2 * article.batch * (article.n_critic * of_d + forwards * sum(g) + 2 * sum(d) + _to_weights(g)) / 1e9


def _to_weights(layers: list[int]) -> int:
    """Backward: every layer to its weights, all but the first to their input."""
    return sum(layers) + sum(layers[1:])


def _penalty(critic: nn.Module, layers: list[int], batch: int) -> int:
    """Multiplications per sample of the penalty and its gradient, if no slope is ever as wide as an image.

    Layers 2 to L: forward, slopes down, pull up, to the weights. Layer 1: |slope|^2 = s W'W s', so W'W and its
    derivative for the whole batch, and two products of its size for each sample.
    """
    units = next(layer for layer in critic.modules() if isinstance(layer, nn.Linear)).out_features
    return 4 * sum(layers[1:]) + 2 * units**2 + 2 * PIXELS * units**2 // batch


def products() -> dict[str, Callable[[], object]]:
    """Large matrix products, `PRODUCT` each.

    For float32, PyTorch's own choice is MKL, which on some processors is half as fast as oneDNN.
    """
    square = torch.randn(SIDE, SIDE)
    half, packed = square.bfloat16(), square.to_mkldnn()
    return {
        "float32, PyTorch's choice": lambda: square @ square,
        "float32, oneDNN": lambda: nn.functional.linear(packed, packed),
        "bfloat16": lambda: half @ half,
    }

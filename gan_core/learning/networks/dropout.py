"""Dropout (Srivastava et al. 2014) whose masks come eight at a time."""

import torch
from torch import Tensor, nn


def keep_mask(like: Tensor, rate: float, random: torch.Generator | None) -> Tensor:
    """1 / (1 - rate) where a unit stays, 0 where it is switched off; `rate` is rounded to 1 / 256.

    A random 64-bit number gives the bytes of eight masks: on a CPU, drawing one number for each unit takes longer than
    the matrix product before it.
    """
    dropped = round(rate * 256)
    words = torch.empty((like.numel() + 7) // 8, dtype=torch.int64, device=like.device)
    random_bytes = words.random_(-(2**63), None, generator=random).view(torch.uint8)[: like.numel()]
    return (random_bytes >= dropped).view(like.shape).to(like.dtype).mul_(256 / (256 - dropped))


class Dropout(nn.Module):
    """The same as a layer."""

    def __init__(self, rate: float, random: torch.Generator) -> None:
        super().__init__()
        self.rate, self.random = rate, random

    def forward(self, x: Tensor) -> Tensor:
        return x * keep_mask(x, self.rate, self.random) if self.training else x

"""What a network is told of the condition c: a digit, or a mixture of the ten."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

Condition = Int64[Tensor, " batch"] | Float[Tensor, "batch 10"]


def rows_of(table: Float[Tensor, "conditions columns"], condition: Condition) -> Float[Tensor, "batch columns"]:
    """The row of each digit; of a mixture, the mean of the rows by its weights.

    A mixture of one digit alone gives what the digit gives, bit for bit: all other products are 0. A matrix product
    would promise less, for some processors round its factors to bfloat16 (`gan_core.learning.products`).
    """
    if condition.is_floating_point():
        return (condition[:, :, None] * table).sum(1)
    return torch.embedding(table, condition)

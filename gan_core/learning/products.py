"""Which library multiplies matrices on a CPU."""

import torch


def prefer_onednn() -> None:
    """Let oneDNN multiply float32 matrices, as it does the convolutions.

    PyTorch's own choice, MKL, reaches half of what an AMD core can do; oneDNN reaches all of it, and steps of fully
    connected networks become 1.3 to 1.5 times as fast (benchmarks/articles.py). PyTorch offers oneDNN for this only
    under the name of a permission to round to bfloat16. Processors with AVX-512 make no use of it: the error against
    float64 is that of float32. Those with AMX may, and then a run's numbers are a little rougher.
    """
    torch.backends.mkldnn.matmul.fp32_precision = "bf16"  # pyright: ignore[reportAttributeAccessIssue]

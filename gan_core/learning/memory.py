"""The C library's allocator, told to keep what a training loop gives back and asks for again in every step."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3  # malloc.h of glibc


def keep_memory() -> bool:
    """Blocks up to 32 MB are reused, not returned to the system. Returns whether this could be arranged.

    glibc fetches each large tensor from the system anew, page by page; a step of small networks spends up to a quarter
    of its time on that (benchmarks/articles.py). Elsewhere than with glibc nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    limits = ((M_MMAP_THRESHOLD, 32 << 20), (M_TRIM_THRESHOLD, 1 << 30), (M_TOP_PAD, 64 << 20))
    return all(mallopt(name, size) == 1 for name, size in limits)

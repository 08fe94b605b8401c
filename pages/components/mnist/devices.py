"""Which devices this machine seems to have. The process of the pages never loads torch, which would know for sure."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pages.components.i18n import t

DRIVERS = ("/dev/nvidia0", "/dev/dxg", "C:/Windows/System32/nvcuda.dll")  # Linux, its subsystem in Windows, Windows
NAMES = {
    "cpu": "one core of this machine's processor",
    "cuda": "this machine's NVIDIA GPU (CUDA)",
    "mps": "this machine's Apple GPU (MPS)",
}


def here() -> tuple[str, ...]:
    """As far as can be seen without torch, the fastest one first."""
    found = [name for name, is_here in (("cuda", _has_cuda()), ("mps", _has_mps())) if is_here]
    return (*found, "cpu")


def resolved(device: str) -> str:
    """What `auto` stands for."""
    return here()[0] if device == "auto" else device


def missing(device: str) -> str:
    """Why a run with this setting cannot begin here; empty if it can."""
    if resolved(device) in here():
        return ""
    return t("This machine does not seem to have this device: choose auto or CPU.")


def in_words(device: str) -> str:
    """Where a run with this setting computes."""
    if sentence := missing(device):
        return sentence
    return t("Computes on {device}.").format(device=t(NAMES[resolved(device)]))


def _has_cuda() -> bool:
    """A driver, and a torch that was built for it."""
    try:
        knows = "+cpu" not in version("torch")
    except PackageNotFoundError:
        knows = False
    return knows and any(Path(driver).exists() for driver in DRIVERS)


def _has_mps() -> bool:
    return sys.platform == "darwin" and platform.machine() == "arm64"

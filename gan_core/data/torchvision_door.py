"""The only place that imports torchvision, and the cure for one way in which that fails.

The wheel of torchvision on PyPI is built for a CUDA build of torch. Beside a CPU build its compiled part cannot be
loaded; torchvision puts up with that, except in one file, which describes two operators of the missing part and ends
with "operator torchvision::nms does not exist". What we need of torchvision, its image sets, uses no such operator: so
where the compiled part cannot be loaded, the two are declared here, with no code behind them, before the import.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from gan_core.data.sets import DataError

_SCHEMAS = [f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor" for name in ("nms", "qnms")]
_declared: list[torch.library.Library] = []  # a declaration lasts as long as its library


@cache
def image_sets() -> Any:
    """The module `torchvision.datasets`. Raises DataError if it cannot be imported."""
    found = find_spec("torchvision")
    if found and found.origin and not _loads(Path(found.origin).parent):
        _declare()
    try:
        import torchvision.datasets
    except Exception as error:
        raise DataError(
            "data", "The package torchvision, which knows where the images are, cannot be imported: {value}",
            value=" ".join(str(error).split())[:200],
        ) from error  # fmt: skip
    return torchvision.datasets


def _loads(package: Path) -> bool:
    """Whether the compiled part fits this torch. To load it twice does no harm."""
    try:
        for library in [*package.glob("_C*.so"), *package.glob("_C*.pyd")]:
            torch.ops.load_library(library)
            return True
    except OSError:
        pass
    return False


def _declare() -> None:
    library = torch.library.Library("torchvision", "FRAGMENT")
    for schema in _SCHEMAS:
        library.define(schema)
    _declared.append(library)

"""Named settings: rows of differences from the defaults of a config, each with its reason.

How often a row does what it promises, and how well, is measured by `benchmarks/quality.py` and
`benchmarks/image_quality.py` and kept in `assets/quality.json`, with a fingerprint of the row that was measured.
"""

from gan_core.presets import images, toy
from gan_core.presets.rows import QUALITY, Preset, fingerprint, measured

TOY_PRESETS = {row.name: row for row in toy.LEARNING + toy.FAILING}
IMAGE_PRESETS = {row.name: row for row in images.LESSONS + images.ARTICLES + images.FAILING}
PRESETS = TOY_PRESETS | IMAGE_PRESETS

__all__ = ["IMAGE_PRESETS", "PRESETS", "QUALITY", "TOY_PRESETS", "Preset", "fingerprint", "measured"]

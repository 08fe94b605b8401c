"""The image sets: a table of them, and one door through which all are loaded. Plain numpy."""

from gan_core.data.loading import is_here, load
from gan_core.data.sets import SETS, DataError, ImageSet, LabelledImages

__all__ = ["SETS", "DataError", "ImageSet", "LabelledImages", "is_here", "load"]

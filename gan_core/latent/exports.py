"""What is taken along from a view: images as PNG, GIF or npz. Pillow draws a few dozen of them in milliseconds."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_core.export import GIF_MILLISECONDS, SIDE, enlarged, grid, png_bytes
from gan_core.latent.views import Asked
from gan_core.questions import Answer, Question
from gan_core.snapshots import Bytes

WIDTH, LARGEST = 1200, 16  # pixels of a picture, about, and most pixels for one pixel of an image
FILM_SCALE = 8


def png(images: Bytes, columns: int) -> bytes:
    """Images [n, 784] in a grid, about 1,200 pixels wide, each pixel a sharp square."""
    wide = grid(images[:columns], columns).shape[1]
    return png_bytes(enlarged(images, columns, min(LARGEST, max(1, WIDTH // wide))))


def gif(images: Bytes, film: Sequence[int]) -> bytes:
    """An animation without end that shows one image after another, in the order of `film`."""
    frames = [enlarged(images[[number]], 1, FILM_SCALE) for number in film]
    data = io.BytesIO()
    frames[0].save(data, format="gif", save_all=True, append_images=frames[1:], duration=GIF_MILLISECONDS, loop=0)
    return data.getvalue()


def npz(question: Question, answer: Answer) -> bytes:
    """The images [n, 28, 28] with the z and the condition that made them."""
    images = answer.arrays["images"].reshape(-1, SIDE, SIDE)
    return npz_bytes({"images": images, "z": question.z, "condition": question.condition})


def npz_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays by name as numpy's own file. It holds no time: the same arrays are the same bytes."""
    data = io.BytesIO()
    np.savez(data, **arrays)  # pyright: ignore[reportArgumentType]
    return data.getvalue()


# form: what it is called on the way, and how it is made
FORMS: dict[str, tuple[str, Callable[[Asked, Answer], bytes]]] = {
    "": ("application/octet-stream", lambda asked, answer: answer.to_bytes()),
    "png": ("image/png", lambda asked, answer: png(answer.arrays["images"], asked.columns)),
    "gif": ("image/gif", lambda asked, answer: gif(answer.arrays["images"], asked.film)),
    "npz": ("application/zip", lambda asked, answer: npz(asked.question, answer)),
}

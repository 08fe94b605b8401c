"""Taking a run along: GIF and PNG of the picture, CSV of the values, all from packed snapshots.

Drawing takes seconds, so a page runs this module as a process of its own: `python -m gan_core.export gif FILE` reads
packed snapshots, each after its length, from standard input and prints how far it is.
"""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from gan_core.figures.palette import DISCRIMINATOR, GENERATOR, OPTIMAL, REAL
from gan_core.snapshots import PIXELS, Bytes, ImageSnapshot, Snapshot, ToySnapshot, from_stream, stack

if TYPE_CHECKING:  # Pillow is needed for pictures only
    from PIL.Image import Image

GIF_FRAMES, GIF_MILLISECONDS = 80, 60
SIDE, GAP, BACKGROUND = isqrt(PIXELS), 2, 40  # of an image, between two of them, and the grey of what lies between
ROWS = 5  # of a grid with a column for each digit
CAPTION = 20  # pixels below a picture of a GIF

Item = TypeVar("Item")


def history_csv(snapshots: Sequence[Snapshot]) -> str:
    """One row for each snapshot: its step and its values, by name."""
    columns, text = stack(snapshots), io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(f"{value:.10g}" for value in row)
    return text.getvalue()


def chosen(snapshots: Sequence[Item], count: int = GIF_FRAMES) -> list[Item]:
    """At most `count` of them, evenly, the first and the last among them."""
    at = np.unique(np.linspace(0, len(snapshots) - 1, min(count, len(snapshots))).round().astype(int))
    return [snapshots[index] for index in at]


def write_gif(path: Path, snapshots: Sequence[Snapshot]) -> Iterator[float]:
    """An animation of the run. Yields the share that is done."""
    from PIL import Image

    shown = chosen(snapshots)
    images = []
    for number, snapshot in enumerate(shown, 1):
        with Image.open(io.BytesIO(png(snapshot, moving=True))) as image:
            images.append(image.convert("P", palette=Image.Palette.ADAPTIVE))
        yield number / len(shown)
    images[0].save(path, save_all=True, append_images=images[1:], duration=GIF_MILLISECONDS, loop=0)


def png(snapshot: Snapshot, moving: bool = False) -> bytes:
    """The picture of one snapshot; `moving`: smaller, as one of many in a GIF."""
    if isinstance(snapshot, ImageSnapshot):
        return _grid_png(snapshot, 3, f"step {snapshot.step:,}") if moving else _grid_png(snapshot, 8, "")
    return _curves_png(snapshot, 80 if moving else 150)


def grid(images: Bytes, columns: int) -> Bytes:
    """Images [n, 784] row by row, with gaps; the last row may have fewer: [height, width]."""
    rows = -(-len(images) // columns)
    tiles = np.full((rows * columns, SIDE, SIDE), BACKGROUND, np.uint8)
    tiles[: len(images)] = images.reshape(-1, SIDE, SIDE)
    framed = np.pad(
        tiles.reshape(rows, columns, SIDE, SIDE), ((0, 0), (0, 0), (GAP, 0), (GAP, 0)), constant_values=BACKGROUND
    )
    whole = framed.transpose(0, 2, 1, 3).reshape(rows * (SIDE + GAP), -1)
    return np.pad(whole, ((0, GAP), (0, GAP)), constant_values=BACKGROUND)


def enlarged(images: Bytes, columns: int, scale: int) -> "Image":
    """The grid as a picture in which each pixel is a square of `scale` pixels."""
    from PIL import Image

    pixels = grid(images, columns)
    return Image.fromarray(pixels).resize([scale * size for size in pixels.shape[::-1]], Image.Resampling.NEAREST)


def png_bytes(picture: "Image") -> bytes:
    data = io.BytesIO()
    picture.save(data, format="png")
    return data.getvalue()


def _grid_png(snapshot: ImageSnapshot, scale: int, caption: str) -> bytes:
    """The images of the latents that stay, in a square if their number is one, with a line of text below."""
    from PIL import Image, ImageDraw

    images = snapshot.images[snapshot.group("fixed")]
    side = isqrt(len(images))
    picture = enlarged(images, side if side**2 == len(images) else len(images) // ROWS, scale)
    if caption:
        whole = Image.new("L", (picture.width, picture.height + CAPTION), BACKGROUND)
        whole.paste(picture)
        ImageDraw.Draw(whole).text((6, picture.height + 3), caption, fill=255)
        picture = whole
    return png_bytes(picture)


def _curves_png(snapshot: ToySnapshot, dpi: int) -> bytes:
    """Densities and D above, z -> x below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, 1])
    above.fill_between(snapshot.x, snapshot.p_g, color=GENERATOR.colour, alpha=0.3, linewidth=0)
    above.plot(snapshot.x, snapshot.p_g, color=GENERATOR.colour, label="p_g")
    above.plot(snapshot.x, snapshot.p_data, ":", color=REAL.colour, linewidth=2, label="p_data")
    above.set(xlim=(snapshot.x[0], snapshot.x[-1]), ylim=(0, 1.6 * snapshot.p_data.max()), ylabel="density")
    right = above.twinx()
    right.plot(snapshot.x, snapshot.d, color=DISCRIMINATOR.colour, label="D(x)")
    right.plot(snapshot.x, snapshot.d_star, "--", color=OPTIMAL.colour, label="D*(x)")
    right.set(ylim=(-0.02, 1.02), ylabel="D(x)")
    lines = above.get_lines() + right.get_lines()
    above.legend(lines, [line.get_label() for line in lines], loc="upper left", ncols=4, frameon=False)
    above.set_title(f"step {snapshot.step}   W1 = {snapshot.values['w1']:.3g}   JS = {snapshot.values['js']:.3g}")
    if len(snapshot.map_z):
        middle, half = (snapshot.x[0] + snapshot.x[-1]) / 2, 0.48 * (snapshot.x[-1] - snapshot.x[0])
        z = middle + snapshot.map_z / np.abs(snapshot.map_z).max() * half
        below.plot(np.stack([z, snapshot.map_x]), [[0], [1]], color=GENERATOR.colour, linewidth=0.6, alpha=0.6)
    below.plot(snapshot.fake, np.ones_like(snapshot.fake), ".", color=GENERATOR.colour)
    below.plot(snapshot.real, np.full_like(snapshot.real, 1.15), "|", color=REAL.colour)
    below.set(yticks=[0, 1], yticklabels=["z", "x"], ylim=(-0.1, 1.3))
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=dpi)
    return data.getvalue()


def main() -> None:
    kind, path = sys.argv[1], Path(sys.argv[2])
    snapshots = from_stream(sys.stdin.buffer)
    if kind == "png":
        path.write_bytes(png(snapshots[-1]))
        return
    for share in write_gif(path, snapshots):
        print(share, flush=True)


if __name__ == "__main__":
    main()

"""Which way to move z so that the image changes most."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gan_core.learning.networks.autograd import Autograd

MOST = 10  # directions that are told
PORTION = 64  # coordinates at a time


@dataclass(frozen=True, eq=False)
class Directions:
    """Orthonormal directions at z, the strongest first, and how much the image changes along them.

    A gain is the root mean square change of grey, over all pixels and conditions, for each unit of way in z; black to
    white is 1. Signs are fixed: the largest component of each direction is positive.

    Attributes
    ----------
    directions : right singular vectors of the Jacobian dG/dz, [k, dim], k = min(10, dim).
    gains : along each of them: its singular value over the root of the number of rows, [k].
    coordinate_gains : along each coordinate of z, [dim].
    """

    directions: Float[Tensor, "k dim"]
    gains: Float[Tensor, " k"]
    coordinate_gains: Float[Tensor, " dim"]


def directions_at(
    z: Float[Tensor, "1 dim"], generator: Autograd, conditions: Float[Tensor, "conditions 10"]
) -> Directions:
    """The directions at z.

    The Jacobians for all conditions stand below one another, J = (dG(z, c1)/dz, dG(z, c2)/dz, ...), so the directions
    are the same whichever condition is chosen. Singular vectors of J are eigenvectors of J'J.

    Parameters
    ----------
    z : where.
    generator : in eval mode, so that the images of a batch do not depend on each other.
    conditions : one row for each; none [0, 10] where G has no condition.
    """
    gram, rows = _gram(z, generator, conditions)
    gram = gram.nan_to_num(0, 0, 0)  # a run that has diverged has no directions, and no error
    squares, vectors = torch.linalg.eigh(gram / rows)
    squares, vectors = squares.flip(0)[:MOST], vectors.flip(1)[:, :MOST].t()
    largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    return Directions(
        (vectors * largest.sign()).float(),
        squares.clamp_min(0).sqrt().float(),
        (gram.diagonal() / rows).sqrt().float(),
    )


def _gram(z: Tensor, generator: Autograd, conditions: Tensor) -> tuple[Tensor, int]:
    """J'J in double precision, and how many rows J has."""
    dim, count = z.shape[1], max(1, len(conditions))
    gram, rows = torch.zeros(dim, dim, dtype=torch.float64), 0
    for number in range(count):
        grey = slopes_at(z, generator, conditions[number : number + 1]).cpu().double() / 2  # images: from -1 to 1
        gram += grey @ grey.t()
        rows += grey.shape[1]
    return gram, rows


def slopes_at(
    z: Float[Tensor, "1 dim"], generator: Autograd, condition: Float[Tensor, "told 10"]
) -> Float[Tensor, "dim 784"]:
    """dG/dz, transposed, exactly: row i is the derivative along coordinate i of z.

    `PORTION` rows at a time: what autograd keeps of each is as large as all layers of G.
    """
    every = range(z.shape[1])
    return torch.cat([_rows(z, generator, condition, every[at : at + PORTION]) for at in every[::PORTION]])


def _rows(z: Tensor, generator: Autograd, condition: Tensor, coordinates: range) -> Tensor:
    """Some of them.

    Autograd gives products J'u; that is linear in u, and the derivative of its component i is J e_i (Townsend 2017, "A
    new trick for calculating Jacobian vector products"). Row i of one batch has a u of its own, and is asked for i.
    """
    count = len(coordinates)
    with torch.inference_mode(False), torch.enable_grad():
        rows = z.repeat(count, 1).requires_grad_()
        told = (condition.repeat(count, 1),) if len(condition) else ()
        images = generator.module(rows, *told)
        u = torch.zeros_like(images, requires_grad=True)
        (products,) = torch.autograd.grad((images * u).sum(), rows, create_graph=True)
        return torch.autograd.grad(products[:, coordinates.start : coordinates.stop].trace(), u)[0]

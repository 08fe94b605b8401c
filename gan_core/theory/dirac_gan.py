"""The smallest GAN, whose learning can be drawn in a plane: Mescheder, Geiger and Nowozin 2018, "Which Training Methods
for GANs do actually Converge?".

Real data is the point 0, the generator's fake the point theta, and the score is D(x) = psi x, high for real (the paper
has it high for fakes: its psi is minus ours). G minimises V and D maximises it,

    V(theta, psi) = f(psi * 0) + g(psi * theta),    f, g = log sigmoid(s), log(1 - sigmoid(s))   or s, -s for a WGAN.

Both stand still at theta = psi = 0 only. Around it they turn in a circle: where D has learnt that fakes are on the
right, G moves to the left, past the data, and D has to learn anew.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Array = NDArray[np.float64]
Numbers = Array | np.float64  # many points, or one
Kind = Literal["gradient_descent", "r1", "wasserstein"]
KINDS: tuple[Kind, ...] = ("gradient_descent", "r1", "wasserstein")


@dataclass(frozen=True)
class DiracGan:
    """One way to learn.

    Attributes
    ----------
    kind : simultaneous gradient descent on the minimax loss; the same with the R1 penalty gamma / 2 * psi^2; or a WGAN
        whose psi is clipped into [-clip, clip].
    step : h, the learning rate of both players.
    """

    kind: Kind
    step: float
    gamma: float = 1.0
    clip: float = 1.0

    def velocity(self, theta: Numbers, psi: Numbers) -> tuple[Numbers, Numbers]:
        """(d theta / dt, d psi / dt): minus the gradient of V for G, plus the gradient for D."""
        at_fake = np.float64(1) if self.kind == "wasserstein" else expit(theta * psi)
        pull = self.gamma * psi if self.kind == "r1" else np.float64(0)
        return at_fake * psi, -at_fake * theta - pull

    def updated(self, theta: Numbers, psi: Numbers) -> tuple[Numbers, Numbers]:
        """Both players after one simultaneous update."""
        d_theta, d_psi = self.velocity(theta, psi)
        theta, psi = theta + self.step * d_theta, psi + self.step * d_psi
        return theta, np.minimum(np.maximum(psi, -self.clip), self.clip) if self.kind == "wasserstein" else psi

    def trajectory(self, theta: float, psi: float, steps: int) -> Array:
        """(theta, psi) before the first update and after each: [steps + 1, 2]."""
        now = np.float64(theta), np.float64(psi)
        path: list[tuple[Numbers, Numbers]] = [now]
        for _ in range(steps):
            path.append(now := self.updated(*now))
        return np.array(path)

    @property
    def flow_eigenvalues(self) -> NDArray[np.complex128]:
        """Of the Jacobian of `velocity` at (0, 0) [2]: [[0, a], [-a, -gamma]] with a = 1/2, and 1 for a WGAN.

        Real parts below 0: the flow converges; equal to 0: it circles.
        """
        a = 1.0 if self.kind == "wasserstein" else 0.5
        trace = -self.gamma if self.kind == "r1" else np.float64(0)
        root = np.sqrt(complex(trace**2 / 4 - a * a))
        return np.array([trace / 2 + root, trace / 2 - root])

    @property
    def update_eigenvalues(self) -> NDArray[np.complex128]:
        """Of the Jacobian of one update at (0, 0) [2]: 1 + h * `flow_eigenvalues`.

        Each update multiplies a small distance from (0, 0) by their modulus, in the long run by the larger one: above 1
        it grows, sqrt(1 + h^2 / 4) without a penalty, whatever h.
        """
        return 1 + self.step * self.flow_eigenvalues

    @property
    def growth(self) -> float:
        """The largest modulus of `update_eigenvalues`."""
        return float(np.abs(self.update_eigenvalues).max())

    @property
    def turn(self) -> int:
        """Steps of one round about the middle without a penalty: 2 pi / (a h)."""
        return round(2 * np.pi / (self.step * (1.0 if self.kind == "wasserstein" else 0.5)))

    def measured_growth(self, path: Array) -> float:
        """By which factor the radius of a path [steps + 1, 2] changes in one step, in the end.

        The widest place of the last turn is compared with that of the turn before, as the way round is no circle; of a
        path shorter than two turns, its halves. 0 where the last turn is at (0, 0).
        """
        radius, turn = np.linalg.norm(path, axis=1), min(self.turn, len(path) // 2)
        before, last = radius[-2 * turn : -turn].max(), radius[-turn:].max()
        return float((last / before) ** (1 / turn)) if last > 0 else 0.0

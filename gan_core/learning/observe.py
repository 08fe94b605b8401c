"""Looking at a run without disturbing it: from a trainer to a `ToySnapshot`."""

import copy
import functools
import math

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri
from torch import Tensor

from gan_core.config import PROBABILITY_LOSSES, ToyConfig, TrainConfig
from gan_core.learning.losses import Scores
from gan_core.learning.networks import Network
from gan_core.learning.training import Trainer
from gan_core.snapshots import ToySnapshot
from gan_core.theory.distributions import Mixture, target_of
from gan_core.theory.divergences import (
    QuantileTable,
    bin_masses,
    divergence_floors,
    jensen_shannon,
    kullback_leibler,
    wasserstein,
    wasserstein_floor,
)
from gan_core.theory.optimum import VIEWS
from gan_core.theory.pushforward import LatentGrid, push_forward

Array = NDArray[np.float64]

CELLS = 2048  # of the z axis
FINE = 8  # fine bins, for the divergences, in each bin that is drawn
DRAWN = 256  # bins that are drawn
SAMPLED = 8192  # latents where z has several dimensions
POINTS, LINES = 48, 33  # fakes with arrows; z -> x lines


class ToyObserver:
    """Everything about a run's target that does not change, and `__call__`, which looks at the rest.

    p_g is exact for a one-dimensional z: the push-forward of its grid. For more dimensions it comes from 8,192
    stratified latents, and the divergences from the drawn bins.
    """

    def __init__(self, config: ToyConfig) -> None:
        self.target = target = target_of(config)
        self.exact = config.latent_dim == 1
        low, high = target.quantile(np.array([5e-4, 1 - 5e-4]))
        start = target.mean + config.start * target.sd
        reach = 2.5 * max(1.0, config.g_skip) * target.sd  # G begins as its skip connection
        low, high = min(low, start - reach), max(high, start + reach)
        fine = FINE if self.exact else 1
        self.edges = np.linspace(low - 0.02 * (high - low), high + 0.02 * (high - low), DRAWN * fine + 1)
        self.data_mass = bin_masses(target, self.edges)
        drawn = self.edges[::fine]
        self.x = (drawn[:-1] + drawn[1:]) / 2
        self.width = drawn[1] - drawn[0]
        self.drawn_data = _coarse(self.data_mass)
        self.quantile = QuantileTable(target)
        self.floor = functools.cache(functools.partial(wasserstein_floor, target))

        u = (np.arange(POINTS) + 0.5) / POINTS
        self.real = target.quantile(u)
        shown, lines = (ndtri(u), np.linspace(-2.5, 2.5, LINES)) if config.latent == "normal" else (2 * u - 1, None)
        self.lines = lines if lines is not None else np.linspace(-1, 1, LINES)
        if self.exact:
            self.grid = LatentGrid.of(config.latent, CELLS)
            z = np.concatenate([self.grid.edges, shown, self.lines])[:, None]
        else:
            v = np.random.default_rng(0).random((SAMPLED + POINTS, config.latent_dim))
            v[:, 0] = np.concatenate([(np.arange(SAMPLED) + 0.5) / SAMPLED, u])
            z = ndtri(v) if config.latent == "normal" else 2 * v - 1
        self.shown = shown
        self.z = torch.from_numpy(z.astype(np.float32))
        self.t = torch.from_numpy(((self.x - target.mean) / target.sd).astype(np.float32))[:, None]

    interval = 1 / 30  # seconds between two looks: a film
    pace = 5

    def measure(self, trainer: Trainer, full: bool = False) -> None:
        """Nothing is left for later: every look takes all numbers."""

    @np.errstate(over="ignore", divide="ignore", invalid="ignore")  # a diverged run is looked at, too
    def __call__(self, trainer: Trainer, part: int = 0) -> ToySnapshot:
        target, config = self.target, trainer.config
        # Shallow copies share the weights, not what a network keeps between forward and backward.
        generator, discriminator = copy.copy(trainer.generator), copy.copy(trainer.discriminator)
        generated = target.mean + target.sd * generator.forward(self.z).numpy().astype(float)[:, 0]
        points, mass = self._masses(generated)
        fakes = generated[-POINTS - LINES : -LINES] if self.exact else generated[-POINTS:]

        t_fakes = torch.from_numpy(((fakes - target.mean) / target.sd).astype(np.float32))[:, None]
        scores = discriminator.forward(torch.cat([t_fakes, self.t]))
        score, mass_drawn = scores[POINTS:, 0].numpy().astype(float), _coarse(mass)
        view = VIEWS[config.loss]
        p_data, p_g = self.drawn_data[1:-1] / self.width, mass_drawn[1:-1] / self.width
        d = view.of_score(score)
        sure = 1 - config.label_smoothing  # what D is taught for real: its optimum shrinks with it
        d_star = sure * view.optimum(p_data, p_g, np.cumsum(self.drawn_data)[:-2], np.cumsum(mass_drawn)[:-2])
        arrow = _arrows(trainer, discriminator, t_fakes) / target.sd

        js, kl = jensen_shannon(self.data_mass, mass), kullback_leibler(mass, self.data_mass)
        w1 = wasserstein(points, self._point_mass, self.quantile) if np.isfinite(points).all() else np.inf
        mean = float(points @ self._point_mass)
        js_floor, kl_floor = divergence_floors(config.batch)
        busy = p_data + p_g > 0.01 * (p_data + p_g).max()
        gap = np.abs(d - d_star)[busy & np.isfinite(d_star)]
        values = {
            "w1": w1,
            "w1_floor": self.floor(config.batch),
            "w1_over_sd": w1 / target.sd,
            "js": js,
            "js_floor": js_floor,
            "kl": kl,
            "kl_floor": kl_floor,
            "d_gap": float(gap.max()) if gap.size else math.nan,
            **self._judgement(score, d, mass_drawn, sure / 2),
            "v": self._value(score, mass_drawn) if config.loss in PROBABILITY_LOSSES else math.nan,
            "d_loss": trainer.d_loss,
            "g_loss": trainer.g_loss,
            "v_bound": 2 * js - math.log(4),
            "critic_slope": float(np.abs(np.diff(score)).max() / self.width * target.sd),
            "clipped": _share_at_bound(discriminator.weights, config),
            "pull": float(np.abs(arrow).mean()),
            "mean": mean,
            "sd": float(np.sqrt(max(points**2 @ self._point_mass - mean**2, 0.0))),
            **self._coverage(points),
            "off_screen": float(mass[0] + mass[-1]),
        }
        return ToySnapshot(
            step=trainer.step_number,
            part=part,
            x=_f4(self.x),
            p_data=_f4(p_data),
            p_g=_f4(p_g),
            d=_f4(d),
            d_star=_f4(d_star),
            real=_f4(self.real),
            fake=_f4(fakes),
            z=_f4(self.shown),
            arrow=_f4(arrow),
            map_z=_f4(self.lines if self.exact else []),
            map_x=_f4(generated[-LINES:] if self.exact else []),
            values=values,
        )

    def _masses(self, generated: Array) -> tuple[Array, Array]:
        """Point masses of p_g for W1, and its mass in the fine bins."""
        if self.exact:
            x = generated[: CELLS + 1]
            self._point_mass = self.grid.mass
            return self.grid.medians(x), push_forward(x, self.grid.mass, self.edges)
        x = generated[:SAMPLED]
        self._point_mass = np.full(SAMPLED, 1 / SAMPLED)
        below, above = (x < self.edges[0]).mean(), (x > self.edges[-1]).mean()
        inside = np.histogram(x, self.edges)[0] / SAMPLED
        return x, np.concatenate([[below], inside, [above]])

    def _judgement(self, score: Array, d: Array, mass_g: Array, border: float) -> dict[str, float]:
        """Expectations of D's view and scores under both distributions: integrals over the bins, not batch means."""
        score, d = np.pad(score, 1, mode="edge"), np.pad(d, 1, mode="edge")
        data = self.drawn_data
        d_real, d_fake = data @ (d > border), mass_g @ (d <= border)
        return {
            "d_real": float(data @ d),
            "d_fake": float(mass_g @ d),
            "d_accuracy": float(d_real + d_fake) / 2,
            "g_accuracy": float(1 - d_fake),
            "w_estimate": float((data - mass_g) @ score) * self.target.sd,
        }

    def _value(self, score: Array, mass_g: Array) -> float:
        """V(D, G) = E log D(real) + E log(1 - D(fake)), for scores that are logits."""
        score = np.pad(score, 1, mode="edge")
        return float(-(self.drawn_data @ np.logaddexp(0, -score)) - mass_g @ np.logaddexp(0, score))

    def _coverage(self, points: Array) -> dict[str, float]:
        """A component is covered when p_g gives it at least a quarter of its weight."""
        target = self.target
        if not isinstance(target, Mixture) or not 1 < len(target.means) <= 20:
            return {"modes": 1.0, "modes_covered": 1.0}
        borders = (np.sort(target.means)[:-1] + np.sort(target.means)[1:]) / 2
        share = np.bincount(np.digitize(points, borders), self._point_mass, len(target.means))
        covered = share >= 0.25 * target.weights[np.argsort(target.means)]
        return {"modes": float(len(target.means)), "modes_covered": float(covered.sum())}


def _arrows(trainer: Trainer, discriminator: Network, fakes: Tensor) -> Array:
    """-d(loss of G) / dt for each fake: the way D asks it to go."""
    slopes: Scores = trainer.loss.generator.slope(discriminator.forward(fakes)) * len(fakes)
    return -discriminator.pull_back(slopes).numpy().astype(float)[:, 0]


def _share_at_bound(weights: Tensor, config: TrainConfig) -> float:
    """Share of D's weights that sit at the clip value."""
    if config.smoothness != "weight_clipping":
        return 0.0
    return float((weights.abs() >= 0.999 * config.clip_value).float().mean())


def _coarse(mass: Array) -> Array:
    """Fine bins added up to drawn bins; the two outer cells stay."""
    return np.concatenate([mass[:1], mass[1:-1].reshape(DRAWN, -1).sum(1), mass[-1:]])


def _f4(values: object) -> NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)

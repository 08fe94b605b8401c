import math

import numpy as np
import pytest
import torch

from gan_core.config import ToyConfig
from gan_core.fields import ConfigError
from gan_core.learning.networks.autograd import Autograd
from gan_core.learning.observe import ToyObserver
from gan_core.learning.optimisers import Optimiser
from gan_core.learning.tasks import toy_trainer
from gan_core.learning.training import Trainer

SMALL = {"batch": 32, "g_width": 8, "d_width": 8}
VARIANTS = {
    "default": {},
    "minimax, two critics": {"loss": "minimax", "n_critic": 2},
    "least squares": {"loss": "least_squares", "g_optimiser": "sgd", "g_momentum": 0.5},
    "hinge": {"loss": "hinge", "d_optimiser": "rmsprop"},
    "clipping": {"loss": "wasserstein", "smoothness": "weight_clipping", "n_critic": 3},
    "penalty": {"loss": "wasserstein", "smoothness": "gradient_penalty"},
    "r1": {"smoothness": "r1", "label_smoothing": 0.1},
    "naive": {"naive_log": True, "latent": "uniform"},
    "shared": {"shared_optimiser": True, "latent_dim": 3},
    "lazy penalty": {"smoothness": "r1", "penalty_every": 3, "beta2": 0.9},
    "spread labels": {"label_spread": 0.2},
    "the same real points": {"n_critic": 3, "repeated_real": True, "fresh_latents": True},
    "half-life": {"lr_half_life": 10, "stratified": False, "d_head_start": 5},
}
every_variant = pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)


def trainer(**changes) -> Trainer:
    return toy_trainer(ToyConfig.make(SMALL | changes))


def run(made: Trainer, steps: int, kind="both") -> Trainer:
    for _ in range(steps):
        made.step(kind)
    return made


def weights(made: Trainer):
    return torch.cat([made.generator.weights, made.discriminator.weights]).clone()


def test_variants_cover_the_choices_of_the_config():
    for field in ("loss", "smoothness", "g_optimiser", "d_optimiser", "latent"):
        default = getattr(ToyConfig(), field)
        used = {variant.get(field, default) for variant in VARIANTS.values()}
        if field not in ("g_optimiser", "d_optimiser"):
            assert used == set(ToyConfig.choices(field))


@every_variant
def test_same_seed_same_weights_bit_for_bit(variant):
    first = weights(run(trainer(**variant), 70))
    torch.manual_seed(17)
    np.random.seed(17)
    assert torch.equal(weights(run(trainer(**variant), 70)), first)
    assert not torch.equal(weights(run(trainer(**variant, seed=1), 70)), first)
    assert first.isfinite().all()


@every_variant
def test_observation_does_not_change_the_run(variant):
    watched, alone = trainer(**variant), trainer(**variant)
    observe = ToyObserver(watched.config)
    for _ in range(5):
        for part in watched.parts():
            observe(watched, part)
        observe(watched)
        alone.step()
    assert torch.equal(weights(watched), weights(alone))
    assert watched.d_loss == alone.d_loss and watched.g_loss == alone.g_loss


@every_variant
def test_slow_motion_is_the_same_run(variant):
    slow, fast = trainer(**variant), trainer(**variant)
    n_critic = slow.config.n_critic
    for number in range(20):
        if number % 3:
            assert list(slow.parts()) == [1, 2, 3] * n_critic + [4, 5]
        else:
            slow.step()
        fast.step()
    assert torch.equal(weights(slow), weights(fast))
    assert slow.step_number == fast.step_number == 20


@every_variant
def test_a_restored_run_goes_on_bit_for_bit(variant):
    original = run(trainer(**variant), 37)
    original.set("g_lr", 5e-4)
    tensors, texts = original.state()
    tensors = {name: tensor.clone() for name, tensor in tensors.items()}
    restored = run(trainer(**variant), 3)
    restored.restore(tensors, texts)
    assert torch.equal(weights(restored), weights(original))
    assert restored.step_number == 37 and restored.changes == original.changes
    assert torch.equal(weights(run(restored, 80)), weights(run(original, 80)))


def test_state_after_d_alone_goes_on_too():
    original = run(trainer(), 3, "discriminator")
    restored = trainer()
    restored.restore(*original.state())
    assert torch.equal(weights(run(restored, 5)), weights(run(original, 5)))


@pytest.mark.parametrize(("kind", "still", "moving"), [("discriminator", 0, 1), ("generator", 1, 0)])
def test_one_player_alone_leaves_the_other_untouched(kind, still, moving):
    made = run(trainer(smoothness="r1"), 2)
    players = made.generator, made.discriminator
    before = [player.weights.clone() for player in players]
    run(made, 3, kind)
    assert torch.equal(players[still].weights, before[still])
    assert not torch.equal(players[moving].weights, before[moving])
    assert made.step_number == 5


def test_generator_alone_sees_fresh_latents():
    made = trainer()
    drawn = []
    original = made.latent.batch
    made.latent.batch = lambda size: drawn.append(batch := original(size)) or batch
    run(made, 3, "generator")
    assert len(drawn) == 3 and not torch.equal(drawn[0].x, drawn[1].x)
    run(made, 2)
    assert len(drawn) == 5  # both: G's update uses the fakes that D has just seen
    made.config = made.config.replace(fresh_latents=True)
    run(made, 2)
    assert len(drawn) == 9


@pytest.mark.parametrize("n_critic", [1, 4])
def test_n_critic_counts_the_updates_of_d(n_critic):
    made = run(trainer(n_critic=n_critic), 6)
    assert made.d_optimiser.steps == 6 * n_critic and made.g_optimiser.steps == 6


def test_head_start_trains_d_and_not_g():
    fresh, ahead = trainer(), trainer(d_head_start=20)
    assert torch.equal(ahead.generator.weights, fresh.generator.weights)
    assert ahead.d_optimiser.steps == 20 and ahead.step_number == 0
    assert ahead.d_loss < run(fresh, 1, "discriminator").d_loss


def test_clipping_bounds_d_and_not_g():
    made = run(trainer(smoothness="weight_clipping", clip_value=0.05), 5)
    assert made.discriminator.weights.abs().max() <= 0.05 < made.generator.weights.abs().max()


def test_shared_optimiser_teaches_d_to_flatter():
    honest, shared = (run(trainer(**changes), 150) for changes in ({}, {"shared_optimiser": True}))
    assert honest.d_optimiser.steps == 150 and shared.d_optimiser.steps == 300
    assert float(shared.fake_scores.mean()) > float(honest.fake_scores.mean())


def test_half_life_halves_both_rates():
    made = trainer(lr_half_life=10)
    made.step_number = 20
    assert made._lr_factor == pytest.approx(0.25)
    assert trainer()._lr_factor == 1


LIVE = {name for name in ToyConfig.model_fields if ToyConfig.about(name).live}
OTHER_VALUES = {
    "label_smoothing": 0.2, "smoothness_weight": 1.0, "clip_value": 0.5, "g_optimiser": "sgd", "d_optimiser": "rmsprop",
    "g_lr": 0.01, "d_lr": 0.01, "g_momentum": 0.5, "d_momentum": 0.5, "g_weight_decay": 0.1, "d_weight_decay": 0.1,
    "lr_half_life": 5, "n_critic": 2, "batch": 64, "beta2": 0.9, "label_spread": 0.2,
}  # fmt: skip


def test_the_table_of_other_values_is_complete():
    assert set(OTHER_VALUES) == LIVE


@pytest.mark.parametrize("field", OTHER_VALUES)
def test_set_is_recorded_and_acts(field):
    smoothness = {"clip_value": "weight_clipping", "smoothness_weight": "r1"}.get(field, "none")
    left, right = (run(trainer(smoothness=smoothness), 4) for _ in range(2))
    left.set(field, OTHER_VALUES[field])
    assert left.changes == [(4, field, OTHER_VALUES[field])] and right.changes == []
    assert getattr(left.config, field) == OTHER_VALUES[field]
    assert not torch.equal(weights(run(left, 3)), weights(run(right, 3)))


def test_set_to_the_same_value_changes_nothing():
    left, right = (run(trainer(), 4) for _ in range(2))
    for field in LIVE:
        left.set(field, getattr(left.config, field))
    assert torch.equal(weights(run(left, 3)), weights(run(right, 3)))


@pytest.mark.parametrize(("field", "value"), [("seed", 4), ("g_width", 3), ("g_lr", -1), ("nonsense", 1)])
def test_set_refuses_with_a_sentence(field, value):
    made = trainer()
    with pytest.raises(ConfigError):
        made.set(field, value)
    assert made.changes == [] and made.config == ToyConfig.make(SMALL)


def test_any_module_can_play():
    torch.manual_seed(0)
    made = trainer(smoothness="gradient_penalty", shared_optimiser=True)
    made.generator = Autograd(torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)))
    made.discriminator = Autograd(torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)))
    made.g_optimiser, made.d_optimiser = (Optimiser(each.weights) for each in (made.generator, made.discriminator))
    before = weights(made)
    run(made, 3)
    list(made.parts())
    assert not torch.equal(weights(made), before) and weights(made).isfinite().all()
    assert ToyObserver(made.config)(made).step == 4


def test_the_default_run_arrives():
    made = toy_trainer(ToyConfig())
    observe = ToyObserver(made.config)
    assert observe(made).values["w1_over_sd"] == pytest.approx(6, abs=1e-3)
    assert observe(run(made, 800)).values["w1_over_sd"] < 0.05


FROZEN = {
    "shift 1": {"start": -1},
    "shift 2": {"start": 2},
    "shift 4": {"start": -4},
    "twice as wide": {"start": 0, "g_skip": 2},
    "narrow and aside": {"start": 1, "g_skip": 0.5},
    "two modes": {"start": -2, "target": "two_modes"},
}


@pytest.mark.parametrize("changes", FROZEN.values(), ids=FROZEN)
def test_with_g_frozen_v_reaches_its_bound(changes):
    """max over D of V(D, G) = 2 JS - log 4 (Goodfellow et al. 2014, theorem 1)."""
    settings = {"target": "normal", "batch": 1024, "d_lr": 4e-3, "lr_half_life": 150}
    made = toy_trainer(ToyConfig.make(settings | changes))
    observe = ToyObserver(made.config)
    shots = [observe(made)] + [observe(run(made, 100, "discriminator")) for _ in range(6)]
    gaps = [shot.values["v_bound"] - shot.values["v"] for shot in shots]
    assert min(gaps) > 0  # never beyond the bound
    assert gaps[0] > 0.05 * abs(shots[0].values["v_bound"])  # there was something to learn
    assert gaps[-1] < 0.02 * abs(shots[-1].values["v_bound"])
    assert shots[-1].values["v_bound"] == shots[0].values["v_bound"] > -math.log(4)

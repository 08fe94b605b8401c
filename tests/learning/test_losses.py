import math

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError

from gan_core.config import PROBABILITY_LOSSES, ToyConfig
from gan_core.learning.losses import ADVERSARIAL_LOSSES, NAIVE_LOSSES, AdversarialLoss, cross_entropy, loss_of
from gan_core.theory.divergences import jensen_shannon

LOSSES: dict[str, AdversarialLoss] = {
    **ADVERSARIAL_LOSSES,
    **{f"naive {name}": loss for name, loss in NAIVE_LOSSES.items()},
    "smoothed": loss_of("non_saturating", label_smoothing=0.2),
}
TERMS = [(name, term) for name in LOSSES for term in ("real", "fake", "generator")]
SCORES = torch.tensor([[-1.7], [-0.9], [-0.2], [0.05], [0.4], [1.6]], dtype=torch.float64)

every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def column(*scores):
    return torch.tensor(scores)[:, None]


def test_the_tables_hold_what_the_config_offers():
    assert set(ADVERSARIAL_LOSSES) == set(ToyConfig.choices("loss"))
    assert set(NAIVE_LOSSES) == set(PROBABILITY_LOSSES)
    assert {name for name, loss in ADVERSARIAL_LOSSES.items() if loss.is_probability} == set(PROBABILITY_LOSSES)


@pytest.mark.parametrize(("name", "term"), TERMS)
def test_slope_is_the_derivative_of_value(name, term):
    term, scores = getattr(LOSSES[name], term), SCORES.clone().requires_grad_()
    (expected,) = torch.autograd.grad(term.value(scores), scores)
    before = SCORES.clone()
    torch.testing.assert_close(term.slope(SCORES), expected, check_dtype=False)
    assert torch.equal(SCORES, before)


@every_loss
def test_d_wants_real_up_and_fakes_down_and_g_wants_fakes_up(loss):
    inner = SCORES[3:5]  # between 0 and 1: least squares has its aims there, hinge its bends at +-1
    assert loss.real.value(inner + 0.05) < loss.real.value(inner)
    assert loss.fake.value(inner + 0.05) > loss.fake.value(inner)
    assert loss.generator.value(inner + 0.05) < loss.generator.value(inner)
    assert (loss.real.slope(inner) <= 0).all() and (loss.fake.slope(inner) >= 0).all()
    assert (loss.generator.slope(inner) < 0).all()


GOLDEN = [  # d_loss and g_loss for one real score and one fake score
    ("non_saturating", 0.0, 0.0, 2 * math.log(2), math.log(2)),  # Goodfellow et al. 2014, theorem 1: log 4
    ("non_saturating", 1.0, 1.0, 0.3133 + 1.3133, 0.3133),  # BCE at logit 1: mimicry's tests
    ("minimax", 1.0, 1.0, 0.3133 + 1.3133, -1.3133),
    ("least_squares", 0.0, 2.0, 0.5 + 2.0, 0.5),
    ("hinge", 0.5, -3.0, 0.5 + 0.0, 3.0),
    ("hinge", 2.0, 0.5, 0.0 + 1.5, -0.5),
    ("wasserstein", 3.0, -2.0, -5.0, 2.0),
]


@pytest.mark.parametrize(("name", "real", "fake", "d_loss", "g_loss"), GOLDEN)
def test_golden_values(name, real, fake, d_loss, g_loss):
    loss, real, fake = ADVERSARIAL_LOSSES[name], column(real), column(fake)
    assert float(loss.real.value(real) + loss.fake.value(fake)) == pytest.approx(d_loss, abs=1e-4)
    assert float(loss.generator.value(fake)) == pytest.approx(g_loss, abs=1e-4)


@pytest.mark.parametrize("name", PROBABILITY_LOSSES)
def test_d_loss_at_the_optimum_is_log_4_minus_twice_js(name):
    # Real points 0, 0, 1 and fakes 0, 1, 1: D* is 2/3 at 0 and 1/3 at 1, so the score is +-log 2.
    loss, high = ADVERSARIAL_LOSSES[name], math.log(2)
    d_loss = loss.real.value(column(high, high, -high)) + loss.fake.value(column(high, -high, -high))
    js = jensen_shannon(np.array([2, 1]) / 3, np.array([1, 2]) / 3)
    assert (math.log(4) - float(d_loss)) / 2 == pytest.approx(js, abs=1e-6)


@pytest.mark.parametrize("name", PROBABILITY_LOSSES)
def test_naive_losses_agree_until_they_overflow(name):
    safe, naive = loss_of(name), loss_of(name, naive_log=True)
    for term in ("real", "fake", "generator"):
        torch.testing.assert_close(getattr(naive, term).value(SCORES), getattr(safe, term).value(SCORES))
        torch.testing.assert_close(getattr(naive, term).slope(SCORES), getattr(safe, term).slope(SCORES))


@pytest.mark.parametrize("name", PROBABILITY_LOSSES)
@pytest.mark.parametrize(("term", "score"), [("real", -1000.0), ("fake", 1000.0)])
def test_naive_losses_break_where_d_is_wrong_and_sure(name, term, score):
    naive, safe = getattr(NAIVE_LOSSES[name], term), getattr(ADVERSARIAL_LOSSES[name], term)
    assert naive.value(column(score)).isinf() and naive.slope(column(score)).isnan()
    assert float(safe.value(column(score))) == pytest.approx(1000)
    assert float(safe.slope(column(score))) == pytest.approx(math.copysign(1, score))


@pytest.mark.parametrize("name", ADVERSARIAL_LOSSES)
@pytest.mark.parametrize("score", [-1000.0, 1000.0])
def test_losses_stay_finite_where_d_is_sure(name, score):
    for term in ("real", "fake", "generator"):
        term = getattr(ADVERSARIAL_LOSSES[name], term)
        assert term.value(column(score)).isfinite() and term.slope(column(score)).isfinite().all()


def test_minimax_saturates_where_fakes_are_seen_through_and_non_saturating_does_not():
    sure = column(-20.0)
    assert float(ADVERSARIAL_LOSSES["minimax"].generator.slope(sure)) == pytest.approx(-2.06e-9, rel=0.01)
    assert float(ADVERSARIAL_LOSSES["non_saturating"].generator.slope(sure)) == pytest.approx(-1)


def test_label_smoothing_moves_the_optimum_of_real_scores_only():
    smoothed, plain = loss_of("minimax", label_smoothing=0.2), loss_of("minimax")
    best = math.log(0.8 / 0.2)
    assert float(smoothed.real.slope(column(best))) == pytest.approx(0, abs=1e-7)
    assert smoothed.fake is plain.fake and smoothed.generator is plain.generator


def test_shapes_are_checked():
    with pytest.raises(TypeCheckError):
        cross_entropy("real")
    with pytest.raises(TypeCheckError):
        loss_of("minimax", naive_log=3)

import pytest
import torch

from gan_core.config import ToyConfig
from gan_core.learning.optimisers import ALPHA, RULES, Optimiser

THEIRS = {
    "adam": lambda p, lr, momentum, beta2, decay: torch.optim.Adam(
        p, lr=lr, betas=(momentum, beta2), weight_decay=decay, foreach=False
    ),
    "sgd": lambda p, lr, momentum, beta2, decay: torch.optim.SGD(p, lr=lr, momentum=momentum, weight_decay=decay),
    "rmsprop": lambda p, lr, momentum, beta2, decay: torch.optim.RMSprop(
        p, lr=lr, alpha=ALPHA, momentum=momentum, weight_decay=decay
    ),
}


def test_the_table_holds_what_the_config_offers():
    for field in ("g_optimiser", "d_optimiser"):
        assert set(ToyConfig.choices(field)) == set(RULES) == set(THEIRS)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("beta2", [0.999, 0.9])
@pytest.mark.parametrize("decay", [0.0, 0.05])
def test_steps_are_those_of_torch(rule, momentum, beta2, decay):
    random = torch.Generator().manual_seed(0)
    ours = torch.randn(20, generator=random, dtype=torch.float64)
    theirs = torch.nn.Parameter(ours.clone())
    optimiser, other = Optimiser(ours), THEIRS[rule]([theirs], 0.01, momentum, beta2, decay)
    for number in range(40):
        gradient = torch.randn(20, generator=random, dtype=torch.float64) * 10.0 ** (number % 5 - 3)
        theirs.grad = gradient.clone()
        other.step()
        optimiser.step(ours, gradient, rule, 0.01, momentum, beta2, decay)
        torch.testing.assert_close(ours, theirs.data, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("rule", RULES)
def test_a_step_goes_downhill(rule):
    weights = torch.tensor([3.0, -2.0])
    optimiser = Optimiser(weights)
    for _ in range(300):
        optimiser.step(weights, weights.clone(), rule, 0.02, 0.5, 0.999, 0.0)
    assert weights.abs().max() < 0.2

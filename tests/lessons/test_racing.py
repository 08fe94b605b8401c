import numpy as np
import pytest

from gan_core.learning.observe import ToyObserver
from gan_core.learning.tasks import toy_trainer
from gan_core.lessons.racing import COURSES, LOSSES, config_of, entrants
from gan_core.presets import PRESETS
from gan_core.snapshots import stack
from gan_core.theory.diagnosis import diagnose


@pytest.mark.parametrize("course", COURSES)
def test_everyone_can_run_and_on_the_same_course(course):
    configs = [config_of(name, course, seed=3, steps=100) for name in entrants()]
    for field in ("target", "start", "seed", "steps", "lr_half_life", *COURSES[course].changes):
        assert len({getattr(config, field) for config in configs}) == 1, field


def test_the_four_losses_come_first_and_every_preset_can_be_added():
    assert list(entrants())[:4] == list(LOSSES)
    assert {name for name, preset in PRESETS.items() if preset.task == "toy"} <= set(entrants())


def test_a_stranger_cannot_run():
    with pytest.raises(KeyError):
        config_of("nobody", "disjoint", 0, 100)


def run(name, course, steps, seed=1):
    config = config_of(name, course, seed, steps)
    trainer, observe = toy_trainer(config), ToyObserver(config)
    shots = [observe(trainer)]
    while trainer.step_number < steps:
        for _ in range(25):
            trainer.step()
        shots.append(observe(trainer))
    return stack(shots)


def test_where_nothing_overlaps_minimax_stands_still_and_the_others_arrive():
    ends = {name: run(name, "disjoint", 1000) for name in LOSSES}
    stalled = ends.pop("minimax")
    assert stalled["w1_over_sd"][-1] > 13.9
    assert stalled["js"].min() > 0.99 * np.log(2)
    verdict = diagnose(stalled)
    assert verdict is not None and verdict.code == "vanishing_gradient"
    assert max(history["w1_over_sd"][-1] for history in ends.values()) < 1.0

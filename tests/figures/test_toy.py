import json

import numpy as np
import pytest

from gan_core.config import ToyConfig
from gan_core.figures import toy
from gan_core.figures.palette import DISCRIMINATOR, GENERATOR, GRADIENT, OPTIMAL, REAL
from gan_core.learning.observe import ToyObserver
from gan_core.learning.tasks import toy_trainer


@pytest.fixture(scope="module")
def snapshots():
    config = ToyConfig(batch=64)
    trainer, observer = toy_trainer(config), ToyObserver(config)
    shots = [observer(trainer)]
    for _ in range(3):
        trainer.step()
        shots.append(observer(trainer))
    return shots


def test_each_actor_has_its_colour(snapshots):
    colours = [trace.line.color for trace in toy.picture(snapshots[0]).data]
    expected = {
        toy.P_G: GENERATOR,
        toy.P_DATA: REAL,
        toy.D: DISCRIMINATOR,
        toy.D_STAR: OPTIMAL,
        toy.REALS: REAL,
        toy.FAKES: GENERATOR,
        toy.ARROWS: GRADIENT,
    }
    for trace, actor in expected.items():
        assert colours[trace] == actor.colour
    assert colours[toy.MAP].startswith("rgba(213, 94, 0")


def test_what_moves_is_what_the_picture_of_that_instant_shows(snapshots):
    """The frames and the whole figure agree, trace by trace and attribute by attribute."""
    rows = toy.moving(snapshots)
    for number, snapshot in enumerate(snapshots):
        figure = toy.picture(snapshot)
        for key, frames in rows.items():
            trace, attribute = key.split(".")
            assert np.array_equal(figure.data[int(trace)][attribute], frames[number], equal_nan=True), key


def test_curves_are_those_of_the_snapshot(snapshots):
    figure = toy.picture(snapshots[-1])
    assert figure.data[toy.P_G].y.tolist() == snapshots[-1].p_g.tolist()
    assert figure.data[toy.D].y.tolist() == snapshots[-1].d.tolist()
    assert figure.data[toy.P_DATA].y.tolist() == snapshots[-1].p_data.tolist()


def test_each_line_of_the_map_runs_from_z_to_its_x(snapshots):
    rows = toy.moving(snapshots)[f"{toy.MAP}.x"][0].reshape(-1, 3)
    assert rows[:, 1].tolist() == snapshots[0].map_x.tolist()
    assert np.isnan(rows[:, 2]).all()
    assert (np.diff(rows[:, 0]) > 0).all()


def test_arrows_begin_at_fakes_and_point_where_the_pull_goes(snapshots):
    rows = toy.moving(snapshots)[f"{toy.ARROWS}.x"][0].reshape(-1, 6)
    fakes, pull = snapshots[0].fake[:: toy.ARROW_EVERY], snapshots[0].arrow[:: toy.ARROW_EVERY]
    begin, tip, barb = rows[:, 0], rows[:, 1], rows[:, 2]
    assert begin.tolist() == fakes.tolist()
    assert (np.sign(tip - begin) == np.sign(pull)).all()
    assert (np.abs(tip - begin) <= 0.1 * np.ptp(snapshots[0].x) + 1e-6).all()
    assert (np.sign(tip - barb) == np.sign(pull)).all()
    heights = toy.picture(snapshots[0]).data[toy.ARROWS].y.reshape(-1, 6)
    assert heights.shape == rows.shape


def test_a_latent_of_several_dimensions_has_no_map():
    config = ToyConfig(latent_dim=3, batch=16)
    snapshot = ToyObserver(config)(toy_trainer(config))
    assert toy.moving([snapshot])[f"{toy.MAP}.x"].size == 0
    json.loads(toy.picture(snapshot).to_json())


def test_a_critic_is_called_so(snapshots):
    assert toy.picture(snapshots[0], critic=True).data[toy.D].name == "critic (rescaled)"
    assert toy.picture(snapshots[0], lambda word: word.upper()).data[toy.FAKES].name == "FAKES"


def test_players_of_each_part_exist(snapshots):
    traces = range(len(toy.picture(snapshots[0]).data))
    assert sorted(toy.PLAYERS_OF_PART) == [1, 2, 3, 4, 5]
    assert all(trace in traces for players in toy.PLAYERS_OF_PART.values() for trace in players)

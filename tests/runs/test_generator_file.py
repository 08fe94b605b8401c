"""The generator that is taken out of a checkpoint, as a run really saves it."""

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load

from gan_core.config import ImageConfig, ToyConfig, from_json
from gan_core.learning.sampling import sampler_of_file
from gan_core.learning.tasks import image_trainer, toy_trainer
from gan_core.runs import checkpoints
from gan_core.runs.generator_file import NoWeights, generator_file, has_checkpoint


def trained(averaging):
    trainer = image_trainer(ImageConfig(images=100, batch=8, g_widths=(8,), d_widths=(8,), averaging=averaging))
    trainer.step()
    return trainer


@pytest.mark.parametrize("averaging", [0.0, 0.9])
def test_it_holds_the_weights_that_draw_the_images_and_where_they_come_from(tmp_path, averaging):
    trainer = trained(averaging)
    checkpoints.save(tmp_path, *trainer.state())
    assert has_checkpoint(tmp_path)
    data = generator_file(tmp_path)
    found, source = load(data), trainer.average or trainer.generator
    assert set(found) == {"generator", "generator_buffers", "discriminator", "discriminator_buffers"}
    np.testing.assert_array_equal(found["generator"], source.weights.numpy())
    np.testing.assert_array_equal(found["generator_buffers"], source.buffers.numpy())
    path = tmp_path / "taken.file"
    path.write_bytes(data)
    with safe_open(path, framework="np") as file:
        told = file.metadata()
    assert (told["steps"], told["averaged"]) == ("1", json.dumps(averaging > 0))
    assert from_json(told["config"]) == trainer.config


def test_a_toy_run_is_taken_along_in_the_same_way(tmp_path):
    trainer = toy_trainer(ToyConfig(batch=16))
    trainer.step()
    checkpoints.save(tmp_path, *trainer.state())
    data = generator_file(tmp_path)
    found = load(data)
    assert {name: len(tensor) for name, tensor in found.items()} == {
        "generator": len(trainer.generator.weights),
        "generator_buffers": 0,
        "discriminator": len(trainer.discriminator.weights),
        "discriminator_buffers": 0,
    }
    np.testing.assert_array_equal(found["generator"], trainer.generator.weights.numpy())
    sampler = sampler_of_file(data)
    assert (sampler.config, sampler.players.step) == (trainer.config, 1)


def test_a_damaged_checkpoint_is_passed_over(tmp_path):
    trainer = trained(0.0)
    checkpoints.save(tmp_path, *trainer.state())
    before = trainer.generator.weights.clone().numpy()
    trainer.step()
    checkpoints.save(tmp_path, *trainer.state())
    newest = max(tmp_path.glob("*.safetensors"), key=lambda path: path.stat().st_mtime_ns)
    data = bytearray(newest.read_bytes())
    data[-1] ^= 1
    newest.write_bytes(data)
    np.testing.assert_array_equal(load(generator_file(tmp_path))["generator"], before)


def test_without_a_checkpoint_there_is_nothing_to_take(tmp_path):
    assert not has_checkpoint(tmp_path / "never")
    with pytest.raises(NoWeights, match="no checkpoint yet"):
        generator_file(tmp_path)

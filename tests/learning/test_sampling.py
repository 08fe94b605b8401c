"""Generators on their own: what they answer, that no training notices, and which files are refused."""

import dataclasses
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save
from safetensors.torch import save as save_tensors
from scipy.special import ndtri

from gan_core.config import ImageConfig, ToyConfig, to_json
from gan_core.fields import ConfigError
from gan_core.learning import players
from gan_core.learning.classifier import WEIGHTS
from gan_core.learning.image_datasets import in_range
from gan_core.learning.image_sampling import ImageSampler
from gan_core.learning.nearest import real_images
from gan_core.learning.networks import images
from gan_core.learning.sampling import sampler_of, sampler_of_file
from gan_core.learning.tasks import trainer_of
from gan_core.learning.toy_sampling import ToySampler
from gan_core.presets import PRESETS
from gan_core.questions import WANTS, Answer, Question
from gan_core.runs.generator_file import generator_of
from gan_core.theory.distributions import target_of
from tools.pretrain import RECIPES

ROOT = Path(__file__).parents[2]
IMAGES = frozenset(WANTS) - {"slopes"}
SMALL = {"images": 60, "batch": 6, "device": "cpu", "g_widths": (8, 6), "d_widths": (4, 5), "latent_dim": 5}
RUNS = {
    "averaged, R1, projection": ("cgan_lesson", {**SMALL, "averaging": 0.9}),
    "dropout, two classes": ("article_gan", {**SMALL, "dataset": "mnist_5k"}),
    "dropout in convolutions": ("article_dcgan", {**SMALL, "dataset": "mnist_5k", "precision": "float32"}),
    "embedding, penalty": ("article_cgan", {**SMALL, "dataset": "mnist_5k", "embedding": 3}),
    "batch normalisation in D": ("article_guidelines", {**SMALL, "dataset": "mnist_5k"}),
    "bfloat16": ("dcgan_lesson", {**SMALL, "precision": "bfloat16"}),
    "toy": ("two_modes", {"batch": 16}),
    "toy, several z": ("gaussian", {"batch": 16, "latent_dim": 3}),
}


def trained(name, steps=3):
    preset, changes = RUNS[name]
    trainer = trainer_of(PRESETS[preset].config.replace(**changes))
    for _ in range(steps):
        trainer.step()
    return trainer


def question(config, *wants, count=1, seed=0):
    z = np.random.default_rng(seed).normal(size=(count, config.latent_dim)).astype(np.float32)
    told = isinstance(config, ImageConfig) and config.conditional
    digits = np.arange(count if told else 0) % 10
    return Question(z, np.eye(10, dtype=np.float32)[digits], frozenset(wants))


def everything(config):
    """What may be wanted of such a generator."""
    if isinstance(config, ImageConfig):
        return IMAGES
    return {"scores", "slopes"} if config.latent_dim == 1 else {"scores"}


def state(trainer):
    tensors, texts = trainer.state()
    texts = {"rest": {key: value for key, value in json.loads(texts["rest"]).items() if key != "seconds"}}
    return {name: tensor.numpy().tobytes() for name, tensor in tensors.items()}, texts


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_is_asked_ends_as_the_one_that_is_not(name):
    asked, left_alone = trained(name), trained(name)
    sampler, before = sampler_of(asked), torch.get_rng_state()
    for number in range(4):
        untouched = state(asked)
        sampler.refresh(asked)
        sampler.answer(question(asked.config, *everything(asked.config), seed=number))
        sampler.answer(question(asked.config, "scores", count=300, seed=number))
        assert state(asked) == untouched
        for trainer in (asked, left_alone):
            trainer.step()
    assert torch.equal(torch.get_rng_state(), before)
    assert state(asked) == state(left_alone)


@pytest.mark.parametrize("name", RUNS)
def test_refreshed_it_draws_as_a_new_one(name):
    trainer = trained(name)
    sampler, asked = sampler_of(trainer), question(trainer.config, "scores", count=3)
    before = sampler.answer(asked)
    trainer.step()
    assert same(sampler.answer(asked), before)  # until it is refreshed
    sampler.refresh(trainer)
    after = sampler.answer(asked)
    assert after.texts["step"] == "4" and before.texts["step"] == "3"
    assert same(after, sampler_of(trainer).answer(asked)) and not same(after, before)
    other = trained(name, steps=4)
    other.generator.weights.add_(0.1)
    other.discriminator.weights.add_(0.1)
    if other.average:
        other.average.weights.add_(0.1)
    sampler.refresh(other)  # as many steps, and another run
    assert not same(sampler.answer(asked), after)


def same(one: Answer, other: Answer) -> bool:
    return all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays)


def test_between_the_parts_of_a_step_d_is_the_new_one():
    trainer = trained("averaged, R1, projection")
    sampler, asked = sampler_of(trainer), question(trainer.config, "scores")
    sampler.refresh(trainer)
    before = sampler.answer(asked)
    with torch.inference_mode():
        parts = trainer.parts()
        while next(parts) != 3:
            pass
    sampler.refresh(trainer)
    after = sampler.answer(asked)
    assert np.array_equal(after.arrays["images"], before.arrays["images"])
    assert not np.array_equal(after.arrays["score"], before.arrays["score"])


@pytest.mark.parametrize("name", RUNS)
def test_a_file_answers_as_the_run_that_it_was_taken_from(name):
    trainer = trained(name)
    tensors, texts = trainer.state()
    data = generator_of(save_tensors({key: tensor.contiguous() for key, tensor in tensors.items()}, texts))
    asked = question(trainer.config, *everything(trainer.config))
    assert same(sampler_of_file(data).answer(asked), sampler_of(trainer).answer(asked))


def test_averaged_weights_draw():
    trainer = trained("averaged, R1, projection", steps=20)
    plain = sampler_of(trainer)
    plain.players.generator.weights.copy_(trainer.generator.weights)
    plain.players.generator.buffers.copy_(trainer.generator.buffers)
    asked = question(trainer.config)
    averaged = sampler_of(trainer).answer(asked)
    assert not same(plain.answer(asked), averaged)
    trainer.generator.weights.copy_(trainer.average.weights)
    trainer.generator.buffers.copy_(trainer.average.buffers)
    trainer.generator.training = False
    with torch.inference_mode():
        drawn = trainer.generator.forward(torch.from_numpy(asked.z), torch.from_numpy(asked.condition))
    assert np.array_equal(averaged.arrays["images"], ((drawn + 1) * 127.5).round().to(torch.uint8).numpy())


@pytest.mark.parametrize("name", [name for name in RUNS if not name.startswith("toy")])
def test_each_image_depends_on_its_own_z_alone(name):
    sampler = sampler_of(trained(name))
    many = sampler.answer(question(sampler.config, "scores", "digits", count=320))
    assert {name: (array.shape, array.dtype) for name, array in many.arrays.items()} == {
        "images": ((320, 784), np.uint8), "score": ((320,), np.float32), "digits": ((320, 10), np.float32)
    }  # fmt: skip
    one = sampler.answer(question(sampler.config, "scores", "digits"))
    near = np.abs(many.arrays["images"][:1].astype(int) - one.arrays["images"].astype(int))
    assert near.max() <= (1 if sampler.config.precision == "float32" else 3)
    np.testing.assert_allclose(many.arrays["score"][0], one.arrays["score"][0], rtol=0.03, atol=1e-3)


SHAPES = {
    "images": (1, 784), "score": (1,), "digits": (1, 10), "directions": (10, 64), "gains": (10,),
    "coordinate_gains": (64,), "usual_scores": (2, 3), "usual_distances": (2,), "pixel_images": (5, 784),
    "pixel_digits": (5,), "pixel_distances": (5,), "feature_images": (5, 784), "feature_digits": (5,),
    "feature_distances": (5,), "pixel_own_distances": (5,), "feature_own_distances": (5,),
}  # fmt: skip
BYTES = {"images", "pixel_images", "pixel_digits", "feature_images", "feature_digits"}


@pytest.fixture(scope="module")
def cgan() -> ImageSampler:
    found = sampler_of_file(WEIGHTS.with_name("cgan.safetensors").read_bytes())
    assert isinstance(found, ImageSampler)
    return found


@pytest.fixture
def asked(cgan):
    return question(cgan.config, *IMAGES)


def test_what_a_shipped_generator_answers(cgan, asked):
    answer = cgan.answer(asked)
    assert {name: array.shape for name, array in answer.arrays.items()} == SHAPES
    for name, array in answer.arrays.items():
        assert array.dtype == (np.uint8 if name in BYTES else np.float32), name
    real = real_images(cgan.config)
    assert answer.texts == {"step": "30000", "nearest_set": real.name, "nearest_count": str(len(real))}
    back = Answer.of(answer.to_bytes())
    assert same(answer, back) and back.texts == answer.texts
    assert answer.arrays["digits"].sum() == pytest.approx(1, abs=1e-5)
    assert answer.arrays["digits"].argmax() == 0  # as asked
    assert (np.diff(answer.arrays["usual_scores"], axis=1) > 0).all()
    assert answer.arrays["usual_scores"][1, 1] > answer.arrays["usual_scores"][0, 1]  # D likes real images better


def test_usual_scores_are_percentiles_of_fakes_and_of_real_images(cgan):
    found = cgan.answer(question(cgan.config, "usual")).arrays["usual_scores"]
    z, told = cgan.latents(500, torch.Generator().manual_seed(0)).numpy(), np.eye(10, dtype=np.float32)
    fakes = cgan.answer(Question(z, told[np.arange(500) % 10], frozenset({"scores"}))).arrays["score"]
    np.testing.assert_allclose(found[0], np.percentile(fakes, [5, 50, 95]), rtol=1e-3, atol=1e-4)
    real = real_images(cgan.config)
    with torch.inference_mode():
        scores = cgan.discriminator.forward(in_range(real.images[:500]), torch.from_numpy(real.digits[:500]).long())
    np.testing.assert_allclose(found[1], np.percentile(scores, [5, 50, 95]), rtol=1e-3, atol=1e-4)


def test_directions_do_not_depend_on_the_condition(cgan, asked):
    found = cgan.answer(asked)
    for condition in (np.eye(10)[[7]], np.full((1, 10), 0.1)):
        other = cgan.answer(dataclasses.replace(asked, condition=condition.astype(np.float32)))
        assert not np.array_equal(other.arrays["images"], found.arrays["images"])
        for name in ("directions", "gains", "coordinate_gains"):
            assert np.array_equal(other.arrays[name], found.arrays[name])


def test_only_what_is_wanted_is_answered(cgan):
    assert set(cgan.answer(question(cgan.config)).arrays) == {"images"}
    assert set(cgan.answer(question(cgan.config, "scores", "slopes")).arrays) == {"images", "score"}


def test_no_opinion_on_what_is_no_digit():
    trainer = trained("averaged, R1, projection")
    sampler = sampler_of(trainer)
    sampler.config = sampler.config.replace(dataset="kmnist")
    answer = sampler.answer(question(sampler.config, *IMAGES))
    assert "digits" not in answer.arrays and answer.arrays["feature_images"].shape == (0, 784)
    if not answer.texts["nearest_set"]:
        assert np.isnan(answer.arrays["usual_scores"][1]).all()
    assert np.isfinite(answer.arrays["usual_scores"][0]).all()
    with pytest.raises(ConfigError, match="draws no digits"):
        sampler.scores(10, torch.Generator())


def test_a_blend_of_4_and_9_is_read_as_one_of_them(cgan):
    z = np.random.default_rng(1).normal(size=(200, 64)).astype(np.float32)
    shares = np.zeros((200, 10), np.float32)
    shares[:, [4, 9]] = np.stack([np.linspace(1, 0, 200), np.linspace(0, 1, 200)], 1)
    read = cgan.answer(Question(z, shares, frozenset({"digits"}))).arrays["digits"]
    assert (read.argmax(1)[:20] == 4).mean() > 0.9 and (read.argmax(1)[-20:] == 9).mean() > 0.9
    assert np.isin(read.argmax(1), [4, 9]).mean() > 0.8


def test_a_diverged_run_draws_grey_and_goes_on():
    trainer = trained("averaged, R1, projection")
    for weights in (trainer.average.weights, trainer.discriminator.weights):
        weights.fill_(torch.nan)
    answer = sampler_of(trainer).answer(question(trainer.config, *IMAGES))
    assert set(answer.arrays["images"].ravel()) == {128}
    assert np.isnan(answer.arrays["score"]).all()


WRONG = {
    "z must have 64 numbers for this generator, not 3": ((1, 3), 1, set()),
    "needs a condition for each z": ((2, 64), 0, set()),
    "nearest images and the directions are those of one z": ((2, 64), 2, {"nearest"}),
    "directions are those of one z": ((2, 64), 2, {"directions"}),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_questions_that_do_not_fit_are_refused(cgan, sentence):
    shape, told, wants = WRONG[sentence]
    with pytest.raises(ConfigError, match=sentence):
        cgan.answer(Question(np.zeros(shape, np.float32), np.eye(10, dtype=np.float32)[:told], frozenset(wants)))


def test_directions_that_would_occupy_the_process_for_long_are_refused():
    config = ImageConfig(conditional=True, g_network="conv", g_widths=(512, 512), kernel=5, latent_dim=256)
    tensors = {name: torch.zeros(count) for name, count in images.weight_counts(config).items()}
    wide = ImageSampler(players.Players(config, tensors))
    words = (
        "Directions: with its Widths of G, Latent dimensions and Digits, this generator needs 849 billion "
        "multiplications for them; at most 100 billion are done."
    )
    with pytest.raises(ConfigError, match=words) as refused:
        wide.answer(question(config, "directions"))
    assert refused.value.field == "directions"
    assert "images" in wide.answer(question(config, "scores")).arrays


@pytest.fixture(scope="module")
def toy() -> ToySampler:
    found = sampler_of_file(WEIGHTS.with_name("toy.safetensors").read_bytes())
    assert isinstance(found, ToySampler)
    return found


def line(*values):
    return Question(np.array(values, np.float32)[:, None], wants=frozenset({"slopes", "scores"}))


def test_slopes_of_a_toy_are_those_of_finite_differences(toy):
    z, step = np.linspace(-3, 3, 61).astype(np.float32), np.float32(1 / 256)
    found, left, right = (toy.answer(line(*(z + way))).arrays for way in (0, -step, step))
    numerical = (right["x"].astype(float) - left["x"]) / (2 * step)
    np.testing.assert_allclose(found["slopes"], numerical, rtol=0.01, atol=0.01)
    assert found["slopes"].dtype == found["x"].dtype == found["score"].dtype == np.float32
    assert found["x"].shape == found["slopes"].shape == found["score"].shape == (61,)


def test_x_and_its_score_are_in_the_units_of_the_data():
    trainer = trainer_of(ToyConfig(batch=16))
    trainer.step()
    target, z = target_of(trainer.config), torch.linspace(-2, 2, 9)[:, None]
    assert (target.mean, target.sd) == (4, 0.5)
    standard = trainer.generator.forward(z)
    found = sampler_of(trainer).answer(line(*z[:, 0].tolist())).arrays
    np.testing.assert_allclose(found["x"], 4 + 0.5 * standard[:, 0].numpy(), rtol=1e-5)
    np.testing.assert_allclose(found["slopes"], 0.5 * trainer.generator.pull_back(torch.ones(9, 1))[:, 0], rtol=1e-5)
    np.testing.assert_allclose(found["score"], trainer.discriminator.forward(standard)[:, 0], rtol=1e-5)


def test_the_shipped_toy_fits_its_target_folds_and_stretches(toy):
    card = json.loads(WEIGHTS.with_name("toy.json").read_text())
    target, shares = target_of(toy.config), (np.arange(1000) + 0.5) / 1000
    found = toy.answer(line(*ndtri(shares))).arrays
    w1 = np.abs(np.sort(found["x"]) - target.quantile(shares)).mean()
    assert w1 / target.sd == pytest.approx(card["metrics"]["w1_over_sd"], abs=2e-3)
    assert card["metrics"]["w1_over_sd"] < 0.04 and card["metrics"]["modes_covered"] == 2
    assert toy.config.latent_dim == 1 and toy.config.target == "two_modes"
    turns = np.flatnonzero(np.diff(np.sign(found["slopes"])))
    assert len(turns) >= 2  # several z make the same x
    assert np.abs(found["slopes"]).max() > 20 * np.median(np.abs(found["slopes"]))  # the gap is crossed at a run


@pytest.mark.parametrize("family", ["gan", "wgan", "wgan_gp", "cgan", "dcgan", "toy"])
def test_shipped_files_and_their_recipes(family):
    path = WEIGHTS.with_name(f"{family}.safetensors")
    card, sampler = json.loads(path.with_suffix(".json").read_text()), sampler_of_file(path.read_bytes())
    assert hashlib.sha256(path.read_bytes()).hexdigest() == card["sha256"]
    assert sampler.config == RECIPES[family].config
    assert (card["family"], card["preset"], card["steps"]) == (family, RECIPES[family].preset, sampler.config.steps)
    assert sampler.players.step == card["steps"]
    answer = sampler.answer(question(sampler.config, "scores"))
    assert all(np.isfinite(array).all() for array in answer.arrays.values())


def test_toys_with_several_z_have_no_slope():
    sampler = sampler_of(trained("toy, several z"))
    with pytest.raises(ConfigError, match="a slope in each direction here, since z has 3"):
        sampler.answer(question(sampler.config, "slopes"))
    with pytest.raises(ConfigError, match="z must have 3 numbers"):
        sampler.answer(line(0.0))


def export(**texts):
    """A small whole file: its tensors, and its texts."""
    config = ImageConfig(**{name: value for name, value in SMALL.items() if name != "images"})
    counts = images.weight_counts(config)
    tensors = {name: np.zeros(count, np.float32) for name, count in counts.items()}
    return tensors, {"config": to_json(config), "steps": "7", "averaged": "false"} | texts


def with_tensor(name, value):
    tensors, texts = export()
    return save(tensors | {name: value}, texts)


def without(name):
    tensors, texts = export()
    texts.pop(name, None)
    tensors.pop(name, None)
    return save(tensors, texts)


def with_header(change):
    data = save(*export())
    length = int.from_bytes(data[:8], "little")
    header = json.dumps(change(json.loads(data[8 : 8 + length]))).encode()
    return len(header).to_bytes(8, "little") + header + data[8 + length :]


def with_huge_claim(header):
    header["generator"] = {**header["generator"], "shape": [10**12]}
    return header


def scaled(**changes):
    tensors, texts = export()
    config = json.loads(texts["config"])
    return save(tensors, texts | {"config": json.dumps(config | changes)})


UNREADABLE, NOT_OURS = "this file cannot be read as safetensors", "is not a generator that GANscope has exported"
HALF_OR_WHOLE = "must hold float32 or float16 numbers"
DAMAGED = {
    "empty": (b"", UNREADABLE),
    "text": (b"no weights at all", UNREADABLE),
    "pickle": (b"\x80\x04\x95" + bytes(100), UNREADABLE),
    "zip": (b"PK\x03\x04" + bytes(100), UNREADABLE),
    "cut": (save(*export())[:-1], UNREADABLE),
    "longer": (save(*export()) + b"more", UNREADABLE),
    "endless header": ((2**62).to_bytes(8, "little") + bytes(100), UNREADABLE),
    "claims more than it holds": (with_header(with_huge_claim), UNREADABLE),
    "no texts": (save(export()[0]), NOT_OURS),
    "no config": (without("config"), NOT_OURS),
    "no steps": (without("steps"), NOT_OURS),
    "config is no JSON": (save(*export(config="{")), NOT_OURS),
    "config is a list": (save(*export(config="[]")), NOT_OURS),
    "config is deep": (save(*export(config="[" * 100_000)), NOT_OURS),
    "config of another task": (save(*export(config='{"task": "chess"}')), NOT_OURS),
    "config with a list for a task": (save(*export(config='{"task": []}')), NOT_OURS),
    "config out of range": (scaled(latent_dim=10**9), NOT_OURS),
    "steps are words": (save(*export(steps="many")), NOT_OURS),
    "another config": (scaled(g_widths=[1200] * 4), "has no generator that fits its settings"),
    "another d": (scaled(d_widths=[9]), "has no discriminator that fits its settings"),
    "no discriminator": (without("discriminator"), "has no discriminator that fits"),
    "no buffers": (without("generator_buffers"), "has no generator_buffers that fits"),
    "two axes": (with_tensor("generator", np.zeros((2, 3), np.float32)), "has no generator that fits"),
    "header nests without end": ((10**5).to_bytes(8, "little") + b"[" * 10**5, UNREADABLE),
    "whole numbers": (with_tensor("discriminator", export()[0]["discriminator"].astype(np.int32)), HALF_OR_WHOLE),
    "double precision": (with_tensor("generator", export()[0]["generator"].astype(float)), HALF_OR_WHOLE),
    "complex": (with_tensor("more", np.zeros(2, np.complex64)), HALF_OR_WHOLE),
    "not a number": (with_tensor("generator", export()[0]["generator"] * np.nan), "generator holds numbers that are"),
    "infinite": (with_tensor("discriminator", export()[0]["discriminator"] + np.inf), "discriminator holds numbers"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files_get_one_sentence_and_nothing_is_built(name, monkeypatch):
    data, sentence = DAMAGED[name]
    monkeypatch.setattr(players, "_NETWORKS", {})  # to build would be a KeyError
    with pytest.raises(ConfigError, match=sentence) as refused:
        sampler_of_file(data)
    assert str(refused.value).startswith("Weights: ") and str(refused.value).count(". ") == 0


def test_whole_files_are_taken_in_half_precision_as_well():
    tensors, texts = export()
    sampler = sampler_of_file(save({name: array.astype(np.float16) for name, array in tensors.items()}, texts))
    assert sampler.players.step == 7
    assert set(sampler.answer(question(sampler.config)).arrays["images"].ravel()) == {128}


FIRST = """
import sys
import numpy as np
from gan_core.questions import Question
from gan_core.learning.sampling import sampler_of_file
sampler = sampler_of_file(open(sys.argv[1], "rb").read())
z, c = np.zeros((1, sampler.config.latent_dim), np.float32), np.eye(10, dtype=np.float32)[:1]
sampler.answer(Question(z, c, frozenset({"scores", "digits", "directions"})))
print(sorted({"torch._dynamo", "sympy"} & set(sys.modules)))
"""


def test_the_first_answer_does_not_wait_for_pytorchs_compiler():
    """Networks on the device "meta", and autograd, import it for some of what they can do: half a second to three."""
    path = str(WEIGHTS.with_name("cgan.safetensors"))
    done = subprocess.run([sys.executable, "-c", FIRST, path], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", RUNS)
def test_counts_are_those_of_the_networks(name):
    trainer = trained(name, steps=0)
    counts = players._COUNTS[trainer.config.task](trainer.config)
    assert counts == {key: len(tensor) for key, tensor in players.players_of(trainer).items()}

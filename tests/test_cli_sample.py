"""`python -m gan_core sample`: the file that it writes, and the sentences in place of one."""

import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from gan_core.cli import main
from gan_core.cli.sampling import PORTION
from gan_core.config import ImageConfig, to_json
from gan_core.header import texts_in
from gan_core.latent import uploads
from gan_core.learning.tasks import trainer_of
from gan_core.runs import checkpoints
from gan_core.runs.generator_file import generator_of
from gan_core.theory.latent_space import draw

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "assets" / "weights"
CGAN, GAN, TOY = (WEIGHTS / f"{name}.safetensors" for name in ("cgan", "gan", "toy"))
SMALL = ImageConfig(
    conditional=True, classes=(3, 5, 8), latent="uniform", latent_dim=4, g_widths=(8,), d_widths=(4,), embedding=4,
    batch=4, images=12,
)  # fmt: skip


@pytest.fixture
def sample(tmp_path):
    """Run the command; the arrays of the file it writes."""

    def sample(weights, *options):
        out = tmp_path / "new" / "folder" / "drawn.npz"
        assert main(["sample", "--weights", str(weights), *options, "--out", str(out)]) == 0
        with np.load(io.BytesIO(out.read_bytes()), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays}

    return sample


@pytest.fixture(scope="module")
def three_digits(tmp_path_factory):
    """The export of a run that learns three digits only, as it is at step 0."""
    folder = tmp_path_factory.mktemp("run")
    checkpoints.write(folder / "checkpoint.safetensors", *trainer_of(SMALL).state())
    path = folder / "generator.safetensors"
    path.write_bytes(generator_of((folder / "checkpoint.safetensors").read_bytes()))
    return path


def test_a_digit_on_demand(sample, capsys):
    arrays = sample(CGAN, "--n", "20", "--condition", "7", "--seed", "5")
    assert capsys.readouterr() == ("", "")
    assert set(arrays) == {"images", "z", "condition"}
    assert (arrays["images"].shape, arrays["images"].dtype) == ((20, 28, 28), np.uint8)
    assert arrays["images"].min() == 0 and arrays["images"].max() > 200
    assert arrays["condition"].dtype == np.int64 and (arrays["condition"] == 7).all()
    dim = arrays["z"].shape[1]
    assert arrays["z"].dtype == np.float32 and (arrays["z"] == draw("normal", dim, 5, 20).astype(np.float32)).all()


def test_the_images_are_what_was_asked_for(sample):
    import torch

    from gan_core.learning.classifier import digit_classifier
    from gan_core.learning.image_datasets import in_range

    images = sample(CGAN, "--n", "200")["images"]
    read = digit_classifier().judge(in_range(torch.from_numpy(images.reshape(-1, 784)))).probabilities.argmax(1)
    assert (read.numpy() == np.arange(200) % 10).mean() > 0.95


def test_without_a_digit_they_take_turns(sample, three_digits):
    assert sample(CGAN, "--n", "23")["condition"].tolist() == [*range(10), *range(10), 0, 1, 2]
    assert sample(three_digits, "--n", "7")["condition"].tolist() == [3, 5, 8, 3, 5, 8, 3]


def test_without_a_condition_there_is_an_empty_array(sample):
    arrays = sample(GAN, "--n", "3")
    assert arrays["condition"].shape == (0,) and arrays["condition"].dtype == np.int64
    assert arrays["images"].shape == (3, 28, 28)


def test_a_1d_generator_gives_numbers(sample):
    arrays = sample(TOY, "--n", "2000")
    assert set(arrays) == {"x", "z", "condition"}
    assert (arrays["x"].shape, arrays["x"].dtype, arrays["z"].shape) == ((2000,), np.float32, (2000, 1))
    assert np.isfinite(arrays["x"]).all() and arrays["x"].std() > 0.1


def test_same_seed_same_bytes(tmp_path):
    paths = [tmp_path / name for name in ("one.npz", "two.npz", "other.npz")]
    for path, seed in zip(paths, ("1", "1", "2"), strict=True):
        assert main(["sample", "--weights", str(CGAN), "--n", "50", "--seed", seed, "--out", str(path)]) == 0
    one, two, other = (hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    assert one == two != other


def test_more_images_begin_with_the_same(sample):
    few, many = sample(CGAN, "--n", "30"), sample(CGAN, "--n", str(PORTION + 7))
    assert (many["z"][:30] == few["z"]).all() and len(many["images"]) == PORTION + 7
    assert np.abs(many["images"][:30].astype(int) - few["images"]).max() <= 1


def test_numpy_writes_no_time_into_the_file(tmp_path, monkeypatch):
    """Or the same seed would not give the same bytes a second later."""
    path = tmp_path / "drawn.npz"
    seen = []
    for clock in (1e9, 2e9):
        monkeypatch.setattr(time, "time", lambda clock=clock: clock)
        assert main(["sample", "--weights", str(TOY), "--n", "3", "--out", str(path)]) == 0
        seen.append(path.read_bytes())
    assert seen[0] == seen[1]


def complaint(capsys, *options):
    """The one sentence of a command line that is refused."""
    assert main(["sample", *map(str, options)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and said.err.endswith(".\n") and ". " not in said.err
    return said.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--out", "x.npz"], "--weights"),
        (["--weights", CGAN], "--out"),
        (["--weights", CGAN, "--out", "x.npz", "--n", "0"], "--n must be a whole number from 1 to 100000; 0 is not."),
        (["--weights", CGAN, "--out", "x.npz", "--n", "100001"], "--n must be a whole number from 1 to 100000"),
        (["--weights", CGAN, "--out", "x.npz", "--seed", "-1"], "--seed must be a whole number from 0 to 4294967295"),
        (["--weights", CGAN, "--out", "x.npz", "--condition", "10"], "--condition must be a whole number from 0 to 9"),
        (["--weights", CGAN, "--out", "x.npz", "--condition", "cat"], "--condition must be a whole number from 0 to 9"),
        (["--weights", GAN, "--out", "x.npz", "--condition", "7"], "was never told which digit to draw"),
        (["--weights", TOY, "--out", "x.npz", "--condition", "7"], "was never told which digit to draw"),
        (["--weights", WEIGHTS, "--out", "x.npz"], "cannot be read"),
        (["--weights", "nowhere.safetensors", "--out", "x.npz"], "nowhere.safetensors cannot be read: No such file"),
        (["--weights", GAN, "--n", "1", "--out", WEIGHTS], "Cannot write"),
        (["--weights", GAN, "--n", "1", "--out", f"{GAN}/below.npz"], "Cannot write"),
    ],
)
def test_bad_options_are_one_sentence(options, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert words in complaint(capsys, *options)
    assert list(tmp_path.iterdir()) == []


def test_a_digit_that_was_not_learnt_is_refused(three_digits, capsys, tmp_path):
    said = complaint(capsys, "--weights", three_digits, "--condition", "7", "--out", tmp_path / "x.npz")
    assert said == "--condition must be a digit that this generator has learnt: 3, 5, 8; 7 is not.\n"


GOOD = GAN.read_bytes()
TENSORS, TEXTS = load(GOOD), texts_in(GOOD)


def spoilt(**changes):
    return save({**TENSORS, **changes}, TEXTS)


BAD_FILES = {
    "empty": (b"", "is not a whole .safetensors file"),
    "text": (b"no weights at all", "is not a whole .safetensors file"),
    "pickle": (pickle.dumps({"generator": [1.0]}), "is a pickle"),
    "zipped pickle": (b"PK\x03\x04" + b"x" * 100, "is a pickle"),
    "truncated": (GOOD[: len(GOOD) // 2], "is not a whole .safetensors file"),
    "one byte short": (GOOD[:-1], "is not a whole .safetensors file"),
    "other keys": (save({"weights": TENSORS["generator"]}, TEXTS), "must hold discriminator"),
    "one more key": (spoilt(extra=TENSORS["generator"]), "must hold discriminator"),
    "not finite": (spoilt(generator=np.full_like(TENSORS["generator"], np.nan)), "numbers that are not finite"),
    "float64": (spoilt(generator=TENSORS["generator"].astype(float)), "must be one row of float32"),
    "too few numbers": (spoilt(generator=TENSORS["generator"][:-1]), "no generator that fits its settings"),
    "no settings": (save(TENSORS, {}), "GANscope has not exported it"),
    "wrong settings": (save(TENSORS, {**TEXTS, "config": '{"task": "images", "batch": 0}'}), "has not exported it"),
    "other settings": (
        save(TENSORS, {**TEXTS, "config": to_json(SMALL)}), "no generator that fits its settings"
    ),
    "settings that are no object": (save(TENSORS, {**TEXTS, "config": json.dumps([1])}), "has not exported it"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_sentence(name, capsys, tmp_path):
    data, words = BAD_FILES[name]
    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(data)
    assert words in complaint(capsys, "--weights", weights, "--n", "1", "--out", tmp_path / "x.npz")
    assert list(tmp_path.iterdir()) == [weights]


def test_what_is_too_large_for_the_page_is_read_all_the_same(sample, tmp_path):
    """`train --set g_widths=[1200,1200]` writes more than the 10 MB that the page takes."""
    checkpoints.write(
        tmp_path / "checkpoint.safetensors",
        *trainer_of(ImageConfig(g_widths=(1200, 1200), d_widths=(1200,), images=20)).state(),
    )
    weights = tmp_path / "generator.safetensors"
    weights.write_bytes(generator_of((tmp_path / "checkpoint.safetensors").read_bytes()))
    assert weights.stat().st_size > uploads.LARGEST
    assert sample(weights, "--n", "2")["images"].shape == (2, 28, 28)


def test_a_pickle_is_not_obeyed(capsys, tmp_path):
    class Program:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "obeyed",))

    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(pickle.dumps(Program()))
    complaint(capsys, "--weights", weights, "--out", tmp_path / "x.npz")
    assert not (tmp_path / "obeyed").exists()


def test_bad_input_does_not_wait_for_torch(tmp_path):
    calls = [
        ["--weights", str(CGAN), "--n", "0"],
        ["--weights", "nowhere"],
        ["--weights", str(GAN), "--condition", "1"],
        ["--weights", str(Path(__file__))],
    ]
    code = (
        "import sys; from gan_core.cli import main\n"
        f"for call in {calls!r}: assert main(['sample', *call, '--out', {str(tmp_path / 'x.npz')!r}]) == 2\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

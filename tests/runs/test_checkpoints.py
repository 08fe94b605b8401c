import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from gan_core.runs import checkpoints
from gan_core.runs.checkpoints import CheckpointError


def weights(number: float) -> dict[str, torch.Tensor]:
    return {"weights": torch.full((5,), number), "random": torch.tensor([1, 2], dtype=torch.uint8)}


def test_round_trip(tmp_path):
    checkpoints.save(tmp_path / "run", weights(7), {"config": "{}"})
    tensors, texts = checkpoints.load(tmp_path / "run")
    assert {name: tensor.tolist() for name, tensor in tensors.items()} == {"weights": [7.0] * 5, "random": [1, 2]}
    assert texts == {"config": "{}"}


def test_nothing_saved_is_none(tmp_path):
    assert checkpoints.load(tmp_path / "run") is None


def test_every_flipped_bit_is_noticed_and_the_one_before_is_taken(tmp_path):
    checkpoints.save(tmp_path, weights(1), {})
    (first,) = tmp_path.glob("*.safetensors")
    checkpoints.save(tmp_path, weights(2), {})
    (second,) = set(tmp_path.glob("*.safetensors")) - {first}
    data = bytearray(second.read_bytes())
    for at in range(0, len(data), 5):
        data[at] ^= 1
        second.write_bytes(data)
        tensors, _ = checkpoints.load(tmp_path)
        assert tensors["weights"].tolist() == [1.0] * 5
        data[at] ^= 1


def test_only_the_last_two_are_kept(tmp_path):
    for number in range(5):
        checkpoints.save(tmp_path, weights(number), {})
        time.sleep(0.01)
    assert len(list(tmp_path.iterdir())) == checkpoints.KEPT
    assert checkpoints.load(tmp_path)[0]["weights"][0] == 4


def test_a_truncated_file_is_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    checkpoints.write(path, weights(1), {})
    whole = path.read_bytes()
    for length in range(0, len(whole), 3):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match="damaged"):
            checkpoints.read(path)


def test_killed_while_writing_a_whole_checkpoint_is_there(tmp_path):
    """A process that saves without end is killed at several moments."""
    script = (
        "import sys, torch\nfrom pathlib import Path\nfrom gan_core.runs import checkpoints\nn = 0\n"
        "while True:\n    n += 1\n    checkpoints.save(Path(sys.argv[1]), {'w': torch.full((20000,), float(n))}, {})\n"
        "    print(n, flush=True)\n"
    )
    for pause in (0.0, 0.007, 0.013, 0.029, 0.05):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            env=os.environ | {"PYTHONPATH": os.getcwd()},
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        done = [int(line) for line in process.stdout]
        process.stdout.close()
        process.wait()
        tensors, _ = checkpoints.load(tmp_path)
        assert (tensors["w"] == tensors["w"][0]).all()
        assert tensors["w"][0] >= max(done, default=1)

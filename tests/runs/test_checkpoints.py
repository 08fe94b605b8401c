import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from gan_core.runs import checkpoints
from gan_core.runs.checkpoints import CheckpointError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "checkpoint.safetensors"


def test_round_trip(path):
    tensors = {"weights": torch.arange(5.0), "random": torch.tensor([1, 2], dtype=torch.uint8)}
    sha256 = checkpoints.save(path, tensors, {"config": "{}"})
    read, texts = checkpoints.load(path, sha256)
    assert {name: tensor.tolist() for name, tensor in read.items()} == {"weights": [0, 1, 2, 3, 4], "random": [1, 2]}
    assert texts == {"config": "{}"}


def test_every_flipped_bit_is_noticed(path):
    sha256 = checkpoints.save(path, {"weights": torch.arange(5.0)}, {})
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), 7):
        data[at] ^= 1
        path.write_bytes(data)
        with pytest.raises(CheckpointError, match="not the file that was saved"):
            checkpoints.load(path, sha256)
        data[at] ^= 1


def test_a_truncated_file_is_refused_even_without_its_hash(path):
    checkpoints.save(path, {"weights": torch.arange(5.0)}, {})
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoints.load(path)


def test_killed_while_writing_the_file_is_whole(path):
    """A process that saves without end is killed at many moments: what is there always loads."""
    script = (
        "import sys, torch\nfrom pathlib import Path\nfrom gan_core.runs import checkpoints\nn = 0\n"
        "while True:\n    n += 1\n    checkpoints.save(Path(sys.argv[1]), {'w': torch.full((20000,), float(n))}, {})\n"
    )
    for pause in (0.0, 0.007, 0.013, 0.029, 0.05):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], env=os.environ | {"PYTHONPATH": os.getcwd()}
        )
        deadline = time.monotonic() + 30
        before = path.stat().st_mtime_ns if path.exists() else 0
        while (not path.exists() or path.stat().st_mtime_ns == before) and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
        weights = checkpoints.load(path)[0]["w"]
        assert (weights == weights[0]).all()
        assert weights[0] >= 1

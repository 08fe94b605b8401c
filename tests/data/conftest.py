"""A server that can misbehave in every way, and the archives that it serves."""

import gzip
import os
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty data folder; nothing of this machine's own is met."""
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "*")
    for name in ("GANSCOPE_MNIST", "GANSCOPE_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "data"


@pytest.fixture(scope="session")
def real_root():
    """A root of torchvision in which the files of MNIST lie: named by GANSCOPE_TEST_MNIST, or beside the repository."""
    beside = Path(__file__).parents[3] / "shared" / "mnist"
    root = Path(os.environ.get("GANSCOPE_TEST_MNIST") or beside)
    if not (root / "MNIST" / "raw" / FILES[0]).exists():
        pytest.skip("MNIST is not here: name a root of torchvision.datasets.MNIST in GANSCOPE_TEST_MNIST")
    return root


def idx_of(data):
    """`data` [n] or [n, 784] of bytes as a file of MNIST."""
    shape = (len(data), 28, 28) if data.ndim == 2 else data.shape
    return struct.pack(f">{len(shape) + 1}I", 0x800 + len(shape), *shape) + data.tobytes()


def small_files():
    """Twenty training and ten test images of noise."""
    rng, files = np.random.default_rng(0), {}
    for part, count in (("train", 20), ("t10k", 10)):
        files[f"{part}-images-idx3-ubyte"] = idx_of(rng.integers(0, 256, (count, 784), dtype=np.uint8))
        files[f"{part}-labels-idx1-ubyte"] = idx_of((np.arange(count) % 10).astype(np.uint8))
    return files


def packed(files):
    return {f"{name}.gz": gzip.compress(data, compresslevel=1, mtime=0) for name, data in files.items()}


@pytest.fixture(scope="session")
def archives():
    """Small ones: name to bytes."""
    return packed(small_files())


@pytest.fixture(scope="session")
def real_archives(real_root):
    """The real images. The bytes of the archives are not those of the servers, so their checksums are others."""
    return packed({name: (real_root / "MNIST" / "raw" / name).read_bytes() for name in FILES})


class Answer(BaseHTTPRequestHandler):
    server: "Mirror"

    def do_GET(self):
        wish = self.headers.get("Range", "")
        name = self.path.rsplit("/", 1)[-1]
        self.server.asked.append((name, wish))
        fault = self.server.faults.pop(0) if self.server.faults else self.server.habit
        start = int(wish.removeprefix("bytes=").removesuffix("-")) if wish else 0
        fault(self, self.server.files.get(name, b""), start)

    def head(self, status, length=None, **more):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format, *args):
        pass


Fault = Callable[[Answer, bytes, int], None]


def good(answer, data, start):
    if start >= len(data):
        answer.head(416, 0)
        return
    answer.head(206 if start else 200, len(data) - start, Content_Range=f"bytes {start}-{len(data) - 1}/{len(data)}")
    answer.wfile.write(data[start:])


class Mirror(ThreadingHTTPServer):
    """Serves `files`. `faults` are its next answers, `habit` all that come after; `asked` is what it was asked."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes], *faults: Fault, habit: Fault = good) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.faults, self.habit = files, list(faults), habit
        self.asked: list[tuple[str, str]] = []
        self.is_over = threading.Event()  # what stalls, stalls until then
        self.url = f"http://127.0.0.1:{self.server_address[1]}/MNIST/raw/"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request, client_address):
        """A client that has gone away is no error of the server."""

    def end(self):
        self.is_over.set()
        self.shutdown()
        self.server_close()


@pytest.fixture
def serve():
    """serve(files, fault, ..., habit=fault): a server for this test."""
    begun = []

    def make(*args, **rest):
        begun.append(Mirror(*args, **rest))
        return begun[-1]

    yield make
    for mirror in begun:
        mirror.end()

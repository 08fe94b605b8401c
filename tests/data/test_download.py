"""A whole set from servers that fail, unpacked by torchvision itself."""

import hashlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections import namedtuple

import faults
import numpy as np
import pytest

from gan_core.data import idx, is_here, load
from gan_core.data.download import Source, download, main, official
from gan_core.data.fetching import ENDED, REFUSED, STALLED, UNREACHABLE, WRONG
from gan_core.data.folder import torchvision_root
from gan_core.data.lock import only_one
from gan_core.data.sets import SETS, DataError
from gan_core.data.torchvision_door import image_sets
from gan_core.runs.downloads import Downloads
from gan_core.runs.wire import child_environment

MNIST = SETS["mnist"]


def source(archives, *mirrors):
    urls = (mirror if isinstance(mirror, str) else mirror.url for mirror in mirrors)
    return Source(tuple(urls), tuple(checksums(archives)))


def checksums(archives):
    return [(name, hashlib.md5(data).hexdigest()) for name, data in archives.items()]


def get(archives, *mirrors, patience=5.0):
    """What was told."""
    told = []
    download(MNIST, source(archives, *mirrors), told.append, patience)
    return told


def raw():
    return torchvision_root() / "MNIST" / "raw"


def pairs(images):
    """Each image with its digit, whatever the order."""
    return sorted(row.tobytes() + bytes([digit]) for row, digit in zip(images.images, images.digits, strict=True))


def test_the_real_images_arrive(serve, real_archives, real_root):
    mirror = serve(real_archives, faults.truncates, faults.stalls)
    assert not is_here("mnist")
    told = get(real_archives, mirror, patience=0.5)
    assert is_here("mnist")
    for part, count in (("train", 60_000), ("test", 10_000)):
        there, expected = load("mnist", part=part), idx.read(real_root / "MNIST" / "raw", part)
        assert len(there) == count
        assert pairs(there) == pairs(expected)
    assert [wish[:6] for _, wish in mirror.asked] == ["", "bytes=", "bytes=", "", "", ""]
    assert [line["state"] for line in told] == ["running"] * (len(told) - 1) + ["unpacking"]
    size = sum(map(len, real_archives.values()))
    done = [line["done"] for line in told[:-1]]
    assert done == sorted(done) and 0 < done[0] < done[-1] <= size
    assert all(line["done"] <= line["total"] for line in told)
    assert told[0]["file"] == "train-images-idx3-ubyte.gz" and told[0]["mirror"] == mirror.url


def test_what_is_here_is_not_fetched_again(serve, archives):
    mirror = serve(archives)
    get(archives, mirror)
    get(archives, mirror)
    assert [name for name, _ in mirror.asked] == list(archives)
    assert list(raw().glob("*.part")) == []


def test_the_next_mirror_goes_on_with_what_the_first_one_left(serve, archives):
    first, second = serve(archives, habit=faults.stalls), serve(archives)
    get(archives, first, second, patience=0.2)
    assert load("mnist").images.shape == (20, 784)
    assert second.asked[0][1].startswith("bytes=")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.missing, REFUSED),
        (faults.corrupts, WRONG),
        (faults.truncates_anew, ENDED),
        (faults.keeps_silent, STALLED),
        (faults.says_nonsense, UNREACHABLE),
    ],
)
def test_no_mirror_helps(serve, archives, fault, reason):
    bad, worse = serve(archives, habit=fault), serve(archives, habit=faults.missing)
    with pytest.raises(DataError) as met:
        get(archives, bad, worse, patience=0.2)
    assert str(met.value) == (
        f"MNIST could not be downloaded: {reason} (127.0.0.1:{bad.server_address[1]}). What has come is kept: "
        "try again later, or choose the 5,000 embedded digits."
    )
    assert len(worse.asked) == 1
    assert not is_here("mnist")


@pytest.mark.parametrize("mirror", ["http://teacher:secret@[::1/MNIST/raw/", "nowhere"])
def test_a_mirror_that_is_no_address(archives, mirror):
    with pytest.raises(DataError, match=UNREACHABLE) as met:
        get(archives, mirror)
    assert "secret" not in str(met.value)


def test_a_damaged_archive_is_fetched_again(serve, archives):
    mirror = serve(archives)
    get(archives, mirror)
    damaged = raw() / "t10k-images-idx3-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    get(archives, mirror)
    assert mirror.asked[4:] == [(damaged.name, "")]


def test_half_an_unpacked_file_is_unpacked_again(serve, archives):
    mirror = serve(archives)
    get(archives, mirror)
    expected = load("mnist").images
    unpacked = raw() / "train-images-idx3-ubyte"
    unpacked.write_bytes(unpacked.read_bytes()[:5000])
    get(archives, mirror)
    assert np.array_equal(load("mnist").images, expected)


def test_two_at_once(serve, archives):
    raw().mkdir(parents=True)
    with only_one(raw() / "download.lock"), pytest.raises(DataError, match=r"^MNIST is being downloaded already\.$"):
        get(archives, serve(archives))
    get(archives, serve(archives))


def test_a_disk_without_room(serve, archives, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**9, 10**9 - 10**8, 10**8))
    mirror = serve(archives)
    with pytest.raises(DataError, match=r"^The disk is full: MNIST needs 121 MB in .*raw\.$"):
        get(archives, mirror)
    assert mirror.asked == []


def test_a_disk_that_fills_up_while_fetching(serve, archives):
    raw().mkdir(parents=True)
    (raw() / "train-images-idx3-ubyte.gz.part").symlink_to("/dev/full")
    with pytest.raises(DataError, match=r"^The disk is full"):
        get(archives, serve(archives))


def test_a_disk_that_fills_up_while_unpacking(serve, archives):
    raw().mkdir(parents=True)
    (raw() / "train-images-idx3-ubyte").mkdir()  # nothing can be written there, either
    with pytest.raises(DataError, match=r"^Nothing can be written in .*raw: .*irectory"):
        get(archives, serve(archives))
    assert not is_here("mnist")


def test_a_folder_that_cannot_be_made(folder, serve, archives):
    folder.write_text("a file")
    with pytest.raises(DataError, match=r"^Nothing can be written in"):
        get(archives, serve(archives))


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "kmnist"])
def test_torchvision_knows_where(name):
    known = official(SETS[name])
    assert len(known.files) == 4 and all(len(md5) == 32 for _, md5 in known.files)
    assert [file.removesuffix(".gz") for file, _ in known.files[::2]] == [
        "train-images-idx3-ubyte", "t10k-images-idx3-ubyte"
    ]  # fmt: skip
    assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in known.mirrors)


def test_the_checksums_of_mnist():
    """Those that torchvision has had since its version 0.9."""
    assert official(MNIST).files[0] == ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873")
    assert official(MNIST).files[3] == ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c")


@pytest.mark.parametrize("address", ["http://teacher:8000", "http://teacher:8000/"])
def test_a_mirror_of_ones_own(monkeypatch, address):
    monkeypatch.setenv("GANSCOPE_MIRROR", address)
    assert official(MNIST).mirrors == ("http://teacher:8000/MNIST/raw/",)
    assert official(SETS["kmnist"]).mirrors == ("http://teacher:8000/KMNIST/raw/",)


def test_one_machine_serves_what_it_has_downloaded(serve, archives, tmp_path, monkeypatch):
    get(archives, serve(archives))
    copies = {name: (raw() / name).read_bytes() for name in archives}
    monkeypatch.setenv("GANSCOPE_DATA", str(tmp_path / "other"))
    get(archives, serve(copies))
    assert load("mnist").images.shape == (20, 784)


def test_the_command_says_in_lines_of_json_what_it_does(serve, archives, capsys):
    assert main(["mnist"], lambda chosen: source(archives, serve(archives))) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["state"] for line in lines[-2:]] == ["unpacking", "done"]
    assert lines[0].keys() == {"state", "file", "done", "total", "mirror"}


def test_the_command_fails_with_one_sentence(serve, archives, capsys):
    assert main(["mnist"], lambda chosen: source(archives, serve({}, habit=faults.missing))) == 1
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line["state"] == "failed"
    assert line["template"].format(**line["values"]).startswith("MNIST could not be downloaded: the server does not")


def test_the_command_as_a_process(serve, archives):
    """With the checksums of torchvision, which small archives do not have: they are refused. The import is silent."""
    mirror = serve(archives)
    environment = child_environment() | {"GANSCOPE_MIRROR": mirror.url.removesuffix("/MNIST/raw/")}
    answer = subprocess.run(
        [sys.executable, "-m", "gan_core.data.download", "mnist"], env=environment, capture_output=True, text=True
    )
    assert answer.returncode == 1, answer.stderr
    assert answer.stderr == ""
    assert json.loads(answer.stdout.splitlines()[-1])["values"]["reason"] == WRONG
    assert len(mirror.asked) == 1


def test_what_torchvision_reads(real_root):
    """The same images as our own reader gives."""
    for part in ("train", "test"):
        known = image_sets().MNIST(real_root, train=part == "train")
        ours = idx.read(real_root / "MNIST" / "raw", part)
        assert np.array_equal(known.data.numpy().reshape(-1, 784), ours.images)
        assert np.array_equal(known.targets.numpy(), ours.digits)


SCRIPT = """
import sys
from gan_core.data.download import Source, main
sys.exit(main(sys.argv[1:], lambda chosen: Source(({mirror!r},), {files!r})))
"""


def command(archives, mirror):
    return [sys.executable, "-c", SCRIPT.format(mirror=mirror.url, files=tuple(checksums(archives)))]


def wait(watched, condition):
    deadline = time.monotonic() + 60
    while not condition(watched.progress("mnist")):
        assert time.monotonic() < deadline, watched.progress("mnist")
        threading.Event().wait(0.01)


def test_cancelled_and_taken_up_again(serve, real_archives):
    """Through the processes that a page starts: half of the first file comes, the user cancels, then tries again."""
    mirror = serve(real_archives, faults.stalls)
    watched = Downloads(command(real_archives, mirror))
    half = len(real_archives["train-images-idx3-ubyte.gz"]) // 2
    part = raw() / "train-images-idx3-ubyte.gz.part"
    watched.begin("mnist")
    wait(watched, lambda progress: part.exists() and part.stat().st_size > half - 100_000)
    watched.cancel("mnist")
    assert watched.progress("mnist").state == "cancelled"
    kept = part.stat().st_size
    assert not is_here("mnist")
    watched.begin("mnist")
    wait(watched, lambda progress: not progress.is_going)
    assert watched.progress("mnist").state == "done"
    assert watched._begun["mnist"]._process.wait(timeout=20) == 0
    assert mirror.asked[1] == ("train-images-idx3-ubyte.gz", f"bytes={kept}-")
    assert len(load("mnist")) == 60_000

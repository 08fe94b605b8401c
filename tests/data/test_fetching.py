"""One file from a server that fails in every way that servers do."""

import errno
import hashlib
import socket
import time

import faults
import numpy as np
import pytest

from gan_core.data.fetching import ENDED, REFUSED, STALLED, UNREACHABLE, WRONG, Trouble, fetch

DATA = np.random.default_rng(1).integers(0, 256, 200_000, dtype=np.uint8).tobytes()
MD5 = hashlib.md5(DATA).hexdigest()
FILES = {"file.gz": DATA}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.gz"


@pytest.fixture
def part(tmp_path):
    return tmp_path / "file.gz.part"


def get(mirror, path, report=lambda here: None, patience=5.0):
    fetch(mirror.url + "file.gz", path, MD5, report, patience)


def assert_here(path, part):
    assert path.read_bytes() == DATA
    assert not part.exists()


def test_a_good_server(serve, path, part):
    reported = []
    get(serve(FILES), path, reported.append)
    assert_here(path, part)
    assert reported[-1] == len(DATA) and reported == sorted(set(reported))


@pytest.mark.parametrize(
    "fault", [faults.truncates, faults.stalls, faults.says_too_much, faults.says_no_length, faults.redirects]
)
def test_faults_that_are_survived(serve, path, part, fault):
    get(serve(FILES, fault), path, patience=0.3)
    assert_here(path, part)


def test_a_cut_transfer_is_taken_up_where_it_ended(serve, path, part):
    mirror = serve(FILES, faults.truncates, faults.truncates)
    get(mirror, path)
    assert_here(path, part)
    assert [wish for _, wish in mirror.asked] == ["", "bytes=100000-", "bytes=150000-"]


def test_a_server_that_always_cuts_is_asked_as_long_as_something_comes(serve, path, part):
    mirror = serve(FILES, habit=faults.gives_little)
    get(mirror, path)
    assert_here(path, part)
    assert len(mirror.asked) == 20


def test_a_server_that_gives_next_to_nothing(serve, path, part):
    mirror = serve(FILES, habit=faults.gives_next_to_nothing)
    with pytest.raises(Trouble, match=ENDED):
        get(mirror, path)
    assert len(mirror.asked) == 1


def test_a_server_that_stalls_again_is_given_up(serve, path, part):
    mirror = serve(FILES, habit=faults.stalls)
    with pytest.raises(Trouble, match=STALLED):
        get(mirror, path, patience=0.2)
    assert [wish for _, wish in mirror.asked] == ["", "bytes=100000-"]
    assert part.stat().st_size == 150_000


def test_a_server_that_never_gets_further(serve, path, part):
    mirror = serve(FILES, habit=faults.truncates_anew)
    with pytest.raises(Trouble, match=ENDED):
        get(mirror, path)
    assert len(mirror.asked) == 2
    assert part.stat().st_size == 100_000


@pytest.mark.parametrize("fault", [faults.ignores_range, faults.begins_elsewhere])
def test_a_server_that_does_not_go_on(serve, path, part, fault):
    part.write_bytes(DATA[:70_000])
    mirror = serve(FILES, fault)
    get(mirror, path)
    assert_here(path, part)
    assert mirror.asked == [("file.gz", "bytes=70000-")]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.corrupts, WRONG),
        (faults.welcomes, WRONG),
        (faults.says_too_little, WRONG),
        (faults.missing, REFUSED),
        (faults.forbids, REFUSED),
        (faults.breaks, REFUSED),
        (faults.says_nonsense, UNREACHABLE),
        (faults.keeps_silent, STALLED),
        (faults.trickles, STALLED),
    ],
)
def test_faults_that_are_named(serve, path, fault, reason):
    begun = time.monotonic()
    with pytest.raises(Trouble, match=reason):
        get(serve(FILES, habit=fault), path, patience=0.3)
    assert not path.exists()
    assert time.monotonic() - begun < 3


def test_wrong_bytes_are_not_kept(serve, path, part):
    with pytest.raises(Trouble, match=WRONG):
        get(serve(FILES, habit=faults.corrupts), path)
    assert not part.exists()


@pytest.mark.parametrize("fault", [faults.missing, faults.keeps_silent])
def test_what_came_is_kept(serve, path, part, fault):
    part.write_bytes(DATA[:70_000])
    with pytest.raises(Trouble):
        get(serve(FILES, habit=fault), path, patience=0.3)
    assert part.read_bytes() == DATA[:70_000]


def test_wrong_bytes_from_before_cost_a_second_transfer(serve, path, part):
    part.write_bytes(bytes(70_000))
    mirror = serve(FILES)
    get(mirror, path)
    assert_here(path, part)
    assert [wish for _, wish in mirror.asked] == ["bytes=70000-", ""]


@pytest.mark.parametrize("there", [DATA, DATA + b"more", bytes(len(DATA))])
def test_nothing_is_left_to_send(serve, path, part, there):
    part.write_bytes(there)
    get(serve(FILES), path)
    assert_here(path, part)


def test_nobody_answers(path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Trouble, match=UNREACHABLE):
        fetch(f"http://127.0.0.1:{port}/file.gz", path, MD5, lambda here: None, 1.0)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "mirror", "http://", "ftp://127.0.0.1/file.gz", "http://[::1"])
def test_an_address_that_is_none(path, url):
    with pytest.raises(Trouble, match=UNREACHABLE):
        fetch(url, path, MD5, lambda here: None, 1.0)


def test_a_full_disk_is_no_fault_of_the_server(serve, path, part):
    part.symlink_to("/dev/full")
    with pytest.raises(OSError) as met:
        get(serve(FILES), path)
    assert met.value.errno == errno.ENOSPC

"""One process at a time. The system itself lets go of the lock when a process ends, however it ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Taken(Exception):
    """Another process holds the lock."""


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock that the file `path` stands for. Raises Taken at once if somebody else has it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        try:
            _take(file)
        except OSError:
            raise Taken from None
        yield
    finally:
        os.close(file)


def _take(file: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # pyright: ignore[reportAttributeAccessIssue]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

"""One file from one server: what has come is kept and the rest asked for, until the checksum is right."""

import hashlib
import http.client
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

UNREACHABLE = "the server cannot be reached"
REFUSED = "the server does not have the file"
STALLED = "the server stopped sending"
ENDED = "the server ended the transfer early"
WRONG = "the file that came is damaged: its checksum is wrong"
REASONS = (UNREACHABLE, REFUSED, STALLED, ENDED, WRONG)

CHUNK = 64 * 1024
LEAST = 1024  # bytes that have to come while `patience` lasts, and from each transfer: else the server has stopped
STALLS = 2  # transfers that may stall before the server is given up

Report = Callable[[int], None]  # bytes of the file that are here


class Trouble(Exception):
    """A server did not give the file: one of `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def fetch(url: str, path: Path, md5: str, report: Report, patience: float) -> None:
    """`path`, from `url`. A transfer that ends early is taken up where it ended, as long as something comes.

    Parameters
    ----------
    url
        Where the file is.
    path
        Where it shall be. Until it is whole, it is `path` with `.part` at the end, from whichever server.
    md5
        Its checksum, in hexadecimal digits. It decides, whatever lengths the server tells.
    report
        Told how many bytes are here.
    patience
        Seconds in which a server has to send something.

    Raises
    ------
    Trouble
        This server does not give the file; another may. What came is kept unless it is wrong.
    OSError
        The disk is full, or nothing can be written there.
    """
    part, stalls = path.with_name(path.name + ".part"), 0
    while True:
        begun, trouble = _size(part), None
        try:
            _transfer(url, part, begun, report, patience)
        except Trouble as met:
            trouble = met
        if part.exists() and checksum(part) == md5:
            os.replace(part, path)
            return
        if trouble is None:
            part.unlink(missing_ok=True)
            if begun == 0:
                raise Trouble(WRONG)
        else:
            stalls += trouble.reason == STALLED
            if stalls == STALLS or _size(part) < begun + LEAST:
                raise trouble


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _transfer(url: str, part: Path, begun: int, report: Report, patience: float) -> None:
    """Add to `part` what the server has beyond its first `begun` bytes; all anew if it knows nothing of ranges."""
    if not url.startswith(("http://", "https://")):
        raise Trouble(UNREACHABLE)
    answer = _ask(url, begun, patience)
    if answer is None:
        return
    with answer:
        goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {begun}-")
        length = answer.headers.get("Content-Length", "")
        here = begun if goes_on else 0
        total = here + int(length) if length.isdecimal() else 0
        with part.open("ab" if goes_on else "wb") as file:
            for piece in _pieces(answer, patience):
                file.write(piece)
                here += len(piece)
                report(here)
    if here < total:
        raise Trouble(ENDED)


def _ask(url: str, begun: int, patience: float) -> http.client.HTTPResponse | None:
    """The server's answer; None if it says that there is nothing beyond `begun`."""
    headers = {"User-Agent": "GANscope", "Accept-Encoding": "identity"}
    if begun:
        headers["Range"] = f"bytes={begun}-"
    try:
        return urlopen(Request(url, headers=headers), timeout=patience)
    except HTTPError as error:
        error.close()
        if error.code == 416:
            return None
        raise Trouble(REFUSED) from error
    except TimeoutError:
        raise Trouble(STALLED) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Trouble(UNREACHABLE) from error


def _pieces(answer: http.client.HTTPResponse, patience: float) -> Iterator[bytes]:
    """The bytes as they come. Errors of the network become Trouble; those of the disk are not met here."""
    since, came = time.monotonic(), 0
    while True:
        try:
            piece = answer.read1(CHUNK)
        except TimeoutError:
            raise Trouble(STALLED) from None
        except (OSError, http.client.HTTPException) as error:
            raise Trouble(ENDED) from error
        if not piece:
            return
        yield piece
        came += len(piece)
        if time.monotonic() - since > patience:
            if came < LEAST:
                raise Trouble(STALLED)
            since, came = time.monotonic(), 0

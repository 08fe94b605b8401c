"""`python -m gan_core.data.download mnist`: bring an image set to this machine.

A process of its own, since it imports torch and torchvision. It writes a line of JSON for each bit of progress: state,
file, done and total (bytes of the whole set), mirror; and at the end one with state "done", or one with state
"failed", a `template` and its `values`. It may be ended at any moment: what has come is kept, and the next one goes on
from there.

GANSCOPE_MIRROR may name another server, in a class room for example, in place of those that torchvision knows. Any
machine that has downloaded a set can be that server: `python -m http.server -d DATA/images/torchvision`, where DATA is
the data folder; the files are looked for at `GANSCOPE_MIRROR/MNIST/raw/`.
"""

import argparse
import errno
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_core.data import fetching, idx, stored
from gan_core.data.fetching import Trouble
from gan_core.data.folder import images_folder, torchvision_root
from gan_core.data.lock import Taken, only_one
from gan_core.data.sets import PIXELS, SETS, DataError, ImageSet, LabelledImages

PATIENCE = 20.0  # seconds in which a server has to send something
EACH = 0.1  # seconds between two lines of progress

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Source:
    """Where the files of a set are: servers, in the order in which they are asked, and (file, md5) pairs."""

    mirrors: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


def official(chosen: ImageSet) -> Source:
    """As torchvision knows it; the servers may be replaced by GANSCOPE_MIRROR."""
    from gan_core.data.torchvision_door import image_sets

    known = getattr(image_sets(), chosen.archive)
    ours = os.environ.get("GANSCOPE_MIRROR")
    mirrors = (f"{ours.rstrip('/')}/{chosen.archive}/raw/",) if ours else tuple(known.mirrors)
    return Source(mirrors, tuple(known.resources))


def download(chosen: ImageSet, source: Source, tell: Tell, patience: float = PATIENCE) -> None:
    """Fetch what is missing, unpack it by torchvision, and write the file that `load` reads. Raises DataError."""
    folder = torchvision_root() / chosen.archive / "raw"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with only_one(folder / "download.lock"):
            _make_sure_of_room(chosen, folder)
            _fetch_all(chosen, source, folder, tell, patience)
            tell({"state": "unpacking", "file": "", "done": chosen.bytes, "total": chosen.bytes, "mirror": ""})
            parts = _unpack(chosen, source, folder)
            stored.write(images_folder() / f"{chosen.name}.npz", parts)
    except Taken:
        raise DataError("data", "{title} is being downloaded already.", title=chosen.title) from None
    except OSError as error:
        raise _about_the_disk(error, chosen, folder) from error


def _fetch_all(chosen: ImageSet, source: Source, folder: Path, tell: Tell, patience: float) -> None:
    before = 0
    for file, md5 in source.files:
        path = folder / file
        if not (path.exists() and fetching.checksum(path) == md5):
            _fetch(chosen, source, path, md5, _teller(chosen, file, before, tell), patience)
        before += path.stat().st_size


def _fetch(chosen: ImageSet, source: Source, path: Path, md5: str, tell_of: Callable, patience: float) -> None:
    """From the first mirror that gives it. If none does, the first one's reason is told: the others stand in for it."""
    troubles = []
    for mirror in source.mirrors:
        try:
            fetching.fetch(mirror + path.name, path, md5, tell_of(mirror), patience)
            return
        except Trouble as trouble:
            troubles.append((trouble.reason, _host(mirror)))
    reason, server = troubles[0]
    raise DataError(
        "data",
        "{title} could not be downloaded: {reason} ({server}). What has come is kept: "
        "try again later, or choose the 5,000 embedded digits.",
        title=chosen.title, reason=reason, server=server,
    )  # fmt: skip


def _host(mirror: str) -> str:
    """What a reader may see of an address: no name, no password."""
    return mirror.partition("//")[2].partition("/")[0].rpartition("@")[2]


def _teller(chosen: ImageSet, file: str, before: int, tell: Tell) -> Callable[[str], fetching.Report]:
    """Progress of one file, told as progress of the set, and not too often."""
    last = [0.0]

    def of(mirror: str) -> fetching.Report:
        def report(here: int) -> None:
            if time.monotonic() - last[0] >= EACH:
                last[0] = time.monotonic()
                done = before + here
                total = max(done, chosen.bytes)
                tell({"state": "running", "file": file, "done": done, "total": total, "mirror": mirror})

        return report

    return of


def _unpack(chosen: ImageSet, source: Source, folder: Path) -> dict[str, LabelledImages]:
    """By torchvision's own code, which finds the archives, checks them once more and parses them."""
    from gan_core.data.torchvision_door import image_sets

    for file, _ in source.files:
        (folder / file).with_suffix("").unlink(missing_ok=True)  # it would take half a file for a whole one
    known = getattr(image_sets(), chosen.archive)
    itself = type(chosen.archive, (known,), {"mirrors": list(source.mirrors), "resources": list(source.files)})
    parts = {}
    for part in idx.PARTS:
        found = itself(torchvision_root(), train=part == "train", download=True)
        parts[part] = LabelledImages(found.data.numpy().reshape(-1, PIXELS), found.targets.numpy().astype("uint8"))
    return parts


def _make_sure_of_room(chosen: ImageSet, folder: Path) -> None:
    if shutil.disk_usage(folder).free < _room(chosen):
        raise OSError(errno.ENOSPC, "full")


def _room(chosen: ImageSet) -> int:
    """Bytes: the archives, and twice the images: as they are unpacked, and as they are loaded."""
    return chosen.bytes + 2 * PIXELS * (chosen.train + chosen.test)


def _about_the_disk(error: OSError, chosen: ImageSet, folder: Path) -> DataError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DataError(
            "data", "The disk is full: {title} needs {megabytes} MB in {value}.",
            title=chosen.title, megabytes=round(_room(chosen) / 1e6), value=str(folder),
        )  # fmt: skip
    return DataError(
        "data", "Nothing can be written in {value}: {reason}.", value=str(folder), reason=error.strerror or str(error)
    )


def main(arguments: list[str], source_of: Callable[[ImageSet], Source] = official) -> int:
    """The exit status: 0, or 1 if the set could not be had."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_core.data.download", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("name", choices=[name for name, row in SETS.items() if not row.is_embedded])
    parser.add_argument("--watch-stdin", action="store_true", help="end as soon as the standard input is closed")
    given = parser.parse_args(arguments)
    if given.watch_stdin:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    chosen = SETS[given.name]
    try:
        download(chosen, source_of(chosen), _print)
    except DataError as error:
        _print({"state": "failed", "template": error.template, "values": error.values})
        return 1
    _print({"state": "done", "file": "", "done": chosen.bytes, "total": chosen.bytes, "mirror": ""})
    return 0


def _print(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def _end_with_stdin() -> None:
    """The server that wanted the images is gone. `sys.stdin` is not asked: its lock would spoil an ordinary end."""
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

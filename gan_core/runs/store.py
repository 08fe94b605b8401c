"""What outlives a process: a registry of runs and their thinned histories in SQLite, one folder of weights for each."""

import re
import shutil
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gan_core.data.folder import data_folder

KEPT = 200  # runs; older ones are removed when a new one begins

_TABLES = """
create table if not exists runs (
    id text primary key, config text not null, status text not null, changes text not null,
    begun real not null, touched real not null
);
create table if not exists frames (
    run text not null references runs(id) on delete cascade, number integer not null, data blob not null,
    primary key (run, number)
) without rowid;
"""


@dataclass(frozen=True)
class StoredRun:
    id: str
    config: str  # JSON
    status: str  # JSON, as it was last told
    changes: str  # JSON: [[step, field, value], ...]


def weights_folder(run: str, data: Path | None = None) -> Path:
    """Where the checkpoints of a run lie. Whatever `run` is, it is a folder in there and nowhere else."""
    return (data or data_folder()) / "runs" / re.sub(r"[^\w-]", "_", run)


class Store:
    """One process writes: the host. A transaction for each change, so that a kill at any moment loses at most one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "ganscope.sqlite3", isolation_level=None)
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=normal; pragma foreign_keys=on;" + _TABLES)

    def weights(self, run: str) -> Path:
        """The folder of its checkpoints."""
        return weights_folder(run, self.folder)

    def begin(self, run: str, config: str, keep: Collection[str] = ()) -> None:
        """A new run. The oldest ones make room for it, but none of those in `keep`."""
        now = time.time()
        self._db.execute("insert or replace into runs values (?, ?, '{}', '[]', ?, ?)", (run, config, now, now))
        self._prune({run, *keep})

    def update(self, run: str, status: str) -> None:
        """`status`, as JSON, is what will be known of the run when nothing else is."""
        self._db.execute("update runs set status=?, touched=? where id=?", (status, time.time(), run))

    def saved(self, run: str, config: str, changes: str, frames: Iterable[tuple[int, bytes]]) -> None:
        """A checkpoint is on disk: remember the history that led to it."""
        with self._transaction():
            self._db.execute(
                "update runs set config=?, changes=?, touched=? where id=?",
                (config, changes, time.time(), run),
            )
            now = dict(frames)
            there = {number for (number,) in self._db.execute("select number from frames where run=?", (run,))}
            gone, new = there - now.keys(), now.keys() - there
            self._db.executemany("delete from frames where run=? and number=?", ((run, number) for number in gone))
            rows = ((run, number, now[number]) for number in sorted(new))
            self._db.executemany("insert into frames values (?, ?, ?)", rows)

    def find(self, run: str) -> StoredRun | None:
        row = self._db.execute("select id, config, status, changes from runs where id=?", (run,)).fetchone()
        return StoredRun(*row) if row else None

    def frames(self, run: str) -> list[tuple[int, bytes]]:
        return self._db.execute("select number, data from frames where run=? order by number", (run,)).fetchall()

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("begin")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def _prune(self, keep: set[str]) -> None:
        old = self._db.execute("select id from runs order by touched desc limit -1 offset ?", (KEPT,)).fetchall()
        for run in {run for (run,) in old} - keep:
            self._db.execute("delete from runs where id=?", (run,))
            shutil.rmtree(self.weights(run), ignore_errors=True)

import sqlite3

import pytest

from gan_core.runs import store as store_module
from gan_core.runs.store import Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def test_a_run_is_found_again_by_another_process(store, tmp_path):
    store.begin("a", '{"seed": 1}')
    store.update("a", '{"step": 40}')
    store.saved("a", '{"seed": 2}', '[[10, "g_lr", 0.1]]', [(0, b"first"), (5, b"second")])
    other = Store(tmp_path)
    run = other.find("a")
    assert run is not None
    assert (run.config, run.changes, run.status) == (
        '{"seed": 2}',
        '[[10, "g_lr", 0.1]]',
        '{"step": 40}',
    )
    assert other.frames("a") == [(0, b"first"), (5, b"second")]
    other.close()


def test_an_unknown_run_is_none(store):
    assert store.find("../../etc/passwd") is None
    assert store.frames("nothing") == []


def test_a_history_is_replaced_not_appended(store):
    store.begin("a", "{}")
    store.saved("a", "{}", "[]", [(0, b"old"), (1, b"old")])
    store.saved("a", "{}", "[]", [(2, b"new")])
    assert store.frames("a") == [(2, b"new")]


def test_the_oldest_runs_make_room(store, monkeypatch):
    monkeypatch.setattr(store_module, "KEPT", 3)
    for name in "abcde":
        store.begin(name, "{}")
        store.weights(name).mkdir(parents=True)
        store.saved(name, "{}", "[]", [(0, b"frame")])
    assert [name for name in "abcde" if store.find(name)] == ["c", "d", "e"]
    assert store.frames("a") == []
    assert not store.weights("a").exists()
    assert store.weights("e").exists()


def test_a_run_that_is_going_on_is_never_removed(store, monkeypatch):
    monkeypatch.setattr(store_module, "KEPT", 2)
    for name in "abcd":
        store.begin(name, "{}", keep={"a"})
    assert [name for name in "abcd" if store.find(name)] == ["a", "c", "d"]


def test_a_failed_save_leaves_what_was_there(store):
    store.begin("a", "{}")
    store.saved("a", "{}", "[]", [(0, b"kept")])
    with pytest.raises(sqlite3.IntegrityError):
        store.saved("a", "{}", "[]", [(0, b"kept"), (1, None)])
    assert store.frames("a") == [(0, b"kept")]

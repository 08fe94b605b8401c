"""The import of torchvision, with a compiled part that fits and with one that does not."""

import sys

import pytest

from gan_core.data import SETS, DataError
from gan_core.data import torchvision_door as door


def test_the_sets_that_the_table_names():
    for row in SETS.values():
        assert row.is_embedded or hasattr(door.image_sets(), row.archive)


def test_twice_is_once():
    assert door.image_sets() is door.image_sets()


def test_a_package_that_is_missing(monkeypatch):
    monkeypatch.setattr(door, "find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "torchvision", None)
    monkeypatch.setitem(sys.modules, "torchvision.datasets", None)
    with pytest.raises(DataError, match=r"^The package torchvision, .*, cannot be imported: import of torchvision"):
        door.image_sets.__wrapped__()


@pytest.mark.parametrize(("content", "loads"), [(b"no library", False), (None, False)])
def test_whether_a_compiled_part_loads(tmp_path, content, loads):
    if content is not None:
        (tmp_path / "_C.so").write_bytes(content)
    assert door._loads(tmp_path) == loads

import os

import pytest

from gan_core.runs.engine import LocalEngine


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """The real one, with a host and a data folder of its own."""
    os.environ["GANSCOPE_DATA"] = str(tmp_path_factory.mktemp("data"))
    engine = LocalEngine()
    engine.open()
    yield engine
    engine.close()
    del os.environ["GANSCOPE_DATA"]

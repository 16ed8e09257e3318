"""A store for the tests of the pool."""

import pytest
from pooling import filled


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A small store, which is only read."""
    return filled(tmp_path_factory.mktemp("pool") / "store")

"""One query, as a command asks it."""

import io
import json

import pytest
from pooling import ENDLESS, filled

from kg.errors import QueryTimeout
from kg.store.one_query import query_embedded
from kg.store.pool.core.limits import PoolLimits


def test_query_embedded(tmp_path):
    """A command asks one query of a store and writes the answer where it likes."""
    folder = filled(tmp_path / "store")
    out = io.BytesIO()
    assert query_embedded(folder, "ASK { ?s ?p ?o }", out, format="json") == "application/sparql-results+json"
    assert json.loads(out.getvalue())["boolean"] is True
    with pytest.raises(QueryTimeout):
        query_embedded(folder, ENDLESS, out, limits=PoolLimits(size=1, deadline=0.3))

"""Update of a store."""

from contextlib import closing

import pytest
from graphs import lines_of
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from kg.errors import PublishError
from kg.store.triples import store_update
from kg.store.triples.patch import ThingPatch, difference
from kg.store.triples.store_update import StoreUpdate

GRAPH = {f"record/{n}": lines_of(f"record/{n}", [("", "title", f'"Letter {n}"')]) for n in range(50)}
NAME = NamedNode("https://archive.example.org/graphs/dataset")


@pytest.fixture
def old(tmp_path):
    store = Store(str(tmp_path / "old"))
    store.bulk_load(input=b"".join(GRAPH.values()), format=RdfFormat.N_TRIPLES)
    store.add(Quad(NAME, NAME, NAME, NAME))
    store.flush()
    del store
    return tmp_path / "old"


def quads(folder):
    return set(Store.read_only(str(folder)))


@pytest.mark.parametrize("bulk", [0, 1_000])
def test_the_store_before_stays_as_it_is(old, tmp_path, monkeypatch, bulk):
    """A patch changes the copy alone: its default graph by lines, a named graph as a whole."""
    monkeypatch.setattr(store_update, "BULK_LINES", bulk)
    before = quads(old)
    new = lines_of("record/7", [("", "title", '"Another"')])
    with closing(StoreUpdate(old, tmp_path / "new")) as store:
        store.apply([difference("record/7", GRAPH["record/7"], new), difference("record/8", GRAPH["record/8"], b"")])
        store.set_graph(NAME.value, [Quad(NAME, NAME, NamedNode("a:a"))])
        store.flush()
    assert quads(old) == before
    loaded = Store()
    rest = [lines for reference, lines in GRAPH.items() if reference not in {"record/7", "record/8"}]
    loaded.load(input=b"".join([*rest, new]), format=RdfFormat.N_TRIPLES)
    loaded.add(Quad(NAME, NAME, NamedNode("a:a"), NAME))
    assert quads(tmp_path / "new") == set(loaded)


def test_a_line_that_the_engine_refuses_is_told(old, tmp_path):
    """A line that is no triple ends the update with a message."""
    with (
        closing(StoreUpdate(old, tmp_path / "new")) as store,
        pytest.raises(PublishError, match="took no more changes"),
    ):
        store.apply([ThingPatch("record/1", (), (b"no triple",))])

"""The graph of documents: what a build loads, what a rollback moves."""

from hypothesis import given
from hypothesis import strategies as st
from publishing import BASE, publish
from pyoxigraph import NamedNode, Store

from kg.document_times import document_lines, document_quads, documents_graph
from kg.publish import rollback
from kg.publish.outputs.document_graph import graph_lines, moved_lines
from kg.store.generation.generations import Generations
from kg.store.generation.things import ThingTimes

_TIMES = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.sampled_from("123"), st.sampled_from("123")))


def rows(times):
    return [ThingTimes(f"record/{key}", f"{first}", f"{last}") for key, (first, last) in sorted(times.items())]


def lines(parts):
    return {line for part in parts for line in part.splitlines()}


@given(_TIMES, _TIMES)
def test_moved_lines_make_one_graph_of_the_other(before, after):
    """What is removed was there, what is added was not, and both together make the graph of the new times."""
    old, new = lines(graph_lines(BASE, rows(before))), lines(graph_lines(BASE, rows(after)))
    moved = list(moved_lines(BASE, rows(before), rows(after)))
    removed, added = lines(each for each, _ in moved), lines(each for _, each in moved)
    assert removed <= old
    assert (old - removed) | added == new


def test_lines_and_quads_say_the_same():
    """The lines that a build loads are the quads that a document shows."""
    times = "record/žurnál", "2026-01-02T03:04:05Z", "2026-02-03T04:05:06Z"
    quads = document_quads(BASE, *times)
    assert [f"{quad.triple} ." for quad in quads] == document_lines(BASE, *times).decode().splitlines()
    assert {quad.graph_name.value for quad in quads} == {documents_graph(BASE)}


def stored(made):
    """Document → its times, in the store of the live generation; and what its catalogue has."""
    generation = Generations.of_settings(made).open_live()
    try:
        store = Store.read_only(str(generation.folder.store))
        quads = list(store.quads_for_pattern(None, None, None, NamedNode(documents_graph(BASE))))
        expected = lines(graph_lines(BASE, generation.catalogue.times()))
        assert generation.manifest.graphs[documents_graph(BASE)] == len(quads) == len(expected)
        assert generation.manifest.triples == sum(1 for _ in store.quads_for_pattern(None, None, None)) - sum(
            generation.manifest.graphs.values()
        )
        return {f"{quad.triple} .".encode() for quad in quads}, expected
    finally:
        generation.close()


def test_store_has_the_times_of_the_catalogue(tmp_path):
    """After a build, a change, a deletion and a rollback the graph has the times of all pages, stubs too, and no others."""
    letter = {"id": "record/1", "title": {"en": "A letter"}, "creator": ["agent/a"]}
    made, _ = publish(tmp_path, [letter, {**letter, "id": "record/2"}], dumps=False, search=False, tables=False)
    found, expected = stored(made)
    assert found == expected
    assert any(b"agent/a.html" in line for line in found)
    first = found
    publish(tmp_path, [{**letter, "title": {"en": "Another"}}], dumps=False, search=False, tables=False)
    found, expected = stored(made)
    assert found == expected != first
    rollback.rollback(made, 1)
    again, expected = stored(made)
    assert again == expected
    assert again not in (first, found)

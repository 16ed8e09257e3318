"""Statistics of a graph, and its hash."""

import pytest
from graphs import BASE, lines_of
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import GenerationError
from kg.store.triples.graph_hash import EMPTY, graph_hash, moved, written
from kg.store.triples.patch import difference
from kg.store.triples.statistics import GraphStatistics

OLD = lines_of("record/1", [("", "title", '"a"'), ("#dates-1", "extent", '"b"')])
NEW = lines_of("record/1", [("", "title", '"c"'), ("", "title", '"d"')])


def counted(ntriples):
    made = GraphStatistics()
    made.add(ntriples)
    return made


@given(lines=st.sets(st.binary()), more=st.sets(st.binary()))
def test_the_hash_follows_from_the_set_of_lines(lines, more):
    """Whatever the order, and by whatever steps, the same lines have the same hash; without any it is zero."""
    assert written(graph_hash(lines)) == written(graph_hash(sorted(lines)))
    assert moved(written(graph_hash(lines)), lines - more, more - lines) == written(graph_hash(more))
    assert moved(written(graph_hash(lines)), lines, []) == EMPTY


def test_a_patch_moves_what_it_changes(tmp_path):
    """Triples, hash, properties and classes after a patch are those counted anew, and come back from their file."""
    statistics = counted(OLD)
    assert statistics.classes == {f"<{BASE}terms/Thing>".encode(): 1}
    assert statistics.properties[b"<http://purl.org/dc/terms/title>"] == 1
    statistics.apply([difference("record/1", OLD, NEW)])
    statistics.write(tmp_path / "statistics.json")
    counted(NEW).write(tmp_path / "anew.json")
    assert (tmp_path / "statistics.json").read_bytes() == (tmp_path / "anew.json").read_bytes()
    assert GraphStatistics.read(tmp_path / "statistics.json") == counted(NEW).__class__(
        3, counted(NEW).sum % (1 << 256), counted(NEW).properties, counted(NEW).classes
    )


def test_parts_add_up():
    """The statistics of two parts of a graph, taken together, are those of the whole."""
    both = counted(OLD)
    other = lines_of("record/2", [("", "extent", '"b"')])
    both.merge(counted(other))
    assert both == counted(OLD + other)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"triples": 1, "hash": "x", "properties": {}, "classes": {}}'])
def test_damaged_statistics_are_told(tmp_path, text):
    """A file that is cut or holds something else is refused."""
    (tmp_path / "statistics.json").write_text(text)
    with pytest.raises(GenerationError, match="statistics"):
        GraphStatistics.read(tmp_path / "statistics.json")

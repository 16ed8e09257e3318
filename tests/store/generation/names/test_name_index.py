"""The name index: what documents name, counted as the facets of a search count it, in order of name."""

import json
import sqlite3
from contextlib import closing

import pytest
from publishing import publish

from kg.store.generation.generations import Generations
from kg.store.generation.names.name_index import OTHER, TOP, TOP_OF_OTHERS, NameSelection
from kg.store.search.fields import FACETS
from kg.store.search.query_builder import all_of

RECORDS = [
    {"id": "agent/described", "name": {"en": "Amery, Edith"}, "agentType": "person"},
    {
        "id": "agent/unused",
        "name": {"en": "Zeal"},
        "relations": [{"target": {"id": "agent/kin", "name": {"en": "Kin"}}}],
    },
    {"id": "archive/item", "name": {"en": "File 10"}, "partOf": ["archive/series"], "reference": "f. 10"},
    {"id": "archive/other-item", "name": {"en": "File 9"}, "partOf": ["archive/series"], "reference": "f. 9"},
    {"id": "archive/series", "name": {"en": "Series"}, "partOf": ["archive/house"], "level": "series"},
    {"id": "archive/house", "name": {"en": "Port archive"}, "level": "archive"},
    {"id": "archive/round", "name": {"en": "Round"}, "partOf": ["archive/trip"]},
    {"id": "archive/trip", "name": {"en": "Trip"}, "partOf": ["archive/round"]},
    {
        "id": "record/1",
        "title": {"en": "One"},
        "creator": ["agent/described"],
        "mentions": ["agent/described", {"id": "place/varna", "name": {"en": "Varna"}}],
        "translator": [{"id": "agent/translator", "name": {"en": "Trans"}}],
        "type": [{"id": "topic/letter", "name": {"en": "Letter"}}],
        "subjects": [{"id": "topic/trade", "name": {"en": "Trade"}}],
        "heldIn": ["archive/item"],
        "related": ["record/nowhere"],
    },
    {
        "id": "record/2",
        "title": {"en": "Two"},
        "recipient": [{"id": "agent/named", "name": {"en": "Bela Émile"}}, "agent/described"],
        "heldIn": ["archive/item", "archive/other-item"],
    },
    {"id": "record/3", "title": {"en": "Three"}, "heldIn": ["archive/round"]},
]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The live generation of some records, and its name index."""
    made, _ = publish(tmp_path_factory.mktemp("names"), RECORDS)
    with closing(Generations.of_settings(made).open_live()) as generation:
        yield generation, generation.open_names()


def counted(published, register):
    """Reference → documents, of a register in order of name."""
    generation, names = published
    entries = names.by_name(NameSelection(register), "en", 100)
    things = generation.catalogue.numbered([each.n for each in entries])
    return {things[each.n].reference: each.documents for each in entries}


def test_documents_are_counted_once_whatever_their_roles(published):
    """A document counts once for each thing that it names, be that described or not, and under as many keys as it may."""
    assert counted(published, "agent") == {"agent/described": 2, "agent/named": 1}
    assert counted(published, "place") == {"place/varna": 1}


def test_what_no_document_counts_stands_apart(published):
    """Who is described and in no document, or named in another role, is in a register apart; who a person names is not."""
    assert counted(published, "agent" + OTHER) == {"agent/translator": 0, "agent/unused": 0}


def test_types_of_documents_are_no_topics(published):
    """A type is in the register of types alone."""
    assert counted(published, "topic") == {"topic/trade": 1}
    assert counted(published, "type") == {"topic/letter": 1}


def test_a_level_has_the_documents_below_it(published):
    """A document in two files of one archive counts once in that archive; a cycle is cut, and ends."""
    generation, names = published
    numbers = {ref: generation.catalogue.thing(f"archive/{ref}").n for ref in ("item", "other-item", "series", "house")}
    assert names.documents(list(numbers.values())) == {
        numbers["item"]: 2,
        numbers["other-item"]: 1,
        numbers["series"]: 2,
        numbers["house"]: 2,
    }
    assert sum(counted(published, "archive").values()) == 3


def test_the_tree_begins_with_the_institution_and_goes_by_reference(published):
    """Institutions come first, and f. 9 before f. 10."""
    generation, names = published

    def below(parent):
        entries = names.children(parent, 10)
        things = generation.catalogue.numbered([each.n for each in entries])
        return [things[each.n].reference for each in entries]

    assert below(TOP)[0] == "archive/house"
    assert len(below(TOP)) == 2
    assert below(TOP_OF_OTHERS) == []
    series = generation.catalogue.thing("archive/series").n
    assert below(series) == ["archive/other-item", "archive/item"]
    assert names.count_children(series) == 2


@pytest.mark.parametrize("facet", ["person", "place", "topic", "type", "collection", "archive"])
def test_a_register_has_the_values_of_its_facet(published, facet):
    """Values and counts are those of the search index for documents."""
    generation, _ = published
    index = generation.search
    query = index.documents(all_of([]))
    register = "type" if facet == "type" else FACETS[facet].kind
    assert counted(published, register) == dict(index.all_values(query, facet))


@pytest.mark.parametrize(
    ("words", "form", "expected"),
    [
        (("bel",), "", ["agent/named"]),
        (("emile", "bela"), "", ["agent/named"]),
        (("la",), "", []),
        (("%",), "", []),
        (("_",), "", []),
        ((), "person", ["agent/described"]),
    ],
)
def test_names_are_narrowed_by_beginnings_of_words(published, words, form, expected):
    """Each word begins a word of some name, without accents; wildcards of SQL are signs like any other."""
    generation, names = published
    selection = NameSelection("agent", words, form)
    for entries in (names.by_name(selection, "en", 9), names.by_documents(selection, 9)):
        things = generation.catalogue.numbered([each.n for each in entries])
        assert [things[each.n].reference for each in entries] == expected
    assert names.count(selection) == len(expected)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """The name index of 260 people, of whom the first are in more documents."""
    records = [
        {
            "id": f"record/{n}",
            "title": {"en": f"R {n}"},
            "mentions": [{"id": f"agent/{m}", "name": {"en": f"{chr(65 + m % 26)}name {m}"}} for m in range(n, 260)],
        }
        for n in range(0, 260, 40)
    ]
    made, _ = publish(tmp_path_factory.mktemp("crowd"), records, tables=False, search=False)
    with closing(Generations.of_settings(made).open_live()) as generation:
        yield generation.open_names()


@pytest.mark.parametrize("order", ["name", "documents"])
def test_pages_hold_each_entry_once(crowd, order):
    """Page by page each entry comes once, in either order."""
    selection, seen, after = NameSelection("agent"), [], ""
    while page := (
        crowd.by_name(selection, "en", 7, after) if order == "name" else crowd.by_documents(selection, 7, after)
    ):
        seen += page
        after = page[-1].cursor
    assert len({each.n for each in seen}) == len(seen) == 260
    if order == "documents":
        assert [each.documents for each in seen] == sorted((each.documents for each in seen), reverse=True)


def test_letters_and_pages_lead_to_their_names(crowd):
    """A letter's cursor is before its first name; the cursors of pages are those that reading page by page gives."""
    selection = NameSelection("agent")
    letters = crowd.letters("agent", "en")
    assert [each.initial for each in letters] == [chr(65 + n) for n in range(26)]
    assert sum(each.count for each in letters) == 260
    pages = crowd.pages("agent", "en", 50)
    assert len(pages) == 6
    assert pages[1].cursor == crowd.by_name(selection, "en", 50)[-1].cursor
    fifth = crowd.by_name(selection, "en", 1, letters[4].cursor)[0]
    assert fifth.cursor.startswith("ename")


@pytest.mark.parametrize("after", ["x", "_", "a_b", "_-", "--1", "_--1", "_99999999999999999999", "'", "9" * 30 + "_1"])
def test_any_cursor_is_a_place(crowd, after):
    """A cursor that is none is a place in the list all the same."""
    selection = NameSelection("agent")
    assert isinstance(crowd.by_name(selection, "en", 3, after), list)
    assert isinstance(crowd.by_documents(selection, 3, after), list)
    assert isinstance(crowd.children(TOP, 3, after), list)


def test_a_page_sorts_nothing(crowd):
    """A page in order of name, or of documents, is a walk along an index."""
    statements = []
    connection = crowd._database.connection
    connection.set_trace_callback(statements.append)
    crowd.by_name(NameSelection("agent"), "en", 10, "m_1")
    crowd.by_documents(NameSelection("agent"), 10, "3_1")
    connection.set_trace_callback(None)
    assert len(statements) == 2
    for statement in statements:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [line for line in plan if "TEMP B-TREE" in line], plan


def test_a_generation_without_an_index_of_names_gets_one_when_it_is_opened(tmp_path):
    """What an earlier kg has built has no such file: it is made in a folder for the time being, with the same content."""
    made, _ = publish(tmp_path, RECORDS)
    generations = Generations.of_settings(made)
    folder = generations.generation_folder(generations.live())
    with closing(generations.open_live()) as generation:
        expected = generation.open_names().totals
    folder.names.unlink()
    manifest = json.loads((folder.path / "manifest.json").read_text())
    del manifest["files"][folder.names.name]
    (folder.path / "manifest.json").write_text(json.dumps(manifest))
    with closing(generations.open_live()) as generation:
        assert generation.open_names().totals == expected
    assert not folder.names.exists()


def test_sort_keys_may_hold_any_sign(tmp_path):
    """Names of one sign, of none, of other alphabets and of half a thousand letters have their places."""
    names = ["_", "", "%", "中村", "ёж", "Ñandú", "x" * 500, "7 days", "עברית"]
    records = [
        {
            "id": "record/1",
            "title": {"en": "R"},
            "mentions": [{"id": f"agent/n{n}", "name": {"en": name or "-"}} for n, name in enumerate(names)],
        }
    ]
    made, _ = publish(tmp_path, records)
    with closing(Generations.of_settings(made).open_live()) as generation:
        found = generation.open_names()
        for language in ("en", "ru", "es", "zz"):
            assert len(found.by_name(NameSelection("agent"), language, 99)) == len(names)
            assert sum(each.count for each in found.letters("agent", language)) == len(names)


def test_no_writer_is_needed(published):
    """The file is read-only once it is published."""
    _, names = published
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        names._database.connection.execute("DELETE FROM entries")

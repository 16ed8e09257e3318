"""Every key in the index: found by the words, the days or the facets that the model says, or not, for a reason."""

import pytest
from marked_keys import DAY, MARKED

from kg.key_annotations import Faceted, Indexed, SearchField
from kg.records.model.key import Omitted, Value
from kg.store.generation.generations import Generations
from kg.store.search import fields
from kg.store.search.query_builder import IndexRequest
from kg.store.search.query_language import parse, parse_days

_DATES = {Value.EDTF, Value.DAY, Value.INSTANT}


@pytest.fixture(scope="module")
def index(marked_keys):
    generation = Generations.of_settings(marked_keys).open_live()
    yield generation.search
    generation.close()


def found(index, words="", **more):
    query = index.query(IndexRequest(parse(words), **more))
    return {hit.reference for hit in index.hits(query, 10_000)}


def by_mark(index, marked):
    """What is found by a mark: by its day, by its language, or by the word that it is."""
    if marked.row.value in _DATES:
        return found(index, days=parse_days(DAY))
    if marked.row.value is Value.TAG:
        return found(index, filters=(("language", marked.mark),))
    return found(index, f'"{marked.mark}"')


@pytest.mark.parametrize("marked", MARKED, ids=str)
def test_every_key_is_searched_as_its_row_says(index, marked):
    "A record is found by a mark under each key that is searched, in each of its facets, and by no other key."
    searched = marked.row.searched
    if isinstance(searched, Faceted):
        for name in searched.facets:
            kind = fields.FACETS[name].kind
            assert marked.reference in found(index, filters=((name, f"{kind}/{marked.mark}" if kind else marked.mark),))
    elif isinstance(searched, Omitted):
        assert marked.reference not in by_mark(index, marked)
    else:
        assert marked.reference in by_mark(index, marked)


@pytest.mark.parametrize(
    "marked", [each for each in MARKED if each.row.searched == Indexed(SearchField.TITLE)], ids=str
)
def test_titles_are_found_in_titles(index, marked):
    "What a row calls a title is found by `title:`, and text is not."
    assert marked.reference in found(index, f"title:{marked.mark}")


@pytest.mark.parametrize("kind", sorted({each.kind for each in MARKED}))
def test_kinds_are_a_facet(index, kind):
    "The kind of a record, which each has, narrows to its records."
    wanted = {each.reference for each in MARKED if each.kind == kind}
    assert wanted <= found(index, filters=(("kind", kind),))


def test_facets_of_the_model_are_those_of_the_index():
    "Every facet that a row names exists, and every facet has a key."
    named = {name for each in MARKED if isinstance(each.row.searched, Faceted) for name in each.row.searched.facets}
    assert named | {"kind"} == set(fields.FACETS)
    assert all(facet.keys for facet in fields.FACETS.values())

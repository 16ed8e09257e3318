"""A search is carried out once for all that a page says of it."""

import pytest
from publishing import publish

from kg.read.pictures import documents_by_time
from kg.read.publication import Publications
from kg.read.search import SearchQuery, SearchRequest
from kg.store.search.index import SearchIndex

RECORDS = [
    {
        "id": f"record/{number}",
        "title": {"en": f"Report {number} on ships"},
        "dates": f"19{number}",
        "type": ["topic/a"],
    }
    for number in range(10, 20)
]


@pytest.fixture
def publication(tmp_path):
    made, report = publish(tmp_path, RECORDS)
    assert not report.rejected
    opened = Publications(made).open_live()
    yield opened
    opened.close()


def _calls(monkeypatch, name):
    """Calls of a method of the index from now on."""
    called, method = [], getattr(SearchIndex, name)

    def noted(self, *args, **kwargs):
        called.append(args)
        return method(self, *args, **kwargs)

    monkeypatch.setattr(SearchIndex, name, noted)
    return called


def test_the_parts_of_a_page_have_one_query(publication, monkeypatch):
    """The list of a search, its facets and its axis of time take the query that was built for the list."""
    built = _calls(monkeypatch, "query")
    found = publication.finder.find(SearchRequest(SearchQuery("ships"), ("en",)))
    assert found.total == len(RECORDS)
    assert (found.axis.first, found.axis.last) == (1910, 1919)
    assert len(built) == 1


def test_a_picture_of_time_counts_no_facets(publication, monkeypatch):
    """A timeline alone reads the years of a search, not the values of its facets."""
    counted = _calls(monkeypatch, "facets")
    drawn = documents_by_time(publication, SearchQuery("ships"))
    assert drawn.by_unit("year") == dict.fromkeys(range(1910, 1920), 1)
    assert (drawn.axis.first, drawn.axis.last) == (1910, 1919)
    assert not counted

"""Worklist: who is named and not described, by the documents of each; what is counted, and in which order."""

import pytest
from publishing import publish

from kg.publish.report import worklist
from kg.publish.report.document import read_document
from kg.store.generation.generations import Generations

RECORDS = [
    {"id": "record/1", "title": "1", "creator": ["agent/a"], "mentions": ["agent/b"], "places": ["place/a"]},
    {"id": "record/2", "title": "2", "creator": ["agent/a"], "subjects": ["topic/a"], "related": ["record/away"]},
    {"id": "record/3", "title": "3", "mentions": ["agent/b", "agent/a", "agent/known"], "type": ["topic/letter"]},
    {
        "id": "record/4",
        "title": "4",
        "collections": ["collection/a"],
        "heldIn": ["archive/a"],
        "translator": ["agent/t"],
    },
    {"id": "agent/known", "name": "Known", "relations": [{"type": "knows", "target": "agent/other"}]},
]


@pytest.fixture
def lists(tmp_path):
    _, report = publish(tmp_path, RECORDS, dumps=False, search=False)
    return read_document(report.problems_file.parent)["worklist"]


def test_named_and_not_described(lists):
    """Each kind has what is named alone, the most named first, each once with its documents; records are not in it."""
    found = {each["kind"]: [(item["id"], item["documents"]) for item in each["items"]] for each in lists["undescribed"]}
    assert found["agent"] == [("agent/a", 3), ("agent/b", 2), ("agent/t", 1), ("agent/other", 0)]
    assert found["place"] == [("place/a", 1)]
    assert sorted(found["topic"]) == [("topic/a", 1), ("topic/letter", 1)]
    assert found["collection"] == [("collection/a", 1)]
    assert found["archive"] == [("archive/a", 1)]
    assert found["record"] == [("record/away", 1)]
    assert all(each["count"] == len(each["items"]) for each in lists["undescribed"])


def test_numbers_are_those_of_the_site(tmp_path):
    """The documents of a name are as many as its list on the site says."""
    made, report = publish(tmp_path, RECORDS, dumps=False, search=False)
    generation = Generations.of_settings(made).open_live()
    names = generation.open_names()
    for each in read_document(report.problems_file.parent)["worklist"]["undescribed"]:
        for item in each["items"]:
            thing = generation.catalogue.thing(item["id"])
            said = names.documents([thing.n]).get(thing.n)
            assert said in {None, item["documents"]}
    generation.close()


def test_the_first_are_listed_and_all_counted(tmp_path, monkeypatch):
    """Of more names than are listed those of the most documents are; the number is that of all."""
    monkeypatch.setattr(worklist, "MAX_UNDESCRIBED", 3)
    records = [
        {"id": f"record/{number}", "title": "T", "mentions": [f"agent/{name}" for name in range(number, 10)]}
        for number in range(10)
    ]
    _, report = publish(tmp_path, records, dumps=False, search=False)
    (agents,) = read_document(report.problems_file.parent)["worklist"]["undescribed"]
    assert agents["count"] == 10
    assert [(item["id"], item["documents"]) for item in agents["items"]] == [
        ("agent/9", 10),
        ("agent/8", 9),
        ("agent/7", 8),
    ]


def test_names_beyond_the_limit_are_told(tmp_path, monkeypatch):
    """Where not all names are compared, the report says how many were, of how many."""
    monkeypatch.setattr(worklist, "MAX_COMPARED", 2)
    records = [{"id": f"agent/{number}", "name": "Ada Kay"} for number in range(3)]
    _, report = publish(tmp_path, [*records, RECORDS[0]], dumps=False, search=False)
    alike = read_document(report.problems_file.parent)["worklist"]["alike"]
    assert (alike["compared"], alike["names"]) == (2, 6)
    assert "2 names of the most documents were compared, of 6" in report.page.read_text(encoding="utf-8")


def test_dates_by_form(tmp_path):
    """Dates that could not be read are counted by their forms, the most frequent first, each with an example."""
    days = ["05/04/1963", "06/05/1963", "harvest", "07/05/1963"]
    records = [{"id": f"record/{number}", "title": "T", "dates": day} for number, day in enumerate(days)]
    _, report = publish(tmp_path, records, dumps=False, search=False)
    dates = read_document(report.problems_file.parent)["worklist"]["dates"]
    assert dates["count"] == 4
    assert [(each["form"], each["count"], each["at"]) for each in dates["items"]] == [
        ("00/00/0000", 3, "line 1"),
        ("aaaaaaa", 1, "line 3"),
    ]


def test_links_that_lead_nowhere(lists):
    """A link to nothing is told with its place and what it names."""
    assert lists["links"]["count"] == len(lists["links"]["items"])
    named = {each["value"] for each in lists["links"]["items"]}
    assert "record/away" in named

"""Related things stand once, each with why; documents that link to a thing stand once, each with its roles."""

import pytest
from publishing import publish

from kg.read.related import Reason
from kg.read.things import PAGE_SIZE, Resources
from kg.store.generation import link_walks
from kg.store.generation.generations import Generations

RECORDS = [
    {"id": "record/a", "title": {"en": "First report"}, "dates": "1951-02-03", "related": ["record/b", "record/c"],
     "creator": ["agent/x"]},
    {"id": "record/b", "title": {"en": "Appendix"}, "dates": "1951-02-03", "related": ["record/a"], "creator": ["agent/x"]},
    {"id": "record/c", "title": {"en": "Ledger"}, "creator": ["agent/x"]},
    {"id": "record/d", "title": {"en": "Answer"}, "related": ["record/a"], "dates": "1951-02-03"},
    {"id": "record/e", "title": {"en": "Other"}, "creator": ["agent/x"], "sender": ["agent/x"], "dates": "1952"},
    {"id": "record/f", "title": {"en": "Of that day"}, "dates": "1951-02-03"},
    {"id": "record/t1", "title": {"en": "Conversation 044-050"}, "dates": "1953", "participants": ["agent/y", "agent/z"]},
    {"id": "record/t2", "title": {"en": "Conversation 044-051"}, "dates": "1954", "participants": ["agent/y"],
     "summary": {"en": ["They talk of looms. And of tolls."]}},
    {"id": "agent/y", "name": {"en": "Yeo"}},
    {"id": "agent/z", "name": {"en": "Zander"}},
    *({"id": f"agent/at-{number}", "name": {"en": f"Number {number}"}, "places": ["place/town"], "dates": "1850"} for number in range(70)),
    *(
        {"id": f"record/at-{number}", "title": {"en": f"Of the town {number}"}, "places": ["place/town"],
         "placeOfCreation": ["place/town"], "dates": f"19{number:02}"}
        for number in range(45)
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def things(tmp_path_factory):
    made, report = publish(tmp_path_factory.mktemp("related"), RECORDS)
    assert not report.rejected
    generation = Generations.of_settings(made).open_live()
    yield Resources(generation)
    generation.close()


def _around(things, reference, *place):
    return things.around(things.describe(things.find(reference)), *place)


def test_each_related_thing_once_with_why(things):
    """What is named, names, shares people or days is one list; the reason that a person states goes before a computed one."""
    related = _around(things, "record/a").related
    assert [(each.thing.reference, each.reason) for each in related.things] == [
        ("record/b", Reason.MUTUAL),
        ("record/c", Reason.NAMED),
        ("record/d", Reason.NAMING),
        ("record/e", Reason.PEOPLE),
        ("record/f", Reason.DAYS),
    ]
    assert related.naming == 1


def test_a_document_has_all_of_its_roles(things):
    """A document that somebody wrote and sent is one line; its roles stand beside it."""
    documents = _around(things, "agent/x").documents
    assert [(line.thing.reference, line.roles) for line in documents.lines] == [
        ("record/a", ("creator",)),
        ("record/b", ("creator",)),
        ("record/e", ("creator", "sender")),
        ("record/c", ("creator",)),
    ]
    assert documents.count == 4


def test_a_bare_number_has_the_other_participants(things):
    """Where titles differ in numbers alone, a line names who else took part, or says what it is about."""
    talk, monologue = _around(things, "agent/y").documents.lines
    assert [each.reference for each in talk.people] == ["agent/z"]
    assert (monologue.people, monologue.summary) == ((), {"en": ["They talk of looms. And of tolls."]})
    assert not any(line.people or line.summary for line in _around(things, "agent/x").documents.lines)


@pytest.mark.parametrize("most", [link_walks.MAX_WALKED_LINKS, 30])
def test_every_document_is_listed_among_other_things(things, monkeypatch, most):
    """Page by page each document is there once, in order, also where a walk ends before it has found a page of them."""
    monkeypatch.setattr(link_walks, "MAX_WALKED_LINKS", most)
    shown, after = [], ""
    for _ in range(20):
        documents = _around(things, "place/town", "documents", after).documents
        assert len(documents.lines) <= PAGE_SIZE
        assert {line.roles for line in documents.lines} <= {
            ("placeOfCreation", "places"),
            ("places", "placeOfCreation"),
        }
        shown += [line.thing.reference for line in documents.lines]
        after = documents.after
        if after is None:
            break
    assert shown == [f"record/at-{number}" for number in range(45)]


def test_other_things_have_lists_of_their_own(things):
    """People who belong to a place are no documents, and all of them are listed."""
    shown, after = [], ""
    while after is not None:
        (group,) = _around(things, "place/town", "places", after).groups
        shown += [entry.thing.reference for entry in group.links]
        after = group.after
    assert sorted(shown) == sorted(f"agent/at-{number}" for number in range(70))

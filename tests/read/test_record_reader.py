"""What a page reads of a record is bounded, whatever its length; the whole of it is there for data."""

from itertools import pairwise

import orjson
import pytest
from publishing import publish

from kg.read.record_reader import RecordReader, excerpt_of
from kg.read.things import Resources
from kg.render.data.abstract import count_of
from kg.render.data.excerpt import RecordPlace, excerpt
from kg.store.generation.generations import Generations
from kg.store.generation.outlines import reader as outline_reader
from kg.store.generation.outlines.builder import OUTLINED_LENGTH

PROSE = "Слова «архива» and\twords of it. " * 40
TEXT = "\n\n".join(f"{number}. {PROSE}" for number in range(1_000))
RECORDS = [
    {"id": "record/text", "title": {"en": "Text"}, "text": {"en": [TEXT, TEXT[::-1]], "ru": TEXT}},
    {
        "id": "record/languages",
        "title": {f"en-x-{number}": f"Title {number}" for number in range(9_000)} | {"ru": "Название"},
        "summary": {"en": "Short."},
    },
    {
        "id": "agent/names",
        "name": {"en": "Name"},
        "names": [{"text": f"Name number {number} of many", "language": "en"} for number in range(5_000)],
        "relations": [{"target": f"agent/r{number}", "count": number} for number in range(3_000)]
        + [{"target": "agent/office", "role": "president", "dates": "1960/1962"}],
    },
    {
        "id": "record/extra",
        "title": {"en": "Extra"},
        "dates": [{"edtf": f"{1900 + number % 60}"} for number in range(3_000)],
        "participants": [f"agent/p{number}" for number in range(4_000)],
        "extra": [{"field": f"field {number}", "value": PROSE * 100} for number in range(12)]
        + [{"field": f"short {number}", "value": "value"} for number in range(2_000)],
    },
    {"id": "record/short", "title": {"en": "Short"}, "text": {"en": "Short."}},
]
LONG = [record["id"] for record in RECORDS[:-1]]
MAX_READ = 200_000
"""Bytes that a page reads of a record, its outline apart: twice what it may show."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    settings, report = publish(tmp_path_factory.mktemp("long"), RECORDS, dumps=False, search=False, tables=False)
    assert not report.rejected
    return settings


@pytest.fixture
def generation(made):
    opened = Generations.of_settings(made).open_live()
    yield opened
    opened.close()


def _counted(generation, monkeypatch):
    """List of the lengths that are read of the file of records."""
    read, lengths = generation.segments.read, []

    def counted(offset, length):
        lengths.append(length)
        return read(offset, length)

    monkeypatch.setattr(generation.segments, "read", counted)
    return lengths


def _whole(generation, thing):
    return orjson.loads(generation.record(thing.offset, thing.length))


@pytest.mark.parametrize("reference", LONG)
def test_a_long_record_is_whole(generation, reference):
    """A record that is parsed value by value is the record, in the order of its keys and values."""
    thing = generation.catalogue.thing(reference)
    assert thing.length > OUTLINED_LENGTH
    whole = RecordReader(generation).whole(thing.offset, thing.length)
    assert orjson.dumps(whole) == generation.record(thing.offset, thing.length)


@pytest.mark.parametrize("reference", LONG)
@pytest.mark.parametrize(
    "place",
    [
        *(RecordPlace(), RecordPlace(part=3), RecordPlace(2, "text", 2), RecordPlace(1, "names", 4_981)),
        *(RecordPlace(1, "relations", 101), RecordPlace(1, "extra", 12), RecordPlace(1, "participants", 3_001)),
    ],
)
def test_an_outline_gives_the_same_excerpt(generation, reference, place):
    """The excerpt of a record that is read by its outline is the excerpt of the record, whatever place is asked for."""
    thing = generation.catalogue.thing(reference)
    read = RecordReader(generation).for_page(thing.offset, thing.length)
    assert not isinstance(read, dict)
    by_outline = excerpt_of(read, thing.length, ["ru", "en"], place)
    by_record = excerpt(_whole(generation, thing), ["ru", "en"], place)
    assert (by_outline.lists, by_outline.parts) == (by_record.lists, by_record.parts)
    assert by_outline.left_out == by_record.left_out
    assert by_outline.record == by_record.record


@pytest.mark.parametrize("reference", LONG)
@pytest.mark.parametrize("place", [RecordPlace(), RecordPlace(40), RecordPlace(1, "relations", 2_901)])
def test_a_page_reads_what_it_shows(generation, monkeypatch, reference, place):
    """However long a record is, its page reads a bounded number of bytes of it, and of its outline."""
    thing = generation.catalogue.thing(reference)
    lengths = _counted(generation, monkeypatch)
    nodes = []
    parse = outline_reader.orjson.loads
    monkeypatch.setattr(outline_reader.orjson, "loads", lambda text: (nodes.append(len(text)), parse(text))[1])
    Resources(generation).describe_page(thing, ["en"], place)
    assert sum(lengths) <= MAX_READ
    assert sum(nodes) <= 2 * MAX_READ


def test_other_pages_read_an_abstract(generation, monkeypatch):
    """Pages of other things read nothing of a long record's file: names, dates, offices, first links are at hand."""
    lengths = _counted(generation, monkeypatch)
    reader = RecordReader(generation)
    names, extra = (
        reader.for_others(thing.offset, thing.length)
        for thing in map(generation.catalogue.thing, ("agent/names", "record/extra"))
    )
    assert lengths == []
    assert names["name"] == {"en": "Name"}
    assert names["relations"] == [{"target": "agent/office", "role": "president", "dates": "1960/1962"}]
    assert "extra" not in extra
    assert extra["participants"][0] == "agent/p0"
    assert (count_of(extra, "participants"), count_of(names, "relations")) == (4_000, 1)


def test_labels_of_very_many_languages(generation):
    """Lists have the labels in languages of the site, and some others."""
    labels = generation.catalogue.thing("record/languages").labels
    assert 90 < len(labels) <= 100
    assert labels["ru"] == "Название"


def test_a_generation_without_outlines(made, monkeypatch):
    """A long record of an earlier kg is parsed whole; its page shows the same."""
    opened = Generations.of_settings(made).open_live()
    thing = opened.catalogue.thing("record/text")
    by_outline = Resources(opened).describe_page(thing, ["en"], RecordPlace(2)).record
    monkeypatch.setattr(opened.catalogue.outlines, "are_there", False)
    resources = Resources(opened)
    assert resources.describe_page(thing, ["en"], RecordPlace(2)).record == by_outline
    assert resources.reader.page_length(thing.length) == thing.length
    opened.close()


def test_text_by_text_everything_is_shown(generation):
    """From part to part, and from text to text, each character of a list of long texts is on a page."""
    thing = generation.catalogue.thing("record/text")
    reader, shown, first = RecordReader(generation), [], 1
    while True:
        part, parts = 1, 2
        while part < parts:
            place = RecordPlace(part, "text", first)
            cut = excerpt_of(reader.for_page(thing.offset, thing.length), thing.length, ["en"], place)
            shown += cut.record["text"]["en"][:1]
            part, parts = part + 1, cut.parts + 1
        if cut.lists["text"].last == cut.lists["text"].total:
            break
        first = cut.lists["text"].last + 1
    assert "".join(shown) == "".join(_whole(generation, thing)["text"]["en"])


def test_places_go_on(generation):
    """The chunks of a record's places are numbered without a gap."""
    rows = generation.catalogue._db.execute(
        "SELECT offset, chunk FROM outline_places ORDER BY offset, chunk"
    ).fetchall()
    assert len(rows) > 10
    assert all(after[1] == before[1] + 1 for before, after in pairwise(rows) if before[0] == after[0])

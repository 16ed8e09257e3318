"""Work of the readers on long input: linear in its length, whatever stands in it."""

import sys

import pytest

from kg.records.readers import READERS
from kg.records.readers.base import ReadFailure, SourceFile
from kg.records.readers.page import parts
from kg.records.readers.xml import parsing, source_bytes
from kg.records.readers.xml.findings import Findings
from kg.records.readers.xml.tree import attribute

PAGE = (
    "Skip to content\n\n{date}\n\n{title}\n\n{text}\n\nSummary\n\nRelated Documents\n\n{related}\n\n"
    "Document Information\n\nSource\n\n{source}\n\nRights\n\n{rights}\n\nRecord ID\n\n1\n"
)
PLAIN = {
    "date": "February 1, 1963",
    "title": "A title",
    "text": "Text",
    "related": "",
    "source": "AVP RF, f. 1",
    "rights": "",
}
PIECES = (" ", "a", ", ", "\n", " \n", "'", "1", "; by ", "Obtained by ", "No. ", ". ", "f. 1, ", "May 1, ")
EAD = '<ead><eadheader><eadid>x</eadid></eadheader><archdesc level="fonds"><did>{did}</did>{rest}</archdesc></ead>'
EAC = (
    "<eac-cpf><control><recordId>x</recordId></control><cpfDescription><identity><entityType>person</entityType>"
    "<nameEntry><part>{name}</part></nameEntry></identity><description>{rest}</description></cpfDescription></eac-cpf>"
)
DID = "<unittitle>T</unittitle>"
DOCUMENTS = {
    "ead-title": ("ead", lambda n: EAD.format(did=f"<unittitle>{'a, ' * n}</unittitle>", rest="")),
    "ead-dates": ("ead", lambda n: EAD.format(did=DID + "<unitdate>1 May 1963</unitdate>" * n, rest="")),
    "ead-notes": ("ead", lambda n: EAD.format(did=DID, rest="<scopecontent><p>x</p></scopecontent>" * n)),
    "ead-names": (
        "ead",
        lambda n: EAD.format(
            did=DID,
            rest=f"<controlaccess>{''.join(f'<persname>A {k}</persname>' for k in range(n))}</controlaccess>",
        ),
    ),
    "ead-levels": (
        "ead",
        lambda n: EAD.format(
            did=DID,
            rest="<dsc>" + "".join(f'<c id="c{k}" level="file"><did>{DID}</did></c>' for k in range(n)) + "</dsc>",
        ),
    ),
    "eac-name": ("eac", lambda n: EAC.format(name="a, " * n, rest="")),
    "eac-notes": ("eac", lambda n: EAC.format(name="A", rest="<biogHist><p>x</p></biogHist>" * n)),
    "jsonl-keys": ("jsonl", lambda n: '{"id": "record/1", ' + ", ".join(f'"k{k}": 1' for k in range(n)) + "}"),
    "jsonl-lines": ("jsonl", lambda n: '{"id": "record/1"}\n' * n),
    "csv-rows": ("csv", lambda n: "id,title,creator\n" + "".join(f"{k},T,A {k}\n" for k in range(n))),
    "csv-columns": ("csv", lambda n: "id,title" + ",x" * n + "\n" + ("1,T" + ",y" * n + "\n") * 3),
    "csv-marks": ("csv", lambda n: "id,title,note\n" + 'b"b,"x,c\n' * n),
    "csv-open": ("csv", lambda n: 'id,title,note\n1,"' + "a,b\n" * n),
    "csv-cell": ("csv", lambda n: 'id,title,note\n1,T,"' + "a\n" * n + '"\n'),
    "csv-lines": ("csv", lambda n: "id,title,note\n1," + '"a" ' * n + ",c\n"),
    "json-list": ("json", lambda n: '{"id": "record/1", "note": [' + ", ".join(["1"] * n) + "]}"),
}


def read(folder, format_, text):
    """Items of a reader, and the number of calls that it made, of functions in Python and in C."""
    file = folder / "file"
    file.write_text(text, encoding="utf-8")
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        items = list(READERS[format_](SourceFile(file, file.name, origin="test")))
    finally:
        sys.setprofile(None)
    return items, calls


@pytest.mark.parametrize("place", list(PLAIN))
@pytest.mark.parametrize("piece", PIECES)
def test_page_takes_linear_work(tmp_path, place, piece):
    """A part of a record page that is twice as long takes at most some twice the calls."""
    calls = [read(tmp_path, "page", PAGE.format(**{**PLAIN, place: f"x{piece * n}y"}))[1] for n in (2_000, 4_000)]
    assert calls[1] < 2.5 * calls[0]


@pytest.mark.parametrize("document", list(DOCUMENTS))
def test_documents_take_linear_work(tmp_path, monkeypatch, document):
    """A document with twice as much of something takes at most some twice the calls."""
    monkeypatch.setattr(source_bytes, "_CHUNK", 4096)  # of what was read ahead, the parts are seen from each
    format_, written = DOCUMENTS[document]
    read(tmp_path, format_, written(1))  # caches and tables
    calls = [read(tmp_path, format_, written(n))[1] for n in (500, 1_000)]
    assert calls[1] < 2.5 * calls[0]


class Noted:
    """A pattern that notes the lengths of the texts that it is given."""

    def __init__(self, pattern):
        self.pattern, self.lengths = pattern, []

    def __getattr__(self, name):
        def noted(text):
            self.lengths.append(len(text))
            return getattr(self.pattern, name)(text)

        return noted


@pytest.mark.parametrize(
    ("names", "bound"),
    [
        (("_COPY", "_OUTGOING"), parts.MAX_HEAD_LINE),
        (("_JOURNAL", "_TALK"), parts.MAX_TITLE),
        (("_STATEMENT", "_CREDIT"), parts.MAX_SOURCE),
    ],
)
def test_patterns_of_a_page_are_given_short_texts(tmp_path, monkeypatch, names, bound):
    """A pattern whose work grows with the square of the text is given texts up to a bound: 200,000 spaces in none."""
    patterns = [Noted(getattr(parts, name)) for name in names]
    for name, pattern in zip(names, patterns, strict=True):
        monkeypatch.setattr(parts, name, pattern)
    read(
        tmp_path,
        "page",
        PAGE.format(**{**PLAIN, "text": "Copy No. 1\n\nOutgoing No. 2", "source": "F. 1. Obtained by A."}),
    )
    assert all(pattern.lengths for pattern in patterns)
    for piece in (" ", "x ", "A", "Copy ", "obtained by "):
        long = f"x{piece * 200_000}y"
        values = dict.fromkeys(("title", "text", "related", "source", "rights"), long)
        items, _ = read(tmp_path, "page", PAGE.format(**{**PLAIN, **values}))
        assert items
    assert max(length for pattern in patterns for length in pattern.lengths) <= bound


@pytest.mark.parametrize("format_", ["ead", "eac"])
def test_elements_with_very_many_attributes_are_refused(tmp_path, format_):
    """An element with 200,000 attributes is refused before one of them is read, with its line."""
    root = {"ead": "ead", "eac": "eac-cpf"}[format_]
    for count in (parts.MAX_HEAD_LINE, 200_000):
        written = " ".join(f'a{number}="{number}"' for number in range(count))
        items, calls = read(tmp_path, format_, f"<{root}>\n<x {written}/></{root}>")
        failures = [item.problem for item in items if isinstance(item, ReadFailure)]
        refused = [problem for problem in failures if "200,000 attributes" in problem.message]
        assert bool(refused) == (count > parsing.MAX_ATTRIBUTES)
        assert all(problem.at == "line 2" for problem in refused)
    assert calls < 2_000


def test_attributes_up_to_the_bound_are_read(tmp_path):
    """As many attributes as the bound allows are read."""
    written = " ".join(f'a{number}="{number}"' for number in range(parsing.MAX_ATTRIBUTES))
    file = tmp_path / "a.xml"
    file.write_text(f"<ead {written}/>", encoding="utf-8")
    source = SourceFile(file, "a.xml")
    (root,) = parsing.elements(source, lambda _: True, Findings(source))
    assert attribute(root, "a255") == "255"

"""What is for the staff alone, or not ready: published nowhere, told, and left out where kg.toml says so."""

import json

import pytest

from kg.records.problems import SourceProblem
from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, SourceFile, Succession

EAD = (
    '<ead><eadheader audience="internal"><eadid>x</eadid>{header}</eadheader>'
    '<archdesc level="fonds"><did><unittitle>Papers</unittitle>{did}</did>{top}</archdesc></ead>'
)
SECRET = "Hush words"
EAC = (
    "<eac-cpf><control><recordId>{id}</recordId>{control}</control><cpfDescription><identity>"
    "<entityType>person</entityType><nameEntry><part>Doe, Ann</part></nameEntry></identity></cpfDescription></eac-cpf>"
)
NEST = (
    '<dsc><c id="a" level="series"><did><unittitle>Series A</unittitle></did>{a}'
    '<c id="b" level="file"><did><unittitle>File B</unittitle></did>{b}</c></c>'
    '<c id="d" level="file"><did><unittitle>File D</unittitle></did></c></dsc>'
)


def read(tmp_path, text, format_="ead", **settings):
    """Records by id, and the other items."""
    file = tmp_path / "a.xml"
    file.write_text(text, encoding="utf-8")
    items = list(READERS[format_](SourceFile(file, "a.xml", origin="t", **settings)))
    records = {item.record["id"]: item for item in items if isinstance(item, RawRecord)}
    return records, [item for item in items if not isinstance(item, RawRecord)]


INTERNAL = {
    "note": ("top", f'<odd audience="internal"><p>{SECRET}</p></odd>'),
    "group": ("top", f'<descgrp audience="internal"><acqinfo><p>{SECRET}</p></acqinfo></descgrp>'),
    "paragraph": ("top", f'<odd><p>Open</p><p audience="internal">{SECRET}</p></odd>'),
    "words": ("top", f'<odd><p>Open <emph audience="internal">{SECRET}</emph> end</p></odd>'),
    "number": ("did", f'<unitid audience="internal">{SECRET}</unitid>'),
    "attribute": ("did", f'<unitid audience=" Internal " type="{SECRET}">1</unitid>'),
    "name": ("top", f'<controlaccess><persname audience="internal">{SECRET}</persname></controlaccess>'),
    "keeper": ("did", f'<repository audience="internal">{SECRET}</repository>'),
    "header": ("header", f'<filedesc><titlestmt><author audience="internal">{SECRET}</author></titlestmt></filedesc>'),
    "component": ("top", f'<c audience="internal"><did><unittitle>{SECRET}</unittitle></did></c>'),
    "list": ("top", f'<dsc audience="internal"><c><did><unittitle>{SECRET}</unittitle></did></c></dsc>'),
    "within": ("top", f'<c audience="internal"><c audience="external" level="item"><odd><p>{SECRET}</p></odd></c></c>'),
    "file": ("did", f'<dao audience="internal" xlink="{SECRET}" title="{SECRET}"/>'),
}


@pytest.mark.parametrize("name", INTERNAL)
def test_internal_elements_are_nowhere(tmp_path, name):
    """Nothing of an internal element is in a record, in the bytes kept of one, or in the report, which counts it."""
    place, element = INTERNAL[name]
    records, others = read(tmp_path, EAD.format(**{"header": "", "did": "", "top": "", place: element}))
    assert list(records) == ["archive/x"]
    assert SECRET not in repr(records) + repr(others)
    assert [item.field.endswith("/@audience") for item in others if isinstance(item, SourceProblem)] == [True]
    if name in {"paragraph", "words"}:
        assert records["archive/x"].record["note"] == {"@none": ["Open"] if name == "paragraph" else ["Open end"]}


@pytest.mark.parametrize("whole", ["<ead>", "<archdesc"])
def test_internal_file_is_counted_and_no_error(tmp_path, whole):
    """Of a file that is internal as a whole nothing is read, and the report has one note and no fault."""
    marked = whole.rstrip(">") + ' audience="internal"' + (">" if whole.endswith(">") else "")
    text = EAD.format(header="", did="", top=NEST.format(a="", b="")).replace(whole, marked)
    records, others = read(tmp_path, text)
    assert not records
    assert [item.severity for item in others] == ["note"]


def test_internal_header_and_external_elements_hide_nothing(tmp_path):
    """An internal header is read like any other, and audience="external" hides nothing."""
    header = "<filedesc><titlestmt><author>A. Writer</author></titlestmt></filedesc>"
    top = '<scopecontent audience="external"><p>Open</p></scopecontent>'
    records, others = read(tmp_path, EAD.format(header=header, did="", top=top))
    assert records["archive/x"].record["scopeNote"] == {"@none": ["Open"]}
    assert "A. Writer" in json.dumps(records["archive/x"].record)
    assert not others


DRAFTS = {
    "the whole, by AtoM": ("top", '<odd type="publicationStatus"><p>Draft</p></odd>', set()),
    "the whole, in French": ("top", '<odd type="publicationStatus"><p>Brouillon</p></odd>', set()),
    "the whole, behind its parts": ("end", '<odd type="publicationStatus"><p>Draft</p></odd>', set()),
    "the header": ("status", ' findaidstatus="unverified-full-draft"', set()),
    "the last change": ("header", "<revisiondesc><change><item>Draft</item></change></revisiondesc>", set()),
    "a series": ("a", '<odd type="publicationStatus"><p>Draft</p></odd>', {"archive/x", "archive/x.d"}),
    "a file": ("b", '<odd type="publicationStatus"><p>draft</p></odd>', {"archive/x", "archive/x.a", "archive/x.d"}),
}
ALL = {"archive/x", "archive/x.a", "archive/x.b", "archive/x.d"}


@pytest.mark.parametrize("name", DRAFTS)
def test_drafts_are_told_and_left_out_by_the_setting(tmp_path, name):
    """A draft is published and told; with `drafts = "leave-out"` it is left out with its parts, and told as well."""
    place, marked, left = DRAFTS[name]
    places = {"header": "", "a": "", "b": "", "top": "", "end": "", "status": "", place: marked}
    text = EAD.format(header=places["header"], did="", top=places["top"] + NEST.format(**places) + places["end"])
    text = text.replace("<eadheader", f"<eadheader{places['status']}")
    published, told = read(tmp_path, text)
    assert published.keys() == ALL
    assert len([item for item in told if "draft" in item.message]) == 1
    remaining, told = read(tmp_path, text, leave_out_drafts=True)
    assert remaining.keys() == left
    assert len([item for item in told if "left out" in item.message]) == 1


def test_published_status_is_no_draft(tmp_path):
    """A unit that says it is published is told nowhere; its status stands under `extra`, and is no note."""
    top = '<odd type="publicationStatus"><p>Published</p></odd><odd><p>The first draft is lost.</p></odd>'
    records, told = read(tmp_path, EAD.format(header="", did="", top=top), leave_out_drafts=True)
    record = records["archive/x"].record
    assert record["note"] == {"@none": ["The first draft is lost."]}
    assert [each["value"] for each in record["extra"]] == ["Published"]
    assert not told


@pytest.mark.parametrize("status", ["deleted", "deletedSplit", "deletedMerged", "cancelled", "Canceled"])
def test_withdrawn_authority_records_are_no_agents(tmp_path, status):
    """A record that its authority file has withdrawn is left out with a note that names the status."""
    control = f"<maintenanceStatus>{status}</maintenanceStatus>"
    records, (problem,) = read(tmp_path, EAC.format(id="old", control=control), "eac")
    assert not records
    assert (problem.value, problem.severity, problem.record) == (status, "note", "agent/old")


def test_replaced_authority_record_names_its_successor(tmp_path):
    """The one `otherRecordId` of a replaced record is its successor; of several none is guessed."""
    status = "<maintenanceStatus>deletedReplaced</maintenanceStatus>"
    control = f"<otherRecordId>new</otherRecordId>{status}"
    _, (succession,) = read(tmp_path, EAC.format(id="old", control=control), "eac")
    assert isinstance(succession, Succession)
    assert (succession.old, succession.new) == ("agent/old", "agent/new")
    two = f"<otherRecordId>new</otherRecordId><otherRecordId>viaf</otherRecordId>{status}"
    _, (problem,) = read(tmp_path, EAC.format(id="old", control=two), "eac")
    assert isinstance(problem, SourceProblem)


def test_drafts_of_authority_records(tmp_path):
    """`publicationStatus` inProcess is told, and left out where the setting says so; approved is not."""
    draft = EAC.format(id="p", control="<publicationStatus>inProcess</publicationStatus>")
    records, (problem,) = read(tmp_path, draft, "eac")
    assert (list(records), problem.value) == (["agent/p"], "inProcess")
    records, (problem,) = read(tmp_path, draft, "eac", leave_out_drafts=True)
    assert (list(records), problem.value) == ([], "inProcess")
    assert not read(tmp_path, draft.replace("inProcess", "approved"), "eac", leave_out_drafts=True)[1]

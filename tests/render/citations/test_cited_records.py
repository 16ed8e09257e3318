"""A test set of 79 records: each style and format, against what its rules ask for (records.toml, dates.toml)."""

import json
import tomllib
from pathlib import Path

import pytest
import rispy
from bibtexparser.entrypoint import parse_string

from kg.render.citations.citations import FORMATS
from kg.render.citations.cited_record import CitationSource, cited_record
from kg.render.citations.styles import chicago_bibliography, chicago_note, mla

_HERE = Path(__file__).parent
_URL = "https://a.example/record/1"


def _toml(name):
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))


_LINKED = _toml("agents.toml")
_RECORDS = _toml("records.toml")["record"]
_DATES = _toml("dates.toml")["date"]


def _cited(case):
    record = {"id": case.get("id", "record/1"), **case["data"]}
    source = CitationSource(_URL, record, _LINKED, case.get("levels", ()), case.get("publisher", ""), ["en"])
    return cited_record(source, case.get("accessed", ""))


def _written(cited):
    return {each.suffix: each.write([cited]).decode() for each in FORMATS}


def _bibtex(text):
    library = parse_string(text)
    assert not library.failed_blocks
    (entry,) = library.entries
    values = {field.key: field.value for field in entry.fields}
    assert values.pop("url") == _URL
    return entry.entry_type, values


def _ris(text):
    lines = text.strip().splitlines()
    assert lines.pop() == "ER  -"
    common = {f"UR  - {_URL}"}
    return sorted(line for line in lines if line not in common and not line.startswith("ID  - "))


def _ids(cases, key):
    return [str(case.get(key) or case.get("text")) for case in cases]


def test_the_set_is_large_enough():
    """At least sixty records of all kinds stand in the set."""
    assert len(_RECORDS) + len(_DATES) >= 60


@pytest.mark.parametrize("case", _RECORDS, ids=_ids(_RECORDS, "rule"))
def test_a_record_is_cited_by_the_rules_of_each_style(case):
    """Note, bibliography and MLA are what the styles' rules ask for."""
    cited = _cited(case)
    assert chicago_note(cited) == f"{case['note']}, {_URL}."
    assert chicago_bibliography(cited) == f"{case['bibliography']} {_URL}."
    assert mla(cited) == f"{case['mla']} {_URL}.{case.get('mla_end', '')}"


@pytest.mark.parametrize("case", _RECORDS, ids=_ids(_RECORDS, "rule"))
def test_a_record_has_the_same_in_each_format(case):
    """BibTeX, RIS and CSL-JSON have each field of a record, and no other one."""
    written = _written(_cited(case))
    assert _bibtex(written["bib"]) == (case.get("kind", "unpublished"), case["bibtex"])
    assert _ris(written["ris"]) == sorted(case["ris"])
    (item,) = json.loads(written["csl.json"])
    assert {key: value for key, value in item.items() if key not in {"id", "URL"}} == case["csl"]


@pytest.mark.parametrize("case", _DATES, ids=_ids(_DATES, "edtf"))
def test_a_date_is_written_by_the_rules_of_each_style_and_format(case):
    """A date of any form stands in words in the styles, and in the fields that each format has for it."""
    date = {"role": "document", **{key: case[key] for key in ("edtf", "text") if key in case}}
    data = {"title": {"en": "Log of the mill"}, "creator": ["agent/orlova"], "dates": [date]}
    cited = _cited({"data": data})
    chicago = case["chicago"]
    assert chicago_note(cited) == f"Vera Orlova, “Log of the Mill,” {chicago}, {_URL}."
    sentence = f"{chicago[0].upper()}{chicago[1:]}"
    assert chicago_bibliography(cited) == f"Orlova, Vera. “Log of the Mill.” {sentence}. {_URL}."
    in_mla = f"{case['mla'][0].upper()}{case['mla'][1:]}"
    assert mla(cited) == f"Orlova, Vera. “Log of the Mill.” {in_mla}, {_URL}."
    written = _written(cited)
    _, fields = _bibtex(written["bib"])
    assert {key: fields[key] for key in ("year", "date", "addendum") if key in fields} == case["bibtex"]
    (entry,) = rispy.loads(written["ris"])
    assert {tag: entry[key] for tag, key in (("PY", "year"), ("DA", "date")) if key in entry} == case["ris"]
    assert json.loads(written["csl.json"])[0]["issued"] == case["csl"]


def test_an_archive_that_the_reference_names_in_any_language_is_not_named_again():
    """A reference in Latin letters has the archive's name in it, whatever the language of the reader."""
    levels = [{"level": "archive", "name": {"en": "AFP", "ru": "АВП"}, "alternativeNames": {"en": ["Foreign archive"]}}]
    record = {"id": "record/1", "title": {"ru": "Запись"}, "reference": "AFP, f. 1"}
    cited = cited_record(CitationSource(_URL, record, {}, levels, "", ["ru"]))
    assert (cited.archive, cited.holder) == ("АВП", "")


def test_no_language_is_said_where_none_is_known():
    """A title or a document in an undetermined language has no language in any format, and no English title case."""
    record = {"id": "record/1", "title": {"und": "log of the mill"}, "language": ["und"]}
    cited = cited_record(CitationSource(_URL, record, {}, (), "", ["en"]))
    assert "“log of the mill.”" in chicago_bibliography(cited)
    written = _written(cited)
    assert "language" not in json.loads(written["csl.json"])[0]
    assert "langid" not in written["bib"]
    assert "LA  -" not in written["ris"]

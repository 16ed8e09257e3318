"""Kinds of problems in a report, and the words in which an archivist reads them."""

import pytest
from publishing import BASE

from kg import settings
from kg.publish import build
from kg.publish.report.kinds import KindOfProblems, kind_of
from kg.records.problems import SourceProblem
from kg.records.readers.source_words import in_source_words

AUTHORITY = (
    "<eac-cpf><control><recordId>a</recordId></control><cpfDescription><identity><entityType>person</entityType>"
    "</identity></cpfDescription></eac-cpf>"
)


def problem(field, value, message, expected="a date"):
    return SourceProblem("a.xml", "line 1", field, value, expected, message)


def test_unread_dates_are_one_kind():
    """All dates that can't be read are one kind, whatever their reason and place; its forms are those that occur most."""
    values = ["05/04/1963", "06/05/1963", "31 Feb 1963", "harvest"]
    problems = [problem("unitdate", value, f"{value!r} is none; kept as it is written") for value in values]
    problems.append(problem("dates[3].edtf", "07/05/1963", "can be read in two ways; kept as it is written", "two"))
    kinds = {kind_of(each) for each in problems}
    assert len(kinds) == 1
    counted = KindOfProblems(problems[0])
    for each in problems:
        counted.add(each)
    assert counted.count == 5
    forms = [(each["value"], each["count"]) for each in counted.as_json()["forms"]]
    assert forms == [("05/04/1963", 3), ("31 Feb 1963", 1), ("harvest", 1)]


def test_values_in_messages_make_no_kinds():
    """Messages that differ by a value or a number alone are of one kind; others are not."""
    first, second = (problem("a", "", f"the number {n!r} stands on line {n}") for n in ("1", "22"))
    assert kind_of(first) == kind_of(second)
    assert kind_of(first) != kind_of(problem("b", "", first.message))
    assert kind_of(problem("a", "", "is not (12 May)")) == kind_of(problem("a", "", "is not (13 June)"))


@pytest.mark.parametrize(
    ("format_", "key", "field", "expected"),
    [
        ("ead", "name", "did/unittitle", "a unittitle with text"),
        ("ead", "title", "did/unittitle", "a unittitle with text"),
        ("eac", "name", "identity/nameEntry/part", "a part with text"),
        ("jsonl", "name", "name", "text by language"),
    ],
)
def test_what_is_missing_is_said_in_the_words_of_the_format(format_, key, field, expected):
    """What a file lacks is called as its format calls it, whatever the model's key is."""
    said = in_source_words(
        SourceProblem("a", "line 1", key, "", "text by language", "is required", "rejected"), format_
    )
    assert (said.field, said.expected, said.at) == (field, expected, "line 1")


def test_the_report_speaks_of_the_file(tmp_path):
    """An authority record without a name is left out with the element that it lacks, and its line."""
    (tmp_path / "a.xml").write_text(AUTHORITY, encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"id": "record/1", "title": "T"}\n', encoding="utf-8")
    sources = ({"path": "a.xml"}, {"path": "b.jsonl"})
    report = build.build(settings.Settings(base=BASE, folder=tmp_path, sources=sources))
    (told,) = [each for each in report.problems() if each.severity == "rejected"]
    assert (told.field, told.at) == ("identity/nameEntry/part", "line 1")

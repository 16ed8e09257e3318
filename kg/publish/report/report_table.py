"""Report of a build as one table: a row for each problem, and for each entry of the lists.

It is worked down in a sheet. The column `list` says of what a row is one, and `count` how many it stands for: 1 for a
problem; for a name the documents that name it; for a gap the documents that have it. A cell that a spreadsheet would
take for a formula is defused.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from kg.publish.report.alike import REASONS
from kg.publish.report.kinds import todo_of, word_of
from kg.records.problems import SourceProblem
from kg.render.data import spreadsheet

COLUMNS = (
    "list",
    "kind",
    "severity",
    "count",
    "file",
    "at",
    "field",
    "value",
    "message",
    "expected",
    "todo",
    "id",
    "address",
)
"""Columns of the table."""

_ROWS_AT_ONCE = 1_000
_Row = dict[str, Any]


def csv_pieces(document: Mapping[str, Any], problems: Iterable[SourceProblem]) -> Iterator[bytes]:
    """Yield the table as CSV, in pieces.

    Args:
        document: the report as data.
        problems: every problem of the build.
    """
    yield spreadsheet.table(COLUMNS, [])
    rows = _rows(document, problems)
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        yield spreadsheet.csv_rows([spreadsheet.cell(row.get(name, "")) for name in COLUMNS] for row in batch)


def _rows(document: Mapping[str, Any], problems: Iterable[SourceProblem]) -> Iterator[_Row]:
    lists, base = document["worklist"], document["base"]
    for problem in problems:
        yield _problem_row(problem, base)
    for each in lists["undescribed"]:
        for item in each["items"]:
            yield {
                "list": "undescribed",
                "kind": each["kind"],
                "count": item["documents"],
                "value": item["name"],
                "id": item["id"],
                "address": base + item["id"],
            }
    for item in lists["alike"]["items"]:
        yield _alike_row(item)
    for form in lists["dates"]["items"]:
        yield {"list": "date-form", "kind": form["form"], **_picked(form, "count", "value", "file", "at")}
    yield from _gap_rows(lists["gaps"], base)
    yield from _translation_rows(lists["translations"])
    yield from _completeness_rows(document["completeness"])
    for row in document["trend"]:
        said = f"{row['before']} before, {row['direction']}"
        yield {"list": "trend", "kind": row["figure"], "count": row["now"], "message": said}


def _problem_row(problem: SourceProblem, base: str) -> _Row:
    return {
        "list": "problem",
        "kind": word_of(problem),
        "severity": problem.severity,
        "count": 1,
        "file": problem.source,
        "at": problem.at,
        "field": problem.field,
        "value": problem.value,
        "message": problem.message,
        "expected": problem.expected,
        "todo": todo_of(problem),
        "id": problem.record,
        "address": base + problem.record if problem.record and problem.severity != "rejected" else "",
    }


def _alike_row(item: Mapping[str, Any]) -> _Row:
    named = "; ".join(f"{each['as'] or each['name']} ({each['id']}, {each['documents']})" for each in item["names"])
    return {
        "list": "alike",
        "kind": item["why"],
        "count": item["documents"],
        "value": named,
        "message": REASONS[item["why"]],
        "id": item["names"][0]["id"],
    }


def _gap_rows(gaps: Mapping[str, Any], base: str) -> Iterator[_Row]:
    for item in gaps["items"]:
        yield {"list": "gap", "kind": item["gap"], "count": item["count"], "address": item["search"]}
        for example in item["examples"]:
            yield {
                "list": "gap-example",
                "kind": item["gap"],
                "count": 1,
                "value": example["title"],
                "address": base + example["id"],
                **_picked(example, "id", "file", "at"),
            }


def _translation_rows(missing: Mapping[str, Any]) -> Iterator[_Row]:
    for language, kinds in missing["labels"].items():
        for kind, count in kinds.items():
            yield {"list": "translation", "kind": kind, "field": language, "count": count}
    for name in missing["shared"]:
        yield {
            "list": "translation",
            "kind": "site",
            "field": name,
            "message": "one text for all languages",
            "count": 1,
        }
    for name, languages in missing["site"].items():
        yield {"list": "translation", "kind": "site", "field": name, "value": ", ".join(languages), "count": 1}


def _completeness_rows(completeness: Mapping[str, Any]) -> Iterator[_Row]:
    for source in completeness["sources"]:
        for name, count in source["has"].items():
            said = f"of {source['documents']} documents"
            yield {"list": "has", "kind": name, "count": count, "file": source["source"], "message": said}
    for kind in completeness["kinds"]:
        for key, count in kind["keys"].items():
            said = f"of {kind['records']} records"
            yield {"list": "key", "kind": kind["kind"], "field": key, "count": count, "message": said}


def _picked(item: Mapping[str, Any], *names: str) -> _Row:
    return {name: item[name] for name in names}

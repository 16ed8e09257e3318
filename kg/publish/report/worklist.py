"""Worklist of an archivist: what is named and not described, names that look alike, dates, gaps, links, translations.

Everything is counted from the finished catalogue and name index of a build, each read once, and from the kinds of
problems; of each list the first are kept, the weightiest first, and all are counted.
"""

import heapq
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote

import orjson

from kg.date_roles import principal
from kg.publish.report.alike import MAX_COMPARED, MAX_GROUPS, MAX_TEXTS, AlikeNames, NamedThing, alike, words_of
from kg.publish.report.completeness import Completeness
from kg.publish.report.kinds import of_word
from kg.publish.report.remedies import DATE_UNREAD, LINK_DANGLING
from kg.publish.report.report import Report
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.segments.reader import SegmentReader
from kg.store.search.fields import RECORD, texts

MAX_UNDESCRIBED = 1_000
"""Things of each kind that are listed as named and not described; all are counted."""

_MAX_NAME = 200
"""Characters of a name that are listed."""

_KINDS = ("agent", "place", "topic", "collection", "archive", RECORD)
"""Kinds in the order of the list."""

_UNDESCRIBED = (
    "SELECT things.kind, ref, label, CASE things.kind"
    " WHEN 'record' THEN (SELECT SUM(link_counts.n) FROM link_counts WHERE target = things.n)"
    " ELSE COALESCE(NULLIF(named.documents, 0), (SELECT COUNT(DISTINCT links.source) FROM links"
    " JOIN things AS document ON document.n = links.source"
    " WHERE links.target = things.n AND document.kind = 'record')) END,"
    " things.n FROM things LEFT JOIN names.documents AS named ON named.n = things.n"
    " WHERE things.status = 'stub' AND things.deleted IS NULL"
)
"""Things that are named alone: each with the documents that a list of the site counts for it, or where that counts none
those that link to it in any way; a document with the links to it."""

_NAMED = (
    "SELECT ref, status, offset, length, COALESCE(named.documents, 0) AS documents FROM things"
    " LEFT JOIN names.documents AS named USING (n) WHERE kind <> 'record' AND deleted IS NULL AND digest IS NOT NULL"
    " ORDER BY documents DESC, n LIMIT ?"
)


def worklist(folder: GenerationFolder, report: Report, base: str) -> dict[str, Any]:
    """Return the lists of a generation, as its report has them.

    Args:
        folder: the generation, with catalogue, records and name index finished.
        report: problems, gaps and missing translations.
        base: the base IRI, below which things and searches have their addresses.
    """
    kinds = [kind.as_json() for kind in report.kinds()]
    missing = report.untranslated
    with closing(_open(folder)) as db:
        undescribed = _undescribed(db)
        named = list(_named(db, folder))
        (total,) = db.execute("SELECT COUNT(*) FROM things WHERE kind <> 'record' AND digest IS NOT NULL").fetchone()
    groups = list(alike(named))
    return {
        "undescribed": undescribed,
        "alike": {
            "count": len(groups),
            "compared": len(named),
            "names": total,
            "items": [_alike_item(group) for group in heapq.nsmallest(MAX_GROUPS, groups, key=_weight)],
        },
        "dates": _dates(kinds),
        "gaps": _gaps(report.completeness, base),
        "links": {
            "count": sum(kind["count"] for kind in of_word(kinds, LINK_DANGLING)),
            "items": [example for kind in of_word(kinds, LINK_DANGLING) for example in kind["examples"]],
        },
        "translations": {**missing.as_json(), "file": report.translations_file.name if missing.labels else ""},
    }


def _open(folder: GenerationFolder) -> sqlite3.Connection:
    """Open the catalogue with the name index beside it."""

    def address(path: os.PathLike[str]) -> str:
        return f"file:{quote(os.fspath(path))}?mode=ro&immutable=1"

    db = sqlite3.connect(address(folder.catalogue), uri=True)
    db.execute("ATTACH ? AS names", (address(folder.names),))
    return db


def _undescribed(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Things that are named and not described, by kind; those that most documents name first."""
    counts = dict.fromkeys(_KINDS, 0)
    first: dict[str, list[tuple[int, int, str, bytes]]] = {kind: [] for kind in _KINDS}
    for kind, reference, label, documents, n in db.execute(_UNDESCRIBED):
        counts[kind] += 1
        entry = (documents or 0, -n, reference, label)
        if len(first[kind]) < MAX_UNDESCRIBED:
            heapq.heappush(first[kind], entry)
        elif entry > first[kind][0]:
            heapq.heapreplace(first[kind], entry)
    return [
        {
            "kind": kind,
            "count": counts[kind],
            "items": [
                {"id": reference, "name": _shown_name(label), "documents": documents}
                for documents, _, reference, label in sorted(first[kind], reverse=True)
            ],
        }
        for kind in _KINDS
        if counts[kind]
    ]


def _shown_name(label: bytes | None) -> str:
    labels: dict[str, str] = orjson.loads(label) if label else {}
    return next(iter(labels.values()), "")[:_MAX_NAME]


def _named(db: sqlite3.Connection, folder: GenerationFolder) -> Iterator[NamedThing]:
    """Things with the names of their records, those that most documents name first."""
    with SegmentReader(folder.records) as records:
        for reference, status, address, length, documents in db.execute(_NAMED, (MAX_COMPARED,)):
            record: dict[str, Any] = orjson.loads(records.record(address, length))
            names = _names(record)
            dates = principal(record.get("dates", ()))
            yield NamedThing(
                reference,
                names,
                tuple(map(words_of, names)),
                documents,
                status != "stub",
                str(record.get("agentType", "")),
                _year(dates.get("start")),
                _year(dates.get("end")),
            )


def _names(record: dict[str, Any]) -> tuple[str, ...]:
    said = [text for key in ("name", "alternativeNames") for _, text in texts(record.get(key))]
    said += [name["text"] for name in record.get("names", ()) if "text" in name]
    return tuple(dict.fromkeys(text[:_MAX_NAME] for text in said))[:MAX_TEXTS]


def _year(day: str | None) -> int | None:
    """Year of a day.

    >>> _year("-0044-03-15"), _year("1962-01-01"), _year(None)
    (-44, 1962, None)
    """
    return int(day.rsplit("-", 2)[0]) if day else None


def _weight(group: AlikeNames) -> tuple[int, str]:
    return -group.documents, group.things[0].reference


def _alike_item(group: AlikeNames) -> dict[str, Any]:
    return {
        "why": group.reason,
        "kind": group.things[0].kind,
        "count": group.count,
        "documents": group.documents,
        "names": [
            {
                "id": each.reference,
                "name": each.names[0] if each.names else "",
                "as": text,
                "documents": each.documents,
                "described": each.described,
            }
            for each, text in zip(group.things, group.texts, strict=True)
        ],
    }


def _dates(kinds: list[dict[str, Any]]) -> dict[str, Any]:
    """Dates that could not be read, by their forms."""
    unread = list(of_word(kinds, DATE_UNREAD))
    forms: dict[str, dict[str, Any]] = {}
    for kind in unread:
        for form in kind["forms"]:
            known = forms.setdefault(form["form"], {**form, "count": 0})
            known["count"] += form["count"]
    items = sorted(forms.values(), key=lambda form: -form["count"])
    return {"count": sum(kind["count"] for kind in unread), "items": items}


def _gaps(completeness: Completeness, base: str) -> dict[str, Any]:
    """What documents lack, with the first of them and the search that finds all."""
    return {
        "documents": completeness.documents(),
        "items": [
            {
                "gap": name,
                "count": count,
                "search": f"{base}search?kind={RECORD}&lacks={name}",
                "examples": [each.as_example() for each in completeness.examples[name]],
            }
            for name, count in completeness.gaps().items()
        ],
    }

"""CSL-JSON item of a record, the source of every citation format.

Terms are those of the CSL 1.0.2 data schema. `genre` has the archive's own name for the type of document; the CSL type
decides how reference managers and styles treat the record.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.iris import uri
from kg.render.data.record import first_date, labels, references, texts

Item = dict[str, Any]

_TYPES = (
    (re.compile(r"letter|telegram|cable|message|note-verbale"), "personal_communication"),
    (re.compile(r"speech|address|press-conference|broadcast"), "speech"),
    (re.compile(r"report|estimate|study"), "report"),
    (re.compile(r"interview"), "interview"),
    (re.compile(r"map"), "map"),
    (re.compile(r"treaty|agreement|resolution|proclamation"), "bill"),
    (re.compile(r"recording"), "song"),
    (re.compile(r"article"), "article-newspaper"),
)
"""Pattern of a document type's key → CSL type; any other document is a manuscript."""

_UNCITED_FORMS = frozenset({"former", "maiden", "pseudonym", "abbreviation"})
"""Forms of a name that no citation uses."""

_AUTHORS = ("creator", "journalAuthor", "sender")
_ROLES = {"translator": "translator", "recipient": "recipient", "contributors": "contributor"}
LINK_KEYS = ("type", *_AUTHORS, *_ROLES)
"""Keys of the links whose targets appear in a citation."""

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_QUALIFIERS = re.compile(r"[?~%]")


@dataclass(frozen=True, slots=True)
class CitationSource:
    """Input of a citation.

    Attributes:
        iri: IRI of the record; a citation has its URI, which every program and printer takes.
        record: the record as JSON.
        linked: reference of a link's target → its record.
        archive: name of the topmost level of its archival reference; empty without one.
        publisher: publisher of the site.
        languages: preferred languages of names and titles, the best first.
    """

    iri: str
    record: Mapping[str, Any]
    linked: Mapping[str, Mapping[str, Any]]
    archive: str
    publisher: str
    languages: Sequence[str]


def item(source: CitationSource) -> Item:
    """CSL-JSON item of a record, without absent variables.

    >>> record = {"id": "record/1", "title": {"en": "Letter"}, "dates": [{"role": "document", "edtf": "1962-10~"}]}
    >>> item(CitationSource("https://a.example/record/1", record, {}, "", "", ["en"]))["issued"]
    {'date-parts': [[1962, 10]], 'circa': True}
    """
    record = source.record
    types = [reference.partition("/")[2] for reference in references(record, "type")]
    date = first_date(record)
    values: Item = {
        "id": record["id"].partition("/")[2],
        "type": next((kind for pattern, kind in _TYPES if any(map(pattern.search, types))), "manuscript"),
        "title": _text(record.get("title"), source.languages),
        "author": next((people for key in _AUTHORS if (people := list(_people(source, key)))), None),
        **{name: list(_people(source, key)) for key, name in _ROLES.items()},
        "issued": csl_date(date) if date else None,
        "genre": next((_label(source, each) for each in references(record, "type")), None),
        "archive": source.archive,
        "archive_location": record.get("reference"),
        "publisher": source.publisher,
        "language": next(iter(record.get("language", ())), None),
        "abstract": _text(record.get("summary"), source.languages),
        "URL": uri(source.iri),
    }
    return {name: value for name, value in values.items() if value}


def csl_date(edtf: str) -> dict[str, Any]:
    """CSL date of a date in EDTF: parts, a range, or else the literal text.

    >>> csl_date("1963-04-05"), csl_date("1962-10-24/1962-11-20")
    ({'date-parts': [[1963, 4, 5]]}, {'date-parts': [[1962, 10, 24], [1962, 11, 20]]})
    >>> csl_date("[1971-05-01..1971-05-05]")
    {'literal': '[1971-05-01..1971-05-05]'}
    """
    bare = _QUALIFIERS.sub("", edtf)
    ends = [_DAY.fullmatch(end) for end in bare.split("/")]
    if len(ends) > 2 or not all(ends):
        return {"literal": edtf}
    parts = [[int(part) for part in end.groups() if part] for end in ends if end]
    return {"date-parts": parts, "circa": True} if bare != edtf else {"date-parts": parts}


def _people(source: CitationSource, key: str) -> Iterator[dict[str, str]]:
    for reference in references(source.record, key):
        record = source.linked.get(reference, {})
        label = _label(source, reference)
        forms = [
            form for form in record.get("names", ()) if form.get("family") and form.get("form") not in _UNCITED_FORMS
        ]
        preferred = [form for form in forms if form.get("language") in source.languages[:1]] or forms
        if record.get("agentType") == "person" and preferred:
            form = preferred[0]
            yield (
                {"family": form["family"], "given": form["given"]} if form.get("given") else {"family": form["family"]}
            )
        elif label:
            yield {"literal": label}


def _label(source: CitationSource, reference: str) -> str | None:
    record = source.linked.get(reference, {})
    return _text(labels(record), source.languages)


def _text(value: Any, languages: Sequence[str]) -> str | None:
    """Text in the first language with any, its paragraphs joined."""
    return "\n\n".join(texts(value, languages)[0]) or None

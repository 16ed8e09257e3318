"""Bibliographic data of a record: the one source of every style, citation format and meta tag."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg import language_ranges
from kg.iris import uri
from kg.render.citations.cited_dates import CitedDate
from kg.render.citations.cited_names import CitedName, cited_name
from kg.render.data.record import all_texts, labels, references, texts

_TYPES = (
    (re.compile(r"letter|telegram|cable|message|note-verbale"), "personal_communication"),
    (re.compile(r"speech|address|press-conference|broadcast"), "speech"),
    (re.compile(r"report|estimate|study"), "report"),
    (re.compile(r"interview"), "interview"),
    (re.compile(r"map"), "map"),
    (re.compile(r"video|motion-picture|(?<!micro)film"), "motion_picture"),
    (re.compile(r"recording|audio"), "song"),
    (re.compile(r"photograph|drawing|painting|poster"), "graphic"),
    (re.compile(r"article"), "article-newspaper"),
)
"""Pattern of a document type's key → CSL type; any other document is a manuscript, a treaty and a resolution too: CSL's
types for laws are cited by number and volume, and styles leave out author and day (D-160)."""

CITED_KINDS = ("record", "collection", "archive")
"""Kinds of things that are cited."""

_AUTHORS = ("creator", "journalAuthor", "sender")
_CREDITS = ("translator", "recipient", "contributors")
LINK_KEYS = ("type", *_AUTHORS, *_CREDITS, "repository", "collections")
"""Keys of the links whose targets appear in a citation."""

_DATE_ROLES = ("document", "sent", "received", "bulk", "event", "broadcast", "printed", "published", "cast", "active")
_UNCITED_DATES = frozenset({"digitized", "uploaded", "exhibited", "remade"})
"""Roles of dates that are not those of the document: of its copies, and of what was done with it later."""

_LEVEL_WORDS = re.compile(r"[^\W\d]+\.?,? ?(?:no\.? ?|№ ?|nr\.? ?)?[\w/.-]*\d[\w/.-]*", re.IGNORECASE)
"""Name of a level that is only its number: `Fond 0104`, `Box 9`."""

_MAX_LEVELS = 6


@dataclass(frozen=True, slots=True)
class CitationSource:
    """Input of a citation.

    Attributes:
        iri: IRI of the record; a citation has its URI, which every program and printer takes.
        record: the record as JSON.
        linked: reference of a link's target → its record.
        levels: records of the levels above it, the topmost first.
        publisher: publisher of the site.
        languages: preferred languages of names and titles, the best first.
    """

    iri: str
    record: Mapping[str, Any]
    linked: Mapping[str, Mapping[str, Any]]
    levels: Sequence[Mapping[str, Any]]
    publisher: str
    languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class CitedRecord:
    """Bibliographic data of a record; what is not known is empty.

    Attributes:
        key: key of the record.
        kind: CSL type.
        title, title_language: title, and its language tag.
        url: permanent address.
        authors, translators, recipients, contributors: names by role.
        date: date of the document.
        genre: the archive's own name for its type.
        reference: archival reference, as one phrase.
        levels: names of file, series and holdings, the lowest first, as far as the reference does not say them.
        archive: name of the archive.
        holder: the same, where the reference does not name it already: `AVP RF, f. 0104` does.
        publisher: publisher of the site.
        language: language of the document.
        abstract: summary.
        wanted: citation that the source itself asks for.
        accessed: day on which it was seen, in ISO 8601.
    """

    key: str
    kind: str
    title: str
    title_language: str
    url: str
    authors: tuple[CitedName, ...] = ()
    translators: tuple[CitedName, ...] = ()
    recipients: tuple[CitedName, ...] = ()
    contributors: tuple[CitedName, ...] = ()
    date: CitedDate | None = None
    genre: str = ""
    reference: str = ""
    levels: tuple[str, ...] = ()
    archive: str = ""
    holder: str = ""
    publisher: str = ""
    language: str = ""
    abstract: str = ""
    wanted: str = ""
    accessed: str = ""

    @property
    def is_english(self) -> bool:
        """Whether the title that is shown is English: its own tag tells it; without one, the only language there is."""
        tag = self.title_language or self.language
        return tag.partition("-")[0].lower() == "en"


def cited_record(source: CitationSource, accessed: str = "") -> CitedRecord:
    """Bibliographic data of a record.

    >>> record = {"id": "record/1", "title": {"en": "Letter"}, "dates": [{"role": "document", "edtf": "1962-10~"}]}
    >>> cited = cited_record(CitationSource("https://a.example/record/1", record, {}, (), "", ["en"]))
    >>> cited.title, cited.date
    ('Letter', CitedDate(edtf='1962-10~', text=''))
    """
    record, languages = source.record, source.languages
    title, title_language = _title(record, languages)
    people = {key: tuple(_people(source, key)) for key in (*_AUTHORS, *_CREDITS)}
    reference = record.get("reference", "")
    archive, archive_names = _archive(source)
    spoken = [tag for tag in record.get("language", ()) if not language_ranges.is_undetermined(tag)]
    return CitedRecord(
        key=record["id"].partition("/")[2],
        kind=_kind(record),
        title=title,
        title_language=title_language or (spoken[0] if len(spoken) == 1 else ""),
        url=uri(source.iri),
        authors=next((people[key] for key in _AUTHORS if people[key]), ()),
        translators=people["translator"],
        recipients=people["recipient"],
        contributors=people["contributors"],
        date=cited_date(record),
        genre=next((_label(source, each) for each in references(record, "type")), ""),
        reference=" ".join(reference.split()),
        levels=tuple(_level_names(source, reference)),
        archive=archive,
        holder="" if any(_names(name, reference) for name in archive_names) else archive,
        publisher=source.publisher,
        language=next((tag for tag in spoken if not language_ranges.is_undetermined(tag)), ""),
        abstract=_text(record.get("summary"), (*filter(None, (title_language,)), *languages)),
        wanted=_text(record.get("citation"), languages),
        accessed=accessed,
    )


def cited_date(record: Mapping[str, Any]) -> CitedDate | None:
    """Date of a document: when it was written or sent, else when what it tells of took place; never that of a copy.

    >>> cited_date({"dates": [{"role": "digitized", "edtf": "2019"}, {"role": "document", "text": "Whitsun 1909"}]})
    CitedDate(edtf='', text='Whitsun 1909')
    """
    dates = [each for each in record.get("dates", ()) if each.get("edtf") or each.get("text")]
    ranked = sorted(
        (each for each in dates if each["role"] not in _UNCITED_DATES),
        key=lambda each: _DATE_ROLES.index(each["role"]) if each["role"] in _DATE_ROLES else len(_DATE_ROLES),
    )
    return CitedDate(ranked[0].get("edtf", ""), " ".join(ranked[0].get("text", "").split())) if ranked else None


def _title(record: Mapping[str, Any], languages: Sequence[str]) -> tuple[str, str]:
    said, language = texts(labels(record), languages)
    return " ".join(" ".join(said).split()), "" if language_ranges.is_undetermined(language) else language


def _kind(record: Mapping[str, Any]) -> str:
    if not record["id"].startswith("record/"):
        return "collection"
    types = [reference.partition("/")[2] for reference in references(record, "type")]
    return next((kind for pattern, kind in _TYPES if any(map(pattern.search, types))), "manuscript")


def _people(source: CitationSource, key: str) -> Iterator[CitedName]:
    for reference in references(source.record, key):
        record = source.linked.get(reference, {})
        if name := cited_name(record, _text(labels(record), source.languages), source.languages):
            yield name


def _archive(source: CitationSource) -> tuple[str, list[str]]:
    """Archive with all of its names: the institution above the record, else the one that the source names."""
    record = source.levels[0] if source.levels else {}
    if record.get("level") != "archive":
        record = source.linked.get(next(references(source.record, "repository"), ""), {})
    names = [*all_texts(labels(record)), *all_texts(record.get("alternativeNames"))]
    return _text(labels(record), source.languages), names


def _level_names(source: CitationSource, reference: str) -> Iterator[str]:
    """Names of levels below the institution, and of the collection where there are none; the lowest first."""
    levels = [level for level in source.levels if level.get("level") != "archive"][-_MAX_LEVELS:]
    named = [_text(labels(level), source.languages) for level in reversed(levels)]
    if not named:
        named = [_label(source, each) for each in list(references(source.record, "collections"))[:1]]
    for name in dict.fromkeys(named):
        numbered = _LEVEL_WORDS.fullmatch(name) and _number(name) in _numbers(reference)
        if name and not numbered and not _names(name, reference):
            yield name


def _names(name: str, reference: str) -> bool:
    """Whether a reference has a name in it already."""
    return bool(name) and name.casefold() in reference.casefold()


def _number(text: str) -> str:
    return next(iter(_numbers(text)), "")


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\w*\d\w*", text.casefold()))


def _label(source: CitationSource, reference: str) -> str:
    return _text(labels(source.linked.get(reference, {})), source.languages)


def _text(value: Any, languages: Sequence[str]) -> str:
    """Text in the first language with any, its paragraphs joined; empty for none."""
    return "\n\n".join(texts(value, languages)[0])

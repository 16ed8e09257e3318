"""Parsers of the lines of a record page: title with people and day, numbers in the head, source statement.

Pure functions of text.
"""

import re
from dataclasses import dataclass
from typing import Any

from kg import iris
from kg.records.dates import phrases
from kg.records.names import archival_references, named_people

MAX_HEAD_LINE = 200
"""Maximum length in characters of a line with a number in it; the patterns take time by the square of it."""

MAX_TITLE = 2_000
"""Maximum length in characters of a title that is parsed; a longer one stands as it is."""

MAX_SOURCE = 10_000
"""Maximum length in characters of a source statement that is parsed; a longer one is a statement as a whole."""

_QUOTES = "'\"‘’“”«»"
_JOURNAL = re.compile(
    rf"(?i)From the (?:Journal|Diary) of (?P<author>[^,]+?),?\s+[{_QUOTES}](?P<title>.+)[{_QUOTES}]\s*"
)
_TALK = re.compile(
    r"(?i)(?:Record|Memorandum|Minutes) of (?:a |the )?(?:Conversation|Meeting|Talk)s? (?:with|between) (?P<who>.+)"
)
_NUMBER = r"(?:N[º°o]\.?|No\.|#)\s*(?P<number>\S+)"
_COPY = re.compile(rf"(?i)(?P<classification>[A-Z ]*?)\s*Copy\s+{_NUMBER}")
_OUTGOING = re.compile(rf"(?i)Outgoing\s+{_NUMBER}")
_VERBS = {
    **dict.fromkeys(
        ("obtained", "provided", "contributed", "found", "acquired", "supplied", "submitted", "discovered", "located"),
        "obtainedBy",
    ),
    "translated": "translator",
}
"""Verb of a credit → key; with any other verb the credit is a text alone."""

_VERB = r"[^\W\d_]{2,20}(?:ed|wn|en|lt)|found"
_STATEMENT = re.compile(rf"(?i)(?:^|(?<=[.;]))\s*(?=(?:{_VERB})(?: for [\w ]+?)? by\b)")
_CREDIT = re.compile(
    rf"(?i)\b(?P<verb>{_VERB})(?: for [\w ]+?)? by (?P<who>.+?)"
    rf"(?=(?:,? and |[,;.] *)(?:{_VERB})(?: for [\w ]+?)? by\b|\.?\s*$)"
)


@dataclass(frozen=True, slots=True)
class Title:
    """Title of a document, with the author, people and day that it names.

    Attributes:
        text: the title as it stands.
        journal: from whose journal the document is taken, or None.
        people: (name, office or None) of those whose conversation it records.
        event: the day of the conversation, as it is written, or None.
    """

    text: str
    journal: str | None = None
    people: tuple[tuple[str, str | None], ...] = ()
    event: str | None = None


def read_title(text: str) -> Title:
    """Parse a title into author, people and day.

    >>> title = read_title("From the Journal of A. Writer, 'Record of a Conversation with Anna Miller, Minister of "
    ...     "Trade, 22 and 23 February 1963'")
    >>> title.journal, title.people, title.event
    ('A. Writer', (('Anna Miller', 'Minister of Trade'),), '22 and 23 February 1963')
    """
    text = " ".join(text.split())
    if len(text) > MAX_TITLE:
        return Title(text)
    journal = _JOURNAL.fullmatch(text)
    inner = journal["title"] if journal else text
    inner, event = _day_at_end(inner)
    talk = _TALK.search(inner)
    people = named_people.in_title(talk["who"]) if talk else ()
    return Title(text, journal["author"] if journal else None, people, event)


def _day_at_end(text: str) -> tuple[str, str | None]:
    """Text without the date at its end, and that date as written."""
    parts = text.split(",")
    for cut in range(max(1, len(parts) - 3), len(parts)):  # the longest date first: "February 22, 1963"
        date = ",".join(parts[cut:]).strip(f" .{_QUOTES}")
        if phrases.read(date):
            return ",".join(parts[:cut]).strip(), date
    return text, None


def numbers_in_head(paragraphs: list[str]) -> dict[str, list[str]]:
    """Parse copy number, outgoing number and classification in the first lines of a text.

    >>> numbers_in_head(["Top Secret Copy Nº 1", "Outgoing Nº 121"])
    {'classification': ['Top Secret'], 'copyNumber': ['1'], 'outgoingNumber': ['121']}
    """
    numbers: dict[str, list[str]] = {}
    for line in (line for paragraph in paragraphs[:8] for line in paragraph.split("\n")):
        line = line.strip()  # noqa: PLW2901  # the same line
        if len(line) > MAX_HEAD_LINE:
            continue
        if copy := _COPY.fullmatch(line):
            if copy["classification"].strip():
                numbers["classification"] = [copy["classification"].strip()]
            numbers["copyNumber"] = [copy["number"]]
        elif outgoing := _OUTGOING.fullmatch(line):
            numbers["outgoingNumber"] = [outgoing["number"]]
    return numbers


def split_source(text: str) -> tuple[str, str]:
    """Split a source statement into archival reference and credits; either may be empty.

    >>> split_source("AVP RF, f. 1, ll. 8-9. Obtained by A. Finder and translated by B. Writer.")
    ('AVP RF, f. 1, ll. 8-9', 'Obtained by A. Finder and translated by B. Writer.')
    """
    if len(text) > MAX_SOURCE:
        return "", text.strip()
    cut = _STATEMENT.search(text)
    if not cut:
        return text.strip().rstrip("."), ""
    return text[: cut.start()].strip().rstrip("."), text[cut.start() :].strip()


def credited_names(statement: str) -> dict[str, list[tuple[str, str | None]]]:
    """Parse credits into key of the model → names of those who obtained or translated a document, with their type.

    >>> credited_names("Obtained by A. Finder and translated by B. Writer.")
    {'obtainedBy': [('A. Finder', 'person')], 'translator': [('B. Writer', 'person')]}
    """
    names_by_key: dict[str, list[tuple[str, str | None]]] = {}
    for credit in _CREDIT.finditer(statement) if len(statement) <= MAX_SOURCE else ():
        if key := _VERBS.get(credit["verb"].lower()):
            names_by_key.setdefault(key, []).extend(named_people.in_credit(credit["who"]))
    return {key: names for key, names in names_by_key.items() if names}


def archival_levels(reference: str) -> dict[str, Any]:
    """Return the levels of an archival reference, and the chain of archival units that contain the document."""
    levels = archival_references.read(reference)
    if not levels:
        return {}
    levels_and_parents: dict[str, Any] = {
        "referenceLevels": [{"level": level.level, "value": level.value} for level in levels]
    }
    above: dict[str, Any] | None = None
    for node in archival_references.units(levels):
        node_id = iris.reference("archive", node.key)
        link: dict[str, Any] = {"id": node_id, "name": {"@none": node.name}, "level": node.level}
        above = {**link, "partOf": [above]} if above else link
    return {**levels_and_parents, "heldIn": [above]} if above else levels_and_parents

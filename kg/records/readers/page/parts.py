"""What the lines of a record page say: a title's people and day, the numbers in a head, the source statement.

Pure: text in, what it says out.
"""

import re
from dataclasses import dataclass
from typing import Any

from kg import iris
from kg.records.dates import phrases
from kg.records.names import archival_references, personal_names

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
    "obtained": "obtainedBy",
    "provided": "obtainedBy",
    "contributed": "obtainedBy",
    "found": "obtainedBy",
    "translated": "translator",
}
_ANY_VERB = "|".join(_VERBS)
_STATEMENT = re.compile(rf"(?i)(?:^|(?<=[.;]))\s*(?=(?:{_ANY_VERB})\b)")
_CREDIT = re.compile(
    rf"(?i)\b(?P<verb>{_ANY_VERB})(?: for [\w ]+?)? by (?P<who>.+?)"
    rf"(?=(?:,? and |[,;.] *)(?:{_ANY_VERB})\b|\.?\s*$)"
)


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says.

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
    """What a title says of author, people and day.

    >>> title = read_title("From the Journal of A. Writer, 'Record of a Conversation with Anna Miller, Minister of "
    ...     "Trade, 22 and 23 February 1963'")
    >>> title.journal, title.people, title.event
    ('A. Writer', (('Anna Miller', 'Minister of Trade'),), '22 and 23 February 1963')
    """
    text = " ".join(text.split())
    journal = _JOURNAL.fullmatch(text)
    inner = journal["title"] if journal else text
    inner, event = _day_at_end(inner)
    talk = _TALK.search(inner)
    people: tuple[tuple[str, str | None], ...] = ()
    if talk:
        who = [personal_names.split_office(name) for name in personal_names.split_list(talk["who"])]
        people = tuple((name, office) for name, office in who if not personal_names.is_nobody(name))
    return Title(text, journal["author"] if journal else None, people, event)


def _day_at_end(text: str) -> tuple[str, str | None]:
    """A text without the date at its end, and that date as it is written."""
    parts = text.split(",")
    for cut in range(max(1, len(parts) - 3), len(parts)):  # the longest date first: "February 22, 1963"
        date = ",".join(parts[cut:]).strip(f" .{_QUOTES}")
        if phrases.read(date):
            return ",".join(parts[:cut]).strip(), date
    return text, None


def numbers_in_head(paragraphs: list[str]) -> dict[str, list[str]]:
    """Copy number, outgoing number and classification in the first lines of a text.

    >>> numbers_in_head(["Top Secret Copy Nº 1", "Outgoing Nº 121"])
    {'classification': ['Top Secret'], 'copyNumber': ['1'], 'outgoingNumber': ['121']}
    """
    found: dict[str, list[str]] = {}
    for line in (line for paragraph in paragraphs[:8] for line in paragraph.split("\n")):
        if copy := _COPY.fullmatch(line.strip()):
            if copy["classification"].strip():
                found["classification"] = [copy["classification"].strip()]
            found["copyNumber"] = [copy["number"]]
        elif outgoing := _OUTGOING.fullmatch(line.strip()):
            found["outgoingNumber"] = [outgoing["number"]]
    return found


def split_source(text: str) -> tuple[str, str]:
    """A source statement as (archival reference, who found and translated it); either may be empty.

    >>> split_source("AVP RF, f. 1, ll. 8-9. Obtained by A. Finder and translated by B. Writer.")
    ('AVP RF, f. 1, ll. 8-9', 'Obtained by A. Finder and translated by B. Writer.')
    """
    cut = _STATEMENT.search(text)
    if not cut:
        return text.strip().rstrip("."), ""
    return text[: cut.start()].strip().rstrip("."), text[cut.start() :].strip()


def credited(statement: str) -> dict[str, list[str]]:
    """Key of the model → names, of those who found or translated a document.

    >>> credited("Obtained by A. Finder and translated by B. Writer.")
    {'obtainedBy': ['A. Finder'], 'translator': ['B. Writer']}
    """
    found: dict[str, list[str]] = {}
    for credit in _CREDIT.finditer(statement):
        who = [name for name in personal_names.split_list(credit["who"]) if not personal_names.is_nobody(name)]
        found.setdefault(_VERBS[credit["verb"].lower()], []).extend(who)
    return {key: each for key, each in found.items() if each}


def archive_of(reference: str) -> dict[str, Any]:
    """The levels of an archival reference, and the chain of the archive's records that the document lies in."""
    levels = archival_references.read(reference)
    if not levels:
        return {}
    told: dict[str, Any] = {"referenceLevels": [{"level": each.level, "value": each.value} for each in levels]}
    above: dict[str, Any] | None = None
    for node in archival_references.tree(levels):
        node_id = iris.reference("archive", node.key)
        link: dict[str, Any] = {"id": node_id, "name": {"@none": node.name}, "level": node.level}
        above = {**link, "partOf": [above]} if above else link
    return {**told, "heldIn": [above]} if above else told

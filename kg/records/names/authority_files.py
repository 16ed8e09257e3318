"""Authority files: whose a number is, and the IRI of the entry, from code and number or from an address.

A number identifies in the company of its file alone: VIAF 12345 and a local 12345 are two. The table stands in
`ontology/authority-files.json`.

>>> entry("(lccn)n79000001", None).iri, entry("n 79-1", "naf").key
('http://id.loc.gov/authorities/names/n79000001', 'n79000001')
>>> entry("12345", "local"), entry("12345", "bibsys"), key_of("https://www.viaf.org/viaf/5/#Scribe")
(AuthorityEntry(key='12345', iri=None), AuthorityEntry(key='bibsys-12345', iri=None), 'viaf.org-viaf-5')
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from kg.settings import ONTOLOGY

LOC = "http://id.loc.gov/"

_BRACKETED = re.compile(r"\(\s*([^()\s]{1,30})\s*\)\s*(\S.*)")
_PREFIXED = re.compile(r"([A-Za-z][\w-]{1,29})\s*[:/]\s*(\S.*)")
_LCCN = re.compile(r"([a-z]{1,3}) ?(\d{2}|\d{4})-(\d{1,6})")
_WORDS = re.compile(r"[\s,;()]+")
_SCHEME_HOST = re.compile(r"https?://(?:www\.|id\.)?([^/?#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AuthorityFile:
    """Authority file.

    Attributes:
        name: its code among ours.
        codes: the codes by which sources name it, in small letters.
        number: the form of its numbers.
        iri: the IRI of an entry, with `{}` for the number.
        address: the addresses that mean an entry, with the number as a group.
        host: the host of the file.
    """

    name: str
    codes: frozenset[str]
    number: re.Pattern[str]
    iri: str
    address: re.Pattern[str]
    host: str


class AuthorityEntry(NamedTuple):
    """AuthorityEntry in an authority file: the raw key made of it, and its IRI where the file is known."""

    key: str
    iri: str | None


@cache
def _table() -> tuple[tuple[AuthorityFile, ...], frozenset[str]]:
    table = json.loads((ONTOLOGY / "authority-files.json").read_text(encoding="utf-8"))
    files = tuple(
        AuthorityFile(
            row["file"],
            frozenset(row["codes"]),
            re.compile(row["number"], re.ASCII),
            row["iri"],
            re.compile(row["address"] + r"(?:[/?#.].*)?", re.ASCII | re.IGNORECASE),
            row["source"],
        )
        for row in table["files"]
    )
    return files, frozenset(table["local"])


def files() -> tuple[AuthorityFile, ...]:
    """Return the authority files that are known."""
    return _table()[0]


def entry_iri(address: str) -> str | None:
    """Return the IRI of an entry from any of its addresses; None for an address that is none of an authority file.

    >>> entry_iri("https://www.wikidata.org/wiki/Q42"), entry_iri("https://example.org/Q42")
    ('http://www.wikidata.org/entity/Q42', None)
    """
    for file in files():
        if match := file.address.fullmatch(address):
            return file.iri.format(match[1])
    return None


def key_of(iri: str) -> str:
    """Return the raw key of a thing from its address in an authority file.

    >>> key_of("http://id.loc.gov/authorities/names/n79018757"), key_of("https://viaf.org/viaf/71385/")
    ('n79018757', 'viaf.org-viaf-71385')
    """
    iri = entry_iri(iri) or iri
    rest = iri.partition("://")[2].strip("/")
    # The numbers of the Library of Congress begin with letters that tell its files apart; bare ones would collide.
    return rest.rpartition("/")[2] if iri.startswith(LOC) else rest.replace("/", "-")


def entry(number: str, source: str | None) -> AuthorityEntry:
    """Return the entry that a number means, by the file named inside it or beside it.

    Args:
        number: the number as it stands, with its file in brackets or before a colon perhaps; no address.
        source: the file as the source names it, or None.
    """
    code, bare = _split(number)
    code = code or (source or "")
    for file in _files_of(code):
        plain = _plain(bare)
        if file.number.fullmatch(plain):
            iri = file.iri.format(_canonical(file.name, plain))
            return AuthorityEntry(key_of(iri), iri)
    name = _code(code)
    if name in _table()[1] or (not bare.isdecimal() and code == (source or "")):
        return AuthorityEntry(bare, None)
    return AuthorityEntry(f"{name}-{bare}", None)


def _split(number: str) -> tuple[str, str]:
    """File and number; the file is empty where the number names none that is known."""
    number = number.strip()
    if match := _BRACKETED.fullmatch(number):
        return match[1], match[2]
    match = _PREFIXED.fullmatch(number)
    if match and match[1].casefold() != "ark" and _files_of(match[1]):
        return match[1], match[2]
    return "", number


def _files_of(code: str) -> list[AuthorityFile]:
    """Authority files of a code, of a text that begins with one, or of an address."""
    if host := _SCHEME_HOST.match(code.strip()):
        return [file for file in files() if file.host.removeprefix("id.") in host[1].casefold()]
    name = _code(code)
    return [file for file in files() if name in file.codes] if name else []


def _code(code: str) -> str:
    words = [word for word in _WORDS.split(code.strip().casefold()) if word]
    return words[0] if words else ""


def _plain(number: str) -> str:
    """Number without blanks; one of the Library of Congress with its year and serial part in full."""
    if match := _LCCN.fullmatch(number.strip().lower()):
        return f"{match[1]}{match[2]}{match[3]:0>6}"
    return re.sub(r"\s+", "", number)


def _canonical(name: str, number: str) -> str:
    if name == "fast":
        return number.removeprefix("fst").lstrip("0")
    if name == "bnf":
        return re.sub("^(?:frbnf|ark:/12148/cb|cb)", "", number)
    return number.replace("-", "") if name == "isni" else number

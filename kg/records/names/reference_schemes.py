"""Schemes of archival references: what a letter such as `f.` or `d.` means, by the archive that writes it so.

The table stands in `ontology/reference-schemes.json`: country, archives, letters, an example, the source.

>>> meaning("f.", "AVP RF", set()), meaning("f.", "DAMSPS", set()), meaning("d.", "A. Archive", {"fond"})
('fond', None, None)
>>> meaning("d.", "A. Archive", {"fond", "opis"})
'delo'
"""

import json
from dataclasses import dataclass
from functools import cache

from kg.settings import ONTOLOGY


@dataclass(frozen=True, slots=True)
class Scheme:
    """Scheme of the references of some archives.

    Attributes:
        country: the country.
        archives: the name of an archive → its other names.
        also: more names of archives that write so, in small letters, each an archive of its own.
        letters: letter → level of the model; None for a level that it lacks.
        company: the level that has to stand beside the letters where the archive is not known; empty for no such level.
        example: a reference.
        source: where the scheme is laid down.
    """

    country: str
    archives: dict[str, tuple[str, ...]]
    also: frozenset[str]
    letters: dict[str, str | None]
    company: str
    example: str
    source: str


@cache
def schemes() -> tuple[Scheme, ...]:
    """Return the schemes, the one for an archive that is not known first."""
    table = json.loads((ONTOLOGY / "reference-schemes.json").read_text(encoding="utf-8"))
    return tuple(
        Scheme(
            row["country"],
            {archive["name"]: tuple(archive["aliases"]) for archive in row["archives"]},
            frozenset(name.casefold() for name in row["also"]),
            row["letters"],
            row["company"],
            row["example"],
            row["source"],
        )
        for row in table["schemes"]
    )


@cache
def aliases() -> dict[str, str]:
    """Return the name of each archive with several names, by any of them."""
    return {alias: name for scheme in schemes() for name, names in scheme.archives.items() for alias in (name, *names)}


@cache
def letters() -> frozenset[str]:
    """Return all letters of all schemes: none of them says its level by itself."""
    return frozenset(letter for scheme in schemes() for letter in scheme.letters)


def scheme_of(archive: str) -> Scheme | None:
    """Return the scheme of an archive by one of its names; None for an archive that is not known."""
    name = archive.casefold()
    united = aliases().get(archive)
    return next(
        (scheme for scheme in schemes() if name in scheme.also or (united is not None and united in scheme.archives)),
        None,
    )


def meaning(letter: str, archive: str, company: set[str]) -> str | None:
    """Return the level that a letter means in a reference; None where that is not certain.

    Args:
        letter: the letter with its full stop, in small letters.
        archive: the archive that the reference names, or nothing.
        company: the levels that the reference names beside it, as far as words and letters tell.
    """
    scheme = scheme_of(archive)
    if scheme is None:
        scheme = schemes()[0]
        if not scheme.company or scheme.company not in company or not company & {"fond", "delo"}:
            return None
    return scheme.letters.get(letter)

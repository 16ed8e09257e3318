"""Labels of well-known external addresses: licences, statements of rights, entries of authority files.

Nothing is fetched for a label. A page shows any other address as it is.
"""

import re

from kg.render.site.translations import translations

_LICENCE = re.compile(r"https?://creativecommons\.org/licenses/(by(?:-nc)?(?:-nd|-sa)?)/(\d\.\d)(?:/.*)?")
_DEDICATION = re.compile(r"https?://creativecommons\.org/publicdomain/(zero|mark)/(\d\.\d)(?:/.*)?")
_STATEMENT = re.compile(r"https?://rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+)/\d\.\d/?(?:\?.*)?")

DEDICATIONS = {
    "zero": "CC0 %(version)s: no rights reserved",
    "mark": "Public Domain Mark %(version)s: no known rights",
}
"""Name of a dedication to the public domain, in its address → label."""

STATEMENTS = {
    "InC": "In copyright",
    "InC-OW-EU": "In copyright; EU orphan work",
    "InC-EDU": "In copyright; educational use permitted",
    "InC-NC": "In copyright; non-commercial use permitted",
    "InC-RUU": "In copyright; rights holder unlocatable or unidentifiable",
    "NoC-CR": "No copyright; contractual restrictions",
    "NoC-NC": "No copyright; non-commercial use only",
    "NoC-OKLR": "No copyright; other known legal restrictions",
    "NoC-US": "No copyright in the United States",
    "CNE": "Copyright not evaluated",
    "UND": "Copyright undetermined",
    "NKC": "No known copyright",
}
"""Code of RightsStatements.org → label."""

_AUTHORITIES = (
    (re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/([QP]\d+)"), "Wikidata"),
    (re.compile(r"https?://(?:www\.)?viaf\.org/viaf/(\d+)/?"), "VIAF"),
    (re.compile(r"https?://(?:sws|www)\.geonames\.org/(\d+)(?:/.*)?"), "GeoNames"),
    (re.compile(r"https?://id\.loc\.gov/authorities/\w+/([a-z]+\d+)(?:\.html)?"), "Library of Congress"),
    (re.compile(r"https?://d-nb\.info/gnd/([\dX-]+)"), "GND"),
    (re.compile(r"https?://vocab\.getty\.edu/(?:page/)?(?:aat|tgn|ulan)/(\d+)"), "Getty"),
    (re.compile(r"https?://(?:www\.)?isni\.org/(?:isni/)?(\d{15}[\dX])"), "ISNI"),
    (re.compile(r"https?://orcid\.org/([\dX-]{19})"), "ORCID"),
)
"""Pattern of an address → authority file; the group is the identifier."""


def label_of(address: str, language: str) -> str:
    """Label of an address; empty for an unknown one.

    >>> label_of("https://creativecommons.org/licenses/by-sa/4.0/", "en")
    'CC BY-SA 4.0'
    >>> label_of("http://www.wikidata.org/entity/Q1563", "ru"), label_of("https://example.org/", "en")
    ('Wikidata Q1563', '')
    >>> label_of("http://rightsstatements.org/vocab/NoC-US/1.0/", "en")
    'No copyright in the United States'
    """
    say = translations(language).gettext
    if match := _LICENCE.fullmatch(address):
        return f"CC {match[1].upper()} {match[2]}"
    if match := _DEDICATION.fullmatch(address):
        return say(DEDICATIONS[match[1]]) % {"version": match[2]}
    if (match := _STATEMENT.fullmatch(address)) and match[1] in STATEMENTS:
        return say(STATEMENTS[match[1]])
    for pattern, authority in _AUTHORITIES:
        if match := pattern.fullmatch(address):
            return f"{authority} {match[1]}"
    return ""

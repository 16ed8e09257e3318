"""BibTeX of records, for biber with biblatex and for every older reader: `date` in EDTF, and `year` beside it."""

import re

from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field

from kg.render.citations.babel_names import babel_name
from kg.render.citations.cited_dates import CitedDate, biblatex, iso_parts, words
from kg.render.citations.cited_names import CitedName, natural
from kg.render.citations.cited_record import CitedRecord
from kg.render.citations.date_words import CHICAGO

_SPECIAL = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
    }
)
_NAME_SIGNS = re.compile(r",|\band\b", re.IGNORECASE)
"""What BibTeX takes for the end of a name, or of a part of one."""


def bibtex(records: list[CitedRecord]) -> bytes:
    """BibTeX in UTF-8, with TeX's special characters escaped."""
    return write_string(Library([_entry(record) for record in records])).encode()


def _entry(cited: CitedRecord) -> Entry:
    holdings = ", ".join(part for part in (cited.reference, *cited.levels, cited.holder) if part)
    values = {
        "author": _names(cited.authors),
        "title": f"{{{_tex(cited.title)}}}" if cited.title else "",
        **_date_fields(cited.date),
        "translator": _names(cited.translators),
        "type": _tex(cited.genre),
        "howpublished": _tex(cited.publisher),
        "library": _tex(cited.archive),
        "series": _tex(", ".join(cited.levels)),
        "note": _tex(holdings),
        "langid": babel_name(cited.title_language or cited.language),
        "language": babel_name(cited.language),
        "abstract": _tex(cited.abstract),
        "annotation": _tex(f"Cite as: {cited.wanted}") if cited.wanted else "",
        "url": cited.url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C"),
        "urldate": cited.accessed,
    }
    key = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-._") else "-" for sign in cited.key)
    kind = "unpublished" if cited.kind == "manuscript" else "misc"
    return Entry(kind, key, [Field(name, value) for name, value in values.items() if value])


def _date_fields(date: CitedDate | None) -> dict[str, str]:
    """`date` where biblatex reads the EDTF, and `year`: of four digits, or in words where no one year is sure.

    What neither of them says stands in `addendum`, which biblatex prints.
    """
    if date is None:
        return {}
    edtf, year, said = biblatex(date), "".join(iso_parts(date)[:1]), _tex(words(date, CHICAGO))
    beyond = bool(year and not edtf and len(iso_parts(date)) == 1)
    return {"year": year or said, "date": edtf, "addendum": said if beyond else ""}


def _names(names: tuple[CitedName, ...]) -> str:
    return " and ".join(map(_name, names))


def _name(name: CitedName) -> str:
    """Name in BibTeX's form `Last, Jr, First`; a literal one, and a part with a comma or "and", is in braces."""
    if name.literal:
        return f"{{{_tex(name.literal)}}}"
    if name.suffix and not name.given:
        return f"{{{_tex(natural(name))}}}"
    parts = (_tex(part) for part in (name.family, name.suffix, name.given) if part)
    return ", ".join(f"{{{part}}}" if _NAME_SIGNS.search(part) else part for part in parts)


def _tex(text: str) -> str:
    return " ".join(text.split()).translate(_SPECIAL)

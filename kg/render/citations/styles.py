"""Styles of citations for archival documents: Chicago note and bibliography, MLA, and an archivist's own.

Chicago is the notes-bibliography system of the Chicago Manual of Style, 17th edition, 14.221 to 14.231 (manuscript
collections): author, title in quotation marks, date, place in the holdings from the document up, archive. MLA is the
MLA Handbook, 9th edition, 5.3 to 5.99. Both are styles of English, and their months and words are English (D-159).
"""

from collections.abc import Callable, Iterator

from kg.render.citations.cited_dates import CitedDate, words
from kg.render.citations.cited_names import CitedName, name_list, natural
from kg.render.citations.cited_record import CitedRecord
from kg.render.citations.date_words import CHICAGO, MLA
from kg.render.citations.titles import flipped, quoted, sentence, stopped, title_case, unstopped

_NO_DATE = "n.d."
_GUILLEMETS = ("«", "»")
_QUOTATION_MARKS = {"ru": _GUILLEMETS, "es": _GUILLEMETS}


def chicago_note(cited: CitedRecord) -> str:
    """Full note of the Chicago style: parts between commas.

    >>> chicago_note(CitedRecord("1", "manuscript", "Who owns the well?", "en", "https://a.example/1",
    ...     (CitedName("Orlova", "Vera"),), date=CitedDate("1911"), holder="Regional archive"))
    'Vera Orlova, “Who Owns the Well?,” 1911, Regional archive, https://a.example/1.'
    """
    authors = name_list(cited.authors, most=3, shortened=1, first_inverted=False)
    bare, title = (_bare_title(cited), "") if cited.kind == "collection" else ("", _quoted_title(cited, ","))
    lead = ", ".join(part for part in (authors, bare) if part)
    rest = [*_translation(cited, "trans. "), _description(cited), _chicago_date(cited), *_place(cited)]
    if cited.accessed:
        rest.append(f"accessed {words(CitedDate(cited.accessed), CHICAGO)}")
    tail = ", ".join(part for part in (*rest, cited.url) if part)
    # The comma behind a title stands within its quotation marks.
    return f"{' '.join(part for part in (lead and f'{lead},', title, tail) if part)}."


def chicago_bibliography(cited: CitedRecord) -> str:
    """Entry of a bibliography in the Chicago style: sentences, the first author inverted.

    >>> chicago_bibliography(CitedRecord("1", "manuscript", "Sermon", "en", "https://a.example/1",
    ...     (CitedName("Hale", "Martha"), CitedName("Reed", "Thomas", "Jr.")), date=CitedDate("1850-05-01")))
    'Hale, Martha, and Thomas Reed Jr. “Sermon.” May 1, 1850. https://a.example/1.'
    """
    parts = [
        name_list(cited.authors, most=10, shortened=7, first_inverted=True),
        *_translation(cited, "Translated by "),
        _description(cited),
        _chicago_date(cited),
        *_places(cited),
        f"Accessed {words(CitedDate(cited.accessed), CHICAGO)}" if cited.accessed else "",
    ]
    return _sentences(cited, parts, cited.url)


def mla(cited: CitedRecord) -> str:
    """Entry of a list of works cited in the MLA style.

    >>> mla(CitedRecord("1", "manuscript", "Minutes of the assembly", "en", "https://a.example/1",
    ...     date=CitedDate("1926-03-08/1926-03-11"), holder="Regional archive", reference="Box 9"))
    '“Minutes of the Assembly.” 8–11 Mar. 1926. Regional archive, Box 9, https://a.example/1.'
    """
    date = words(cited.date, MLA) if cited.date else ""
    place = ", ".join((*cited.levels, *filter(None, (cited.holder, cited.reference))))
    # Within a container commas stand (5.19); a date without one is in that of the address.
    *before, last = [part for part in (date, place, _publisher(cited)) if part] or [""]
    parts = [
        name_list(cited.authors, most=2, shortened=1, first_inverted=True),
        *_translation(cited, "Translated by "),
        _description(cited),
        *before,
    ]
    end = f"{last[:1].upper()}{last[1:]}, {cited.url}" if last else cited.url
    accessed = f" Accessed {words(CitedDate(cited.accessed), MLA)}." if cited.accessed else ""
    return _sentences(cited, parts, end) + accessed


def archival(cited: CitedRecord, day: str, language: str) -> str:
    """Citation as archivists write it, in the language of a page: people, title, date, reference, archive, address.

    Args:
        cited: the record.
        day: its date in words.
        language: language of the page, which decides on quotation marks.
    """
    opening, closing = _QUOTATION_MARKS.get(language, ("“", "”"))
    people = "; ".join(natural(person) for person in cited.authors)
    bare = _bare_title(cited)
    bare = flipped(bare) if opening == "“" else bare
    title = f"{opening}{bare}{closing}" if bare and cited.kind != "collection" else bare
    place = (cited.reference, *cited.levels, cited.holder)
    parts = (people, title, day, *place, _publisher(cited), cited.url)
    return ", ".join(part for part in parts if part) + "."


STYLES: dict[str, Callable[[CitedRecord], str]] = {
    "Chicago, note": chicago_note,
    "Chicago, bibliography": chicago_bibliography,
    "MLA": mla,
}
"""Name of a style → its entry of a record, as plain text."""


def _sentences(cited: CitedRecord, parts: list[str], end: str) -> str:
    """Sentences of an entry: authors, title, the rest, and the address without a change."""
    authors, *rest = parts
    title = sentence(cited.title) if cited.kind == "collection" else _quoted_title(cited, ".")
    said = [stopped(authors, ".") if authors else "", title]
    said += [part if part == _NO_DATE else sentence(part) for part in rest if part]
    return " ".join(part for part in (*said, f"{end}.") if part)


def _quoted_title(cited: CitedRecord, stop: str) -> str:
    """Title in quotation marks; title case is for English alone (CSL 1.0.2, non-English items)."""
    return quoted(title_case(cited.title) if cited.is_english else cited.title, stop) if cited.title else ""


def _bare_title(cited: CitedRecord) -> str:
    """Title without a stop of its own: that is one of a catalogue's rules (ISBD), where "?" is the title's."""
    return unstopped(cited.title) if cited.title else ""


def _translation(cited: CitedRecord, verb: str) -> Iterator[str]:
    if cited.translators:
        yield verb + name_list(cited.translators, most=3, shortened=1, first_inverted=False)


def _description(cited: CitedRecord) -> str:
    """Type of the document with its recipients, unless the title says both."""
    title = cited.title.casefold()
    genre = "" if cited.genre.casefold() in title else cited.genre
    told = all((person.family or person.literal).casefold() in title for person in cited.recipients)
    if not cited.recipients or told:
        return genre
    people = name_list(cited.recipients, most=3, shortened=1, first_inverted=False)
    return f"{cited.genre} to {people}" if cited.genre else f"To {people}"


def _chicago_date(cited: CitedRecord) -> str:
    """Date; "n.d." says that there is none (14.145). A collection has its dates in its title, or none to tell."""
    said = words(cited.date, CHICAGO) if cited.date else ""
    return said or ("" if cited.kind == "collection" else _NO_DATE)


def _place(cited: CitedRecord) -> list[str]:
    """Place of a document, from the reference up to the archive; the site's publisher at its end."""
    return [cited.reference, *cited.levels, cited.holder, _publisher(cited)]


def _places(cited: CitedRecord) -> list[str]:
    """The same as sentences: holdings, archive, publisher."""
    holdings = ", ".join(part for part in (cited.reference, *cited.levels) if part)
    return [holdings, cited.holder, _publisher(cited)]


def _publisher(cited: CitedRecord) -> str:
    """Publisher of the site, where it is not the archive itself."""
    return "" if cited.publisher.casefold() in {cited.archive.casefold(), ""} else cited.publisher


def names_for_sorting(names: tuple[CitedName, ...], title: str) -> str:
    """Key of an entry's place in a bibliography: author, else title."""
    first = names[0] if names else None
    return (f"{first.family or first.literal} {first.given}" if first else title).casefold()


def cited_site(title: str, publisher: str, url: str) -> CitedRecord:
    """Bibliographic data of a whole published collection.

    >>> chicago_bibliography(cited_site("Papers of the region", "Regional archive", "https://archive.example.org/"))
    'Regional archive. Papers of the region. https://archive.example.org/.'
    """
    authors = (CitedName(literal=publisher),) if publisher and publisher != title else ()
    return CitedRecord("", "collection", title, "", url, authors)

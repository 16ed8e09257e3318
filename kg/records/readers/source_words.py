"""Words of a source's format for the keys of the model, for messages that its keeper understands.

A finding aid has a `unittitle`; that the model calls it `name` is no concern of an archivist.

>>> from kg.records.problems import SourceProblem
>>> problem = SourceProblem("a.xml", "line 7", "name", "", "text by language", "is required", "rejected", "archive/a.1")
>>> said = in_source_words(problem, "ead")
>>> said.field, said.message, said.expected
('did/unittitle', 'unittitle is missing, or has no text', 'a unittitle with text')
"""

import re
from dataclasses import replace

from kg.records.problems import SourceProblem
from kg.records.readers.base import FieldNames

_EAD = {
    "title": "did/unittitle",
    "name": "did/unittitle",
    "dates": "did/unitdate",
    "identifiers": "did/unitid",
    "level": "@level",
    "language": "did/langmaterial/language",
    "creator": "did/origination",
    "repository": "did/repository",
    "extent": "did/physdesc/extent",
    "physicalForm": "did/physdesc",
    "summary": "did/abstract",
    "scopeNote": "scopecontent",
    "custodialHistory": "custodhist",
    "accessConditions": "accessrestrict",
    "rights": "userestrict",
    "license": "userestrict",
    "note": "odd",
    "citation": "prefercite",
    "subjects": "controlaccess",
    "places": "controlaccess/geogname",
    "type": "controlaccess/genreform",
    "related": "relatedmaterial",
    "digitalObjects": "dao",
    "referenceLevels": "did/container",
    "sourcePage": "eadheader/eadid/@url",
    "describedOn": "eadheader/profiledesc/creation/date",
}
_EAC = {
    "name": "identity/nameEntry/part",
    "names": "identity/nameEntry",
    "agentType": "identity/entityType",
    "identifiers": "control/recordId",
    "dates": "description/existDates",
    "places": "description/places/place",
    "birthPlace": "description/places/place",
    "deathPlace": "description/places/place",
    "occupations": "description/occupations/occupation",
    "functions": "description/functions/function",
    "biography": "description/biogHist",
    "relations": "relations/cpfRelation",
    "sameAs": "control/sources/source",
}
_PAGE = {
    "title": "title, below the date",
    "dates": "date, above the title",
    "reference": "Source",
    "rights": "Rights",
    "type": "Type",
    "language": "Language",
    "originalLanguage": "Language",
    "classification": "Original Classification",
    "donors": "Donors",
}
_WORDS = {"ead": _EAD, "eac": _EAC, "page": _PAGE}
"""Format → key of the model → where that stands in a file of the format."""

_PART = re.compile(r"(\w+)(?:\[(\d+)\])?(.*)")


def in_source_words(problem: SourceProblem, format_: str, names: FieldNames | None = None) -> SourceProblem:
    """Return a problem of a key of the model in the words of a format; as it is where the format is the model's own.

    Args:
        problem: the problem.
        format_: the format of its file.
        names: the names of the record's fields in the source, where these are its own.
    """
    match = _PART.fullmatch(problem.field)
    if names is not None:
        return _in_own_words(problem, names.of(match[1], problem.value) if match else "")
    where = _WORDS.get(format_, {}).get(match[1]) if match else None
    if match is None or where is None:
        return problem
    if problem.message == "is required" and match[1] == match[0]:
        element = where.rpartition("/")[2]
        article = "an" if element[:1] in "aeio" else "a"
        message, expected = f"{element} is missing, or has no text", f"{article} {element} with text"
        return replace(problem, field=where, message=message, expected=expected)
    number = f", number {match[2]}" if match[2] else ""
    return replace(problem, field=f"{where}{number}")


def _in_own_words(problem: SourceProblem, place: str) -> SourceProblem:
    if not place:
        return problem
    if problem.message == "is required":
        return replace(problem, field=place, message="is empty, and no record goes without", expected="a text")
    return replace(problem, field=place)

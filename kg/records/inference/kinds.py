"""Kind of a table's rows, by what its columns mean: documents unless it is plainly a list of people, places or topics.

>>> from kg.records.inference.column_profile import ColumnProfile
>>> kind_of([ColumnProfile(name, ("x",)) for name in ("Name", "Born", "Died")], "people")
'agent'
>>> kind_of([ColumnProfile(name, ("x",)) for name in ("Title", "Author", "Place of birth")], "letters")
'record'
"""

from collections.abc import Sequence

from kg.records.inference.column_profile import ColumnProfile
from kg.records.inference.headings import folded

_OF_PEOPLE = frozenset(
    {
        "surname",
        "givenName",
        "birth",
        "death",
        "lifeDates",
        "birthPlace",
        "deathPlace",
        "occupations",
        "biography",
        "gender",
        "agentType",
    }
)
_OF_PLACES = frozenset({"latitude", "longitude"})
_OF_TOPICS = frozenset({"broader", "exactMatch"})
_OF_DOCUMENTS = frozenset(
    {"title", "creator", "sender", "recipient", "reference", "text", "summary", "digitalObjects", "extent", "subjects"}
    | {"participants", "translator", "leaves", "folder", "box", "copyNumber", "outgoingNumber", "placeOfCreation"}
)
_HINTS = {
    "agent": "people|persons|agents|authors|biographies|personas|personen|personnes|pessoas|persone|autores|names|"
    "organisations|organizations|correspondents|лица|персоны|люди|персоналии|авторы|биографии|authorities",
    "place": "places|locations|lugares|orte|lieux|luoghi|locais|места|gazetteer|toponyms|география",
    "topic": "topics|subjects|keywords|thesaurus|materias|temas|schlagworte|schlagwörter|themen|sujets|темы|рубрики",
}
_WORDS = {kind: frozenset(map(folded, words.split("|"))) for kind, words in _HINTS.items()}


def kind_of(profiles: Sequence[ColumnProfile], name: str) -> str:
    """Return the kind of a table's rows.

    Args:
        profiles: its columns.
        name: the name of its sheet or file.
    """
    meanings = {meaning for profile in profiles for meaning in profile.heading.meanings[:1]}
    documents = len(meanings & _OF_DOCUMENTS)
    named = next((kind for kind, words in _WORDS.items() if words & set(folded(name).split(" "))), "")
    scores = {
        "agent": len(meanings & _OF_PEOPLE) + (2 if named == "agent" else 0),
        "place": 2 * len(meanings & _OF_PLACES) + (2 if named == "place" else 0),
        "topic": 2 * len(meanings & _OF_TOPICS) + (2 if named == "topic" else 0),
    }
    kind, score = max(scores.items(), key=lambda item: item[1])
    return kind if score >= 2 and score > 1.5 * documents else "record"

"""Record model: the kinds of records, their keys, and the form of each key's values.

A record is a plain JSON object in one shape, whatever it was read from. This table is the shape's only
definition: the JSON Schema (`ontology/record.schema.json`), the reference page (`docs/records.md`), the step that
makes a record sound and the mapping all follow it. Which RDF term a key means is said in `ontology/context.jsonld`.

>>> KEYS["title"].value
<Value.TEXT: 'text'>
>>> [key.name for key in keys_of("place")][:4]
['id', 'kind', 'status', 'name']
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from kg.iris import KINDS

Record = dict[str, Any]
"""A record: keys of this model to values of their kind."""


class Value(Enum):
    """Form of the value under a key."""

    REFERENCE = "reference"
    """The record's own reference, `kind/key`."""
    TEXT = "text"
    """Text by language: `{"en": "…", "ru": "…"}`, `@none` where the language is not known; a list where many."""
    STRING = "string"
    """Plain text without a language: a number, a code."""
    TAG = "tag"
    """A language tag (BCP 47): `en`, `sr-Latn`."""
    LINK = "link"
    """A reference to another record, or an object with its `id` and what little is said of it here."""
    URL = "url"
    """An absolute IRI outside, of a scheme that may be linked."""
    EDTF = "edtf"
    """A date in EDTF (ISO 8601-2): `1963-04-05`, `1962~`, `[1971-05-01..1971-05-05]`."""
    DAY = "day"
    """A calendar day, `1963-04-05`."""
    INSTANT = "instant"
    """A date and time with its zone, `1971-06-10T09:08:00-05:00`."""
    NUMBER = "number"
    """A number."""
    CHOICE = "choice"
    """One of a few words."""
    PART = "part"
    """An object that belongs to this record alone; becomes `#key-1`, `#key-2` …"""


@dataclass(frozen=True, slots=True)
class Key:
    """Key of a record.

    Attributes:
        name: the key, as it stands in JSON.
        value: what stands under it.
        meaning: one sentence for the person who fills it in.
        example: a value in sound form.
        kinds: the kinds of records that have it.
        many: whether it takes a list (under each language, for text).
        required: whether a record without it is left out.
        to: for links, the kinds they may lead to.
        choices: for a choice, the words.
        minimum, maximum: for a number, its bounds.
        parts: for a part, its own keys.
    """

    name: str
    value: Value
    meaning: str
    example: Any
    kinds: tuple[str, ...] = KINDS
    many: bool = False
    required: bool = False
    to: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    parts: tuple["Key", ...] = ()


STATUSES = ("stub", "described-only")
AGENT_TYPES = ("person", "organization", "family")
DATE_ROLES = {
    "document": "the document itself was written",
    "event": "what the document tells of took place",
    "sent": "it was sent",
    "received": "it was received",
    "published": "it was published or released",
    "digitized": "it was digitised",
    "uploaded": "it was put on line by the source",
    "birth": "a person was born",
    "death": "a person died",
    "founded": "a body was founded",
    "dissolved": "a body ceased to be",
    "active": "somebody or something is known to have been active or in force",
    "existence": "somebody or something existed",
}
"""Role of a date → its event."""

LEVELS = [
    "archive",
    "fonds",
    "fond",
    "record-group",
    "collection",
    "subfonds",
    "series",
    "subseries",
    "opis",
    "papka",
    "delo",
    "file",
    "volume",
    "box",
    "folder",
    "reel",
    "item",
    "frames",
    "pages",
    "leaves",
    "other",
]
"""Names of the levels of an archival arrangement, top first, as archives of different countries call them."""

_RECORD, _AGENT, _PLACE, _COLLECTION, _ARCHIVE, _TOPIC = KINDS
_NAMED = (_AGENT, _PLACE, _COLLECTION, _ARCHIVE, _TOPIC)
_HOLDINGS = (_RECORD, _COLLECTION, _ARCHIVE)


def _text(name: str, meaning: str, example: Any, **more: Any) -> Key:
    return Key(name, Value.TEXT, meaning, example, **more)


def _string(name: str, meaning: str, example: Any, **more: Any) -> Key:
    return Key(name, Value.STRING, meaning, example, **more)


def _links(name: str, meaning: str, to: tuple[str, ...], example: list[str], **more: Any) -> Key:
    return Key(name, Value.LINK, meaning, example, to=to, **{"many": True, **more})


def _agents(name: str, meaning: str, example: str, kinds: tuple[str, ...] = (_RECORD,)) -> Key:
    return _links(name, meaning, (_AGENT,), [example], kinds=kinds)


_DATE_KEYS = (
    Key("role", Value.CHOICE, "What happened then.", "document", required=True, choices=tuple(DATE_ROLES)),
    Key("edtf", Value.EDTF, "The date in EDTF (ISO 8601-2).", "1963-04-05"),
    _string("text", "The date as it is written in the source.", "5 April 1963"),
    Key("start", Value.DAY, "First day that it can lie in; derived where it is absent.", "1963-04-05"),
    Key("end", Value.DAY, "Last day that it can lie in; derived where it is absent.", "1963-04-05"),
    Key("startTime", Value.INSTANT, "When it began, to the minute.", "1971-06-10T09:08:00-05:00"),
    Key("endTime", Value.INSTANT, "When it ended, to the minute.", "1971-06-10T14:53:00-05:00"),
    _string("certainty", "How sure the date is, in the source's word.", "estimated"),
    _string("timeCertainty", "How sure the time of day is, in the source's word.", "estimated"),
)

_NAME_KEYS = (
    _string("text", "The name in this form.", "Кастро Рус, Рауль", required=True),
    Key("language", Value.TAG, "Language of the form.", "ru"),
    _string("script", "Its script (ISO 15924).", "Cyrl"),
    Key(
        "form",
        Value.CHOICE,
        "What form of the name it is.",
        "variant",
        choices=("authorized", "variant", "direct", "inverted", "maiden", "pseudonym", "abbreviation", "former"),
    ),
    _string("rules", "Rules or authority file that the form follows.", "lcnaf"),
    _string("family", "Family name.", "Castro Ruz"),
    _string("given", "Given names.", "Raúl"),
    Key("dates", Value.EDTF, "When the form was in use.", "1953/1976"),
)

_RELATION_KEYS = (
    Key("target", Value.LINK, "Who or what it is related to.", "agent/fidel-castro-ruz", required=True, to=KINDS),
    _string("type", "Type of the relation, in the source's word.", "family"),
    _string("role", "Role in the relation, in the source's word.", "brother"),
    Key("dates", Value.EDTF, "When it held.", "1959/.."),
    _text("note", "What the source says about it.", {"en": "Younger brother."}),
)

_OBJECT_KEYS = (
    Key("url", Value.URL, "Where the file is.", "https://example.org/scan-1.tif"),
    _string("mediaType", "Its media type (IANA).", "image/tiff"),
    _text("label", "What it shows.", {"en": "Page 1"}),
    _string("identifier", "Its identifier or file name.", "scan-1.tif"),
    _string("extent", "Its size or duration.", "00:03:12"),
    Key("license", Value.URL, "Its licence.", "https://creativecommons.org/publicdomain/mark/1.0/"),
)

_LEVEL_KEYS = (
    Key("level", Value.CHOICE, "What the archive calls the level.", "fond", required=True, choices=tuple(LEVELS)),
    _string("value", "Its number or name there.", "0104", required=True),
)

_EXTRA_KEYS = (
    _string(
        "field", "Where it stood in the source: a key, a path of elements, a label.", "odd[@id='x']", required=True
    ),
    _string("value", "What stood there, as text.", "…", required=True),
    Key("language", Value.TAG, "Language of the value.", "en"),
)

_KEYS = (
    Key("id", Value.REFERENCE, "The record's reference: its kind and its key.", "record/177838", required=True),
    Key("kind", Value.CHOICE, "What kind of thing it is; follows from the id.", "record", choices=KINDS),
    Key(
        "status",
        Value.CHOICE,
        "`described-only`: known only from what another record says of it; `stub`: only linked to.",
        "described-only",
        choices=STATUSES,
    ),
    # What it is called
    _text("title", "Its title.", {"en": "Record of a Conversation"}, kinds=(_RECORD,), required=True),
    _text("name", "Its name, the one that is shown first.", {"en": "Raúl Castro Ruz"}, kinds=_NAMED, required=True),
    _text("alternativeNames", "Other titles or names.", {"es": ["Raúl Modesto Castro"]}, many=True),
    Key(
        "names",
        Value.PART,
        "All forms of a name, each with language, script, rules and dates.",
        [{"text": "Castro Ruz, Raúl", "form": "inverted"}],
        kinds=(_AGENT, _PLACE),
        many=True,
        parts=_NAME_KEYS,
    ),
    _string("identifiers", "Identifiers that the source gives it.", ["177838"], many=True),
    # What it is
    _links("type", "Type of document, or of the thing.", (_TOPIC,), ["topic/memorandum-of-conversation"]),
    Key(
        "agentType",
        Value.CHOICE,
        "Whether an agent is a person, a body or a family; absent where the source does not say.",
        "person",
        kinds=(_AGENT,),
        choices=AGENT_TYPES,
    ),
    Key(
        "level",
        Value.CHOICE,
        "What the archive calls this level of its arrangement; `archive` for the institution.",
        "fond",
        kinds=(_ARCHIVE,),
        choices=tuple(LEVELS),
    ),
    Key(
        "dates",
        Value.PART,
        "Dates by role; the first one is *the* date.",
        [{"role": "document", "edtf": "1963-04-05", "text": "5 April 1963"}],
        many=True,
        parts=_DATE_KEYS,
    ),
    # Who
    _agents("creator", "Who wrote or made it.", "agent/alexandr-alekseyev", (_RECORD, _COLLECTION, _ARCHIVE)),
    _agents("journalAuthor", "Whose journal the document is taken from.", "agent/alexandr-alekseyev"),
    _agents("sender", "Who sent it.", "agent/alexandr-alekseyev"),
    _agents("recipient", "To whom it was sent.", "agent/andrei-gromyko"),
    _agents("participants", "Who took part in what it records.", "agent/raul-castro-ruz"),
    _links("mentions", "People, organisations and places named in it.", (_AGENT, _PLACE), ["agent/nikita-khrushchev"]),
    _agents("translator", "Who translated the text.", "agent/gary-goldberg"),
    _agents("obtainedBy", "Who found or obtained the document for publication.", "agent/james-hershberg"),
    _agents("contributors", "Who else contributed.", "agent/nina-editor", _HOLDINGS),
    _agents("donors", "Who paid for its publication.", "agent/a-foundation", _HOLDINGS),
    _agents("sponsors", "Who supported it.", "agent/a-foundation", _HOLDINGS),
    _agents("repository", "The institution as the source names it.", "agent/national-archives", _HOLDINGS),
    # Where, and about what
    _links("placeOfCreation", "Where it was made.", (_PLACE,), ["place/havana"], kinds=(_RECORD,)),
    _links("places", "Places that it is about, or that somebody belongs to.", (_PLACE,), ["place/cuba"]),
    _links("birthPlace", "Where a person was born.", (_PLACE,), ["place/biran"], kinds=(_AGENT,)),
    _links("deathPlace", "Where a person died.", (_PLACE,), ["place/havana"], kinds=(_AGENT,)),
    _links("subjects", "What it is about.", KINDS, ["topic/cuban-missile-crisis"], kinds=_HOLDINGS),
    # What it says
    _text("summary", "What it says, in a few sentences.", {"en": "They talk."}, kinds=_HOLDINGS, many=True),
    _text("scopeNote", "What it covers and how it came to be.", {"en": "Two talks."}, kinds=_HOLDINGS, many=True),
    _text(
        "description",
        "Who or what it is.",
        {"en": "Capital of Cuba."},
        kinds=(_PLACE, _COLLECTION, _ARCHIVE, _TOPIC),
        many=True,
    ),
    _text("text", "The text, by the language that it is in here.", {"en": "Meetings …"}, kinds=(_RECORD,), many=True),
    Key("language", Value.TAG, "Languages of the text that is published.", ["en"], kinds=_HOLDINGS, many=True),
    Key("originalLanguage", Value.TAG, "Language of the original.", ["ru"], kinds=(_RECORD,), many=True),
    # Who an agent is
    _text("biography", "The life of a person, the history of a body.", {"en": "…"}, kinds=(_AGENT,), many=True),
    _text("occupations", "Occupations and offices.", {"en": ["Minister"]}, kinds=(_AGENT,), many=True),
    _text("functions", "What the body or person does or did.", {"en": ["Foreign policy"]}, kinds=(_AGENT,), many=True),
    _string("gender", "Gender, in the source's word.", "male", kinds=(_AGENT,)),
    Key(
        "relations",
        Value.PART,
        "Relations to other agents and to records, with what the source says of each.",
        [{"target": "agent/fidel-castro-ruz", "type": "family"}],
        kinds=(_AGENT,),
        many=True,
        parts=_RELATION_KEYS,
    ),
    # Where it is kept
    _links(
        "collections",
        "Collections that it belongs to.",
        (_COLLECTION,),
        ["collection/cuban-missile-crisis"],
        kinds=(_RECORD,),
    ),
    _links(
        "heldIn",
        "The level of the archive's arrangement that it lies in, the lowest that has a record.",
        (_ARCHIVE,),
        ["archive/avp-rf.fond-0104"],
        kinds=_HOLDINGS,
    ),
    _links("partOf", "What it is a part of.", KINDS, ["place/cuba"], kinds=_NAMED),
    _string("reference", "Archival reference, as it is cited.", "AVP RF, f. 0104, op. 19", kinds=_HOLDINGS),
    Key(
        "referenceLevels",
        Value.PART,
        "The levels of the archival reference, top first.",
        [{"level": "fond", "value": "0104"}],
        kinds=_HOLDINGS,
        many=True,
        parts=_LEVEL_KEYS,
    ),
    _text("custodialHistory", "Through whose hands it went.", {"en": "Released in 1991."}, kinds=_HOLDINGS, many=True),
    _text("extent", "How much there is.", {"en": ["2 leaves"]}, kinds=_HOLDINGS, many=True),
    _text("physicalForm", "What it is made of, or recorded on.", {"en": ["typescript"]}, kinds=_HOLDINGS, many=True),
    _string("duration", "How long a recording lasts (ISO 8601).", "PT3M12S", kinds=(_RECORD,)),
    _text("classification", "Classification that it bore.", {"en": "Top Secret"}, kinds=_HOLDINGS, many=True),
    _string("copyNumber", "Number of the copy.", ["1"], kinds=(_RECORD,), many=True),
    _string("outgoingNumber", "Outgoing number of the sender's registry.", ["121"], kinds=(_RECORD,), many=True),
    # What may be done with it
    _text("rights", "Rights in the document.", {"en": "Public domain."}, many=True),
    _links("rightsHolder", "Who holds them.", (_AGENT,), ["agent/x"], kinds=_HOLDINGS),
    Key(
        "license",
        Value.URL,
        "Licence of the document.",
        ["https://creativecommons.org/publicdomain/mark/1.0/"],
        kinds=_HOLDINGS,
        many=True,
    ),
    _text("accessConditions", "Who may see it.", {"en": "Open."}, kinds=_HOLDINGS, many=True),
    Key("restrictedUntil", Value.EDTF, "When a restriction ends.", "2030-01-01", kinds=_HOLDINGS),
    # How it hangs together
    _links("related", "Related records.", KINDS, ["record/177839"]),
    Key(
        "digitalObjects",
        Value.PART,
        "Scans, recordings and other files.",
        [{"url": "https://example.org/1.tif", "mediaType": "image/tiff"}],
        kinds=_HOLDINGS,
        many=True,
        parts=_OBJECT_KEYS,
    ),
    _links("broader", "The more general topic.", (_TOPIC,), ["topic/diplomacy"], kinds=(_TOPIC,)),
    Key(
        "exactMatch",
        Value.URL,
        "The same concept elsewhere.",
        ["http://id.loc.gov/authorities/subjects/sh85034849"],
        kinds=(_TOPIC,),
        many=True,
    ),
    Key("latitude", Value.NUMBER, "Degrees north (WGS 84).", 23.13, kinds=(_PLACE,), minimum=-90, maximum=90),
    Key("longitude", Value.NUMBER, "Degrees east (WGS 84).", -82.38, kinds=(_PLACE,), minimum=-180, maximum=180),
    Key("sameAs", Value.URL, "The same thing elsewhere.", ["http://www.wikidata.org/entity/Q11256"], many=True),
    Key("homepage", Value.URL, "Its own page.", ["https://example.org/"], many=True, kinds=_NAMED),
    # Where the description comes from
    Key("sourcePage", Value.URL, "Where the description was taken from.", ["https://example.org/177838"], many=True),
    _agents("describedBy", "Who described it.", "agent/nina-editor", KINDS),
    Key("describedOn", Value.EDTF, "When it was described.", "2018-06-27"),
    Key(
        "descriptionLicense",
        Value.URL,
        "Licence of the description.",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    _text("citation", "How the source wants it to be cited.", {"en": "Conversation 005-001, …"}, kinds=_HOLDINGS),
    _text("note", "Anything else.", {"en": "Undated in the original."}, many=True),
    _links(
        "replaces",
        "Records that this one has taken the place of; their addresses lead here.",
        KINDS,
        ["agent/r-castro"],
    ),
    Key(
        "extra",
        Value.PART,
        "What the source says and this model has no key for.",
        [{"field": "box", "value": "red"}],
        many=True,
        parts=_EXTRA_KEYS,
    ),
)

KEYS = {key.name: key for key in _KEYS}
"""Name → key, in display order."""


def keys_of(kind: str) -> tuple[Key, ...]:
    """Return the keys that a record of this kind may have, in order."""
    return _BY_KIND[kind]


def label_key(kind: str) -> str:
    """Return the key of the label of a record of this kind."""
    return "title" if kind == _RECORD else "name"


_BY_KIND = {kind: tuple(key for key in _KEYS if kind in key.kinds) for kind in KINDS}

"""Keys of parts: the keys of a date, a form of a name, a relation, a digital object."""

from kg.date_roles import DATE_ROLES
from kg.iris import KINDS
from kg.key_annotations import Caption, Faceted, Indexed, SearchField
from kg.records.model.key import Elsewhere, Key, Omitted, Value, string_key, text_key
from kg.records.model.vocabularies import LEVELS

_DAYS = Omitted("A search for a time goes by days.")
_NO_DOUBT = Omitted("A table has the date in EDTF, which says how sure it is.")
_FORM = Omitted("A name is found by its forms.")
_FORMS_ALONE = Omitted("A cell has the forms alone.")
_BOTH_SIDES = Omitted("A search for one side would list all others; the pages of both show the relation.")
_FILE = Omitted("Names and sizes of files; the text of the record says what they show.")
_ADDRESSES_ALONE = Omitted("A cell has the addresses alone.")
_AS_CITED = Omitted("The reference as it is cited is searched.")
_LEFTOVER = Omitted("Leftovers of a source, numbers and codes among them, would drown what records say.")
_MIXED = Omitted("Too mixed for a cell.")

DATE = (
    Key(
        "role",
        Value.CHOICE,
        "What happened then.",
        "document",
        shown=Elsewhere("in words, in the note"),
        searched=Faceted(("role",)),
        column="date_role",
        required=True,
        choices=tuple(DATE_ROLES),
    ),
    Key(
        "edtf",
        Value.EDTF,
        "The date in EDTF (ISO 8601-2).",
        "1963-04-05",
        shown=Elsewhere("in words, as the value"),
        searched=Elsewhere("by `start` and `end`, which follow from it"),
        column="date",
    ),
    string_key(
        "text",
        "The date as it is written in the source.",
        "5 April 1963",
        shown=Elsewhere("in the note, where it tells more than the date in words"),
        searched=_DAYS,
        column="date_text",
    ),
    Key(
        "start",
        Value.DAY,
        "First day that it can lie in; derived where it is absent.",
        "1963-04-05",
        shown=Omitted("It follows from the date, which is shown."),
        searched=Indexed(SearchField.DATE),
        column="start",
    ),
    Key(
        "end",
        Value.DAY,
        "Last day that it can lie in; derived where it is absent.",
        "1963-04-05",
        shown=Omitted("It follows from the date, which is shown."),
        searched=Indexed(SearchField.DATE),
        column="end",
    ),
    Key(
        "startTime",
        Value.INSTANT,
        "When it began, to the minute.",
        "1971-06-10T09:08:00-05:00",
        shown=Elsewhere("as the time of day, behind the date"),
        searched=_DAYS,
        column="start_time",
    ),
    Key(
        "endTime",
        Value.INSTANT,
        "When it ended, to the minute.",
        "1971-06-10T14:53:00-05:00",
        shown=Elsewhere("as the time of day, behind the date"),
        searched=_DAYS,
        column="end_time",
    ),
    string_key(
        "certainty",
        "How sure the date is, in the source's word.",
        "estimated",
        shown=Elsewhere("in words, in the note, where it is in doubt"),
        searched=_DAYS,
        column=_NO_DOUBT,
    ),
    string_key(
        "timeCertainty",
        "How sure the time of day is, in the source's word.",
        "estimated",
        shown=Elsewhere("in words, behind the time, where it is in doubt"),
        searched=_DAYS,
        column=_NO_DOUBT,
    ),
)

NAME = (
    string_key(
        "text",
        "The name in this form.",
        "Кастро Рус, Рауль",
        shown=Elsewhere("as the value"),
        searched=Indexed(SearchField.TITLE),
        column="names",
        required=True,
    ),
    Key(
        "language",
        Value.TAG,
        "Language of the form.",
        "ru",
        shown=Elsewhere("in words, in the note"),
        searched=_FORM,
        column=_FORMS_ALONE,
    ),
    string_key(
        "script",
        "Its script (ISO 15924).",
        "Cyrl",
        shown=Omitted("The form itself shows it."),
        searched=_FORM,
        column=_FORMS_ALONE,
    ),
    Key(
        "form",
        Value.CHOICE,
        "What form of the name it is.",
        "variant",
        shown=Elsewhere("in words, in the note, where it tells more than the order of the parts"),
        searched=_FORM,
        column=_FORMS_ALONE,
        choices=("authorized", "variant", "direct", "inverted", "maiden", "pseudonym", "abbreviation", "former"),
    ),
    string_key(
        "rules",
        "Rules or authority file that the form follows.",
        "lcnaf",
        shown=Omitted("For cataloguers, who take JSON or RDF."),
        searched=_FORM,
        column=_FORMS_ALONE,
    ),
    string_key(
        "family",
        "Family name.",
        "Castro Ruz",
        shown=Omitted("It is a part of the form, which is shown."),
        searched=_FORM,
        column=_FORMS_ALONE,
    ),
    string_key(
        "given",
        "Given names.",
        "Raúl",
        shown=Omitted("They are parts of the form, which is shown."),
        searched=_FORM,
        column=_FORMS_ALONE,
    ),
    Key(
        "dates",
        Value.EDTF,
        "When the form was in use.",
        "1953/1976",
        shown=Elsewhere("in words, in the note"),
        searched=_FORM,
        column=_FORMS_ALONE,
    ),
)

RELATION = (
    Key(
        "target",
        Value.LINK,
        "Who or what it is related to.",
        "agent/fidel-castro-ruz",
        shown=Elsewhere("as the link"),
        searched=_BOTH_SIDES,
        column="relations",
        required=True,
        to=KINDS,
    ),
    string_key(
        "type",
        "Type of the relation, in the source's word.",
        "family",
        shown=Elsewhere("in words, before the link, where there is no role"),
        searched=_BOTH_SIDES,
        column="relations_type",
    ),
    string_key(
        "role",
        "Role in the relation, in the source's word.",
        "brother",
        shown=Elsewhere("in words, before the link"),
        searched=_BOTH_SIDES,
        column="relations_type",
    ),
    Key(
        "dates",
        Value.EDTF,
        "When it held.",
        "1959/..",
        shown=Elsewhere("in words, behind the link"),
        searched=_BOTH_SIDES,
        column=Omitted("A table has what each relation is, and with whom."),
    ),
    Key(
        "count",
        Value.NUMBER,
        "How often it was so, as the source counts it: letters, conversations.",
        9,
        shown=Elsewhere("in the sentence of the relation"),
        searched=_BOTH_SIDES,
        column=Omitted("A table has what each relation is, and with whom."),
        minimum=0,
        maximum=1_000_000_000,
    ),
    text_key(
        "note",
        "What the source says about it.",
        {"en": "Younger brother."},
        shown=Elsewhere("behind the link, where it says more than the role and the number"),
        searched=_BOTH_SIDES,
        column=Omitted("A table has what each relation is, and with whom."),
    ),
)

OBJECT = (
    Key(
        "url",
        Value.URL,
        "Where the file is.",
        "https://example.org/scan-1.tif",
        shown=Elsewhere("as the address of the link"),
        searched=_FILE,
        column="digital_objects",
    ),
    string_key(
        "mediaType",
        "Its media type (IANA).",
        "image/tiff",
        shown=Caption("media type"),
        searched=_FILE,
        column=_ADDRESSES_ALONE,
    ),
    text_key(
        "label",
        "What it shows.",
        {"en": "Page 1"},
        shown=Elsewhere("as the text of the link"),
        searched=_FILE,
        column=_ADDRESSES_ALONE,
    ),
    string_key(
        "identifier",
        "Its identifier or file name.",
        "scan-1.tif",
        shown=Caption("identifier", rank=1),
        searched=_FILE,
        column=_ADDRESSES_ALONE,
    ),
    string_key(
        "role",
        "What the file is for, in the source's word.",
        "thumbnail",
        shown=Caption("purpose"),
        searched=_FILE,
        column=_ADDRESSES_ALONE,
    ),
    string_key(
        "extent",
        "Its size or duration.",
        "00:03:12",
        shown=Caption("size or duration"),
        searched=_FILE,
        column=_ADDRESSES_ALONE,
    ),
    Key(
        "license",
        Value.URL,
        "Its licence.",
        "https://creativecommons.org/publicdomain/mark/1.0/",
        shown=Caption("licence", rank=2),
        searched=_FILE,
        column=_ADDRESSES_ALONE,
    ),
)

LEVEL = (
    Key(
        "level",
        Value.CHOICE,
        "What the archive calls the level.",
        "fond",
        shown=Elsewhere("in words, in the note"),
        searched=_AS_CITED,
        column="reference_levels",
        required=True,
        choices=tuple(LEVELS),
    ),
    string_key(
        "value",
        "Its number or name there.",
        "0104",
        shown=Elsewhere("as the value"),
        searched=_AS_CITED,
        column="reference_levels",
        required=True,
    ),
)

EXTRA = (
    string_key(
        "field",
        "Where it stood in the source: a key, a path of elements, a label.",
        "odd[@id='x']",
        shown=Elsewhere("in readable words, as the label of the value"),
        searched=_LEFTOVER,
        column=_MIXED,
        required=True,
    ),
    string_key(
        "value",
        "What stood there, as text.",
        "…",
        shown=Elsewhere("as the value"),
        searched=_LEFTOVER,
        column=_MIXED,
        required=True,
    ),
    Key(
        "language",
        Value.TAG,
        "Language of the value.",
        "en",
        shown=Elsewhere("as the language of the value, for programs that read aloud"),
        searched=_LEFTOVER,
        column=_MIXED,
    ),
)

"""The table of elements and attributes: it names all of both standards, and says what the readers do."""

import json

import pytest
from locations import ROOT

from kg.records.normalisation.records import normalise_record
from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, SourceFile
from kg.records.readers.xml import markup

SCHEMAS = ROOT.parent / "shared" / "schemas"
LISTS = {"ead": SCHEMAS / "ead2002.tsv", "eac": SCHEMAS / "cpf2010.tsv"}
TEXT, VALUE = "Textmark Seven", "valuemark"
"""Marks of an element's text, and of an attribute's value."""

FILES = {
    "ead": '<ead xmlns:xlink="http://www.w3.org/1999/xlink"><eadheader><eadid>x</eadid>{header}</eadheader>{front}'
    '<archdesc level="fonds"><did><unittitle>A title</unittitle>{did}</did>{top}</archdesc></ead>',
    "eac": '<eac-cpf xmlns:xlink="http://www.w3.org/1999/xlink"><control><recordId>x</recordId>{header}</control>'
    "<cpfDescription><identity><entityType>person</entityType><nameEntry><part>A name</part></nameEntry>{did}"
    "</identity><description>{top}</description><relations>{relations}</relations></cpfDescription></eac-cpf>",
}
PLACES = {"header": "", "front": "", "did": "", "top": "", "relations": ""}

EAD = {
    "header": "author bibseries change creation date edition language num publisher sponsor subtitle titleproper descrules",
    "did": "abstract container langmaterial materialspec note origination physdesc physloc repository unitdate unitid"
    " unittitle dao daogrp",
    "top": "accessrestrict accruals acqinfo altformavail appraisal arrangement bibliography bioghist custodhist fileplan"
    " index odd otherfindaid phystech prefercite processinfo relatedmaterial scopecontent separatedmaterial userestrict"
    " dsc controlaccess descgrp",
}
INSIDE_EAD = {
    "author titleproper subtitle sponsor": "header:<filedesc><titlestmt>{}</titlestmt></filedesc>",
    "edition": "header:<filedesc><editionstmt>{}</editionstmt></filedesc>",
    "publisher date": "header:<filedesc><publicationstmt>{}</publicationstmt></filedesc>",
    "num": "header:<filedesc><seriesstmt>{}</seriesstmt></filedesc>",
    "creation descrules": "header:<profiledesc>{}</profiledesc>",
    "change": "header:<revisiondesc>{}</revisiondesc>",
    "extent dimensions physfacet": "did:<physdesc>{}</physdesc>",
    "language": "did:<langmaterial>{}</langmaterial>",
    "corpname persname famname name geogname subject genreform function occupation title": (
        "top:<controlaccess>{}</controlaccess>"
    ),
    "daodesc": "did:<dao xlink:href='https://example.org/a'>{}</dao>",
    "daoloc": "did:<daogrp>{}</daogrp>",
    "archref": "top:<relatedmaterial><p>{}</p></relatedmaterial>",
    "legalstatus": "top:<accessrestrict>{}</accessrestrict>",
    "originalsloc": "top:<altformavail>{}</altformavail>",
    "bibref bibseries imprint": "top:<bibliography>{}</bibliography>",
    "addressline": "did:<repository>The house<address>{}</address></repository>",
    "address": "did:<repository>The house{}</repository>",
    "subarea": "did:<repository><corpname>The house{}</corpname></repository>",
    "runner": "front:<frontmatter><titlepage>{}</titlepage></frontmatter>",
    "indexentry": "top:<index>{}</index>",
}
INSIDE_EAC = {
    "otherRecordId maintenanceStatus publicationStatus conventionDeclaration localTypeDeclaration localControl": "header:{}",
    "agencyName agencyCode otherAgencyCode": "header:<maintenanceAgency>{}</maintenanceAgency>",
    "language": "top:<languageUsed>{}</languageUsed>",
    "script": "top:<languageUsed>{}</languageUsed>",
    "agent agentType eventDateTime eventDescription eventType": (
        "header:<maintenanceHistory><maintenanceEvent>{}</maintenanceEvent></maintenanceHistory>"
    ),
    "source": "header:<sources>{}</sources>",
    "sourceEntry": "header:<sources><source>{}</source></sources>",
    "entityId nameEntry": "did:{}",
    "part authorizedForm alternativeForm preferredForm": "did:<nameEntry><part>Another</part>{}</nameEntry>",
    "date dateRange": "top:<existDates>{}</existDates>",
    "fromDate toDate": "top:<existDates><dateRange>{}</dateRange></existDates>",
    "placeEntry placeRole": "top:<place>{}</place>",
    "occupation function": "top:{}",
    "term": "top:<mandate>{}</mandate>",
    "cpfRelation resourceRelation functionRelation": "relations:{}",
    "relationEntry": "relations:<cpfRelation>{}</cpfRelation>",
    "descriptiveNote": "relations:<cpfRelation>{}</cpfRelation>",
}
DEFAULT = {"ead": "top:<bioghist><p>{}</p></bioghist>", "eac": "top:<generalContext><p>{}</p></generalContext>"}
WITHOUT_TEXT = {
    *(
        "ead",
        "eadheader",
        "archdesc",
        "did",
        "dsc",
        "frontmatter",
        "eac-cpf",
        "control",
        "cpfDescription",
        "description",
    ),
    *("identity", "relations", "multipleIdentities", "eadid", "recordId", "entityType", "objectBinWrap", "filedesc"),
    *("titlestmt", "profiledesc", "publicationstmt", "editionstmt", "seriesstmt", "notestmt", "langusage", "titlepage"),
    *("c", *(f"c{number:02}" for number in range(1, 13)), "head", "head01", "head02", "listhead", "thead", "colspec"),
    *("arc", "extptr", "extptrloc", "ptr", "ptrloc", "lb", "dao", "daoloc", "maintenanceStatus", "publicationStatus"),
}
"""Elements that hold no text of their own, or the text by which a file is known; what they do is tested elsewhere."""

SAMPLES = {
    ("ead", "unitdate"): "1234",
    ("ead", "language"): "Zulu",
    ("ead", "langmaterial"): "Zulu",
    ("ead", "container"): "77",
    ("eac", "fromDate"): "1234",
    ("eac", "toDate"): "1234",
    ("eac", "date"): "1234",
    ("eac", "dateRange"): "1234",
}
CONTENT = {
    ("eac", "nameEntry"): "<part>{}</part>",
    ("eac", "dateRange"): "<fromDate>{}</fromDate>",
    ("eac", "cpfRelation"): "<relationEntry>{}</relationEntry>",
    ("eac", "resourceRelation"): "<relationEntry>{}</relationEntry>",
    ("eac", "occupation"): "<term>{}</term>",
    ("eac", "function"): "<term>{}</term>",
    ("ead", "archref"): "<unittitle>{}</unittitle>",
    ("ead", "legalstatus"): "{}",
}
VALUES = {
    "level": "series", "normal": "1234-05-06", "standardDate": "1234-05-06", "notBefore": "1234-05-06",
    "notAfter": "1234-05-06", "langcode": "zul", "latitude": "12.5", "longitude": "12.5", "href": f"https://{VALUE}.example",
    "url": f"https://{VALUE}.example", "entityref": VALUE, "scriptCode": "Latn", "unit": VALUE,
}  # fmt: skip
XLINK = {"href", "title", "role", "arcrole", "show", "actuate"}


def contexts(schema):
    """Element → (place, template) where an instance of it stands."""
    inside = INSIDE_EAD if schema == "ead" else INSIDE_EAC
    found = {name: (place, "{}") for place, names in (EAD.items() if schema == "ead" else ()) for name in names.split()}
    found |= {name: tuple(each.split(":", 1)) for names, each in inside.items() for name in names.split()}
    return found


CONTEXTS = {schema: contexts(schema) for schema in FILES}


def read(tmp_path, schema, element, attributes="", text=None):
    """The record of a file with one instance of an element, normalised, and its problems."""
    place, template = CONTEXTS[schema].get(element, DEFAULT[schema].split(":", 1))
    if text is None:
        text = SAMPLES.get((schema, element), TEXT)
    content = CONTENT.get((schema, element), "{}").format(text)
    if element == "archref" and "href" not in attributes:
        attributes += ' xlink:href="other"'
    instance = template.format(f"<{element}{attributes}>{content}</{element}>") if element else ""
    file = tmp_path / "a.xml"
    file.write_text(FILES[schema].format(**{**PLACES, place: instance}), encoding="utf-8")
    items = list(READERS[schema](SourceFile(file, "a.xml", origin="t")))
    (record,) = [item.record for item in items if isinstance(item, RawRecord)] or [{}]
    return normalise_record(record, "a.xml", "")[0] if record else {}


def marks(value):
    """A value as text, to look for marks in."""
    return json.dumps(value, ensure_ascii=False)


def named_keys(note):
    """The keys that a line names, before any remark."""
    return [word.strip() for word in note.partition(";")[0].partition(":")[0].split(",")]


@pytest.mark.parametrize("schema", LISTS)
def test_table_names_every_element_and_attribute(schema):
    """Each element has a line with its attributes, each attribute a line of its own or one for all elements."""
    elements = {line.name: line for line in markup.table_lines() if line.schema == schema and line.text}
    for line in elements.values():
        assert all(markup.treatment(schema, line.name, name) for name in line.attributes), line.name
    used = (
        {name for line in elements.values() for name in line.attributes}
        | XLINK
        | {"lang", "base", "from", "to", "linktype", "linklabel", "accuracy", "audience"}
    )
    for line in markup.table_lines():
        element, _, attribute = line.name.partition("/@")
        if line.schema == schema and attribute:
            assert attribute in used, line.name
            assert element == "*" or element in elements, line.name
    if not LISTS[schema].is_file():
        pytest.skip(f"{LISTS[schema]} is absent: the names are not compared")
    rows = (row.split("\t") for row in LISTS[schema].read_text(encoding="utf-8").splitlines() if row[:1] != "#")
    listed = {row[0]: tuple(name.removeprefix("xml:") for name in row[1].split()) for row in rows}
    assert listed == {name: line.attributes for name, line in elements.items()}


def test_words_of_the_table():
    """Each line has one of the treatments, each element one of the partings, and each form a reason."""
    for line in markup.table_lines():
        assert line.treatment in {"key", "governs", "extra", "form only"}, line.name
        assert ("/@" in line.name) == (line.text is None), line.name
        assert line.note, line.name
    of_names = {(line.name.lower(), line.text) for line in markup.table_lines() if line.text}
    assert len(of_names) == len({name for name, _ in of_names}), "both standards part an element of one name alike"


ALL = [(line.schema, line.name) for line in markup.table_lines() if line.text]
ELEMENTS = [(schema, name) for schema, name in ALL if name not in WITHOUT_TEXT]


@pytest.mark.parametrize(("schema", "element"), ELEMENTS, ids=str)
def test_text_arrives_where_the_table_says(tmp_path, schema, element):
    """The text of an element is under the key of its line, or under `extra`; markup of form alone loses none."""
    line = next(line for line in markup.table_lines() if (line.schema, line.name) == (schema, element))
    text = SAMPLES.get((schema, element), TEXT)
    record, without = read(tmp_path, schema, element), read(tmp_path, schema, "")
    if line.treatment == "key":
        keys = [key for key in named_keys(line.note) if record.get(key) != without.get(key)]
        keys += ["alternativeNames"] if element == "unittitle" else []
        assert keys, record
        assert any(text in marks(record[key]) or text == "Zulu" for key in keys), record
    elif line.treatment == "extra":
        assert text in marks(record.get("extra", [])), record
    else:
        assert text in marks(record), record


CODED = {"normal", "standardDate", "notBefore", "notAfter", "langcode", "latitude", "longitude"}


LINKED = {"dao", "daoloc", "cpfRelation", "resourceRelation"}
HOSTS = [(schema, name) for schema, name in ALL if name not in WITHOUT_TEXT - {"dao", "daoloc"}]


@pytest.mark.parametrize(("schema", "element"), HOSTS, ids=str)
def test_values_of_attributes_arrive_where_the_table_says(tmp_path, schema, element):
    """A value in an attribute is under the key of its line, or under `extra`; nowhere if it is form alone."""
    line = next(line for line in markup.table_lines() if (line.schema, line.name) == (schema, element))
    for name in (*line.attributes, *sorted(XLINK if element in LINKED else ())):
        if markup.treatment(schema, element, name) != "governs":  # the effect of these is tested by their own names
            check_value(tmp_path, schema, element, name)


def check_value(tmp_path, schema, element, name):
    """Check the value of one attribute of one element."""
    treatment = markup.treatment(schema, element, name)
    lines = {line.name: line for line in markup.table_lines() if line.schema == schema}
    line = lines.get(f"{element}/@{name}") or lines[f"*/@{name}"]
    value = VALUES.get(name, VALUE) if treatment == "key" else VALUE
    value = "12.5, 13.5" if (element, name) == ("geogname", "normal") else value
    prefix = (
        "xlink:"
        if name in XLINK and name not in lines[element].attributes
        else "xml:"
        if name in {"id", "lang", "base"} and schema == "eac"
        else ""
    )
    pairs = f' {prefix}{name}="{value}"'
    if element in {"dao", "daoloc"} and name not in {"href", "entityref"}:
        pairs += ' xlink:href="https://example.org/b"'
    if element == "placeEntry":
        pairs += " ".join(f' {each}="1"' for each in ("latitude", "longitude") if each != name)
    text = "" if name in {"langcode", "notBefore", "notAfter"} else None  # there is no finer form of what is written
    record, without = read(tmp_path, schema, element, pairs, text), read(tmp_path, schema, element, "", text)
    if treatment == "key":
        keys = [key for key in named_keys(line.note) if key in record or key == "extra"] or list(record)
        changed = [key for key in keys if record.get(key) != without.get(key)]
        assert name in CODED or value in marks(record), record
        assert changed or value in marks(record), record
    elif treatment == "extra":
        assert value in marks(record.get("extra", [])), record
    else:
        assert treatment == "form only"
        shown = {**record, "extra": [each["value"] for each in record.get("extra", [])]}
        assert value not in marks(shown), record

"""Names of a source's own fields in readable words: from a path of elements, a key or a label (D-154).

>>> field_name("odd[@id='encoderCredits']/p", "en"), field_name("processinfo[@id='history']/p", "en")
('Encoder credits', 'Processing: history')
>>> field_name("localDescriptions[@localType='http://viaf.org/terms#gender']/localDescription/term", "en")
'Gender'
>>> field_name("dates[2].weekDay", "en"), field_name("Box colour", "ru")
('Dates 2: week day', 'Box colour')
"""

import re

from kg.render.site.translations import translations

ELEMENTS = {
    "abbreviation": "Abbreviation",
    "abstract": "Abstract",
    "accessrestrict": "Access",
    "accruals": "Accruals",
    "acqinfo": "Acquisition",
    "address": "Address",
    "addressline": "Address",
    "agent": "Carried out by",
    "altformavail": "Copies available",
    "appraisal": "Appraisal",
    "archref": "Reference",
    "arrangement": "Arrangement",
    "author": "Author of the finding aid",
    "bibliography": "Bibliography",
    "bioghist": "History",
    "change": "Changes to the description",
    "chronlist": "Chronology",
    "container": "Container",
    "controlaccess": "Access points",
    "conventiondeclaration": "Rules or conventions",
    "corpname": "Organisation",
    "cpfrelation": "Relation",
    "creation": "Creation of the finding aid",
    "custodhist": "Custodial history",
    "dao": "Digital object",
    "daodesc": "Digital object",
    "daogrp": "Digital object",
    "daoloc": "Digital object",
    "descrules": "Rules or conventions",
    "edition": "Edition",
    "eventdatetime": "Date of a change to the description",
    "eventdescription": "Change to the description",
    "eventtype": "Type of change to the description",
    "famname": "Family",
    "function": "Function",
    "generalcontext": "Context",
    "genreform": "Genre or form",
    "geogname": "Place",
    "index": "Index",
    "langmaterial": "Language",
    "langusage": "Language of the description",
    "languageused": "Language used",
    "legalstatus": "Legal status",
    "maintenanceagency": "Agency responsible for the description",
    "maintenancehistory": "Changes to the description",
    "maintenanceevent": "Change to the description",
    "maintenancestatus": "Status of the description",
    "mandate": "Mandate",
    "materialspec": "Particulars of the material",
    "notestmt": "Notes on the finding aid",
    "occupation": "Occupation",
    "odd": "Other descriptive data",
    "originalsloc": "Location of originals",
    "origination": "Creator",
    "otherfindaid": "Other finding aids",
    "persname": "Person",
    "physdesc": "Physical description",
    "physloc": "Physical location",
    "phystech": "Technical requirements",
    "place": "Place",
    "placerole": "Role of the place",
    "prefercite": "Preferred citation",
    "processinfo": "Processing",
    "publicationstmt": "Publication of the finding aid",
    "publisher": "Publisher",
    "relatedmaterial": "Related material",
    "resourcerelation": "Relation",
    "revisiondesc": "Changes to the description",
    "scopecontent": "Scope and content",
    "separatedmaterial": "Separated material",
    "seriesstmt": "Series of the publication",
    "source": "Source",
    "sponsor": "Sponsor",
    "subject": "Subject",
    "subtitle": "Subtitle",
    "titleproper": "Title of the finding aid",
    "unitdate": "Date",
    "unitid": "Number",
    "unittitle": "Title",
    "userestrict": "Conditions of use",
}
"""Element of EAD or EAC-CPF, in small letters → what it says, in words."""

_SILENT = frozenset({
    *("p", "item", "list", "head", "span", "lb", "term", "part", "text", "emph", "note", "descriptivenote", "block"),
    *("archdesc", "did", "eadheader", "frontmatter", "filedesc", "titlestmt", "profiledesc", "titlepage", "descgrp"),
    *("control", "cpfdescription", "description", "identity", "relations", "eac-cpf", "ead", "admininfo", "citation"),
    *("localdescription", "localdescriptions", "localcontrol", "c", "dsc", "ref", "extref", "extptr", "ptr", "date"),
    *("places", "functions", "occupations", "sources", "entry", "value", "field"),
})  # fmt: skip
"""Elements whose names tell a reader nothing: the one around them does."""

_STEP = re.compile(r"(@?[^/\[\]@']+)(?:\[@?[\w:-]*=?'?([^'\]]*)'?\])?")
_INDEXED = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?\.?")
_PATH = re.compile(r"\[@|/|^@")
_CODE = re.compile(r"[\W\d_]*|[a-z][\w.]*:.*|\d.*|c\d\d", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_-]+")
_MOST_WORDS = 2


def field_name(field: str, language: str) -> str:
    """Name of a field of the source in words; a label that a person wrote stays as it is.

    Args:
        field: the field as `extra` has it.
        language: language of the page, for the elements of the standards; the source's own words stay in its language.
    """
    if " " in field and not _PATH.search(field):
        return field
    names = list(dict.fromkeys(_path_names(field, language) if _PATH.search(field) else _key_names(field)))
    text = ": ".join(names[-_MOST_WORDS:]) or words(field) or field
    return text[:1].upper() + text[1:]


def words(name: str) -> str:
    """A name of a program's as words: `conversedWith`, `box_colour`.

    >>> words("conversedWith"), words("box_colour"), words("FRUS")
    ('conversed with', 'box colour', 'FRUS')
    """
    parts = _HUMP.sub(" ", name).split()
    return " ".join(part if part.isupper() and len(part) > 1 else part[:1].lower() + part[1:] for part in parts)


def _key_names(field: str) -> list[str]:
    """Names along a key of a JSON record, such as `dates[2].weekDay`."""
    return [f"{words(name)} {number}".strip() for name, number in _INDEXED.findall(field)]


def _path_names(field: str, language: str) -> list[str]:
    """Names along a path of elements: what each is called by its own id or type, or by the standard."""
    names = []
    for element, value in _STEP.findall(_shortened(field)):
        bare = element.strip().lstrip("@").lower()
        label = translations(language).gettext(ELEMENTS[bare]) if bare in ELEMENTS else ""
        said = "" if _CODE.fullmatch(value) else words(value)
        if said and label and " " not in said:
            names += [label, said]
        elif said:
            names.append(said)
        elif label or bare not in _SILENT:
            names.append(label or words(element.lstrip("@")))
    return names


def _shortened(field: str) -> str:
    """A path whose quoted values are the last part of an address alone, so that a stroke parts steps."""
    return re.sub(r"'([^']*)'", lambda match: "'" + re.split(r"[#/]", match[1])[-1] + "'", field)

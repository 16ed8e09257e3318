"""Authority files, roles and forms of names: whose a number is, what a word means, which texts name the same."""

import json

import pytest
from locations import ROOT

from kg.records.names import authority_files, name_forms, reference_schemes, relators

SAME_ENTRY = [
    ("http://id.loc.gov/authorities/names/n79000001", [("n79000001", "naf"), ("(lccn)n79000001", None), ("(DLC)n 79000001", "x"), ("n 79-1", "lcnaf")]),
    ("http://id.loc.gov/authorities/subjects/sh85000001", [("sh85000001", "lcsh"), ("(DLC)sh 85000001", None)]),
    ("http://viaf.org/viaf/71385", [("71385", "viaf"), ("71385", "VIAF"), ("(viaf)71385", None), ("viaf:71385", "local")]),
    ("https://d-nb.info/gnd/118540238", [("118540238", "gnd"), ("(DE-588)118540238", None), ("118540238", "pnd")]),
    ("http://www.wikidata.org/entity/Q42", [("Q42", "wikidata"), ("wikidata:Q42", None)]),
    ("https://isni.org/isni/0000000121032683", [("0000 0001 2103 2683", "isni")]),
    ("http://vocab.getty.edu/ulan/500115588", [("500115588", "ulan"), ("(ULAN)500115588", None)]),
    ("http://n2t.net/ark:/99166/w6kd4hms", [("ark:/99166/w6kd4hms", "snac")]),
    ("http://id.worldcat.org/fast/1204623", [("fst01204623", "fast"), ("(OCoLC)fst01204623", "fast")]),
]  # fmt: skip

ADDRESSES = {
    "http://viaf.org/viaf/71385": ("https://viaf.org/viaf/71385/", "https://www.viaf.org/viaf/71385#Person"),
    "http://www.wikidata.org/entity/Q42": ("https://www.wikidata.org/wiki/Q42", "https://m.wikidata.org/wiki/Q42"),
    "http://vocab.getty.edu/ulan/500115588": ("http://vocab.getty.edu/page/ulan/500115588",),
    "https://d-nb.info/gnd/118540238": ("http://d-nb.info/gnd/118540238",),
}


@pytest.mark.parametrize(("iri", "numbers"), SAME_ENTRY)
def test_a_number_of_a_known_file(iri, numbers):
    """A number with its file, beside it or inside it, in any spelling, is the same entry."""
    entries = {authority_files.entry(*number) for number in numbers}
    assert entries == {(authority_files.key_of(iri), iri)}


@pytest.mark.parametrize("iri", ADDRESSES)
def test_addresses_of_an_entry(iri):
    """All addresses of an entry make one key."""
    assert {authority_files.key_of(address) for address in ADDRESSES[iri]} == {authority_files.key_of(iri)}
    assert {authority_files.entry_iri(address) for address in ADDRESSES[iri]} == {iri}


@pytest.mark.parametrize(
    ("number", "source", "key"),
    [
        ("12345", None, "12345"),
        ("12345", "local", "12345"),
        ("12345", "rda", "12345"),
        ("12345", "bibsys", "bibsys-12345"),
        ("12345", "lcsh", "lcsh-12345"),
        ("(OldList)12345", None, "oldlist-12345"),
        ("37-eac-1", "tapesIndex", "37-eac-1"),
    ],
)
def test_a_number_of_another_file(number, source, key):
    """A number of the archive's own is the key; one of a file that is not known has the file before it."""
    assert authority_files.entry(number, source) == (key, None)


ROLES = {
    "pht": "contributors", "Photographer (pht)": "contributors", "Фотограф:": "contributors", "Fotógrafa": "contributors",
    "http://id.loc.gov/vocabulary/relators/drt": "contributors", "relators:col": "contributors", "Sammler": "contributors",
    "Creator:": "creator", "creator": "creator", "Produktor": None, "source": "", "Herkunft": "", "Источник": "",
    "translator": "translator", "Adressat": "recipient", "participants": "participants",
}  # fmt: skip


@pytest.mark.parametrize("text", ROLES)
def test_roles(text):
    """A role is known by word in several languages, by code and by address; a source has no key."""
    role = relators.role(text)
    assert (role.key if role else None) == ROLES[text]


def test_keys_of_roles_are_those_of_the_model():
    """Each role of the table has a key of the model, or none."""
    table = json.loads((ROOT / "ontology" / "relators.json").read_text(encoding="utf-8"))
    keys = json.loads((ROOT / "ontology" / "record.schema.json").read_text(encoding="utf-8"))
    assert {row["key"] for row in table["roles"]} - {""} <= set(str(keys).replace("'", " ").split())


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Nixon, Richard M. (President)", "Richard Nixon", True),
        ("Хрущев, Никита", "Khrushchev, Nikita", True),
        ("NATO", "North Atlantic Treaty Organization", True),
        ("City University", "City University of Utopia", True),
        ("Kay, Ada", "Kay, A.", True),
        ("Kay, Ada", "Kay, Bert", False),
        ("Kay, Ada", "K. A.", False),
        ("Flint, Per", "Fitch, Olaf", False),
        ("1905", "1906", False),
    ],
)
def test_forms_of_a_name(first, second, same):
    """Two texts are forms of a name where each word of the shorter one stands in the longer one."""
    assert name_forms.are_forms(first, second) is same is name_forms.are_forms(second, first)


def test_schemes_of_references():
    """Each scheme says country, letters, an example and its source, and no archive is of two ways."""
    schemes = reference_schemes.schemes()
    assert all(scheme.country and scheme.letters and scheme.example and scheme.source for scheme in schemes)
    names = [name for scheme in schemes for name in (*scheme.also, *map(str.casefold, scheme.archives))]
    assert len(names) == len(set(names))

"""EAD and EAC-CPF: what is read, that nothing is lost, and that hostile XML does no harm."""

import re
import socket
from pathlib import Path

import pytest
from locations import SOURCES
from lxml import etree

from kg.records.model import validation
from kg.records.normalisation.records import normalise_record
from kg.records.problems import SourceProblem
from kg.records.readers import READERS, sniff
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile
from kg.records.readers.xml import tree

HERE = Path(__file__).resolve().parent
AID, AUTHORITY = HERE / "cases" / "finding-aid.xml", HERE / "cases" / "authority.xml"
TAPES = SOURCES / "nixon-tapes"
REAL = [*sorted((TAPES / "findingaids").glob("*.xml"))[::40], *sorted((TAPES / "authorities").glob("*.xml"))[::40]]
NONE = pytest.mark.skipif(not TAPES.is_dir(), reason="the Nixon tapes' finding aids are not here")


def items(path):
    with path.open("rb") as file:
        name = sniff(file.read(8192), path.name)
    return list(READERS[name](SourceFile(path, path.name, origin="test")))


def records(path):
    return {item.record["id"]: item.record for item in items(path) if isinstance(item, RawRecord)}


def name_of(link):
    return next(iter((link.get("name") or link["title"]).values()))


@NONE
def test_codes_identify():
    """A source's code for an agent is an identifier, not a name."""
    (participant, *_) = next(each for path in REAL[:1] for each in records(path).values())["participants"]
    assert participant["identifiers"] == ["P"]
    assert "alternativeNames" not in participant


def test_hierarchy():
    """A finding aid gives its levels as archive records and its items as records that lie in them."""
    records_by_id = records(AID)
    kinds = sorted(reference.partition("/")[0] for reference in records_by_id)
    assert kinds == ["archive", "archive", "record", "record"]
    letter = next(each for each in records_by_id.values() if each.get("title") == {"en": "Letter to the minister"})
    series = records_by_id[letter["heldIn"][0]["id"] if isinstance(letter["heldIn"][0], dict) else letter["heldIn"][0]]
    assert series["level"] == "series"
    assert series["name"] == {"en": "Letters"}
    fonds = next(each for each in records_by_id.values() if each.get("level") == "fonds")
    assert fonds["accessConditions"] == {"en": ["Open to readers."]}


def test_text_goes_before_a_contradicting_date():
    """Where the encoded date contradicts the text, the text wins and the contradiction is reported."""
    letter = next(each for each in records(AID).values() if each.get("title") == {"en": "Letter to the minister"})
    assert letter["dates"][0]["edtf"] == "1963-04-05"
    assert any("contradicts" in getattr(item, "message", "") for item in items(AID))


def test_nobody_is_no_person():
    """ "[Unknown person(s)]" becomes no person, and is kept."""
    letter = next(each for each in records(AID).values() if each.get("title") == {"en": "Letter from nobody"})
    assert "creator" not in letter
    assert letter["dates"][0]["edtf"] == "1962~"
    assert any("Unknown person" in each["value"] for each in letter["extra"])


def test_authority():
    """An authority record gives an agent with all forms of the name, dates, places, offices, relations."""
    agent = records(AUTHORITY)["agent/p-1"]
    assert agent["name"] == {"en": "Scribe, Berta"}
    assert [form["text"] for form in agent["names"]] == ["Scribe, Berta", "Писарь, Берта"]
    assert agent["names"][0]["dates"] == "1930/1955"
    assert (agent["names"][0]["rules"], agent["names"][1]["script"]) == ("rda", "Cyrl")
    assert [(date["role"], date["edtf"]) for date in agent["dates"]] == [("birth", "1901~"), ("death", "1980-02-03")]
    assert (name_of(agent["birthPlace"][0]), agent["birthPlace"][0]["latitude"]) == ("Havana", 23.13)
    assert agent["occupations"] == {"en": ["Envoy"]}
    assert agent["functions"] == {"en": ["Diplomacy"]}
    assert agent["biography"] == {"en": ["She wrote letters.", "She kept them."]}
    assert agent["sameAs"] == ["http://www.wikidata.org/entity/Q1", "https://viaf.org/viaf/1"]
    relations = [
        (each["target"]["id"], each["type"], each.get("role"), each.get("dates")) for each in agent["relations"]
    ]
    assert relations == [
        ("agent/p-2", "family", "sisterOf", "1901/1980"),
        ("record/ms1", "creatorOf", None, None),
    ]
    extra = {each["value"] for each in agent["extra"]}
    assert {"none stated", "[Unknown person(s)]"} <= extra


@pytest.mark.parametrize("path", [AID, AUTHORITY, *REAL], ids=lambda path: path.stem)
def test_what_is_read_is_sound(path):
    """Records from the readers are normalised and fit the model."""
    records_by_id = records(path)
    assert records_by_id
    for record in records_by_id.values():
        sound, problems = normalise_record(record, path.name, "")
        assert not problems
        assert not validation.faults(sound, path.name, "")


_LEFT_OUT = {"head", "thead", "listhead", "language", "script", "relationEntry", "agentType"}
_TYPES = {"person", "corporateBody", "family", "birth"}


@pytest.mark.parametrize("path", [AID, AUTHORITY, *REAL], ids=lambda path: path.stem)
def test_nothing_is_lost(path):
    """Every text of a file stands somewhere in its records, but for labels and what became a code."""
    texts = " ".join(_strings(list(records(path).values())))
    texts = " ".join(texts.split())
    for element in etree.parse(path, etree.XMLParser(remove_comments=True)).iter():
        if not isinstance(element.tag, str) or tree.local(element) in _LEFT_OUT:
            continue
        for piece in (element.text, *(each.tail for each in element)):
            text = " ".join((piece or "").split()).strip(" .,:;()")
            if len(text) > 1 and text not in _TYPES:
                assert text in texts or _only_encoded(text, texts), f"{tree.local(element)}: {text}"


_INFORMATIVE_ATTRIBUTES = {
    "href",
    "publicid",
    "countrycode",
    "mainagencycode",
    "repositorycode",
    "certainty",
    "authfilenumber",
}


@pytest.mark.parametrize("path", [AID, AUTHORITY, *REAL], ids=lambda path: path.stem)
def test_no_address_is_lost(path):
    """Every address, code and number in an attribute stands in the records, but for icons and placeholders."""
    texts = set(_strings(list(records(path).values())))
    texts |= {each.rpartition("/")[2] for each in texts}
    for element in etree.parse(path, etree.XMLParser(remove_comments=True)).iter():
        if tree.attribute(element, "show") == "embed" or not tree.text(element):
            continue
        for name, value in element.items():
            value_text = " ".join(value.split())
            if name.rpartition("}")[2] in _INFORMATIVE_ATTRIBUTES and value_text:
                assert value_text in texts or f"{path.stem}.{value_text}" in texts or _became(value_text, texts), (
                    element.tag,
                    name,
                    value_text,
                )


def _became(number, texts):
    """A number in an authority file became an address, or is in the key of one."""
    return any(number.replace(" ", "") in each for each in texts)


def _only_encoded(text, texts):
    """Dates and codes stand in their standard form; a tape's time of day in the time of its event."""
    return bool(re.fullmatch(r"[\d:]+ [ap]m|eng|\d\d:\d\d:\d\d|certain|estimated|[A-Z][a-z]+ \d{1,2}, \d{4}", text))


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


@NONE
def test_dates_of_the_tapes():
    """No conversation bears the false constant date; one of a set stays one of a set."""
    edtfs = set()
    for path in sorted((TAPES / "findingaids").glob("*.xml"))[::3]:
        for record in records(path).values():
            edtfs |= {date["edtf"] for date in record["dates"] if date["role"] == "event"}
    assert edtfs
    assert "1971-02-16/1971-02-16" not in edtfs
    assert not any(edtf.startswith("1971-02-16") for edtf in edtfs if "/" in edtf)


@NONE
def test_one_of_a_set():
    """ "An unknown date between June 12, 1971 and June 13, 1971" is one day of a set."""
    paths = [
        path
        for path in sorted((TAPES / "findingaids").glob("*.xml"))
        if "unknown date between June 12, 1971 and June 13, 1971" in path.read_text(encoding="utf-8")
    ]
    assert paths
    for path in paths[:5]:
        events = [date for record in records(path).values() for date in record["dates"] if date["role"] == "event"]
        assert [date["edtf"] for date in events] == ["[1971-06-12..1971-06-13]"]


BOMB = (
    b'<!DOCTYPE ead [<!ENTITY a "xxxxxxxxxx">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><ead><eadheader><eadid>&j;</eadid></eadheader></ead>"
)
HOSTILE = {
    "bomb": (BOMB, "entit"),
    "file": (
        b'<!DOCTYPE ead [<!ENTITY x SYSTEM "file:///etc/passwd">]><ead><eadheader><eadid>&x;</eadid></eadheader></ead>',
        "entit",
    ),
    "truncated": (b"<ead><eadheader><eadid>a</eadid></eadheader><archdesc level='item'><did>", "read no further"),
    "encoding": (
        b'<?xml version="1.0" encoding="UTF-8"?><ead><eadheader><eadid>caf\xe9</eadid></eadheader></ead>',
        "read no further",
    ),
    "deep": (b"<ead>" + b"<c>" * 400 + b"</c>" * 400 + b"</ead>", "deep"),
    "null": (b"<ead><eadheader><eadid>a\x00b</eadid></eadheader></ead>", "read no further"),
    "empty root": (b"<ead/>", "no archdesc"),
    "huge text": (b"<ead><eadheader><eadid>" + b"x" * (11 << 20) + b"</eadid></eadheader></ead>", "read no further"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml(tmp_path, name):
    """Hostile or broken XML is one clear problem: nothing is expanded, nothing outside is read."""
    raw, texts = HOSTILE[name]
    path = tmp_path / "aid.xml"
    path.write_bytes(raw)
    records_by_id = list(READERS["ead"](SourceFile(path, "aid.xml")))
    problems = [item.problem for item in records_by_id if isinstance(item, ReadFailure)]
    assert len(problems) == 1
    assert texts in problems[0].message
    assert problems[0].expected
    assert "root:" not in str(records_by_id)


def test_no_network(tmp_path):
    """An external entity on the network is not fetched."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.3)
        port = trap.getsockname()[1]
        path = tmp_path / "aid.xml"
        address = f"http://127.0.0.1:{port}/x.dtd"
        path.write_text(f'<!DOCTYPE ead SYSTEM "{address}" [<!ENTITY x SYSTEM "{address}">]><ead><c>&x;</c></ead>')
        assert any(isinstance(item, ReadFailure) for item in READERS["ead"](SourceFile(path, "aid.xml")))
        with pytest.raises(TimeoutError):
            trap.accept()


def test_namespace_or_none(tmp_path):
    """A finding aid reads alike with a namespace and without."""
    path = tmp_path / "aid.xml"
    text = AID.read_text(encoding="utf-8").replace("<ead>", '<ead xmlns="urn:isbn:1-931666-22-9">')
    path.write_text(text, encoding="utf-8")
    assert list(records(path).values()) == list(records(AID).values())


EAC = """<eac-cpf xmlns:xlink="http://www.w3.org/1999/xlink"><control><recordId>{number}</recordId></control><cpfDescription>
<identity><entityType>person</entityType><nameEntry><part>A</part></nameEntry></identity><relations>{relations}
</relations></cpfDescription></eac-cpf>"""


@pytest.mark.parametrize(
    ("prefix", "href", "reference"),
    [
        ("", "agent/ivanova", "agent/ivanova"),
        ("x-", "agent/ivanova", "agent/x-ivanova"),
        ("", "https://archive.example.org/agent/ivanova", "agent/ivanova"),
        ("x-", "https://archive.example.org/agent/ivanova.html", "agent/ivanova"),
        ("", "https://archive.example.org/data", "agent/archive.example.org-data"),
        ("", "ivanova", "agent/ivanova"),
        ("", "collection/letters", "collection/letters"),
        ("", "folder/letters", "agent/folder%2Fletters"),
    ],
)
def test_links_by_our_own_names(tmp_path, prefix, href, reference):
    """A link by `kind/key`, or by an address below the base, leads to the thing of that name."""
    file = tmp_path / "a.xml"
    relation = f'<cpfRelation xlink:href="{href}"><relationEntry>Ivanova</relationEntry></cpfRelation>'
    file.write_text(EAC.format(number="agent/a", relations=relation), encoding="utf-8")
    source = SourceFile(file, "a.xml", prefix, base="https://archive.example.org/")
    (records_by_id,) = [item.record for item in READERS["eac"](source) if isinstance(item, RawRecord)]
    assert records_by_id["id"] == f"agent/{prefix}a"
    assert [each["target"]["id"] for each in records_by_id["relations"]] == [reference]
    assert "sameAs" not in records_by_id["relations"][0]["target"] or "://archive.example.org/agent" not in href


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ('<ead xmlns="http://ead3.archivists.org/schema/"><control/><archdesc level="fonds"/></ead>', "this is EAD3"),
        ('<ead><control><recordid>1</recordid></control><archdesc level="fonds"/></ead>', "this is EAD3"),
        ('<eac xmlns="https://archivists.org/ns/eac/v2"><control/></eac>', "this is EAC-CPF 2.0"),
    ],
)
def test_later_standards(tmp_path, text, fragment):
    """A file of a later standard is called that, with what is read here."""
    file = tmp_path / "a.xml"
    file.write_text(text, encoding="utf-8")
    (item,) = items(file)
    assert isinstance(item, ReadFailure)
    assert fragment in item.problem.message
    assert item.problem.expected


@pytest.mark.parametrize(("number", "value"), [("<unitid>I/1</unitid>", "I/1"), ("", "")])
def test_a_component_without_a_number_of_its_own(tmp_path, number, value):
    """A component whose key is its place is told: with the number that stands twice, or as one without any."""
    unit = f"<c level='file'><did><unittitle>A</unittitle>{number}</did></c>"
    path = tmp_path / "a.xml"
    path.write_text(
        "<ead><eadheader><eadid>fa</eadid></eadheader><archdesc level='fonds'><did><unittitle>T</unittitle></did>"
        f"<dsc>{unit}{unit}</dsc></archdesc></ead>",
        encoding="utf-8",
    )
    told = [item for item in READERS["ead"](SourceFile(path, "a.xml")) if isinstance(item, SourceProblem)]
    assert {problem.value for problem in told if "its key is its place" in problem.message} == {value}
    assert any(("neither" in problem.message) is not bool(value) for problem in told)

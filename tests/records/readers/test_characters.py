"""Characters that went wrong on their way, in every format: mended by one rule and told, or refused with their place."""

import json

import pytest

from kg.records import characters
from kg.records.problems import SourceProblem
from kg.records.readers import READERS, sniff
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile

EAD = "<ead><eadheader><eadid>x</eadid></eadheader><archdesc level='fonds'><did>\n<unittitle>{}</unittitle></did></archdesc></ead>"
EAC = (
    "<eac-cpf><control><recordId>x</recordId></control><cpfDescription><identity><entityType>person</entityType>"
    "<nameEntry><part>{}</part></nameEntry></identity></cpfDescription></eac-cpf>"
)
PAGE = "5 April 1963\n\n{}\n\nText\n\nSummary\n\nDocument Information\n\nSource\n\nArchive\n\nRecord ID\n\n1\n"
WRONG = {
    "Caf&eacute; R&D": "Café R&D",
    "Caf&#233;": "Café",
    "Caf&#xE9;": "Café",
    "Caf&amp;eacute;": "Café",
    "&ldquo;Yes&rdquo;": "“Yes”",
    "It\x92s \x96 so\x85": "It’s – so…",
    "AT&amp;T": "AT&T",
}
RIGHT = ["AT&T", "R&D; and more", "&nothing;", "5 & 6", "a;b &c"]


def read(tmp_path, raw, name):
    """The title or name in a file, and what the reader tells."""
    file = tmp_path / name
    file.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    items = list(READERS[sniff(file.read_bytes()[:8192], name)](SourceFile(file, name, origin="t")))
    records = [item for item in items if isinstance(item, RawRecord)]
    told = [item for item in items if isinstance(item, SourceProblem)]
    told += [problem for item in records for problem in item.problems]
    failures = [item.problem for item in items if isinstance(item, ReadFailure)]
    if not records:
        return None, failures
    value = records[0].record.get("title") or records[0].record["name"]
    return value if isinstance(value, str) else next(iter(value.values())), told


def written(format_, text):
    """A file of a format with a text as its title or name."""
    if format_ in {"ead", "eac"}:
        escaped = text.replace("&", "&amp;")
        return (EAD if format_ == "ead" else EAC).format(escaped), "a.xml"
    if format_ == "page":
        return PAGE.format(text), "a.txt"
    record = json.dumps({"id": "record/x", "title": text, "sourcePage": "https://example.org/?a=1&copy;=2"})
    return (record, "a.json") if format_ == "json" else (record + "\n" + record.replace("/x", "/y"), "a.jsonl")


@pytest.mark.parametrize("format_", ["ead", "eac", "page", "json", "jsonl"])
def test_wrong_characters_are_mended_and_told(tmp_path, format_):
    """Each reader reads escapes of escapes and control characters as what they mean, and tells."""
    for wrong, right in WRONG.items():
        text, told = read(tmp_path, *written(format_, wrong))
        assert text == right
        assert characters.MESSAGE in {problem.message for problem in told}, wrong


@pytest.mark.parametrize("format_", ["ead", "eac", "page", "json", "jsonl"])
def test_right_characters_are_left(tmp_path, format_):
    """An ampersand that is text stays as it is, and nothing is told."""
    for right in RIGHT:
        text, told = read(tmp_path, *written(format_, right))
        assert (text, [problem for problem in told if problem.message == characters.MESSAGE]) == (right, [])


def test_addresses_and_ids_in_json_are_left(tmp_path):
    """In an address or an id an ampersand is no escape."""
    record = {"id": "record/a", "title": "x", "sourcePage": "https://example.org/?a&copy;", "related": ["record/b&lt;"]}
    file = tmp_path / "a.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    (item,) = READERS["json"](SourceFile(file, "a.json"))
    assert item.record == record
    assert not item.problems


ENCODINGS = {
    "Latin letters in UTF-8": (b"UTF-8", b"Caf\xe9", None, "0xE9"),
    "Latin letters in ASCII": (b"US-ASCII", b"Caf\xe9", None, "0xE9"),
    "UTF-8 in a file of single bytes": (b"ISO-8859-1", b"Caf\xc3\xa9", "Café", "0xC3"),
    "UTF-8 in a Cyrillic file": (b"windows-1251", "Мир".encode(), "Мир", "0xD0"),
    "some UTF-8 among Latin letters": (b"ISO-8859-1", b"\xe9t\xe9 Caf\xc3\xa9", "été Café", "0xC3"),
    "letters of Windows": (b"ISO-8859-1", b"It\x92s", "It’s", "u0092"),
    "as it says": (b"windows-1251", "Мир".encode("cp1251"), "Мир", ""),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_bytes_that_contradict_the_encoding_are_told_with_their_place(tmp_path, name):
    """Bytes outside the declared encoding are told with line and byte, and never give other letters."""
    encoding, written_bytes, right, byte = ENCODINGS[name]
    raw = b'<?xml version="1.0" encoding="%b"?>\n' % encoding + EAD.encode().replace(b"{}", written_bytes)
    text, told = read(tmp_path, raw, "a.xml")
    assert text == right
    if not byte:
        assert not told
        return
    (problem,) = told
    assert problem.at == "line 3"
    assert byte in problem.value + problem.message


def test_wrong_bytes_in_json_have_line_and_byte(tmp_path):
    """JSON that is no UTF-8 is refused with line and byte."""
    _, (problem,) = read(tmp_path, b'{"id": "record/x",\n "title": "Caf\xe9"}', "a.json")
    assert "line 2" in problem.message
    assert "0xe9" in problem.message


ENTITIES = {
    "text of its own": ('<!ENTITY g "The &#233; guild">', "&g; &amp; more", "The é guild & more"),
    "text in text": ('<!ENTITY g "guild"><!ENTITY h "The &g;">', "&h;", "The guild"),
    "a sign of XML": ('<!ENTITY g "R&#38;D">', "&g;", "R&D"),
    "a name of HTML": ("", "Caf&eacute;", "Café"),
    "markup": ('<!ENTITY g "<b>x</b>">', "&g;", None),
    "a file": ('<!ENTITY g SYSTEM "file:///etc/hostname">', "&g;", None),
    "nothing": ("", "&g;", None),
    "itself": ('<!ENTITY g "&h;"><!ENTITY h "&g;">', "&g;", None),
    "very much": ('<!ENTITY f "' + "x" * 9_000 + '"><!ENTITY g "&f;&f;">', "&g;", None),
}


@pytest.mark.parametrize("name", ENTITIES)
@pytest.mark.parametrize("doctype", ["<!DOCTYPE ead [{}]>", '<!DOCTYPE ead PUBLIC "-//X//DTD" "ead.dtd" [{}]>'])
@pytest.mark.parametrize("place", ["text", "attribute"])
def test_entities(tmp_path, name, doctype, place):
    """An entity that is harmless is read, in text and in attributes; any other is refused by its name and line."""
    declared, used, right = ENTITIES[name]
    title = used if place == "text" else f"T</unittitle><unitid type='{used}'>1</unitid><unittitle>"
    text, told = read(tmp_path, doctype.format(declared) + EAD.format(title), "a.xml")
    if right is None:
        (problem,) = told
        assert text is None
        assert "'g'" in problem.message
        assert problem.at == "line 2"
    elif place == "text":
        assert text == right
    else:
        (record,) = [
            item.record
            for item in READERS["ead"](SourceFile(tmp_path / "a.xml", "a.xml"))
            if isinstance(item, RawRecord)
        ]
        assert right in {each["value"] for each in record["extra"]}


def test_entities_in_comments_and_cdata_are_none(tmp_path):
    """What looks like an entity in a comment, in CDATA or in an instruction is none, wherever the bytes are cut."""
    for length in (0, 65_400, 65_500):
        filler = f"<!-- {'x' * length} &g; -->"
        text, _ = read(tmp_path, EAD.format(f"{filler}A<?p &g;?> <![CDATA[&g; B]]>"), "a.xml")
        assert text == "A &g; B"

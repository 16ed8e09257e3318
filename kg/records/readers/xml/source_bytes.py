"""Bytes of an XML file on their way to the parser: their encoding, and the entities that they name (D-129).

- An entity that the file itself declares as plain text, or that HTML names, is read as its characters. Any other one
  is refused by its name and line: an external one, one with markup, one that grows without bound.
- Bytes that contradict the declared encoding are told with their place. A file that declares an encoding of single
  bytes and holds UTF-8 is read as UTF-8.
"""

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from kg.errors import SourceError
from kg.records import characters

MAX_ENTITY = 10_000
"""Maximum length of an entity's text in characters, all entities in it expanded."""
MAX_PROLOG = 1 << 20
"""Maximum size of what stands before the root element, in bytes."""

_CHUNK = 64 * 1024
_LONGEST_TOKEN = 2_200
_PREDEFINED = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']""")
_TOKEN = re.compile(
    rb"<!--|-->|<!\[CDATA\[|\]\]>|<\?|\?>|<!DOCTYPE[^\[>]{0,2000}(?P<subset>[\[>]?)|\]\s{0,20}>"
    rb"|&(?P<name>[A-Za-z_][A-Za-z0-9_.-]{0,100});"
)
_OPENINGS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
"""Begin of what holds no entities → its end."""
_MENDABLE = re.compile(rb"&amp;#?\w{1,32};|&#(?:1[2-5]\d|[xX]0*[89][0-9a-fA-F]);")
_CONTROLS = {True: re.compile(rb"[\x80-\x9f]"), False: re.compile(rb"\xc2[\x80-\x9f]")}
"""Whether a character is a single byte → the pattern of control characters."""
_ENTITY_IN_VALUE = re.compile(r"&([A-Za-z_][\w.-]{0,100});")
_NUMBERED = re.compile(r"&#(?:\d{1,7}|x[0-9A-Fa-f]{1,6});")
_XML_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_MAX_INNER, _MAX_DECLARED = 1_000, 500
"""Maximum numbers of entities in the value of one, and of those that are inside others."""
_WIDE = re.compile(rb"[\x80-\xff]")
_UTF8_IN_LATIN = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa1-\xbf]")
"""Letters of Western languages in UTF-8; in the encodings of single bytes for these a pair that no word has."""
_LATIN = frozenset({"iso88591", "iso885915", "cp1252"})


def _is_single_byte(encoding: str) -> bool:
    name = _codec_name(encoding)
    return name is not None and (name.startswith(("iso8859", "cp12", "cp8", "koi8", "mac", "latin")) or name == "ascii")


def _codec_name(encoding: str) -> str | None:
    try:
        return codecs.lookup(encoding).name.replace("-", "")
    except LookupError:
        return None


@dataclass(slots=True)
class SourceBytes:
    """Bytes of a file, with what they are found to be.

    Attributes:
        path: the file.
        encoding: the encoding to read it in, against its declaration; None where the declaration holds.
        told: (line, value, message) of what its keeper should know.
        mendable: whether text so far may hold escapes of escapes, or control characters.
    """

    path: Path
    encoding: str | None = None
    told: list[tuple[str, str, str]] = field(default_factory=list)
    mendable: bool = False
    _declared: str = ""
    _entities: dict[str, str | None] = field(default_factory=dict)
    _line: int = 1
    _until: bytes = b""
    _has_pairs: bool = False
    _named: set[str] = field(default_factory=set)

    def chunks(self, file: BinaryIO) -> Iterator[bytes]:
        """Yield the bytes for the parser. Raises SourceError for an entity that can't be read."""
        head = file.read(_CHUNK)
        match = _DECLARED.match(head)
        self._declared = match[1].decode() if match else ""
        if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:4]:
            self.mendable = True
            yield head  # UTF-16: the parser's own rules hold
            yield from iter(lambda: file.read(_CHUNK), b"")
            return
        if self._declared and _is_single_byte(self._declared):
            self._check_single_bytes()
        if b"<!DOCTYPE" in head:
            self._entities = _declared_entities(head, file)
            file.seek(len(head))
        pending = head
        while pending:
            more = file.read(_CHUNK)
            cut = min(_cut(pending), len(pending) - 3) if more else len(pending)
            yield self._rewritten(pending[:cut])
            pending = pending[cut:] + more

    def fault_place(self) -> tuple[int, str, str] | None:
        """Return line, byte and encoding of the first byte that contradicts the encoding; None where none does."""
        encoding = self.encoding or self._declared or "utf-8"
        if _codec_name(encoding) is None:
            return None
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        line = 1
        with self.path.open("rb") as file:
            while True:
                chunk = file.read(_CHUNK)
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as fault:
                    line += fault.object[: fault.start].count(b"\n")
                    return line, f"0x{fault.object[fault.start]:02X}", encoding
                if not chunk:
                    return None
                line += chunk.count(b"\n")

    def _check_single_bytes(self) -> None:
        """Tell of UTF-8 in a file that declares single bytes; where all of it is UTF-8, read it so."""
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        is_latin = _codec_name(self._declared) in _LATIN
        line, all_utf8 = 1, True
        first_wide: tuple[int, int] | None = None  # line and byte of the first character outside ASCII
        first_pair: tuple[int, int] | None = None  # of the first that looks like a letter in UTF-8
        with self.path.open("rb") as file:
            while (all_utf8 or first_pair is None) and (chunk := file.read(_CHUNK)):
                if not chunk.isascii():
                    first_wide = first_wide or _place(_WIDE.search(chunk), chunk, line)
                    if is_latin:
                        first_pair = first_pair or _place(_UTF8_IN_LATIN.search(chunk), chunk, line)
                    all_utf8 = all_utf8 and _decodes(decoder, chunk)
                line += chunk.count(b"\n")
        place = first_wide if all_utf8 else first_pair
        if place is None:
            return
        message = (
            f"the file says that it is in {self._declared}, and its bytes are UTF-8; it is read as UTF-8"
            if all_utf8
            else f"bytes of UTF-8 stand in a file that says it is in {self._declared}; they are read as UTF-8"
        )
        self.encoding = "utf-8" if all_utf8 else None
        self._has_pairs = not all_utf8
        self.told.append((f"line {place[0]}", f"byte 0x{place[1]:02X}", message))

    def _rewritten(self, chunk: bytes) -> bytes:
        """Return bytes with the entities replaced by their characters."""
        if self._has_pairs:
            chunk = _UTF8_IN_LATIN.sub(lambda pair: b"&#%d;" % ord(pair[0].decode()), chunk)
        single = bool(self._declared) and self.encoding is None and _is_single_byte(self._declared)
        if not self.mendable:
            self.mendable = bool(_MENDABLE.search(chunk) or _CONTROLS[single].search(chunk))
        pieces: list[bytes] = []
        at = 0
        for token in _TOKEN.finditer(chunk):
            name = token["name"]
            if self._until:
                if re.sub(rb"\s", b"", token[0]) == self._until:
                    self._until = b""
            elif name is None:
                if token["subset"] is not None:
                    self._until = b"]>" if token["subset"] == b"[" else b""
                else:
                    self._until = _OPENINGS.get(token[0], b"")
            elif name not in _PREDEFINED:
                line = self._line + chunk.count(b"\n", 0, token.start())
                pieces += chunk[at : token.start()], self._replacement(name.decode(), line)
                at = token.end()
        self._line += chunk.count(b"\n")
        return b"".join([*pieces, chunk[at:]]) if pieces else chunk

    def _replacement(self, name: str, line: int) -> bytes:
        """Characters of an entity, as references by number."""
        text = self._entities.get(name)
        if text is None and name not in self._entities and (text := characters.named_character(name)):
            if name not in self._named:
                message = f"the entity {name!r} is declared nowhere; it is read as {text!r}, as in HTML"
                self.told.append((f"line {line}", f"&{name};", message))
            self._named.add(name)
        if text is None:
            raise entity_error(name, f"line {line}")
        return "".join(f"&#{ord(sign)};" for sign in text).encode()


def _place(match: re.Match[bytes] | None, chunk: bytes, line: int) -> tuple[int, int] | None:
    return None if match is None else (line + chunk.count(b"\n", 0, match.start()), chunk[match.start()])


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def entity_error(name: str, where: str) -> SourceError:
    """Return the error of an entity that can't be read."""
    return SourceError(
        f"the file uses the entity {name!r}, which it does not declare as plain text of its own",
        where=where,
        todo=f"the characters themselves in place of &{name};, and the text of other files put in",
    )


def _cut(chunk: bytes) -> int:
    """Position before the last token, which may go on in the next bytes."""
    starts = (chunk.rfind(sign, -_LONGEST_TOKEN) for sign in (b"&", b"<"))
    return min((at for at in starts if at > 0), default=len(chunk) - 3)


def _declared_entities(head: bytes, file: BinaryIO) -> dict[str, str | None]:
    """Name → text of the entities that the file declares; None for one that is no plain text of its own."""
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, load_dtd=False, no_network=True, attribute_defaults=False
    )
    root: Any = None
    size = 0
    try:
        while head and root is None and size < MAX_PROLOG:
            parser.feed(head)
            root = next((element for _, element in parser.read_events()), None)
            size += len(head)
            head = file.read(_CHUNK)
    except etree.XMLSyntaxError:
        root = next((element for _, element in parser.read_events()), root)
    subset = root.getroottree().docinfo.internalDTD if root is not None else None
    if subset is None:
        return {}
    # As they are written: of a bare ampersand by number the parser makes no text at all.
    written = {
        entity.name: _numbered(entity.orig or entity.content or "")
        for entity in subset.iterentities()
        if entity.system_url is None
    }
    external = {entity.name: None for entity in subset.iterentities() if entity.system_url is not None}
    texts: dict[str, str | None] = {}
    for name in written:
        _expand(name, written, texts)
    return external | texts


def _numbered(text: str) -> str:
    """Text with the characters that it names by number."""
    return _NUMBERED.sub(lambda number: html.unescape(number[0]), text)


def _expand(name: str, written: dict[str, str], texts: dict[str, str | None]) -> str | None:
    """Put the text of an entity into `texts`: None for one with markup, one inside itself, or one that is too long."""
    if name in texts:
        return texts[name]
    value = written.get(name)
    if value is None:
        return _XML_ENTITIES.get(name) or characters.named_character(name)
    texts[name] = None  # as long as it is being read, it is inside itself
    if "<" in value or len(value) > MAX_ENTITY or value.count("&") > _MAX_INNER:
        return None
    pieces: list[str] = []
    at = 0
    for inner in _ENTITY_IN_VALUE.finditer(value):
        text = _expand(inner[1], written, texts) if len(texts) < _MAX_DECLARED else None
        if text is None:
            return None
        pieces += value[at : inner.start()], text
        at = inner.end()
    text = _numbered("".join([*pieces, value[at:]]))
    texts[name] = text if len(text) <= MAX_ENTITY else None
    return texts[name]

"""Identities: what a number, the name of a file or an address leads to among all that the sources describe.

A reader sees one file. Whether `fa` is a record or a finding aid, which agent `b27.xml` holds, and whether the number 7
of a person is that of a body as well, shows when all is read: a first pass over the sources writes an index of what is
there, and the links of each XML record are settled by it (D-134). Nothing is guessed: what leads to two things, or to
none, is reported.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from kg.errors import KeyFault
from kg.iris import decode_key, reference
from kg.records.model.keys import Record
from kg.records.names import name_forms
from kg.records.normalisation.embedded import embedded_records

XML_FORMATS = frozenset({"ead", "eac"})

_HOLDINGS = ("archive", "record", "collection")
"""Kinds that a finding aid or a document may be."""
_TYPES = ("person", "organization", "family")
"""Types of agents, in the order in which they keep a number that several have."""
_LABELS = ("name", "title", "alternativeNames")
_ENDINGS = re.compile(r"\.(?:xml|ead|eac|html?|pdf)$", re.IGNORECASE)
_CACHE_SIZE = 1 << 16
_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE TABLE things (ref TEXT PRIMARY KEY, n INTEGER, described INTEGER, type TEXT, names TEXT) WITHOUT ROWID;
CREATE TABLE aliases (alias TEXT, ref TEXT, file TEXT, PRIMARY KEY (alias, ref)) WITHOUT ROWID;
CREATE TABLE types (ref TEXT, type TEXT, PRIMARY KEY (ref, type)) WITHOUT ROWID;
CREATE TABLE hosts (host TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class IndexRow(NamedTuple):
    """Row of the index: a record with the other ways to call it.

    Attributes:
        reference: the record.
        described: whether it is described only by another record.
        agent_type: its type, where it is an agent.
        names: its names.
        aliases: its identifiers and addresses, and the name of the file that is about it.
        file: that file.
        host: the host of its page in the archive's own catalogue.
    """

    reference: str
    described: bool
    agent_type: str | None
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    file: str
    host: str


class BatchIndex(NamedTuple):
    """Index of a batch: its file, its records, and the agents that its links name by number, with their types."""

    file: str
    rows: list[IndexRow]
    types: set[tuple[str, str]]


def lookup_key(part: str, name: str) -> int:
    """Return the key of a look-up in the index.

    Args:
        part: the part of the index: things, aliases, names, types or hosts.
        name: what is looked up there; empty for all.
    """
    return int.from_bytes(hashlib.blake2b(f"{part} {name}".encode(), digest_size=8).digest()) >> 1


def changed_keys(before: Iterable[BatchIndex], after: Iterable[BatchIndex]) -> set[int]:
    """Return the keys of the look-ups that may give something else when one part of the index takes another's place."""
    return {lookup_key(part, name) for part, name, _ in _entries(before) ^ _entries(after)}


def _entries(indexes: Iterable[BatchIndex]) -> set[tuple[str, str, str]]:
    """Entries of a part of the index: part, name, and what a look-up of it gives."""
    found: set[tuple[str, str, str]] = set()
    for index in indexes:
        found |= {("types", name, agent_type) for name, agent_type in index.types}
        for row in index.rows:
            found.add(("things", row.reference, ""))
            found.add(("names", row.reference, "\n".join(row.names)))
            found.add(("types", row.reference, row.agent_type or ""))
            found |= {("aliases", alias, f"{row.reference} {row.file}") for alias in row.aliases}
            if row.host:
                found.add(("hosts", "", row.host))
    return found


def index_row(record: Record, name: str, file: str, *, is_whole: bool) -> IndexRow:
    """Return the row of a record.

    Args:
        record: the record as a reader made it.
        name: its reference.
        file: the file that it stands in.
        is_whole: whether the file is about it: a finding aid as a whole, an authority record.
    """
    aliases: list[str] = []
    page = _texts(record.get("sourcePage"))
    if is_whole:
        stem = _ENDINGS.sub("", PurePosixPath(file).name)
        aliases = [stem, *_texts(record.get("identifiers")), *map(_address, (*page, *_texts(record.get("sameAs"))))]
        aliases += [each["value"] for each in record.get("extra", ()) if "eadid/@" in each.get("field", "")]
    names = tuple(text for label in _LABELS for text in _texts(record.get(label)))
    forms = tuple(str(form.get("text")) for form in record.get("names", ()) if isinstance(form, dict))
    host = urlsplit(page[0]).netloc.lower() if page and is_whole else ""
    described, agent_type = record.get("status") == "described-only", record.get("agentType")
    return IndexRow(name, described, agent_type, names + forms, tuple(dict.fromkeys(aliases)), file, host)


def typed_links(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the agents that a record's links name, with the types that these say."""
    for name, link in embedded_records(record):
        if name.startswith("agent/") and link.get("agentType") in _TYPES:
            yield name, link["agentType"]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for child in children for text in _texts(child)]


def _address(address: str) -> str:
    """Address as an alias: without scheme, fragment and the slash at its end."""
    return address.partition("://")[2].partition("#")[0].rstrip("/").lower()


def write_index(path: Path, indexes: Iterable[BatchIndex], *, merges: bool) -> None:
    """Write the index of all sources; with `merges`, every reference that stands twice is held for a merge."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(_SCHEMA)
        db.execute("BEGIN")
        for _, rows, types in indexes:
            db.executemany(
                "INSERT INTO things VALUES (?, 1, ?, ?, ?) ON CONFLICT (ref) DO UPDATE SET n = n + 1,"
                " described = described AND excluded.described",
                [(row.reference, row.described, row.agent_type, "\n".join(row.names)) for row in rows],
            )
            db.executemany(
                "INSERT OR IGNORE INTO aliases VALUES (?, ?, ?)",
                [(alias, row.reference, row.file) for row in rows for alias in row.aliases],
            )
            db.executemany("INSERT OR IGNORE INTO hosts VALUES (?)", [(row.host,) for row in rows if row.host])
            db.executemany("INSERT OR IGNORE INTO types VALUES (?, ?)", types)
        db.execute("INSERT OR IGNORE INTO types SELECT ref, type FROM things WHERE type IS NOT NULL")
        db.execute("CREATE TABLE held AS SELECT ref FROM things WHERE n > 1 AND (? OR described)", (merges,))
        db.execute("CREATE TABLE split AS SELECT ref FROM types GROUP BY ref HAVING COUNT(*) > 1")
        db.execute("COMMIT")


class Settled(NamedTuple):
    """Result for a link: the reference that it leads to, and what is to be told of it, or nothing."""

    reference: str
    message: str = ""


class Identities:
    """Reader of the index; an empty one where no index was written."""

    def __init__(self, path: Path | None, base: str) -> None:
        self._db = None
        self.held: frozenset[str] = frozenset()
        self._split: frozenset[str] = frozenset()
        self._lookups: set[int] = set()
        if path is None or not path.exists():
            return
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        self.held = self._references("SELECT ref FROM held")
        self._split = self._references("SELECT ref FROM split")
        hosts = self._references("SELECT host FROM hosts")
        self._hosts = hosts | {urlsplit(base).netloc.lower()} - {""}
        self._things = lru_cache(_CACHE_SIZE)(self._look_up)
        self._called = lru_cache(_CACHE_SIZE)(self._aliases)

    def __bool__(self) -> bool:
        return self._db is not None

    def take_lookups(self) -> frozenset[int]:
        """Return the keys of all look-ups since the last call of this."""
        found = frozenset(self._lookups)
        self._lookups.clear()
        return found

    def _note(self, part: str, name: str) -> None:
        self._lookups.add(lookup_key(part, name))

    def _references(self, query: str, *values: str) -> frozenset[str]:
        return frozenset(row[0] for row in self._db.execute(query, values)) if self._db else frozenset()

    def _is_there(self, name: str) -> bool:
        self._note("things", name)
        return self._things(name)

    def _look_up(self, name: str) -> bool:
        return bool(self._references("SELECT ref FROM things WHERE ref = ?", name))

    def _aliases(self, alias: str) -> list[tuple[str, str]]:
        """Things that an alias calls, each with its file."""
        return (
            self._db.execute("SELECT ref, file FROM aliases WHERE alias = ?", (alias,)).fetchall() if self._db else []
        )

    def settle(self, name: str, link: Record, file: str) -> Settled:
        """Return what a link leads to.

        Args:
            name: the reference as the reader made it.
            link: the link's description of its target.
            file: the file that the link stands in.
        """
        kind, _, key = name.partition("/")
        if self._is_there(name) or kind not in {"agent", *_HOLDINGS}:
            return self._of_type(name, link)
        raw = decode_key(key)
        whole, _, part = raw.partition("#")
        if _ENDINGS.search(whole) and "sameAs" not in link:
            return self._in_file(kind, whole, part, file)
        found = frozenset(
            [f"{other}/{key}" for other in _HOLDINGS if kind in _HOLDINGS and self._is_there(f"{other}/{key}")][:1]
        )
        found = found or self._by_alias(kind, raw, file)
        if not found and (addresses := _texts(link.get("sameAs"))):
            found = self._by_address(kind, addresses[0], link)
        if len(found) > 1:
            named = ", ".join(sorted(found))
            return Settled(name, f"may lead to {named}: it is none of them for certain")
        return self._of_type(next(iter(found), None) or self._unprefixed(name, raw, link), link)

    def _of_type(self, name: str, link: Record) -> Settled:
        """A number of several types of agents: the one whose record is there keeps it, else the first type."""
        agent_type = link.get("agentType")
        if agent_type is not None:
            self._note("types", name)
        if name not in self._split or agent_type is None:
            return Settled(name)
        own = self._references("SELECT type FROM things WHERE ref = ? AND type IS NOT NULL", name)
        types = own or self._references("SELECT type FROM types WHERE ref = ?", name)
        keeper = min(types, key=_TYPES.index)
        others = " and ".join(sorted(types - {agent_type}))
        message = f"the number {decode_key(name.partition('/')[2])!r} is that of a {others}, too; they are two"
        if agent_type == keeper:
            return Settled(name, message)
        return Settled(f"{name}.{agent_type}", message)

    def _in_file(self, kind: str, path: str, part: str, file: str) -> Settled:
        """Thing that a file is about, or the component behind the number sign."""
        stem = _ENDINGS.sub("", PurePosixPath(path.replace("\\", "/")).name)
        found = self._by_alias(kind, stem, file)
        if len(found) == 1:
            name = next(iter(found))
            inner = [f"{each}/{name.partition('/')[2]}.{part}" for each in _HOLDINGS if part]
            return Settled(next(filter(self._is_there, inner), name))
        target = reference(kind, stem)
        if found:
            return Settled(target, f"the file {path} is there several times, and may be any of them")
        return Settled(target, f"there is no file {path} in the sources; there is a stub in its place")

    def _by_alias(self, kind: str, alias: str, file: str) -> frozenset[str]:
        """Things that an identifier, an address or the name of a file calls, of a kind that fits."""
        self._note("aliases", alias)
        rows = [(ref, path) for ref, path in self._called(alias) if _fits(kind, ref)]
        near = [ref for ref, path in rows if PurePosixPath(path).parent == PurePosixPath(file).parent]
        return frozenset(near if len(near) == 1 else (ref for ref, _ in rows))

    def _by_address(self, kind: str, address: str, link: Record) -> frozenset[str]:
        """Things that an address calls: its own page, or on the archive's own site the last part of its path.

        On another site the last part is enough where the link names the thing as its record does.
        """
        if found := self._by_alias(kind, _address(address), ""):
            return found
        parts = urlsplit(address)
        last = _ENDINGS.sub("", unquote(parts.path.rstrip("/").rpartition("/")[2]))
        if not last:
            return frozenset()
        found = self._by_alias(kind, last, "") | frozenset(
            filter(self._is_there, (_reference(other, last) for other in (_HOLDINGS if kind in _HOLDINGS else (kind,))))
        )
        self._note("hosts", "")
        if len(found) != 1 or parts.netloc.lower() in self._hosts:
            return found
        named = _texts(link.get("title")) + _texts(link.get("name"))
        return found if self._is_named(next(iter(found)), named) else frozenset()

    def _unprefixed(self, name: str, raw: str, link: Record) -> str:
        """The agent of a number without the name of its list, where that has the same name."""
        prefix, dash, number = raw.rpartition("-")
        plain = _reference("agent", number) if dash and prefix and number.isdecimal() else ""
        if (
            plain
            and name.startswith("agent/")
            and self._is_there(plain)
            and self._is_named(plain, _texts(link.get("name")))
        ):
            return plain
        return name

    def _is_named(self, name: str, texts: list[str]) -> bool:
        self._note("names", name)
        names = "\n".join(self._references("SELECT names FROM things WHERE ref = ?", name)).split("\n")
        return any(name_forms.are_forms(text, own) for text in texts for own in names if own)


def _fits(kind: str, name: str) -> bool:
    other = name.partition("/")[0]
    return kind == other or (kind in _HOLDINGS and other in _HOLDINGS)


def _reference(kind: str, raw: str) -> str:
    """Reference of a raw key; empty for none."""
    try:
        return reference(kind, raw)
    except KeyFault:
        return ""

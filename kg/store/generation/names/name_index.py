"""Name index of a generation: the people, places, collections, archives and topics that its documents name.

A *register* is one list: that of a kind has what documents name, described or not, each with the number of its
documents; `type` has the types of documents, which are no topics; with OTHER behind the kind it has what is described,
or named in another role, and counted by no document. Levels of archives are a tree as well (D-157).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.store.generation.read_only_database import ReadOnlyDatabase
from kg.store.search.collation import title_order

DOCUMENT_TYPES = "type"
"""Register of the types of documents, and the facet that counts them."""

OTHER = "+"
"""Behind a kind: the register of what no document counts."""

TOP, TOP_OF_OTHERS = 0, -1
"""Parents, in the tree of archives, of what lies in nothing: with documents and without."""

_NO_ENTRY = -1
_NUMBER = re.compile(r"-?[0-9]{1,18}")  # what SQLite takes for an integer


@dataclass(frozen=True, slots=True)
class NameEntry:
    """Entry of a register: the number of the thing in the catalogue, its documents, and the cursor behind it."""

    n: int
    documents: int
    cursor: str


@dataclass(frozen=True, slots=True)
class NamePage:
    """Page of a register in order of name: its cursor, empty for the first, and its first and last name."""

    cursor: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Letter of an alphabet in a register: how many names begin with it, and the cursor before the first of them."""

    initial: str
    count: int
    cursor: str


@dataclass(frozen=True, slots=True)
class NameSelection:
    """What is asked of a register.

    Attributes:
        register: its name.
        words: beginnings of words, folded, all of which a name of the thing has.
        form: the type of an agent; empty for any.
    """

    register: str
    words: tuple[str, ...] = ()
    form: str = ""

    @property
    def condition(self) -> str:
        """Condition on an entry, in SQL with named parameters."""
        words = "".join(f" AND entries.words LIKE :word{at} ESCAPE '\\'" for at in range(len(self.words)))
        return "entries.register = :register" + words + (" AND entries.form = :form" if self.form else "")

    @property
    def parameters(self) -> dict[str, str]:
        """Its parameters."""
        words = {f"word{at}": f"% {_literally(word)}%" for at, word in enumerate(self.words)}
        return {"register": self.register, "form": self.form, **words}


class NameIndex:
    """Reader of a published name index; thread-safe."""

    def __init__(self, path: Path) -> None:
        """Open it. Raises GenerationError where it is not there."""
        self._database = ReadOnlyDatabase(path)
        rows = self._database.connection.execute("SELECT register, COUNT(*) FROM entries GROUP BY register")
        self.totals: dict[str, int] = dict(rows.fetchall())
        """Register → number of its entries."""

    def close(self) -> None:
        """Close its connections."""
        self._database.close()

    def documents(self, numbers: Sequence[int]) -> dict[int, int]:
        """Number of a thing → documents that name it, or lie in it, for those that have any; at most some hundreds."""
        marks = ", ".join("?" * len(numbers))
        rows = self._database.connection.execute(
            f"SELECT n, documents FROM documents WHERE documents > 0 AND n IN ({marks})",  # noqa: S608  # marks
            list(numbers),
        )
        return dict(rows.fetchall())

    def count(self, selection: NameSelection) -> int:
        """Number of entries."""
        if not (selection.words or selection.form):
            return self.totals.get(selection.register, 0)
        query = f"SELECT COUNT(*) FROM entries WHERE {selection.condition}"  # noqa: S608  # ours
        (count,) = self._database.connection.execute(query, selection.parameters).fetchone()
        return int(count)

    def forms(self, register: str) -> dict[str, int]:
        """Form → number of entries, of those that have one; a walk along the register."""
        rows = self._database.connection.execute(
            "SELECT form, COUNT(*) FROM entries WHERE register = ? AND form <> '' GROUP BY form ORDER BY 2 DESC, 1",
            (register,),
        )
        return dict(rows.fetchall())

    def by_name(self, selection: NameSelection, language: str, limit: int, after: str = "") -> list[NameEntry]:
        """Entries in order of name.

        Args:
            selection: the entries.
            language: its alphabet orders them.
            limit: maximum length.
            after: cursor of an entry of this method; empty for the start.
        """
        key, n = parse_name_cursor(after)
        rows = self._database.connection.execute(
            "SELECT alphabet.n, entries.documents, key FROM alphabet JOIN entries USING (register, n)"  # noqa: S608  # ours
            f" WHERE {selection.condition} AND alphabet.language = :language"
            " AND (alphabet.key, alphabet.n) > (:key, :n) ORDER BY alphabet.key, alphabet.n LIMIT :limit",
            {**selection.parameters, "language": _alphabet(language), "key": key, "n": n, "limit": limit},
        )
        return [NameEntry(n, documents, f"{key}_{n}") for n, documents, key in rows]

    def by_documents(self, selection: NameSelection, limit: int, after: str = "") -> list[NameEntry]:
        """Entries in order of their documents, those with the most first; arguments as `by_name`."""
        most, n = parse_name_cursor(after)
        bound = int(most) if most.isascii() and most.isdigit() and len(most) <= len(str(2**62)) else 2**62
        select = f"SELECT n, documents FROM entries WHERE {selection.condition} AND documents"  # noqa: S608  # ours
        equal, fewer = f"{select} = :most AND n > :n ORDER BY n", f"{select} < :most ORDER BY documents DESC, n"
        rows = self._database.connection.execute(
            f"SELECT * FROM ({equal} LIMIT :limit) UNION ALL SELECT * FROM ({fewer} LIMIT :limit) LIMIT :limit",  # noqa: S608
            {**selection.parameters, "most": min(bound, 2**62), "n": n, "limit": limit},
        )
        return [NameEntry(n, documents, f"{documents}_{n}") for n, documents in rows]

    def letters(self, register: str, language: str) -> list[Letter]:
        """Letters with which names begin, in order; a walk along the register."""
        rows = self._database.connection.execute(
            "SELECT initial, COUNT(*), MIN(key) FROM alphabet WHERE register = ? AND language = ?"
            " GROUP BY initial ORDER BY MIN(key)",
            (register, _alphabet(language)),
        )
        return [Letter(initial, count, f"{key}_{_NO_ENTRY}") for initial, count, key in rows]

    def pages(self, register: str, language: str, size: int) -> list[NamePage]:
        """Pages of a register in order of name, `size` entries on each; a walk along all of it."""
        rows = self._database.connection.execute(
            "SELECT key, n, label, place FROM (SELECT key, n, label, ROW_NUMBER() OVER (ORDER BY key, n) AS place,"
            " COUNT(*) OVER () AS places FROM alphabet WHERE register = ? AND language = ?)"
            " WHERE place % ? <= 1 OR place = places ORDER BY place",
            (register, _alphabet(language), size),
        )
        pages: list[NamePage] = []
        cursor = ""
        for key, n, label, place in rows:
            if place % size == 1:
                pages.append(NamePage(cursor, label, label))
            else:
                pages[-1] = NamePage(pages[-1].cursor, pages[-1].first, label)
            if place % size == 0:
                cursor = f"{key}_{n}"
        return pages

    def sort_keys(self, kind: str, language: str) -> dict[int, str]:
        """Number of a thing → key that orders it among those of its kind; a walk along the register."""
        rows = self._database.connection.execute(
            "SELECT n, key FROM alphabet WHERE register IN (?, ?) AND language = ?",
            (kind, kind + OTHER, _alphabet(language)),
        )
        return dict(rows.fetchall())

    def children(self, parent: int, limit: int, after: str = "") -> list[NameEntry]:
        """Levels right below a level of an archive, or below TOP, in their order; arguments as `by_name`."""
        key, n = parse_name_cursor(after)
        rows = self._database.connection.execute(
            "SELECT tree.n, COALESCE(documents, 0), key FROM tree LEFT JOIN documents USING (n)"
            " WHERE parent = ? AND (key, tree.n) > (?, ?) ORDER BY key, tree.n LIMIT ?",
            (parent, key, n, limit),
        )
        return [NameEntry(n, documents, f"{key}_{n}") for n, documents, key in rows]

    def count_children(self, parent: int) -> int:
        """Number of levels right below one."""
        (count,) = self._database.connection.execute("SELECT COUNT(*) FROM tree WHERE parent = ?", (parent,)).fetchone()
        return int(count)


def _alphabet(language: str) -> str:
    return language if language in title_order.LANGUAGES else title_order.LANGUAGES[0]


def _literally(text: str) -> str:
    """A text without the wildcards of LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def parse_name_cursor(cursor: str) -> tuple[str, int]:
    """Key and number of a cursor; any text is accepted, since a cursor comes from an address."""
    key, _, number = cursor.rpartition("_")
    return key, int(number) if _NUMBER.fullmatch(number) else _NO_ENTRY

"""Generator of the table of elements in docs/sources.md. Run by `make docs`; a test keeps it up to date."""

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from kg.records.readers.xml import markup
from kg.records.readers.xml.markup import Line

PAGE = Path(__file__).resolve().parent.parent / "docs" / "sources.md"
BEGIN, END = "<!-- Written by `make docs` from the table; a test keeps it so. -->", "<!-- End of the table. -->"

_SCHEMAS = {"ead": "EAD 2002", "eac": "EAC-CPF 2010"}
_TREATMENTS = ("key", "governs", "extra", "form only")


def text() -> str:
    """Return the whole page, with the table anew."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return "\n\n".join([before.rstrip("\n"), BEGIN, *_tables(), END]) + rest.partition(END)[2]


def _tables() -> Iterator[str]:
    for schema, name in _SCHEMAS.items():
        lines = [line for line in markup.table_lines() if line.schema == schema]
        yield f"**{name}**, elements:"
        yield _table("element | text", (line for line in lines if line.text), lambda line: f" {line.text} |")
        yield f"**{name}**, attributes (`*/@x` is the line of `x` on every element without one of its own):"
        yield _table("attribute", (line for line in lines if not line.text), lambda _: "")


def _table(head: str, lines: Iterator[Line], more: Callable[[Line], str]) -> str:
    def key(line: Line) -> tuple[int, str, str]:
        return _TREATMENTS.index(line.treatment), line.note, more(line)

    rows = [f"| {head} | treatment | where to, what for, why |", "| --- " * (head.count("|") + 3) + "|"]
    for (treatment, note, cell), group in groupby(sorted(lines, key=key), key):
        names = ", ".join(f"`{line.name}`" for line in group)
        rows.append(f"| {names} |{cell} {_TREATMENTS[treatment]} | {note} |")
    return "\n".join(rows)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")

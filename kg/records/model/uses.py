"""Uses of keys as a table of the reference page: the row on a page, the search field, the column of a table."""

from kg.iris import KINDS, Base
from kg.key_annotations import Caption, Faceted, Heading, Indexed
from kg.records.model.columns import columns
from kg.records.model.key import Elsewhere, Key, Omitted
from kg.records.model.keys import KEYS


def uses_table() -> str:
    """Return the rows of every key and of every key of a part, in Markdown, with the reason for each omission."""
    rows = ["| key | on a page | in search | in tables |", "| --- | --- | --- | --- |"]
    for key in KEYS.values():
        rows.append(_row(key.name, key))
        rows += [_row(f"{key.name}[].{part.name}", part) for part in key.parts]
    return "\n".join(rows)


def _row(name: str, key: Key) -> str:
    return f"| `{name}` | {_page_row(key.shown)} | {_searched(key.searched)} | {_column(key)} |"


def _page_row(row: Heading | Caption | Elsewhere | Omitted) -> str:
    if isinstance(row, Heading):
        inverse = f"; inverse “{row.inverse}”" if row.inverse else ""
        return f"“{row.label}” in “{row.section}”{inverse}"
    return f"“{row.label}” in the note" if isinstance(row, Caption) else _reason(row)


def _searched(searched: Indexed | Faceted | Elsewhere | Omitted) -> str:
    if isinstance(searched, Indexed):
        return f"as {searched.field}"
    if isinstance(searched, Faceted):
        return f"facet {', '.join(f'`{each}`' for each in searched.facets)}"
    return _reason(searched)


def _column(key: Key) -> str:
    if isinstance(key.column, Omitted):
        return _reason(key.column)
    names = [key.column] if key.column else [each.name for each in _COLUMNS[key.kinds[0]] if each.key == key.name]
    return ", ".join(f"`{name}`" for name in names)


_BASE = Base("https://archive.example.org/")  # stands in no name of a column
_COLUMNS = {kind: columns(kind, ("en",), _BASE) for kind in KINDS}


def _reason(use: Elsewhere | Omitted) -> str:
    return use.where if isinstance(use, Elsewhere) else f"no: {use.reason}"

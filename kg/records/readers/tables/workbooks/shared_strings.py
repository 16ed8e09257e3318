"""Shared strings of an xlsx workbook: texts that cells name by number; many of them lie in a temporary file."""

import re
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from kg.records.readers.tables.workbooks.package import Package
from kg.records.readers.tables.workbooks.xml_stream import elements, local

MAX_CHARACTERS_IN_MEMORY = 16 << 20
"""Number of characters up to which the texts stay in memory."""
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ANNOTATIONS = frozenset({"rPh", "phoneticPr"})


def unescaped(text: str) -> str:
    r"""Return a text with its escaped characters (ECMA-376-1, 22.4.2.4), and line breaks as one sign.

    >>> unescaped("a_x000D_\nb"), unescaped("_x005F_x0041_"), unescaped("_xD83D__xDE00_")
    ('a\nb', '_x0041_', '😀')
    """
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def rich_text(element: Any) -> str:
    """Return the text of a string item, without the phonetic one above it: of all its runs."""
    if len(element) == 1 and len(element[0]) == 0:
        return unescaped(element[0].text or "") if local(element[0]) == "t" else ""
    return unescaped("".join(_runs(element)))


def _runs(element: Any) -> Iterator[str]:
    for child in element:
        name = local(child)
        if name == "t":
            yield child.text or ""
        elif name not in _ANNOTATIONS:
            yield from (each.text or "" for each in child if local(each) == "t")


class SharedStrings:
    """Shared strings of a workbook; a context, which removes the temporary file. Raises SourceError."""

    def __init__(self, package: Package, part: str | None) -> None:
        self._texts: list[str] = []
        self._ends: array[int] = array("Q", [0])
        self._file: Any = None
        size = 0
        for item in elements(package.chunks(part), ["si"], part) if part else ():
            text = rich_text(item)
            if size <= MAX_CHARACTERS_IN_MEMORY:
                size += len(text) + 64  # an object of Python
                self._texts.append(text)
            else:
                self._spill(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def text(self, number: str) -> str | None:
        """Return a text by its number, as a cell has it; None where there is none."""
        with suppress(ValueError, IndexError):
            index = int(number)
            if 0 <= index < len(self._texts):
                return self._texts[index]
            index -= len(self._texts)
            if index >= 0:
                start, end = self._ends[index], self._ends[index + 1]
                self._file.seek(start)
                return str(self._file.read(end - start).decode("utf-8"))
        return None

    def _spill(self, text: str) -> None:
        self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115  # closed with the context
        self._file.seek(self._ends[-1])
        self._file.write(text.encode("utf-8", "replace"))
        self._ends.append(self._file.tell())

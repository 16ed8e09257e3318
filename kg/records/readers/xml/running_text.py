"""Running text of an element: one rule, by element, for the blank between neighbours that the markup parts (D-127).

A block (a paragraph, an item, a line of an address) is parted from what stands beside it. So is a separator (a name, a
date, a number, an extent), but for the signs and endings that belong to its word. Inline markup parts nothing.
"""

import re

from lxml import etree

from kg.records.readers.xml import markup

_CLOSING = frozenset(",.;:!?…)]}»”’'\"%°′″-‐‑–—/")
"""Signs before which no blank is put."""
_OPENING = frozenset("([{«“„‘’'\"-‐‑–—/#§№")
"""Signs behind which no blank is put."""
_ENDING = re.compile(r"(?:s|es|n|er|ers)(?!\w)")
"""Endings that people write behind a marked name, or behind a marked year: "Smiths", "1900s"."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that put no blanks between words."""

_ENDS_OF_RANGE = ("fromdate", "todate")
_STRENGTH = {"": 0, "end": 1, "separator": 2, "block": 3, "–": 4}
"""Sort of border → which of several in a row counts; `end` is the end of a separator with text behind it."""


def of(element: etree._Element) -> str:
    r"""Return the text of an element and of all below it, parted by the rule; white space stays as it is.

    >>> of(etree.fromstring("<unittitle>Letters<unitdate>1900</unitdate> of H<emph>2</emph>O</unittitle>"))
    'Letters 1900 of H2O'
    >>> of(etree.fromstring("<p><persname>Doe</persname>'s <title>A</title><title>B</title>, l'<title>C</title></p>"))
    "Doe's A B, l'C"
    """
    runs: list[tuple[str, str]] = []
    _collect(element, runs)
    pieces: list[str] = []
    last, border = "", ""
    for kind, run in runs:
        if kind:
            if _STRENGTH[kind] > _STRENGTH[border]:
                border = kind
            continue
        if border == "–":
            _strip_end(pieces)
            pieces.append("–")
        elif border and last and _needs_blank(last, run, border):
            pieces.append(" ")
        pieces.append(run)
        last, border = run[-1], ""
    return "".join(pieces)


def _collect(element: etree._Element, runs: list[tuple[str, str]]) -> None:
    """Append runs of text as ("", run), and between them the borders of elements as (sort of border, "")."""
    if element.text:
        runs.append(("", element.text))
    before = ""
    for child in element:
        name = str(child.tag).rpartition("}")[2].lower()
        flow = markup.flow(name)
        if flow != "inline":
            is_range = (before, name) == _ENDS_OF_RANGE and (child.text or "").strip()
            runs.append(("–" if is_range else flow, ""))
        _collect(child, runs)
        if flow != "inline":
            runs.append(("block" if flow == "block" else "end", ""))
        if child.tail:
            before = name if child.tail.isspace() else ""
            runs.append(("", child.tail))
        else:
            before = name


def _needs_blank(last: str, run: str, border: str) -> bool:
    """Whether a blank goes between a character and the run behind a border."""
    first = run[0]
    if last.isspace() or first.isspace() or first in _CLOSING:
        return False
    if border == "block":
        return True
    if last in _OPENING or (_UNSPACED.match(last) and _UNSPACED.match(first)):
        return False
    return not (border == "end" and last.isalnum() and _ENDING.match(run))


def _strip_end(pieces: list[str]) -> None:
    while pieces and not pieces[-1].strip():
        pieces.pop()
    if pieces:
        pieces[-1] = pieces[-1].rstrip()

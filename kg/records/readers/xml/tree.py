"""What a parsed tree says, by local names: with a namespace and without, a file is read alike."""

import html
import re
from collections.abc import Callable, Iterator

from lxml import etree

from kg.records.names import language_tags

Element = etree._Element  # noqa: SLF001  # lxml's only name for the type

NO_LANGUAGE = "@none"
"""The language of a text of which nobody says it."""

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_BREAKS = frozenset({
    "p", "head", "item", "lb", "list", "defitem", "label", "chronitem", "event", "eventgrp", "row", "entry",
    "addressline", "note", "part", "abstract", "change",
})  # fmt: skip
"""Elements, in small letters, that end a word even if no white space stands behind them."""
_CHRONOLOGY = "chronitem"
"""An event with its date: one text, of which the parts alone say little."""
_TWICE = re.compile(r"&#(?:\d{1,7}|[xX][0-9A-Fa-f]{1,6});")
_PLAIN = re.compile(r"[^'\[\]]{1,80}")


def at(element: Element) -> str:
    """Its line, as problems name it."""
    return f"line {element.sourceline}" if element.sourceline else ""


def local(element: Element) -> str:
    """The name of an element without its namespace.

    >>> local(etree.fromstring('<a:p xmlns:a="urn:a"/>'))
    'p'
    """
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str | None:
    """The value of an attribute by its local name, in whatever namespace; None where it says nothing.

    >>> attribute(etree.fromstring('<a xmlns:x="urn:x" x:href=" b "/>'), "href")
    'b'
    """
    value = element.get(name)
    if value is None:
        value = next((str(each) for key, each in element.items() if str(key).endswith("}" + name)), "")
    return " ".join(value.split()) or None


def attributes(top: Element, names: frozenset[str]) -> Iterator[tuple[Element, str, str]]:
    """The attributes of these local names that say something, in an element and all below: (element, name, value)."""
    for element in top.iter(etree.Element):
        for key, value in element.items():
            name = str(key).rpartition("}")[2]
            if name in names and (said := " ".join(str(value).split())):
                yield element, name, said


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children of these local names; all of them where no name is given."""
    return (each for each in element if not names or local(each) in names)


def child(element: Element | None, *path: str) -> Element | None:
    """The first element at a path of local names; None where there is none."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """The elements of these local names inside it, in document order; not itself."""
    return (each for each in element.iterdescendants() if local(each) in names)


def text(element: Element | None) -> str | None:
    """All its text, white space normalised; None where there is none.

    >>> text(etree.fromstring("<a>One<lb/>two, <b>thr</b>ee </a>")), text(etree.fromstring("<a> </a>"))
    ('One two, three', None)
    """
    if element is None:
        return None
    joined = "".join(_pieces(element))
    if "&#" in joined:  # escaped twice on the way here: nobody means to say "&#233;"
        joined = _TWICE.sub(lambda reference: html.unescape(reference[0]), joined)
    return " ".join(joined.split()) or None


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for each in element:
        yield from _pieces(each)
        if local(each).lower() in _BREAKS or local(element).lower() == _CHRONOLOGY:
            yield " "
        yield each.tail or ""


def blocks(element: Element, passed: Callable[[Element], bool] = lambda _: False) -> Iterator[Element]:
    """The outermost elements with text of their own, in order: a paragraph, an item, a name; maybe itself.

    Args:
        element: where to look.
        passed: which elements to pass over with all that is in them.
    """
    if passed(element):
        return
    if has_own_text(element) or local(element).lower() == _CHRONOLOGY:
        yield element
        return
    for each in element:
        yield from blocks(each, passed)


def has_own_text(element: Element) -> bool:
    """Whether text stands in it outside its children."""
    own = (element.text, *(each.tail for each in element))
    return any(piece and not piece.isspace() for piece in own)


def language(element: Element, default: str = NO_LANGUAGE) -> str:
    """The language of its text as a tag, as it or the nearest element around it says; else the default."""
    around: Element | None = element
    while around is not None:
        said = around.get(_XML_LANG) or around.get("lang")
        if said:
            return language_tags.tag(said) or default
        around = around.getparent()
    return default


def path(element: Element, top: Element) -> str:
    """Where an element stands below another: local names, from the nearest around it with an id on.

    >>> top = etree.fromstring("<a><b id='x'><c/><d type='y'/></b></a>")
    >>> path(top[0][1], top)
    "b[@id='x']/d[@type='y']"
    """
    steps: list[str] = []
    each: Element | None = element
    while each is not None and (each is not top or not steps):
        told = next((name for name in ("id", "localType", "type") if _PLAIN.fullmatch(each.get(name) or "")), None)
        steps.append(f"{local(each)}[@{told}='{each.get(told)}']" if told else local(each))
        if told == "id" and each is not element:
            break
        each = each.getparent()
    return "/".join(reversed(steps))

"""Access to a parsed XML tree by local names: with and without a namespace alike."""

import re
from collections.abc import Callable, Iterator

from lxml import etree

from kg import language_ranges
from kg.records.names import language_tags
from kg.records.readers.xml import running_text

Element = etree._Element  # noqa: SLF001  # lxml's only name for the type

NO_LANGUAGE = language_ranges.NO_LANGUAGE
"""Language of a text without a declared language."""

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_WHOLE = frozenset({"chronitem", "defitem", "indexentry", "row"})
"""Elements whose parts mean little alone: an event with its date, a row of a table. Each is a single text."""
_PLAIN = re.compile(r"[^'\[\]]{1,80}")


def line_label(element: Element) -> str:
    """Return the line of an element, as problems name it."""
    return f"line {element.sourceline}" if element.sourceline else ""


def local(element: Element) -> str:
    """Return the name of an element without its namespace.

    >>> local(etree.fromstring('<a:p xmlns:a="urn:a"/>'))
    'p'
    """
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str | None:
    """Return the value of an attribute by its local name, in any namespace; None for an empty one.

    >>> attribute(etree.fromstring('<a xmlns:x="urn:x" x:href=" b "/>'), "href")
    'b'
    """
    value = element.get(name)
    if value is None:
        value = next((str(item) for key, item in element.items() if str(key).endswith("}" + name)), "")
    return " ".join(value.split()) or None


def children(element: Element, *names: str) -> Iterator[Element]:
    """Return the children of these local names; all children without a name."""
    return (child for child in element if not names or local(child) in names)


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first element at a path of local names, or None."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Return the elements of these local names below an element, in document order."""
    return (descendant for descendant in element.iterdescendants() if local(descendant) in names)


def text(element: Element | None) -> str | None:
    """Return all text of an element, parted by its markup, white space normalised; None for an empty one.

    >>> text(etree.fromstring("<a>One<lb/>two, <b>thr</b>ee </a>")), text(etree.fromstring("<a> </a>"))
    ('One two, three', None)
    """
    if element is None:
        return None
    written = running_text.of(element) if len(element) else element.text or ""
    return " ".join(written.split()) or None


def blocks(element: Element, passed: Callable[[Element], bool] = lambda _: False) -> Iterator[Element]:
    """Yield the outermost elements with text of their own, in order: a paragraph, an item, a name; or the root itself.

    Args:
        element: where to look.
        passed: which elements to pass over with all that is in them.
    """
    if passed(element):
        return
    if has_own_text(element) or local(element).lower() in _WHOLE:
        yield element
        return
    for child in element:
        yield from blocks(child, passed)


def has_own_text(element: Element) -> bool:
    """Return whether text stands in an element outside its children."""
    runs = (element.text, *(child.tail for child in element))
    return any(run and not run.isspace() for run in runs)


def language(element: Element, default: str = NO_LANGUAGE) -> str:
    """Return the language tag of an element's text, from the nearest `lang` around it; else the default."""
    ancestor: Element | None = element
    while ancestor is not None:
        language_code = ancestor.get(_XML_LANG, ancestor.get("lang"))
        if language_code is not None:
            # "" takes back what an element around says (XML 1.0, 2.12), and so does a language that nobody has told.
            is_told = language_code.strip() and not language_ranges.is_undetermined(language_code.strip())
            return language_tags.tag(language_code) or default if is_told else NO_LANGUAGE
        ancestor = ancestor.getparent()
    return default


def path(element: Element, top: Element) -> str:
    """Return the path of an element below another: local names, from the nearest one with an id on.

    >>> top = etree.fromstring("<a><b id='x'><c/><d type='y'/></b></a>")
    >>> path(top[0][1], top)
    "b[@id='x']/d[@type='y']"
    """
    steps: list[str] = []
    ancestor: Element | None = element
    while ancestor is not None and (ancestor is not top or not steps):
        attribute_name = next(
            (name for name in ("id", "localType", "type") if _PLAIN.fullmatch(ancestor.get(name) or "")), None
        )
        steps.append(
            f"{local(ancestor)}[@{attribute_name}='{ancestor.get(attribute_name)}']"
            if attribute_name
            else local(ancestor)
        )
        if ancestor is top or (attribute_name == "id" and ancestor is not element):
            break
        ancestor = ancestor.getparent()
    return "/".join(reversed(steps))

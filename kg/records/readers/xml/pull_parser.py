"""Pull parser of XML for files that come from anywhere: no entity grows, and nothing is fetched."""

from collections.abc import Sequence
from typing import Any

from lxml import etree


def pull_parser(*events: str, encoding: str | None = None, tags: Sequence[str] | None = None) -> Any:
    """Return a parser that is fed with bytes.

    Args:
        events: "start" and "end" of elements, where they are given.
        encoding: the encoding, where it is not the one that the file says.
        tags: the elements that are given, all if there are none; `{*}name` is a name in any namespace.
    """
    make: Any = etree.XMLPullParser  # the stubs take literal strings alone, and don't know `tag`
    return make(
        encoding=encoding,
        events=events,
        tag=tags,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def feed(parser: Any, chunk: bytes) -> etree.XMLSyntaxError | None:
    """Feed a parser; a syntax error is returned, since the elements before it come first."""
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as fault:
        return fault
    return None

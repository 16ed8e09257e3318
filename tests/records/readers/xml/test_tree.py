"""Access to a parsed XML tree: the language of a text."""

import pytest
from lxml import etree

from kg.records.readers.xml import tree


@pytest.mark.parametrize(
    ("xml", "language"),
    [
        ('<a xml:lang="eng"><b/></a>', "en"),
        ('<a xml:lang="eng"><b xml:lang="en-GB"/></a>', "en-GB"),
        ('<a xml:lang="eng"><b xml:lang=""/></a>', "@none"),
        ('<a xml:lang="eng"><b xml:lang="und"/></a>', "@none"),
        ('<a xml:lang="eng"><b lang="UND-Latn"/></a>', "@none"),
        ('<a xml:lang="eng"><b xml:lang="x-cipher"/></a>', "x-cipher"),
        ('<a><b xml:lang="Gibberish"/></a>', "ru"),
        ("<a><b/></a>", "ru"),
    ],
)
def test_language(xml, language):
    """The nearest tag counts; an empty one or `und` takes back what stands around (XML 1.0, 2.12)."""
    assert tree.language(etree.fromstring(xml)[0], "ru") == language

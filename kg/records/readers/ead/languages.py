"""Languages in EAD: of the material, and of the description; by code, by name, or in a sentence."""

import re

from kg import language_ranges
from kg.records.names import language_tags
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_LEAD = re.compile(r"(?i)^(?:(?:languages?|materials? (?:is|are)|records? (?:is|are)|written|text)\s*:?\s+)?(?:in\s+)?")
_BETWEEN = re.compile(r"\s*[,;/&]\s*(?:and\s+)?|\s+(?:and|und|et|y|e|и)\s+")


def put_languages(draft: Draft, did: Element) -> None:
    """Put the languages of the material."""
    for material in tree.children(did, "langmaterial"):
        elements = list(tree.descendants(material, "language"))
        for element in elements:
            if tag := tag_of(element):
                draft.add("language", tag)
                draft.taken.add((element, "langcode"))
                if language_tags.tag(tree.text(element) or "") == tag:
                    draft.consumed.add(element)
        if not elements and (tags := tags_of(tree.text(material) or "")):
            for tag in tags:
                draft.add("language", tag)
            draft.consumed.add(material)
    for element in tree.children(did, "language"):
        draft.add("language", tag_of(element))


def tag_of(element: Element) -> str | None:
    """Return the tag of a `language`; None for a script, which has no code of a language."""
    code = tree.attribute(element, "langcode")
    if code is None and tree.attribute(element, "scriptcode"):
        return None
    written = code or tree.text(element) or ""
    is_undetermined = written.strip().lower() == language_ranges.UNDETERMINED
    return language_ranges.UNDETERMINED if is_undetermined else language_tags.tag(written)


def tags_of(text: str) -> list[str]:
    """Return the tags of the languages that a text names; empty where it says anything besides.

    >>> tags_of("English"), tags_of("In English, French and German."), tags_of("Russian and drafts")
    (['en'], ['en', 'fr', 'de'], [])
    """
    names = _BETWEEN.split(_LEAD.sub("", " ".join(text.split()).rstrip(".")))
    tags = [language_tags.tag(name) for name in names]
    return [tag for tag in tags if tag] if all(tags) else []

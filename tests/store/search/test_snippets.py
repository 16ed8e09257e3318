"""Snippets are made of some of a text, however long that is."""

from kg.store.search.query_language import parse
from kg.store.search.snippets import HitMarker

FAR = "ordinary words " * 20_000 + "missiles"


class Counting(HitMarker):
    """Marker that counts the searched characters."""

    looked = 0

    def _found(self, language, text):
        self.looked += len(text)
        return super()._find_hits(language, text)


def test_no_more_than_some_of_the_texts_is_looked_at():
    """The texts of a thing have a common limit, within which the best passage is found."""
    marker = Counting(parse("missiles"), ["en"])
    found = marker.snippet([("en", "Of missiles. "), ("en", FAR), ("ru", FAR), ("es", FAR)])
    assert ("missiles", True) in found.parts
    assert marker.looked <= 30_000


def test_a_text_without_hits_is_shown_from_its_beginning():
    """Without a hit within the limit the snippet is the start of the first text."""
    found = HitMarker(parse("missiles"), ["en"]).snippet([("en", FAR)])
    assert found.text.startswith("ordinary words")
    assert not any(hit for _, hit in found.parts)

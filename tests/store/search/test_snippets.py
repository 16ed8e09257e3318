"""Snippets are made of some of a text, however long that is."""

import pytest

from kg.store.search.analysis import STEMMED, WITHOUT_PREFIXES, indexed_stems
from kg.store.search.folding import PLAIN_WORD
from kg.store.search.query_language import parse
from kg.store.search.snippets import HitMarker

FAR = "ordinary words " * 20_000 + "missiles"
WORDS = "Gelesen ungern skies dying yes Union Письма ненужный Ездить geschrieben Izmir 1963 i"


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


@pytest.mark.parametrize("language", sorted(STEMMED.keys() - WITHOUT_PREFIXES))
def test_a_plain_word_begins_like_its_stem(language):
    """By the rules of nearly all languages the stem of a plain word has its first letter, so that others are skipped."""
    words = WORDS.split()
    plain = [word for word in words if PLAIN_WORD.fullmatch(word)]
    assert len(plain) > 10
    for word in plain:
        assert {stem[0] for stem in indexed_stems(word, language)} == {word[0].lower()}


@pytest.mark.parametrize("count", [1, 40])
def test_every_place_of_a_hit_is_marked(count):
    """A hit is marked wherever it stands between spaces or stops, be its forms in the text few or many."""
    forms = " ".join(f"letter{number}" for number in range(count))
    text = f"Letters, (letter) non-letter; {forms} subletter letter\u2009Lettering."
    found = HitMarker(parse("letter*"), ["en"]).mark("en", text)
    marked = [part for part, hit in found.parts if hit]
    assert marked == ["Letters", "letter", "letter", *forms.split(), "letter", "Lettering"]


def test_a_stem_without_a_prefix_is_found():
    """Where rules take the beginning of a word off, words that begin with any letter are looked up."""
    found = HitMarker(parse("lezen"), ["nl"]).mark("nl", "Gelezen, en geschreven")
    assert [part for part, hit in found.parts if hit] == ["Gelezen"]

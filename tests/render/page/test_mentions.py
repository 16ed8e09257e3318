import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.render.page.mentions import NameLinker, name_forms

_RAUL = {
    "name": {"en": "Raúl Castro Ruz", "ru": "Рауль Кастро Рус"},
    "names": [{"text": "Castro Ruz, Raúl", "family": "Castro Ruz"}],
}
_FIDEL = {"name": {"en": "Fidel Castro Ruz"}, "names": [{"text": "Castro Ruz, Fidel", "family": "Castro Ruz"}]}
_PLIYEV = {"name": {"en": "Issa Pliyev"}, "names": [{"text": "Pliyev, Issa", "family": "Pliyev"}]}


def test_names_are_found_whatever_their_accents():
    "A name is linked with accents or without, in any script that the thing has a form of its name in."
    names = NameLinker(name_forms({"/agent/raul": _RAUL}))
    for text in ("met Raul Castro Ruz there", "met Raúl Castro Ruz there", "Рауль Кастро Рус"):
        assert [span.href for span in names.spans(text) if span.href] == ["/agent/raul"]


def test_nobody_is_linked_on_a_guess():
    "A family name that two of the things bear is no link; one that a single one bears is."
    names = NameLinker(name_forms({"/agent/raul": _RAUL, "/agent/fidel": _FIDEL, "/agent/pliyev": _PLIYEV}))
    assert [span.href for span in names.spans("Castro Ruz spoke with Pliyev.")] == [None, "/agent/pliyev", None]


@pytest.mark.parametrize("text", ["Cubana", "InterCuba", "_Cuba", "Cuba2"])
def test_a_name_within_a_word_is_none(text):
    "A name is a word of its own, at its beginning and at its end."
    assert [span.href for span in NameLinker({"Cuba": "/place/cuba"}).spans(text)] == [None]


def test_a_name_of_two_letters_is_none():
    "A name as short as a common word is no mention."
    names = NameLinker({"An": "/agent/an", "Ann": "/agent/ann"})
    assert [span.href for span in names.spans("An Ann")] == [None, "/agent/ann"]


@given(st.text(), st.dictionaries(st.text(max_size=8), st.just("/agent/x"), max_size=5))
def test_a_text_is_the_same_in_pieces(text, names):
    "The spans of a text, joined, are the text."
    assert "".join(span.text for span in NameLinker(names).spans(text)) == text


def test_the_longest_name_is_meant():
    "Of names at one position the longest is linked, and no other name within it."
    names = NameLinker({"Castro": "/agent/castro", "Castro Ruz": "/agent/ruz", "Ruz": "/agent/other"})
    assert [span.href for span in names.spans("Castro Ruz")] == ["/agent/ruz"]


_TEXTS = st.text(alphabet="ab_ (é", max_size=40)


@given(_TEXTS, st.dictionaries(st.text(alphabet="ab_ (é", min_size=3, max_size=6), st.sampled_from("xyz"), max_size=6))
def test_names_are_those_of_a_pattern(text, named):
    "The links are the matches of a regular expression of all names, the longest first, at word boundaries."
    folded = {form.replace("é", "e"): path for form, path in named.items()}
    forms = sorted(folded, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)")
    first = {}
    for found in pattern.finditer(text.replace("é", "e")) if forms else ():
        first.setdefault(folded[found[0]], text[found.start() : found.end()])
    linked = [(span.href, span.text) for span in NameLinker(named).spans(text) if span.href]
    assert linked == list(first.items())


def test_a_text_of_nothing_but_names_stays_whole():
    "However often names stand in a text, the first mention of each is linked, and nothing is lost."
    names = NameLinker({"aaa": "/agent/a", "aaa aaa": "/agent/b", "bbb": "/agent/c"})
    for text, linked in (
        ("aaa " * 50_000, ["/agent/b"]),
        ("a" * 50_000, []),
        ("bbb " + "abbba " * 9_000, ["/agent/c"]),
    ):
        spans = names.spans(text)
        assert [span.href for span in spans if span.href] == linked
        assert "".join(span.text for span in spans) == text

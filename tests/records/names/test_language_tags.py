import pyoxigraph
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.records.names import language_tags

TAGS = {
    "рус.": "ru",
    "англ.": "en",
    "Русский язык": "ru",
    "dt.": "de",
    "ger.": "de",
    "en": "en",
    " EN ": "en",
    "eng": "en",
    "rus": "ru",
    "ger": "de",
    "deu": "de",
    "fre": "fr",
    "en-us": "en-US",
    "en_US": "en-US",
    "sr-latn": "sr-Latn",
    "zh-Hant-TW": "zh-Hant-TW",
    "eng-Latn": "en",
    "iw": "he",
    "i-klingon": "tlh",
    "x-house": "x-house",
    "en-x-twain": "en-x-twain",
    "zxx": "zxx",
    "Russian": "ru",
    "russian language": "ru",
    "SPANISH": "es",
    "Thai": "th",
    "Old Church Slavonic": "cu",
    "Brazilian Portuguese": "pt-BR",
    "русский": "ru",
    "español": "es",
    "ruso": "ru",
}

NONE = [
    "", " ", "und", "xx", "root", "Gibberish", "unknown", "English and Russian", "Ukrainain", "en-", "-", "x", "*",
    "@none", "de-1901-1901", "en-US-x-aaaaaaaaa", "é", "\x00", "\ud800", "en\nru", "a" * 1_000_000, "en-" * 500_000,
]  # fmt: skip

PARTS = st.one_of(
    st.sampled_from(
        [
            "en",
            "sr",
            "Latn",
            "US",
            "419",
            "x",
            "u",
            "1901",
            "nynorsk",
            "i",
            "klingon",
            "cmn",
            "sgn",
            "BE",
            "FR",
        ]
    ),
    st.from_regex(r"\A[A-Za-z0-9]{1,9}\Z"),
)
ANY_TAG = st.one_of(st.lists(PARTS, max_size=6).map("-".join), st.text(max_size=12))


def accepted(tag):
    """Whether Oxigraph takes a tag for a literal."""
    try:
        pyoxigraph.Literal("x", language=tag)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("text", TAGS)
def test_tag(text):
    """A tag, a code or a name of a language gives its canonical tag."""
    assert language_tags.tag(text) == TAGS[text]


@pytest.mark.parametrize("text", NONE)
def test_no_language(text):
    """What is no language, or of no known one, gives none: nothing is guessed from a part of a name."""
    assert language_tags.tag(text) is None


@settings(max_examples=1000)
@given(ANY_TAG)
@example("en-GB-oed")
@example("zh-min-nan")
@example("abcd-efg")
@example("en-a-bb-a-cc")
def test_well_formed_as_oxigraph(tag):
    """A tag is well-formed where Oxigraph takes it; what it does not take it would drop with its text."""
    assert language_tags.is_well_formed(tag) == accepted(tag)


@settings(max_examples=500)
@given(ANY_TAG)
def test_canonical(text):
    """Any text gives a tag that Oxigraph takes and that is canonical, or none."""
    tag = language_tags.tag(text)
    assert tag is None or (accepted(tag) and language_tags.tag(tag) == tag)

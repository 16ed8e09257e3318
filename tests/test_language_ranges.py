"""Language ranges: which of a text's languages a reader is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import language_ranges

TAGS = st.sampled_from(
    [
        *("en", "EN-gb", "en-US", "es", "es-419", "es-MX", "pt", "pt-BR", "zh", "zh-Hans", "zh-Hant-TW", "sr-Latn"),
        *("sr-Cyrl", "und", "und-Latn", "x-private", "@none", "de-1901", "en-a-bbb-x-c", "mul", ""),
    ]
)


@pytest.mark.parametrize(
    ("tags", "ranges", "best"),
    [
        (["fr", "en-US"], ["en", "ru"], "en-US"),
        (["de", "ru", "en-GB"], ["en", "ru"], "en-GB"),
        (["en", "en-GB"], ["en"], "en"),
        (["en-GB", "en"], ["en"], "en"),
        (["en-GB", "en"], ["en-GB"], "en-GB"),
        (["de", "en"], ["en-GB"], "en"),
        (["fr", "pt"], ["pt-BR", "fr"], "pt"),
        (["fr", "es-ES", "es-419"], ["es-MX", "fr"], "es-ES"),
        (["zh", "zh-Hant-TW"], ["zh-TW"], "zh-Hant-TW"),
        (["zh-Hans", "en"], ["zh-Hant", "en"], "en"),
        (["de", "zh-Hans"], ["zh-Hant"], "zh-Hans"),
        (["fr", "EN-gb"], ["en"], "EN-gb"),
        (["fr", "en-gb"], ["EN"], "en-gb"),
        (["fr", "@none"], ["en"], "@none"),
        (["fr", "und-Latn"], ["en"], "und-Latn"),
        (["@none", "en-GB"], ["en"], "en-GB"),
        (["x-private", "fr"], ["en"], "x-private"),
        (["fr", "de-CH-1901"], ["de-CH-1996"], "de-CH-1901"),
        (["fr", "en"], ["en-x-a-b"], "en"),
        (["eng", "fr"], ["en"], "eng"),
        ([], ["en"], None),
        (["fr"], [], "fr"),
    ],
)
def test_best(tags, ranges, best):
    """Filtering takes a more special tag, look-up a more general one; unknown languages come before foreign ones."""
    assert language_ranges.best(tags, ranges) == best


@pytest.mark.parametrize(
    ("tags", "language_range", "serving"),
    [
        (["en-GB"], "en", "en-GB"),
        (["en"], "en-GB", "en"),
        (["eng"], "en", None),
        (["ens"], "en", None),
        (["@none"], "en", None),
        (["und"], "en", None),
        (["sr-Cyrl"], "sr-Latn", None),
        (["sr-Cyrl"], "sr", "sr-Cyrl"),
    ],
)
def test_serving(tags, language_range, serving):
    """A text serves a range in a variant of its language, in no other one, and in no other script."""
    assert language_ranges.serving(tags, language_range) == serving


@given(
    st.lists(TAGS, unique=True),
    st.lists(TAGS.filter(lambda tag: tag and not language_ranges.is_undetermined(tag)), max_size=3),
)
def test_an_order(tags, ranges):
    """The order for a reader holds every tag once, begins with the best one, and begins with an exact one."""
    ordered = language_ranges.in_order(tags, ranges)
    assert sorted(ordered) == sorted(tags)
    assert ordered[:1] == ([language_ranges.best(tags, ranges)] if tags else [])
    if ranges and ranges[0] in tags:
        assert ordered[0] == ranges[0]


def test_a_hostile_tag():
    """A tag of a million letters is ranked, and kept in no cache."""
    tag = "en-" * 300_000 + "x"
    assert language_ranges.best(["fr", tag], ["de", "fr"]) == "fr"
    assert language_ranges.rank("en", ("en",)) == (0, 0, 1)

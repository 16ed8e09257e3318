"""Titles in citations, for whatever a title holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.render.citations.titles import flipped, quoted, stopped, title_case


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The report of a friend on the sea", "The Report of a Friend on the Sea"),
        ("letter From the king To the queen", "Letter from the King to the Queen"),
        ("a visit to La Paz and Le Havre", "A Visit to La Paz and Le Havre"),
        ("portrait of George V in 1911", "Portrait of George V in 1911"),
        ("the 3rd fleet at sea", "The 3rd Fleet at Sea"),
        ("“on the road” and other notes", "“On the Road” and Other Notes"),
        ("NSAM 181: on the dangers", "NSAM 181: On the Dangers"),
        ("élan of the navy", "Élan of the Navy"),
    ],
)
def test_english_titles_are_in_headline_style(title, expected):
    """Words have capitals but for small ones; what has capitals or figures of its own is left."""
    assert title_case(title) == expected


@given(st.text(max_size=60))
def test_no_title_is_changed_but_in_its_capitals_and_marks(title):
    """Title case changes capitals alone, and turning quotations changes marks alone."""
    assert title_case(title).casefold() == title.casefold()
    marks = str.maketrans(dict.fromkeys('“”„‘’‚"', ""))
    assert flipped(title).translate(marks) == title.translate(marks)


@given(st.text(max_size=60))
def test_no_stop_is_doubled(title):
    """Behind a stop, a question mark or an exclamation mark no stop is set."""
    body = title.rstrip(" \t\n/:;,=”’\"'")
    if body.endswith((".", "?", "!", "…")):
        assert stopped(body, ".") == body
    assert quoted(body, ".").startswith("“")

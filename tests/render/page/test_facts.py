"""Facts under a title, in words."""

import pytest

from kg.render.page.facts import date_words


@pytest.mark.parametrize(
    ("edtf", "certainty", "remarks"),
    [
        ("2001-06-19?", "uncertain", []),
        ("2001-06-19", "uncertain", ["the date is uncertain"]),
        ("1962~", "approximate", []),
        ("1962~", "inferred", ["the date is inferred"]),
    ],
)
def test_a_doubt_is_said_once(edtf, certainty, remarks):
    """A doubt that the date in words says already is no remark beside it; any other doubt is."""
    assert date_words({"edtf": edtf, "certainty": certainty}, "en")[1] == remarks

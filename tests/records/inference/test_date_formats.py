"""Order of day and month, as the cells of a column tell it."""

import pytest

from kg.records.inference.date_formats import BOTH, EITHER, order_of
from kg.records.inference.table_guess import guess_table


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["05/06/1972", "23/06/1972", "1971"], "d/M/yyyy"),
        (["5-6-1972", "6-23-1972"], "M-d-yyyy"),
        (["05/06/1972"], EITHER),
        (["05/06/1972", "23/06/1972", "06/23/1972"], BOTH),
        (["05/05/1972", "23/06/1972"], ""),
        (["1972-06-05", "c. 1970", "99/99/1972"], ""),
    ],
)
def test_order(cells, order):
    """A number above twelve tells which is the day; a column without such a cell, or with both orders, tells nothing."""
    assert order_of(cells) == order


def test_order_is_proposed_or_a_doubt():
    """The form of the dates is proposed where the cells tell it, with the reason; else it is a doubt with what to do."""
    headings = ["No.", "Title", "Date"]
    told = guess_table("x", headings, [["1", "A", "05/06/1972"], ["2", "B", "23/06/1972"]]).columns[2]
    assert (told.format, "the day is first" in told.why) == ("d/M/yyyy", True)
    either = guess_table("x", headings, [["1", "A", "05/06/1972"], ["2", "B", "1972"]]).columns[2]
    assert (either.format, 'format = "d/M/yyyy"' in " ".join(either.doubts)) == ("", True)

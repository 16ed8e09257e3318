"""Roles of dates: which tell of the time of a thing, and which date stands for it."""

import pytest

from kg import date_roles
from kg.date_roles import DATE_ROLES, OF_DESCRIPTION, OF_RELEASE, of_thing, principal


def test_roles_of_descriptions_are_roles():
    "A role that is left out of searches is one of the model's."
    assert set(DATE_ROLES) > OF_DESCRIPTION | OF_RELEASE


@pytest.mark.parametrize("role", sorted(OF_RELEASE))
def test_a_release_is_the_time_of_what_has_no_date_of_its_own(role):
    "What was made in 1971 and released in 1999 is of 1971; a newspaper is of the day on which it was published."
    made = {"role": "event", "edtf": "1971", "start": "1971-01-01", "end": "1971-12-31"}
    released = {"role": role, "edtf": "1999", "start": "1999-01-01", "end": "1999-12-31"}
    in_words = {"role": "document", "text": "in spring"}
    assert of_thing([released, made]) == [made]
    assert principal([released, made]) == made
    assert principal([released]) == principal([in_words, released]) == released


@pytest.mark.parametrize(
    ("dates", "edtf"),
    [
        ([{"role": "uploaded", "edtf": "2018"}, {"role": "event", "edtf": "1963"}], "1963"),
        ([{"role": "document", "text": "spring"}, {"role": "sent", "edtf": "1963"}], "1963"),
        ([{"role": "document", "edtf": "1931"}, {"role": "event", "edtf": "1904"}], "1931"),
        ([{"role": "digitized", "edtf": "2018"}], None),
        ([], None),
    ],
)
def test_the_date_of_a_thing_is_the_first_of_its_own_that_could_be_read(dates, edtf):
    "A scan, an upload and words that could not be read never stand for the date of a document."
    assert principal(dates).get("edtf") == edtf


def test_words_stand_where_nothing_could_be_read():
    "A date in words alone stands for a thing that has no other."
    assert principal([{"role": "document", "text": "in spring"}]) == {"role": "document", "text": "in spring"}


def test_each_role_is_called_something():
    "A page has words for every role."
    from kg.render.site import key_labels

    assert set(key_labels.DATE_ROLES) == set(date_roles.DATE_ROLES)

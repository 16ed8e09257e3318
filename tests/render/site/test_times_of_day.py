"""Times of day stand as people say them, in each language."""

import pytest

from kg.render.site.times_of_day import dated, doubt, times_of_day

DAY = "1958-11-03"


def _at(time, day=DAY, zone="-05:00"):
    return f"{day}T{time}:00{zone}"


@pytest.mark.parametrize(
    ("start", "end", "language", "phrase"),
    [
        (_at("09:10"), _at("10:33"), "en", "9:10 to 10:33 am"),
        (_at("16:05"), _at("17:20"), "en", "4:05 to 5:20 pm"),
        (_at("16:05"), _at("17:20"), "ru", "с 16:05 до 17:20"),
        (_at("16:05"), _at("17:20"), "es", "de 16:05 a 17:20"),
        (_at("11:50"), _at("13:10"), "en", "11:50 am to 1:10 pm"),
        (_at("00:05"), _at("12:00"), "en", "12:05 am to 12:00 pm"),
        (_at("00:00"), _at("10:15"), "en", "12:00 am to 10:15 am"),
        (_at("09:10"), _at("09:10"), "en", "9:10 am"),
        (_at("09:10"), "", "en", "from 9:10 am"),
        ("", _at("09:10"), "es", "hasta las 9:10"),
        (_at("23:50"), _at("00:20", "1958-11-04"), "en", "11:50 pm to 12:20 am on 4 November 1958"),
        (_at("09:10", zone="Z"), _at("10:33", zone="Z"), "en", "9:10 to 10:33 am UTC"),
        ("", "", "en", ""),
        ("1958", "yesterday", "en", ""),
    ],
)
def test_phrases(start, end, language, phrase):
    """A span says am and pm once where it can; over midnight it names the day; an open end is said."""
    assert times_of_day(start, end, DAY, language) == phrase


def test_the_days_of_a_span_are_said_once():
    """Where the date has both days, the times have none."""
    night = times_of_day(_at("23:50"), _at("00:20", "1958-11-04"), "1958-11-03/1958-11-04", "en")
    assert night == "11:50 pm to 12:20 am"
    assert dated("3–4 November 1958", night, "en") == "3–4 November 1958, 11:50 pm to 12:20 am"


def test_doubt_is_a_sentence():
    """What is certain is not said; a known word for doubt is a sentence of the page's language, another one is quoted."""
    assert [doubt(word, "en") for word in ("certain", "", "Estimated", "c3")] == [
        "",
        "",
        "the date is estimated",
        "certainty of the date: c3",
    ]
    assert doubt("estimated", "es", of_time=True) == "la hora es estimada"

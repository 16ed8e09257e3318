import pytest

from kg.render.site.hour_phrases import hours

DAY = "1958-11-03T"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (f"{DAY}16:05:00-05:00", f"{DAY}17:20:00-05:00", "4:05 to 5:20 pm"),
        (f"{DAY}11:50:00-04:00", f"{DAY}12:57:00-04:00", "11:50 am to 12:57 pm"),
        (f"{DAY}00:10:00Z", "", "from 12:10 am"),
        ("", f"{DAY}12:00:00Z", "until 12:00 pm"),
        (f"{DAY}09:08:00Z", f"{DAY}09:08:30Z", "9:08 am"),
        (f"{DAY}23:50:00Z", "1958-11-04T00:30:00Z", "11:50 pm to 12:30 am the next day"),
        (f"{DAY}09:00:00Z", "1958-11-07T17:00:00Z", "3 November 1958, 9:00 am – 7 November 1958, 5:00 pm"),
        ("", "", ""),
        ("late", "later", ""),
    ],
)
def test_hours_are_said_as_people_say_them(start, end, said):
    "Half of the day once, midnight told, one end alone said as such; what is no instant is not said."
    assert hours(start, end, "en") == said


@pytest.mark.parametrize(("language", "said"), [("ru", "16:05–17:20"), ("es", "16:05 a 17:20")])
def test_hours_of_other_languages_go_to_twenty_four(language, said):
    "Russian and Spanish count the hours of a day."
    assert said in hours(f"{DAY}16:05:00-05:00", f"{DAY}17:20:00-05:00", language)

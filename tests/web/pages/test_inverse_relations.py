"""Relations that others tell of a thing: its page says of each why it stands there."""

import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

TOLD = {
    "brother": [{"role": "brother"}],
    "companion": [{"type": "associative", "count": 12, "dates": "1971/1973"}],
    "visitor": [{"role": "visitor", "note": {"en": "Came twice.", "ru": "Дважды."}}],
    "several": [{"role": "teacher"}, {"role": "friend"}],
    "bare": [{}],
}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Text of the page of somebody of whom others tell."""
    records = [
        {
            "id": f"agent/{key}",
            "name": {"en": f"Hale, {key.title()}"},
            "agentType": "person",
            "relations": [{"target": "agent/mary", **each} for each in relations],
        }
        for key, relations in TOLD.items()
    ]
    mary = {"id": "agent/mary", "name": {"en": "Mary Reed"}, "agentType": "person"}
    made, _ = publish(tmp_path_factory.mktemp("relations"), [mary, *records])
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client.get("/data/agent/mary.html").text


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("brother", "brother: Mary Reed"),
        ("companion", "connected with Mary Reed, 12 times, 1971 to 1973"),
        ("visitor", "visitor: Mary Reed. Came twice."),
        ("several", "teacher: Mary Reed; friend: Mary Reed"),
        ("bare", "refers to this"),
    ],
)
def test_a_related_thing_says_why(page, key, why):
    """In the list of those who tell of a person, each has the sentence of its own record beside its name."""
    (line,) = [
        each for each in re.findall(r"<li>.*?</li>", page, re.DOTALL) if f"agent/{key}" in each and "note" in each
    ]
    assert f"({why})" in " ".join(re.sub(r"<[^>]*>", "", line).split())

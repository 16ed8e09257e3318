"""A search that can't be read: the form stays as it was filled in, with the fault beside its field."""

import re

import pytest

HTML = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("view", ["search", "timeline", "map", "network"])
@pytest.mark.parametrize("lang", ["en", "ru", "es"])
def test_a_time_that_can_not_be_read_keeps_the_form(client, view, lang):
    """What was written stays in its field, and beside it stands what is wrong, in the reader's language."""
    asked = {"q": "telegram", "year": "Smarch 1917", "person": "castro"}
    page = client.get(f"/data/{view}", params=asked, headers={**HTML, "accept-language": lang})
    assert page.status_code == 400
    assert f'<html lang="{lang}"' in page.text
    assert re.search(r'<input[^>]*name="year"[^>]*value="Smarch 1917"[^>]*aria-invalid="true"', page.text)
    assert re.search(r'<input[^>]*name="q"[^>]*value="telegram"', page.text)
    assert '<input type="hidden" name="person" value="castro">' in page.text
    assert 'id="year-fault"' in page.text
    assert f'action="/data/{view}"' in page.text


@pytest.mark.parametrize("asked", [{"page": "abc"}, {"limit": "x"}, {"language": "?"}, {"sort": "up"}, {"after": "x"}])
def test_other_faults_are_told_above_the_form(client, asked):
    """A fault of what no field holds is told with the form, and the faulty value is not sent again."""
    page = client.get("/data/search", params={"q": "telegram", **asked}, headers=HTML)
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert re.search(r'<input[^>]*name="q"[^>]*value="telegram"', page.text)
    (name,) = asked
    assert not re.search(rf'<input type="hidden" name="{name}"', page.text)


def test_words_that_can_not_be_read_stay(client):
    """A search in the wrong form is told beside its field."""
    page = client.get("/data/search", params={"q": "(castro", "year": "1963"}, headers=HTML)
    assert page.status_code == 400
    assert re.search(r'<input[^>]*name="q"[^>]*value="\(castro"[^>]*aria-invalid="true"', page.text)
    assert 'value="1963"' in page.text


def test_a_program_gets_the_problem(client):
    """JSON is answered with problem details, as everywhere."""
    answer = client.get("/data/search", params={"year": "Smarch 1917", "format": "json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["parameter"], answer.json()["value"]) == ("year", "Smarch 1917")


def test_nothing_gets_out_of_the_form(client):
    """Markup in a faulty value is text."""
    hostile = '"><script>alert(1)</script>{{7*7}}'
    page = client.get("/data/search", params={"q": hostile, "year": hostile, "type": hostile}, headers=HTML)
    assert page.status_code == 400
    assert "<script>alert" not in page.text
    assert "{{7*7}}" in page.text

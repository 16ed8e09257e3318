"""The page of citations: the source's own first, each style to copy, the day of access."""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

CITE = "/data/record/177838.cite.html"


def _text(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_page_has_note_bibliography_and_mla_as_text(client):
    """Each style stands on the page as plain text, which needs no script to be copied."""
    page = client.get(CITE).text
    assert page.count('<p class="copy"') == 3
    assert "Aleksandr Ivanovich Alekseyev, “From the Journal of A.I. Alekseyev" in page
    assert "Alekseyev, Aleksandr Ivanovich. “From the Journal of A.I. Alekseyev" in page


def test_the_day_of_access_is_today_or_as_it_is_asked_for(client):
    """Without a day in the address the page says today's; a file says only the day that it is given."""
    answer = client.get(CITE)
    today = datetime.now(UTC).date()
    assert f"accessed {today:%B} {today.day}, {today.year}" in answer.text
    ends = parsedate_to_datetime(answer.headers["expires"])
    assert (ends.date() - today).days == 1
    assert "accessed February 3, 2024" in client.get(CITE, params={"accessed": "2024-02-03"}).text
    file = "/data/record/177838.csl.json"
    (item,) = json.loads(client.get(file, params={"accessed": "2024-02-03"}).content)
    assert item["accessed"] == {"date-parts": [[2024, 2, 3]]}
    assert "accessed" not in json.loads(client.get(file).content)[0]
    assert client.get(file, params={"accessed": "2024-02-30"}).status_code == 400


def test_a_collection_and_an_archive_are_cited(client):
    """A collection and a level of an archive have citations as documents have, with a link on their pages."""
    for reference in ("collection/alekseyev-conversations", "archive/avp-rf.fond-0104"):
        assert f'href="/data/{reference}.cite.html"' in client.get(f"/data/{reference}.html").text
        assert client.get(f"/data/{reference}.cite.html").status_code == 200
        assert client.get(f"/data/{reference}.ris").text.startswith("TY  - MANSCPT")


def test_the_whole_collection_is_cited_on_its_page(client):
    """The page about the collection says how to cite it."""
    text = _text(client.get("/data/about").text)
    assert "How to cite the collection" in text
    assert re.search(r"[^.]+\. [^.]+\. http\S+/\.", text)

"""`/changes`: what changed, for people."""

import re
import sqlite3
from contextlib import closing

import pytest
from changed_site import letter, published, serving


def texts(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_changes_stand_by_day_and_kind(changed):
    """The newest day comes first; under it the changes stand by kind, each with its sort, its name and its history."""
    page = changed.get("/data/changes")
    assert page.status_code == 200
    days = re.findall(r'<h2 id="d-(\d{4}-\d\d-\d\d)">', page.text)
    assert days == sorted(set(days), reverse=True) != []
    assert set(re.findall(r"<h3>([^<]+)</h3>", page.text)) == {"Documents", "People and organisations"}
    said = texts(page)
    assert "Merged A letter History Merged into: A letter" in said
    assert "Deleted Letter &lt;two&gt; &amp; more History" in said
    assert 'href="/data/changes?reference=record/1"' in page.text


@pytest.mark.parametrize(
    ("query", "kinds", "sorts"),
    [
        ("kind=agent", {"People and organisations"}, {"New", "Changed", "Deleted"}),
        ("what=merged", {"Documents"}, {"Merged"}),
        ("kind=record&what=deleted", {"Documents"}, {"Deleted"}),
    ],
)
def test_changes_are_chosen_by_kind_and_sort(changed, query, kinds, sorts):
    """A page of one kind, or of one sort of change, has nothing else."""
    page = changed.get(f"/data/changes?{query}").text
    assert set(re.findall(r"<h3>([^<]+)</h3>", page)) <= kinds
    listed = re.findall(r'<li>\s*<span class="note">([^<]+)</span>', page)
    assert listed
    assert set(listed) <= sorts


def test_changes_are_chosen_by_day(changed):
    """A day has its own changes, and a day on which nothing was published has none, and says so."""
    (day,) = {each[:10] for each in re.findall(r'<time datetime="([^"]+)">', changed.get("/data/changes").text)} or {""}
    assert "<h3>Documents</h3>" in changed.get(f"/data/changes?day={day}").text
    empty = changed.get("/data/changes?day=1999-12-31")
    assert empty.status_code == 200
    assert "No change fits these choices." in empty.text
    assert "<h3>" not in empty.text


@pytest.mark.parametrize("query", ["kind=letter", "what=moved", "day=2026-13-01", "day=today", "before=0", "before=x"])
def test_bad_choices_are_named(changed, query):
    """A choice that can't be one is 400 with the parameter."""
    answer = changed.get(f"/data/changes?{query}")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == query.partition("=")[0]


def test_page_of_an_entry_leads_to_its_history(changed):
    """The page of an entry says when it was first published and last changed, and links to its history."""
    page = changed.get("/data/record/1.html").text
    assert "First published" in page
    (address,) = re.findall(r'href="(/data/changes\?reference=[^"]+)"', page)
    history = changed.get(address)
    assert history.status_code == 200
    sorts = re.findall(r'<span class="note">([^<]+)</span>', history.text)
    assert sorts[-1] == "New"
    assert sorts.count("Changed") == len(sorts) - 1 > 1


def test_history_outlives_its_entry(changed):
    """The history of a merged or deleted entry stays, by the name that it had; of nothing there is none."""
    merged = changed.get("/data/changes?reference=record/5")
    assert merged.status_code == 200
    assert '<span class="note">Deleted</span>' in merged.text
    assert changed.get("/data/changes?reference=record/nothing").status_code == 404


def test_start_page_and_about_lead_to_the_changes(changed):
    """The foot of the start page and the page about the collection link to the changes."""
    for path in ("/data/", "/data/about"):
        assert 'href="/data/changes"' in changed.get(path).text


def test_pages_of_changes_go_on_by_number(changed, monkeypatch):
    """Older changes are a link away, by the number of the last one; all pages together have each change once."""
    from kg.web.changes import page

    monkeypatch.setattr(page, "PAGE_SIZE", 4)
    address, seen = "/data/changes?kind=record", []
    while address:
        answer = changed.get(address)
        seen.append(re.findall(r'<li>\s*<span class="note">[^<]+</span>', answer.text))
        found = re.findall(r'<a rel="next" href="([^"]+)"', answer.text)
        address = found[0].replace("&amp;", "&") if found else ""
    told = [each for each in changed.get("/data/changes.json").json()["changes"] if each["reference"].startswith("rec")]
    assert sum(map(len, seen)) == len(told) > 8
    assert len(seen) == -(-len(told) // 4)


def test_withdrawn_entry_is_told_by_its_reference_alone(tmp_path):
    """A withdrawn entry has no name and no link, neither on the page of changes nor in its history nor in the feed."""
    made = published(tmp_path, [letter(1, "Withheld letter"), letter(2, "Open letter")])
    with closing(sqlite3.connect(made.var_folder / "state" / "log.sqlite", isolation_level=None)) as db:
        db.execute(
            "INSERT INTO log (sequence, generation, ref, what, kind, time)"
            " VALUES (3, 1, 'record/1', 'withdrawn', 'record', '2026-01-02T03:04:05Z')"
        )
        db.execute("UPDATE generations SET last = 3")
        db.execute("UPDATE published SET label = NULL, deleted = '2026-01-02T03:04:05Z' WHERE ref = 'record/1'")
    with serving(made) as client:
        for path in ("changes?what=withdrawn", "changes?reference=record/1", "changes.atom?since=2"):
            answer = client.get(f"/data/{path}")
            assert answer.status_code == 200
            assert "Withdrawn" in answer.text
            assert "Withheld letter" not in answer.text
            assert 'href="/data/record/1"' not in answer.text

"""`/changes.atom`: the changes for feed readers, by RFC 4287, RFC 5005 and RFC 6721."""

import re

import pytest
from lxml import etree

from kg.web.changes import feed

NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
}
BASE = "https://archive.example.org/data/"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def read(client, address, language="en"):
    """A feed, which is checked by the rules of RFC 4287 that hold for each."""
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    for each in (root, *root.findall("a:entry", NAMES)):
        for name in ("id", "title", "updated"):  # 4.1.1, 4.1.2: exactly one
            assert len(each.findall(f"a:{name}", NAMES)) == 1
        assert TIME.fullmatch(each.findtext("a:updated", namespaces=NAMES))
        alternates = each.xpath("a:link[@rel='alternate']", namespaces=NAMES)
        assert len(alternates) == 1
    assert root.find("a:author/a:name", NAMES).text
    ids = [each.findtext("a:id", namespaces=NAMES) for each in root.findall("a:entry", NAMES)]
    gone = [each.get("ref") for each in root.findall("at:deleted-entry", NAMES)]
    assert len({*ids, *gone}) == len(ids) + len(gone)  # an entry stands once
    assert all(TIME.fullmatch(each.get("when")) for each in root.findall("at:deleted-entry", NAMES))
    assert links(root)["self"] == f"https://archive.example.org{address}"
    return root


def links(root):
    return {each.get("rel"): each.get("href") for each in root.findall("a:link", NAMES)}


def test_live_entries_and_deleted_entries(changed):
    """An entry's id is the thing's IRI; what is deleted or merged is a deleted entry, with the reason in words."""
    root = read(changed, "/data/changes.atom")
    live = {each.findtext("a:id", namespaces=NAMES): each for each in root.findall("a:entry", NAMES)}
    gone = {
        each.get("ref"): each.findtext("at:comment", namespaces=NAMES)
        for each in root.findall("at:deleted-entry", NAMES)
    }
    assert set(live) == {f"{BASE}record/1", f"{BASE}record/3", f"{BASE}record/4", f"{BASE}agent/a"}
    assert gone == {f"{BASE}record/2": "Deleted", f"{BASE}record/5": "Deleted"}
    title = live[f"{BASE}record/1"].find("a:title", NAMES)
    assert title.text == "Another title"
    assert title.get("{http://www.w3.org/XML/1998/namespace}lang") in {None, "en"}
    assert live[f"{BASE}record/1"].find("a:category", NAMES).get("term") == "changed"


def test_feed_that_goes_forward(changed):
    """With since= the feed has the changes after a number, and its next page, until there is none."""
    address, seen = "/data/changes.atom?since=0&limit=3", []
    while address:
        root = read(changed, address)
        seen.append(len(root.findall("a:entry", NAMES)) + len(root.findall("at:deleted-entry", NAMES)))
        address = links(root).get("next", "").removeprefix("https://archive.example.org")
    assert sum(seen[:1]) == 3
    assert len(seen) == -(-len(changed.get("/data/changes.json").json()["changes"]) // 3)


def test_archives_have_every_change_and_never_change(changed, monkeypatch):
    """Older changes are in archives, by prev-archive; each has its own numbers, and the feed names the newest one."""
    monkeypatch.setattr(feed, "BLOCK", 4)
    root = read(changed, "/data/changes.atom", "es")  # no other test has put it into the cache
    found, archives = set(), []
    while True:
        found |= {each.findtext("a:id", namespaces=NAMES) for each in root.findall("a:entry", NAMES)}
        found |= {each.get("ref") for each in root.findall("at:deleted-entry", NAMES)}
        before = links(root).get("prev-archive")
        if before is None:
            break
        root = read(changed, before.removeprefix("https://archive.example.org"), "es")
        assert root.find("fh:archive", NAMES) is not None
        assert links(root)["current"] == f"{BASE}changes.atom"
        archives.append(before)
    assert len(archives) > 1
    told = changed.get("/data/changes.json").json()["changes"]
    assert found == {f"{BASE}{each['reference']}" for each in told}


@pytest.mark.parametrize(
    ("query", "status"), [("archive=0", 400), ("archive=99", 404), ("since=x", 400), ("since=1&archive=1", 400)]
)
def test_places_that_are_none(changed, query, status):
    """A place that the feed does not have is refused, not answered by another one."""
    assert changed.get(f"/data/changes.atom?{query}").status_code == status


def test_feed_speaks_the_readers_language(changed):
    """Words of the feed are in the language that is asked for, which xml:lang says."""
    answer = changed.get("/data/changes.atom", headers={"accept-language": "ru"})
    assert 'xml:lang="ru"' in answer.text
    assert "Удалено" in answer.text
    assert "Accept-Language" in answer.headers["vary"]

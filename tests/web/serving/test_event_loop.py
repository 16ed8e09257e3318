"""What takes long is done beside the event loop, so that nobody waits for what somebody else asked."""

import threading

import pytest

from kg.web.serving import published
from kg.web.serving.page_cache import PageCache

LONG = (
    "",
    "search",
    "search?q=Castro",
    "search?q=Castro&format=json",
    "search?q=Castro&format=csv",
    "search?q=Castro&format=bib",
    "search?q=Castro&format=ttl&limit=3",
    "timeline",
    "map",
    "map?format=svg",
    "network",
    "network?format=png",
    "network?format=graphml",
    "agent/fidel-castro-ruz.html",
    "place/havana.html",
    "collection/kg-example.html",
    "archive/avp-rf.html",
)


@pytest.fixture
def answered_in(client, monkeypatch):
    """From a path to the thread in which its answer was made."""
    threads = []
    whole = published.answer

    def noted(*args, **options):
        threads.append(threading.get_ident())
        return whole(*args, **options)

    monkeypatch.setattr(published, "answer", noted)

    def asked(path):
        threads.clear()
        monkeypatch.setattr(client.app._live._current, "page_cache", PageCache())
        assert client.get(f"/data/{path}").status_code == 200
        return threads[-1]

    return asked


@pytest.mark.parametrize("path", LONG)
def test_long_work_is_done_beside_the_loop(answered_in, path):
    "Searches, pictures, exports, home and pages of what many documents link to are made in threads of their own."
    assert answered_in(path) != answered_in("record/177838.html")

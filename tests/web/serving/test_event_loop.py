"""What takes long is done beside the event loop, so that nobody waits for what somebody else asked."""

import threading
from itertools import count

import pytest

from kg.web.serving import published

FRESH = count()

LONG = (
    "",
    "search",
    "search?q=Castro",
    "search?q=Castro&format=json",
    "search?q=Castro&format=csv",
    "search?q=Castro&format=bib",
    "search?q=Castro&format=ttl",
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
        # An address that nobody asked for yet: the answer is made, and not one that is kept.
        separator = "&" if "?" in path else "?"
        assert client.get(f"/data/{path}{separator}beside={next(FRESH)}").status_code == 200
        return threads[-1]

    return asked


@pytest.mark.parametrize("path", LONG)
def test_long_work_is_done_beside_the_loop(answered_in, path):
    "Searches, pictures, exports, home and pages of what many documents link to are made in threads of their own."
    assert answered_in(path) != answered_in("record/177838.html")

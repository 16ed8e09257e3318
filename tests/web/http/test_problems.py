"""What a client is told of errors, and what the log is told besides."""

import re

import pytest

from kg.errors import (
    GenerationError,
    KgError,
    QueryCrashed,
    RemoteTimeout,
    RemoteUnreachable,
)
from kg.store.pool.worker import _query_error
from kg.web.pages import home
from kg.web.serving import live
from kg.web.serving.memo import Memo
from kg.web.serving.page_cache import PageCache

SECRET = (
    "IO error: No such file or directory: While open a file for random read: /srv/var/generations/7/store/000042.sst"
)
NUMBER = re.compile("by the number ([0-9a-f]{8})")
DOORS = (
    *("", "record/177838.ttl", "record/177838.html", "record/177838.bib", "search?q=x", "search?q=x&format=csv"),
    *("search?q=x&format=atom", "search?q=x&format=ttl", "search?q=x&format=ris", "timeline?format=csv", "graphs"),
    *("graphs?default", "sparql", "sparql?query=SELECT*{?s%20?p%20?o}", "api/", "dumps/", "dumps/kg.nt.gz", "healthz"),
    *("terms/", "data/record.csv", "workbench/terms.json", "workbench/names.json?thing=record/177838", "about"),
)


def number_in(answer):
    """The number that an answer tells, and nothing of the secret."""
    assert "/srv" not in answer.text, answer.text
    assert "sst" not in answer.text, answer.text
    return NUMBER.search(answer.text)[1]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (QueryCrashed(f"the engine gave up: {SECRET}"), 500),
        (GenerationError(SECRET, where="/srv/var"), 503),
        (RemoteUnreachable(SECRET, where="http://10.0.0.1/"), 502),
        (RemoteTimeout(SECRET), 504),
        (KgError(SECRET), 500),
        (OSError(SECRET), 500),
        (ValueError(f"{SECRET}\n127.0.0.1 - forged"), 500),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_the_machine_says_is_for_the_log(client, monkeypatch, caplog, fault, status, accept):
    """No words of an engine, a remote store or the system reach a client: a number does, and the log has both."""

    def broken(*_args: object, **_more: object) -> None:
        raise fault

    monkeypatch.setattr(live.Live, "hold" if isinstance(fault, GenerationError) else "_nothing", broken, raising=False)
    monkeypatch.setattr(home.published, "page", broken)
    for path in ("/data/terms/", "/data/api/"):
        caplog.clear()
        answer = client.get(path, headers={"accept": f"{accept}, */*;q=0.1"})
        assert answer.status_code == status
        number = number_in(answer)
        assert number in caplog.text
        assert "000042.sst" in caplog.text
        assert (accept == "text/html") == answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", DOORS)
def test_no_door_tells_of_the_machine(client, monkeypatch, caplog, path):
    """At every door a store that can't be read any more is told by a number alone."""
    serving = client.app._live._current
    publication = serving.publication

    def broken(*_args: object, **_more: object) -> None:
        raise QueryCrashed(f"the engine gave up: {SECRET}")

    for owner, name in (
        *((publication.things, each) for each in ("find", "describe", "record", "around")),
        *((publication.finder, each) for each in ("find", "completions", "query")),
        *((publication.catalogue, each) for each in ("things", "page", "counts")),
        (publication, "check_whole"),
        (serving.pool, "query"),
    ):
        monkeypatch.setattr(owner, name, broken, raising=False)
    for name in ("find", "repeat"):
        monkeypatch.setattr(client.app._answers, name, lambda *_: None)
    monkeypatch.setattr(serving, "page_cache", PageCache())
    monkeypatch.setattr(serving, "memo", Memo())
    answer = client.get(f"/data/{path}")
    assert "/srv" not in answer.text
    if answer.status_code >= 500:
        assert number_in(answer) in caplog.text


@pytest.mark.parametrize(
    "fault",
    [
        OSError(f"{SECRET} does not support"),
        OSError(f"{SECRET} is not allowed as a predicate"),
        RuntimeError(f"The custom function <http://example.org/f> is not supported {SECRET}"),
        OSError(SECRET),
        ValueError(SECRET),
    ],
    ids=str,
)
def test_words_of_the_engine_in_a_worker(fault):
    """Of what the engine says in a worker, only a crash and a damaged store take words along, which end in the log."""
    made = _query_error(fault)
    assert isinstance(made, (QueryCrashed, GenerationError)) or "/srv" not in str(made)


@pytest.mark.parametrize("language", ["ru", "es"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("GET", path, 404) for path in ("nothing", "record/none", "record/none.bib", "record/%ff", "static/none")),
        *(("GET", path, 404) for path in ("dumps/none", "terms/none", "api/none", "graphs/none", "data/none")),
        ("POST", "about", 405),
        ("GET", "about?" + "x" * 9_000, 414),
        ("GET", "about?" + "x=1&" * 300, 400),
        ("POST", "sparql", 400),
    ],
)
def test_problems_are_told_in_the_readers_language(client, method, path, status, language):
    """The sentence below the heading is in the language of the page (WCAG 2.2, 3.1.2)."""
    headers = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}
    english, spoken = (
        client.request(method, f"/data/{path}", headers={**headers, "accept-language": each})
        for each in ("en", language)
    )
    assert english.status_code == spoken.status_code == status
    lead = re.compile('<p class="lead" lang="([a-z]+)">(.*?)</p>')
    (_, sentence), (told, translated) = lead.search(english.text).groups(), lead.search(spoken.text).groups()
    assert told == language
    assert translated != sentence

"""What a client is told of errors, and what the log is told besides."""

import re

import orjson
import pytest

from kg.errors import (
    GenerationError,
    KgError,
    Message,
    QueryCrashed,
    QueryTooHeavy,
    QueryTooMany,
    RemoteTimeout,
    RemoteUnreachable,
)
from kg.render.site.pages import Site
from kg.render.site.translations import translations
from kg.store.pool.worker import _query_error, serialised
from kg.store.pool.worker_process import error_of
from kg.web.pages import home
from kg.web.serving import live
from kg.web.serving.memo import Memo
from kg.web.serving.outcome import _refusal
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


WRONG = {
    "record/none": 404,
    "record/%FF": 404,
    "nowhere": 404,
    "terms/nothing": 404,
    "data/nothing.csv": 404,
    "dumps/nothing": 404,
    "graphs?graph=https://example.org/g": 404,
    "api/nothing": 404,
    "search?q=%28": 400,
    "search?q=a+OR": 400,
    "search?q=year:soon": 400,
    "search?q=" + "a*+" * 6: 400,
    "search?q=a&sort=relevance&after=99999": 400,
    "search?limit=x": 400,
    "timeline?year=soon": 400,
    "sparql?query=SELECT": 400,
    "sparql?query=SELECT+*+{+?s+?p+}": 400,
    "sparql?query=SELECT+*+{+?s+foo:bar+?o+}": 400,
    "sparql?query=SELECT+*+{+SERVICE+<http://example.org/>+{}+}": 400,
    "sparql?query=DROP+ALL": 403,
    "sparql?query=SELECT+*+{+?s+%3Chttps://archive.example.org/data/search%3E+1+": 400,
    "?a=" + "b" * 9_000: 414,
    "record/177838.html?part=99": 404,
}
"""What is wrong with a request → the status of the answer."""

SCRIPTS = {"ru": re.compile("[а-яё]{3}", re.IGNORECASE), "es": re.compile("[a-záéíóúñ]{3}", re.IGNORECASE)}


@pytest.mark.parametrize("language", ["ru", "es"])
@pytest.mark.parametrize("path", WRONG)
def test_errors_are_in_the_readers_language(client, path, language):
    """A page of an error, and its JSON, say title and detail in the reader's language alone."""
    headers = {"accept-language": language}
    page = client.get(f"/data/{path}", headers={**headers, "accept": "text/html"})
    assert page.status_code == WRONG[path], page.text
    assert 'lang="en"' not in page.text.partition("<main")[2].partition("<footer")[0].partition('id="examples"')[0]
    told = client.get(f"/data/{path}", headers={**headers, "accept": "application/json"}).json()
    english = client.get(f"/data/{path}", headers={"accept": "application/json"}).json()
    assert told["status"] == english["status"] == WRONG[path]
    assert told["title"] != english["title"]
    assert told["detail"] != english["detail"]
    assert SCRIPTS[language].search(told["detail"])


@pytest.mark.parametrize("language", ["ru", "es"])
def test_a_refusal_is_in_the_readers_language(language):
    """A client of which too much waits is refused in its reader's language."""
    site = Site("A", "", "", "", "/", "https://example.org/", "", language)
    fault = QueryTooMany(Message("too many of your requests are waiting"), todo=Message("Try again in a moment."))
    status, _, body = _refusal(fault.message, site, by_client=True, is_page=False)
    assert status == 429
    assert orjson.loads(body)["detail"] == fault.message.said(translations(language).gettext)
    assert orjson.loads(body)["detail"] != fault.message


def test_an_error_of_a_worker_keeps_its_message():
    """What a worker reports can be said in another language, since its template and values come through the pipe."""
    fault = QueryTooHeavy(
        Message("the query needs more memory than it may have"), todo=Message("Ask for %(formats)s.", formats="x")
    )
    again = error_of(orjson.dumps(serialised(fault)))
    assert (type(again), again.message) == (QueryTooHeavy, fault.message)
    assert again.message.said(lambda text: f"¡{text}").startswith("¡¡the query")

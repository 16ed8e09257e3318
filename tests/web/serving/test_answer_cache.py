"""Validators of answers, answers kept in memory, and content codings."""

import asyncio
import contextlib
import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from publishing import BASE, publish
from starlette.requests import Request
from starlette.testclient import TestClient
from waiting import eventually, no_endless_work

from kg.store.pool.pool import QueryPool
from kg.web.app import Application
from kg.web.endpoint import responses
from kg.web.http import content_coding
from kg.web.http.problems import Problem
from kg.web.serving.answer_cache import AnswerCache, CachedAnswer, RepeatedRequest, tag_of, varies

UNPACK = {
    "identity": bytes,
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}
PLAIN = {"accept-encoding": "identity"}


@pytest.fixture
def idle(monkeypatch):
    """No worker answers any more."""

    def query(*_, **__):
        raise AssertionError("a worker was asked")

    return lambda: monkeypatch.setattr(QueryPool, "query", query)


def _ask(client, query, method="GET", **headers):
    named = {name.replace("_", "-"): value for name, value in {**PLAIN, **headers}.items()}
    return client.request(method, "/data/sparql", params={"query": query}, headers=named)


def test_not_modified_without_a_worker(client, idle):
    """Who has an answer is told so without a worker: by its tag, weak or strong, alone or in a list."""
    query = "SELECT * { ?s a ?c } LIMIT 7"
    tag = _ask(client, query).headers["etag"]
    assert tag.startswith('"')
    idle()
    for given_ in (tag, f"W/{tag}", f'"x", {tag}', f'"a,b" , W/{tag}'):
        for method in ("GET", "HEAD"):
            again = _ask(client, query, method, if_none_match=given_)
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), given_
            assert again.headers["cache-control"] == "public, max-age=60"
            assert "Accept-Encoding" in again.headers["vary"]


def test_any_tag(client, idle):
    """`If-None-Match: *` is 304 where there is an answer, and no 304 hides that there is none."""
    query = "SELECT * { ?s a ?c } LIMIT 8"
    assert _ask(client, query, if_none_match="*").status_code == 304
    assert _ask(client, "ASK {", if_none_match="*").status_code == 400
    idle()
    assert _ask(client, query, if_none_match="*").status_code == 304
    assert _ask(client, query, if_none_match='"other"').status_code == 200


def test_tags_tell_answers_apart(client):
    """Query, format, graphs and coding each make another tag."""
    query = "SELECT * { ?s ?p ?o } LIMIT 100"
    tags = [
        _ask(client, query).headers["etag"],
        _ask(client, query + " ").headers["etag"],
        _ask(client, query, accept="text/csv").headers["etag"],
        _ask(client, query, accept_encoding="gzip").headers["etag"],
        _ask(client, query, accept_encoding="zstd").headers["etag"],
        client.get("/data/sparql", params={"query": query, "default-graph-uri": f"{BASE}graphs/terms"}).headers["etag"],
        client.get("/data/sparql", params={"query": query, "named-graph-uri": f"{BASE}graphs/terms"}).headers["etag"],
    ]
    assert len(set(tags)) == len(tags)


def test_kept_answers_need_no_worker(client, idle):
    """What was asked before is answered from memory, by GET, POST and HEAD, in any coding, byte for byte."""
    query = "SELECT * { ?s ?p ?o } LIMIT 120"
    first = _ask(client, query)
    idle()
    for name in ("identity", "gzip", "zstd"):
        for _ in range(3):  # the third is known by its bytes
            with client.stream(
                "GET", "/data/sparql", params={"query": query}, headers={"accept-encoding": name}
            ) as again:
                assert UNPACK[name](b"".join(again.iter_raw())) == first.content
                assert again.headers["content-type"] == first.headers["content-type"]
    assert client.post("/data/sparql", data={"query": query}).content == first.content
    head = _ask(client, query, "HEAD")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(first.content)))
    assert head.headers["etag"] == first.headers["etag"]


def test_the_head_of_a_long_answer(client):
    """HEAD of an answer that would come in pieces has the headers of GET: its coding, and no length made up."""
    for name in ("identity", "gzip"):
        query = f"SELECT * {{ ?s ?p ?o }} LIMIT 2999 # {name}"
        head, whole = (_ask(client, query, method, accept_encoding=name) for method in ("HEAD", "GET"))
        assert (head.content, len(whole.content) > 64 << 10) == (b"", True)
        told, got = (dict(each.headers) for each in (head, whole))
        for each in (told, got):
            each.pop("transfer-encoding", None)
        assert told == got


def test_the_same_parameters_elsewhere(client):
    """A request is known by its path too: the same parameters at another one are another question."""
    parameters = {"query": "ASK {}", "graph": f"{BASE}graphs/terms"}
    for _ in range(3):
        graph = client.get("/data/graphs", params=parameters, headers=PLAIN)
        truth = client.get("/data/sparql", params=parameters, headers=PLAIN)
        assert (graph.headers["content-type"], truth.json()) == (
            "text/turtle; charset=utf-8",
            {"head": {}, "boolean": True},
        )


def test_what_may_vary_is_seen_in_linear_time():
    """Whether an answer may be kept is asked before anything else, in the server's own loop: the square of 100 kB would take minutes."""
    for text in ("now #", "#now\n", "rand ", "now\t"):
        with no_endless_work():
            varies(text * (100_000 // len(text)))


def test_an_escaped_slash_is_another_path():
    """`a%2Fb` and `a/b` are two graphs: a request is known by its path as it came, not as a server decodes it."""
    serving = Mock()
    scope = {"type": "http", "method": "GET", "path": "/graphs/a/b", "query_string": b"", "headers": []}
    one, other = (Request(scope | {"raw_path": raw}) for raw in (b"/graphs/a%2Fb", b"/graphs/a/b"))
    assert responses._bytes_of(one, serving) != responses._bytes_of(other, serving)


def test_long_answers_are_kept_once_they_are_whole(client, idle):
    """An answer that went out as a stream is kept too, if it fits."""
    query = "SELECT * { ?s ?p ?o } LIMIT 3000"
    first = _ask(client, query)
    assert len(first.content) > 64 << 10
    assert "content-length" not in first.headers
    idle()
    again = _ask(client, query)
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (RAND() AS ?x) {}",
        "SELECT (NOW ( ) AS ?x) {}",
        "SELECT (struuid #\n() AS ?x) {}",
        "SELECT (struuid #\r() AS ?x) {}",
        "SELECT (bNode() AS ?x) {}",
        "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o } LIMIT 1",
        "construct { _:a ?p ?o } WHERE { ?s ?p ?o } LIMIT 1",
    ],
)
def test_answers_that_vary(client, query):
    """What answers otherwise each time has no tag and is kept nowhere."""
    assert varies(query)
    first, second = _ask(client, query), _ask(client, query)
    assert first.status_code == 200
    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-store"
    assert first.content != second.content
    assert _ask(client, query, if_none_match="*").status_code == 200


def test_a_new_generation_answers_anew(tmp_path):
    """Tags are of a generation: when another one goes live, the old tag and the kept answer are worth nothing."""
    ask = "SELECT (COUNT(*) AS ?n) { ?s a ?c }"
    record = {"id": "record/1", "title": {"en": "One"}}
    made, _ = publish(tmp_path, [record])
    with TestClient(Application(made)) as client:
        first = _ask(client, ask)
    publish(tmp_path, [record, {"id": "record/2", "title": {"en": "Two"}}])
    with TestClient(Application(made)) as client:
        second = _ask(client, ask, if_none_match=first.headers["etag"])
    assert second.status_code == 200
    assert second.content != first.content


SLOW = "SELECT (COUNT(*) AS ?n) {{ {{ SELECT ?a {{ ?a a ?c }} LIMIT 60 }} ?d ?e ?f FILTER (STRLEN(STR(?f)) > {0}) }}"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def asked(monkeypatch):
    """What pools are asked."""
    texts = []
    asking = QueryPool.query

    def query(pool, text, **options):
        texts.append(text)
        return asking(pool, text, **options)

    monkeypatch.setattr(QueryPool, "query", query)
    return texts


def _at_once(client, text, many=6, **parameters):
    with ThreadPoolExecutor(many) as pool:
        asking = [pool.submit(client.get, "/data/sparql", params={"query": text, **parameters}) for _ in range(many)]
        return [each.result() for each in asking]


def test_equal_questions_share_an_answer(example, asked):
    """Equal queries that come at the same time are asked once; one with a `timeout` of its own is not shared."""
    patient = example.model_copy(update={"query_seconds": 600.0})
    with TestClient(Application(patient), base_url="https://archive.example.org") as client:
        answers = _at_once(client, SLOW.format(3))
        assert {each.status_code for each in answers} == {200}
        assert len({each.content for each in answers}) == 1
        assert len(asked) == 1
        _at_once(client, SLOW.format(4), timeout="9")
    assert len(asked) > 2


def test_equal_questions_share_a_fault(example, asked):
    """What a query comes to by itself, its time being over say, holds for all who asked it meanwhile."""
    short = example.model_copy(update={"query_seconds": 1.0})
    with TestClient(Application(short), base_url="https://archive.example.org") as client:
        answers = _at_once(client, ENDLESS)
    assert {each.status_code for each in answers} == {504}
    assert len(asked) == 1


def test_who_is_alone_is_not_lost():
    """Where whoever was asked for leaves, or is told to come later, those who waited ask themselves."""

    async def go(fault):
        answers = AnswerCache(1 << 20)
        waiting = None
        with contextlib.suppress(type(fault)), answers.pending("tag"):
            waiting = asyncio.create_task(answers.coming("tag"))
            await asyncio.sleep(0)
            raise fault
        assert await waiting is None
        assert await answers.coming("tag") is None

    for fault in (Problem(503, "busy"), asyncio.CancelledError()):
        asyncio.run(go(fault))


def test_another_folder_in_the_same_place(tmp_path):
    """A generation that another one of its number is put in place of, by a copy of `var`, is noticed."""
    ask = "SELECT (COUNT(*) AS ?n) { ?s a ?c }"
    record = {"id": "record/1", "title": {"en": "One"}}
    (tmp_path / "other").mkdir()
    other, _ = publish(tmp_path / "other", [record, {"id": "record/2", "title": {"en": "Two"}}])
    time.sleep(1)  # answers are named by the second of a build
    made, _ = publish(tmp_path, [record])
    with TestClient(Application(made)) as client:
        first = _ask(client, ask)
        made.var_folder.rename(tmp_path / "away")
        other.var_folder.rename(made.var_folder)
        eventually(lambda: _ask(client, ask).content != first.content, "another answer")


def test_a_large_answer_is_kept_when_it_is_asked_for_again(example, idle):
    """An answer of more than a thirty-second of the memory is kept the second time, and needs no worker the third."""
    application = Application(example.model_copy(update={"answers_mb": 1}))
    with TestClient(application, base_url="https://archive.example.org") as client:
        query = "SELECT * { ?s ?p ?o } LIMIT 500"
        first = _ask(client, query)
        assert 64 << 10 < len(first.content) < 128 << 10
        assert application._answers.size == 0
        assert _ask(client, query).content == first.content
        assert application._answers.size > 2 * len(first.content)
        idle()
        assert _ask(client, query).content == first.content


def test_nothing_is_kept_without_room(example):
    """With `answers_mb = 0` nothing is kept."""
    application = Application(example.model_copy(update={"answers_mb": 0}))
    with TestClient(application, base_url="https://archive.example.org") as client:
        assert _ask(client, "ASK {}").status_code == 200
        assert application._answers.size == 0


def _whole(size):
    return CachedAnswer("json", "application/sparql-results+json", b"x" * size)


def test_kept_answers_are_bounded():
    """Answers take no more than they may: the one not asked for longest goes first, a large one is not kept."""
    answers = AnswerCache(100_000)
    for number in range(100):
        answers.keep(str(number), _whole(1000))
        assert answers.find("0") is not None
        assert answers.size <= 100_000
    assert answers.find("1") is None
    assert answers.find("99") is not None
    answers.keep("large", _whole(20_000))  # there were room for it, at the cost of many others
    assert answers.find("large") is None
    assert answers.find("99") is not None


def test_repeats_are_bounded():
    """Requests known by their bytes are few and short, and worth nothing once their answer is gone."""
    answers = AnswerCache(100_000)
    answers.keep("a", _whole(10))
    answers.expect((b"long" * 2000,), RepeatedRequest("a", "", None, []))
    assert answers.repeat((b"long" * 2000,)) is None
    for number in range(3000):
        answers.expect((str(number),), RepeatedRequest("a", "", None, []))
    assert answers.repeat(("0",)) is None
    assert answers.repeat(("2999",)) is not None
    for number in range(100):
        answers.keep(str(number), _whole(1000))
    assert answers.repeat(("2999",)) is None


_SOME = st.lists(st.text()).map(tuple)


@given(st.lists(st.tuples(st.text(), _SOME, _SOME, _SOME), min_size=2, max_size=2))
def test_tags_are_of_one_question(questions):
    """Two questions have one tag only if they are the same."""
    publication = SimpleNamespace(number=1, published="2026-01-01T00:00:00Z")
    first, second = (tag_of(publication, query, formats, tuple(graphs)) for query, formats, *graphs in questions)
    assert (first == second) == (questions[0] == questions[1])


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0, gzip", "gzip"),
        ("gzip;q=0.5, identity", ""),
        ("*", "zstd"),
        ("*;q=0, gzip", "gzip"),
        ("identity", ""),
        ("gzip;q=nonsense", ""),
        ("br", ""),
    ],
)
def test_choice_of_coding(header, name):
    """The coding is the one that the client weighs most, and of equals the better one."""
    assert content_coding.choose(header, content_coding.OF_ANSWERS) == name


@pytest.mark.parametrize("name", ["gzip", "zstd"])
@pytest.mark.parametrize("limit", [50, 3000])
def test_codings_hold_the_answer(client, name, limit):
    """What is sent packed unpacks to what is sent plain, whole or as a stream."""
    query = f"SELECT * {{ ?s ?p ?o }} LIMIT {limit}"
    with client.stream("GET", "/data/sparql", params={"query": query}, headers={"accept-encoding": name}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == name
    assert UNPACK[name](raw) == _ask(client, query).content


def test_small_answers_are_sent_plain(client):
    """A few bytes are not worth a coding."""
    answer = _ask(client, "ASK {}", accept_encoding="gzip")
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-length"] == str(len(answer.content))


def test_no_client_drives_out_answers_that_others_ask_for():
    """An address that asks ten thousand different queries evicts neither the answers nor the requests of others."""
    cache, answer = AnswerCache(1_000_000), CachedAnswer("json", "application/json", bytes(500))
    for client in ("192.0.2.2", "192.0.2.3"):
        cache.keep("common", answer, client)
        cache.expect((b"common",), RepeatedRequest("common", "", None, []), client)
        assert cache.repeat((b"common",), client) is not None
    for number in range(10_000):
        cache.keep(f"flood {number}", answer, "192.0.2.1")
        cache.expect((b"%d" % number,), RepeatedRequest(f"flood {number}", "", None, []), "192.0.2.1")
    assert cache.repeat((b"common",), "192.0.2.4") is not None
    assert cache.size <= 1_000_000

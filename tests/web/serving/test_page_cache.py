"""Documents that are kept are sent as if they were made anew."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from kg.web.serving import published
from kg.web.serving.page_cache import PageCache


def asked(path="/record/a.ttl", method="GET", query=b"", **headers):
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query}
    return Request(scope | {"headers": named})


def answered(body=b"body", status=200, **headers):
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"etag": '"t"', "last-modified": "Fri, 05 Apr 1963 00:00:00 GMT", "cache-control": "public, max-age=60"}
    return Response(body, status, sent | more, "text/turtle")


def test_an_answer_is_given_again_as_it_was():
    """The same question gets the same status, headers and body; another address or method gets nothing."""
    kept, first = PageCache(), answered()
    kept.keep(asked(), first)
    again = kept.find(asked())
    assert (again.status_code, again.raw_headers, again.body) == (200, first.raw_headers, b"body")
    assert kept.find(asked(method="HEAD")) is None
    assert kept.find(asked("/record/b.ttl")) is None
    assert kept.find(asked(query=b"after=1")) is None


def test_a_later_change_of_an_answer_is_not_kept():
    """What somebody does to an answer on its way out is done to that one alone."""
    kept, first = PageCache(), answered()
    kept.keep(asked(), first)
    first.headers["X-Mine"] = "1"
    kept.find(asked()).headers["X-His"] = "1"
    assert {b"x-mine", b"x-his"}.isdisjoint(dict(kept.find(asked()).raw_headers))


def test_an_answer_that_varies_is_given_to_the_same_header_alone():
    """What Vary names has to be the same (RFC 9111, 4.1)."""
    kept = PageCache()
    for language in ("en", "ru"):
        kept.keep(asked(accept_language=language), answered(language.encode(), vary="Accept-Language, Accept"))
    assert kept.find(asked(accept_language="ru")).body == b"ru"
    assert kept.find(asked(accept_language="en")).body == b"en"
    assert kept.find(asked(accept_language="de")) is None
    assert kept.find(asked(accept_language="en", accept="text/html")) is None


def test_what_is_for_one_client_is_not_kept():
    """Errors, cookies, and what is not public or varies with everything are not kept (RFC 9111, 3)."""
    kept = PageCache()
    for each in (
        answered(status=404),
        answered(set_cookie="a=b"),
        answered(cache_control="no-cache"),
        answered(vary="*"),
        answered(b"", 304),
    ):
        kept.keep(asked(), each)
        assert kept.find(asked()) is None


def test_a_client_that_has_it_is_told_so():
    """Validators are looked at for kept answers too (RFC 9111, 4.3.2); a 304 says nothing of a body."""
    kept = PageCache()
    kept.keep(asked(), answered())
    there = kept.find(asked(if_none_match='W/"t"'))
    assert (there.status_code, there.body, there.headers["etag"]) == (304, b"", '"t"')
    assert "content-length" not in there.headers
    assert kept.find(asked(if_modified_since="Sat, 06 Apr 1963 00:00:00 GMT")).status_code == 304
    assert kept.find(asked(if_none_match='"other"')).status_code == 200


def test_no_more_is_kept_than_may_be():
    """The addresses that were not asked for longest are forgotten, however many answers they have."""
    kept = PageCache(most=10_000)
    for name in "abc":
        for language in "xyz":
            request = asked(f"/record/{name}", accept_language=language)
            kept.keep(request, answered(bytes(500), vary="Accept-Language"))
    assert kept.find(asked("/record/a", accept_language="x")) is None
    assert kept.find(asked("/record/c", accept_language="z")) is not None
    kept.keep(asked("/record/d"), answered(bytes(20_000)))
    assert [kept.find(asked(f"/record/{name}")) for name in "cd"] == [None, None]


def test_values_of_one_header_are_not_those_of_another():
    """An answer that varies with another header than the first one at its address is not kept, nor found by its value."""
    kept = PageCache()
    kept.keep(asked(accept="en"), answered(b"by format", vary="Accept"))
    kept.keep(asked(accept_language="ru"), answered(b"by language", vary="Accept-Language"))
    assert kept.find(asked(accept="en")).body == b"by format"
    assert kept.find(asked(accept="ru")) is None


def test_what_was_asked_for_lately_stays():
    """An address that was asked for again is forgotten after one that was not, though it was kept before."""
    kept = PageCache(most=10_000)
    for name in "abc":
        kept.keep(asked(f"/record/{name}"), answered(bytes(1_000)))
    assert kept.find(asked("/record/a")) is not None
    kept.keep(asked("/record/d"), answered(bytes(1_000)))
    assert [name for name in "abcd" if kept.find(asked(f"/record/{name}"))] == ["a", "c", "d"]


def test_a_document_is_the_same_when_it_is_asked_for_again(client):
    """Every format of a thing, packed and not, is byte for byte the same the second time."""
    for suffix in ("html", "ttl", "jsonld", "json", "nt", "rdf", "trig", "nq"):
        for coding in ("gzip", "identity"):
            first, again = (
                client.get(f"/data/record/177838.{suffix}", headers={"Accept-Encoding": coding}) for _ in range(2)
            )
            assert (first.status_code, first.content) == (200, again.content)
            assert first.headers == again.headers


def test_long_requests_are_not_kept():
    """What is kept counts by its body; headers and addresses of 60 kB that strangers make up would count for nothing."""
    kept = PageCache()
    for long in (asked(accept="x" * 60_000), asked(query=b"x" * 60_000)):
        kept.keep(long, answered(vary="Accept"))
        assert kept.find(long) is None


def test_lines_of_a_header_are_not_one_line():
    """Two cookies in two lines choose a language that one with a comma in it does not."""
    kept = PageCache()
    two, one = asked(), asked()
    two.scope["headers"] = [(b"cookie", b"lang=ru"), (b"cookie", b"x=y")]
    one.scope["headers"] = [(b"cookie", b"lang=ru,x=y")]
    kept.keep(two, answered(vary="Cookie"))
    assert kept.find(one) is None


@pytest.mark.parametrize(
    "path", ["", "about", "record/", "data/", "dumps/", "record/177838.cite.html", "record/177838.csl.json"]
)
def test_what_shows_much_is_made_once(client, path, monkeypatch):
    """Pages that take long are made once for each way to ask, and are the same the second time."""
    made = []
    whole = published.answer
    monkeypatch.setattr(published, "answer", lambda *args, **more: made.append(1) or whole(*args, **more))
    first, again = (client.get(f"/data/{path}?kept={path}") for _ in range(2))
    assert (first.status_code, len(made)) == (200, 1)
    assert (again.content, again.headers) == (first.content, first.headers)

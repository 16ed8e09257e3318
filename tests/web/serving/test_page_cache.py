"""Documents that are kept are sent as if they were made anew."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from kg.web.http.conditional import NotModified
from kg.web.serving import published
from kg.web.serving.page_cache import PageCache


class Pages(PageCache):
    """A page cache whose requests are at their canonical addresses."""

    def find(self, request):
        return super().find(request, _address(request))

    def keep(self, request, answer, negotiated=None):
        super().keep(request, _address(request), answer, negotiated)


def _address(request):
    return request.scope["path"], request.scope["query_string"]


def asked(path="/record/a.ttl", method="GET", query=b"", client="192.0.2.1", **headers):
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "client": (client, 1)}
    return Request(scope | {"headers": named})


def answered(body=b"body", status=200, **headers):
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"etag": '"t"', "last-modified": "Fri, 05 Apr 1963 00:00:00 GMT", "cache-control": "public, max-age=60"}
    return Response(body, status, sent | more, "text/turtle")


def test_an_answer_is_given_again_as_it_was():
    """The same question gets the same status, headers and body, also by HEAD; another address or method gets nothing."""
    kept, first = Pages(), answered()
    kept.keep(asked(), first)
    again = kept.find(asked())
    assert (again.status_code, again.raw_headers, again.body) == (200, first.raw_headers, b"body")
    assert kept.find(asked(method="HEAD")).body == b"body"  # left out when it is sent
    assert kept.find(asked(method="POST")) is None
    assert kept.find(asked("/record/b.ttl")) is None
    assert kept.find(asked(query=b"after=1")) is None


def test_a_later_change_of_an_answer_is_not_kept():
    """What somebody does to an answer on its way out is done to that one alone."""
    kept, first = Pages(), answered()
    kept.keep(asked(), first)
    first.headers["X-Mine"] = "1"
    kept.find(asked()).headers["X-His"] = "1"
    assert {b"x-mine", b"x-his"}.isdisjoint(dict(kept.find(asked()).raw_headers))


def test_an_answer_that_varies_is_given_to_the_same_header_alone():
    """What Vary names has to be the same, by what the server makes of it (RFC 9111, 4.1)."""
    kept = Pages()
    for language in ("en", "ru"):
        kept.keep(asked(accept_language=language), answered(language.encode(), vary="Accept-Language, Accept, X-Mine"))
    assert kept.find(asked(accept_language="ru")).body == b"ru"
    assert kept.find(asked(accept_language="en")).body == b"en"
    assert kept.find(asked(accept_language="es")) is None
    assert kept.find(asked(accept_language="en", accept="text/html")) is None
    assert kept.find(asked(accept_language="en", x_mine="1")) is None


def test_what_makes_no_difference_makes_no_other_answer():
    """Languages, codings and cookies that the server does not know are as if they were not there."""
    kept = Pages()
    kept.keep(asked(), answered(b"page", vary="Accept-Encoding, Accept-Language, Cookie"))
    for headers in ({"cookie": "seen=1"}, {"accept_language": "tlh, en;q=0.5"}, {"accept_encoding": "x, identity"}):
        assert kept.find(asked(**headers)).body == b"page", headers
    for headers in ({"cookie": "lang=es"}, {"accept_language": "ru"}, {"accept_encoding": "br"}):
        assert kept.find(asked(**headers)) is None, headers


def test_accept_counts_by_what_it_chooses():
    """Where it is known among which media types Accept chooses, it counts by its choice; where it chooses none, not."""
    kept = Pages()
    kept.keep(asked(accept="text/html"), answered(b"page", vary="Accept"), ("text/html", "text/csv"))
    assert kept.find(asked(accept="text/html, made/up")).body == b"page"
    assert kept.find(asked(accept="text/csv")) is None
    kept.keep(asked("/record/b.ttl", accept="made/up"), answered(b"data", vary="Accept"), ())
    assert kept.find(asked("/record/b.ttl", accept="text/html")).body == b"data"


def test_what_a_client_has_is_kept_for_others():
    """A 304 to the first who asks keeps the whole answer, so that such requests are not all answered anew."""
    kept = Pages()
    kept.keep(asked(if_none_match="*"), NotModified(answered(b"page"), {}))
    assert (kept.find(asked()).status_code, kept.find(asked()).body) == (200, b"page")


def test_no_client_drives_out_what_others_ask():
    """An address that asks for 100,000 different things does not evict the page that others ask for."""
    kept = Pages(most=1_000_000)
    for client in ("192.0.2.2", "192.0.2.3"):
        kept.find(asked("/", client=client)) or kept.keep(asked("/", client=client), answered(b"home"))
    kept.keep(asked("/of-one", client="192.0.2.2"), answered(b"of one other"))
    for number in range(100_000):
        kept.keep(asked(f"/record/{number}"), answered())
    assert kept.find(asked("/")).body == b"home"
    assert kept.find(asked("/of-one", client="192.0.2.3")).body == b"of one other"
    assert kept.find(asked("/record/99999")).body == b"body"


def test_what_is_for_one_client_is_not_kept():
    """Errors, cookies, and what is not public or varies with everything are not kept (RFC 9111, 3)."""
    kept = Pages()
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
    kept = Pages()
    kept.keep(asked(), answered())
    there = kept.find(asked(if_none_match='W/"t"'))
    assert (there.status_code, there.body, there.headers["etag"]) == (304, b"", '"t"')
    assert "content-length" not in there.headers
    assert kept.find(asked(if_modified_since="Sat, 06 Apr 1963 00:00:00 GMT")).status_code == 304
    assert kept.find(asked(if_none_match='"other"')).status_code == 200


def test_no_more_is_kept_than_may_be():
    """The answers that were not asked for longest are forgotten, and one that would take too much is not kept."""
    kept = Pages(most=10_000)
    for name in "abc":
        for language in ("en", "es", "ru"):
            request = asked(f"/record/{name}", accept_language=language)
            kept.keep(request, answered(bytes(500), vary="Accept-Language"))
    assert kept.find(asked("/record/a", accept_language="en")) is None
    assert kept.find(asked("/record/c", accept_language="ru")) is not None
    kept.keep(asked("/record/d"), answered(bytes(2_000)))
    assert kept.find(asked("/record/d")) is None
    assert kept.find(asked("/record/c", accept_language="ru")) is not None


def test_values_of_one_header_are_not_those_of_another():
    """An answer that varies with another header than the first one at its address is not kept, nor found by its value."""
    kept = Pages()
    kept.keep(asked(accept="ru"), answered(b"by format", vary="Accept"))
    kept.keep(asked(accept_language="ru"), answered(b"by language", vary="Accept-Language"))
    assert kept.find(asked(accept="ru")).body == b"by format"
    assert kept.find(asked(accept_language="ru")) is None


def test_what_was_asked_for_lately_stays():
    """An address that was asked for again is forgotten after one that was not, though it was kept before."""
    kept = Pages(most=10_000)
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
    kept = Pages()
    for long in (asked(accept="x" * 60_000), asked(query=b"x" * 60_000)):
        kept.keep(long, answered(vary="Accept"))
        assert kept.find(long) is None


@pytest.mark.parametrize(
    ("expires", "found"), [("Sat, 01 Jan 2000 00:00:00 GMT", False), ("Fri, 31 Dec 9999 23:59:59 GMT", True)]
)
def test_an_answer_is_kept_no_longer_than_it_says(expires, found):
    """An answer whose time of expiry is over is made anew (RFC 9111, 5.3)."""
    kept = Pages()
    kept.keep(asked(), answered(expires=expires))
    assert (kept.find(asked()) is not None) is found


def test_lines_of_a_header_are_not_one_line():
    """Two cookies in two lines choose a language that one with a comma in it does not."""
    kept = Pages()
    two, one = asked(), asked()
    two.scope["headers"] = [(b"cookie", b"lang=ru"), (b"cookie", b"x=y")]
    one.scope["headers"] = [(b"cookie", b"lang=ru,x=y")]
    kept.keep(two, answered(vary="Cookie"))
    assert kept.find(one) is None
    assert kept.find(two) is not None


@pytest.mark.parametrize(
    "path", ["", "about", "record/", "data/", "dumps/", "record/177838.cite.html", "record/177838.csl.json"]
)
def test_what_shows_much_is_made_once(client, path, monkeypatch):
    """Pages that take long are made once for each way to ask, and are the same the second time."""
    monkeypatch.setattr(client.app._live._current, "page_cache", PageCache())
    made = []
    whole = published.answer
    monkeypatch.setattr(published, "answer", lambda *args, **more: made.append(1) or whole(*args, **more))
    first, again = (client.get(f"/data/{path}") for _ in range(2))
    assert (first.status_code, len(made)) == (200, 1)
    assert (again.content, again.headers) == (first.content, first.headers)

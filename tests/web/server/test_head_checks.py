"""Checks of a request's head: the host that it names, and its transfer codings."""

import pytest
from connections import POST, ask, bodies, statuses


def asked(target=b"/a", version=b"1.1", fields=(b"Host: x",)):
    """What a request with these fields is answered, and whether the connection is closed."""
    head = b"GET %b HTTP/%b\r\n" % (target, version)
    return ask(head + b"".join(b"%b\r\n" % field for field in fields) + b"\r\n")


@pytest.mark.parametrize(
    "value",
    [
        *(b"x", b"example.org", b"EXAMPLE.org:8080", b"example.org:", b"192.0.2.1:80", b"[2001:db8::1]", b"[::1]:80"),
        *(b"a_b", b"a-b.c", b"%C3%A9", b"", b"  x  ", b"xn--e1afmkfd", b"x."),
    ],
)
def test_hosts(value):
    """A Host of the syntax of RFC 9110, 7.2, is accepted, also an empty one."""
    got, closed = asked(fields=(b"Host: " + value,))
    assert (statuses(got), closed) == ([200], False)


@pytest.mark.parametrize(
    "fields",
    [
        *((), (b"X: y",)),
        *((b"Host: x", b"Host: x"), (b"Host: x", b"X: y", b"host: z"), (b"Host:", b"Host: x")),
        *((b"Host: a b",), (b"Host: x/y",), (b"Host: u@x",), (b"Host: x?y",), (b"Host: x#y",), (b"Host: http://x/",)),
        *((b"Host: [::1",), (b"Host: [::g]",), (b"Host: [1.2.3.4]",), (b"Host: ::1",), (b"Host: []",)),
        *((b"Host: x:y",), (b"Host: x:80:80",), (b"Host: x:-1",), (b"Host: %zz",), (b"Host: x, y",)),
        *((b"Host: \xc3\xa9",), (b"Host: <x>",), (b'Host: "x"',), (b"Host: x\\y",), (b"Host: x\t y",)),
    ],
)
def test_no_host_or_a_bad_one(fields):
    """No Host, two, and one that is no host are 400, and the connection is closed (RFC 9112, 3.2)."""
    got, closed = asked(fields=fields)
    assert (statuses(got), closed) == ([400], True)
    assert b"Host" in bodies(got)[0]


def test_host_in_http_1_0():
    """HTTP/1.0 needs no Host; two, or a bad one, are 400 there too."""
    assert statuses(asked(version=b"1.0", fields=())[0]) == [200]
    assert statuses(asked(version=b"1.0", fields=(b"Host: x", b"Host: x"))[0]) == [400]
    assert statuses(asked(version=b"1.0", fields=(b"Host: a b",))[0]) == [400]


@pytest.mark.parametrize("target", [b"http://x/a", b"HTTPS://x:443/a", b"http://[::1]/a", b"http://x", b"http://x?a"])
def test_absolute_form(target):
    """A target in absolute form is answered, whatever valid Host stands beside it, and without one is 400."""
    assert statuses(asked(target, fields=(b"Host: other",))[0]) == [200]
    assert statuses(asked(target, fields=())[0]) == [400]
    assert statuses(asked(target, fields=(b"Host: a b",))[0]) == [400]
    assert statuses(asked(target, version=b"1.0", fields=())[0]) == [200]


@pytest.mark.parametrize(
    "target",
    [
        b"http:///a",
        b"http://:80/a",
        b"http://u@x/a",
        b"http://u:p@x/a",
        b"http://a%zz/",
        b"http://[::1/a",
        b"ftp://x/a",
    ],
)
def test_bad_absolute_form(target):
    """A target in absolute form without a host, with a user or of another scheme is 400."""
    assert statuses(asked(target)[0]) == [400]


def test_host_of_a_target_in_absolute_form():
    """The host of a target in absolute form takes the place of Host (RFC 9112, 3.2.2)."""

    async def hosts(scope, _receive, send):
        body = b",".join(value for name, value in scope["headers"] if name == b"host")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    assert bodies(ask(b"GET http://x:81/a HTTP/1.1\r\nHost: y\r\n\r\n", application=hosts)[0]) == [b"x:81"]
    assert bodies(ask(b"GET /a HTTP/1.1\r\nHost: y\r\n\r\n", application=hosts)[0]) == [b"y"]


@pytest.mark.parametrize(
    ("codings", "status"),
    [
        *(((b"chunked",), 200), ((b"Chunked",), 200), ((b" chunked ",), 200)),
        *(((b"gzip, chunked",), 501), ((b"gzip", b"chunked"), 501), ((b"x, y;q=1, chunked",), 501)),
        *(((b"identity, chunked",), 501), ((b", chunked",), 501)),
        *(((b"chunked, gzip",), 400), ((b"gzip",), 400), ((b"chunked, chunked",), 400), ((b"chunked;x=y",), 400)),
        *(((b"chunked", b"gzip"), 400), ((b"",), 400), ((b"chunked,",), 400), ((b'"chunked"',), 400)),
    ],
)
def test_transfer_codings(codings, status):
    """A transfer coding before `chunked` is 501, a body that does not end with it 400 (RFC 9112, 6.1 and 6.3)."""
    fields = b"".join(b"Transfer-Encoding: %b\r\n" % each for each in codings)
    got, closed = ask(POST + fields + b"\r\n3\r\nabc\r\n0\r\n\r\n")
    assert (statuses(got), closed) == ([status], status != 200)
    if status == 501:
        assert b"connection: close" in got
        assert b'"status":501' in bodies(got)[0]


def test_refusals_are_problems():
    """A refusal is a problem as JSON, which scripts of other sites may read and no browser takes for a page."""
    got, _ = ask(b"GET /a HTTP/1.1\r\n\r\n")
    assert b"\r\ncontent-type: application/problem+json\r\n" in got
    assert b"\r\naccess-control-allow-origin: *\r\n" in got
    assert b"\r\nx-content-type-options: nosniff\r\n" in got

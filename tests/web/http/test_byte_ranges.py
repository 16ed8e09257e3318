"""Parts of files: which ones a Range asks for, and what is sent of them (RFC 9110, 14)."""

import email
import email.policy

import pytest

from kg.web.http.byte_ranges import MAX_RANGES, ByteRange, parts

DUMP = "/data/dumps/kg.nt.gz"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=0-", [(0, 100)]),
        ("bytes=-1", [(99, 100)]),
        ("bytes=-1000", [(0, 100)]),
        ("bytes=90-1000", [(90, 100)]),
        ("BYTES=0-0", [(0, 1)]),
        ("bytes= 0-0 ,\t5-6, ,", [(0, 1), (5, 7)]),
        ("bytes=0-0,999999999-", [(0, 1)]),
        ("bytes=999999999-,5-5", [(5, 6)]),
        ("bytes=5-5,0-0", [(5, 6), (0, 1)]),
        ("bytes=0-4,5-9", [(0, 10)]),
        ("bytes=5-9,0-6,50-59", [(0, 10), (50, 60)]),
        ("bytes=0-9,-5", [(0, 10), (95, 100)]),
        ("bytes=" + "0-" + "9" * 500, [(0, 100)]),
        ("bytes=100-", []),
        ("bytes=-0", []),
        ("bytes=100-200,300-", []),
        ("bytes=1-0", None),
        ("bytes=0-0,1-0", None),
        ("bytes=", None),
        ("bytes=,", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=0-0;x", None),
        ("bytes=+1-2", None),
        ("bytes=٠-١", None),
        ("bytes 0-0", None),
        ("bytes=0 - 0", None),
        ("lines=0-0", None),
        ("items=0-0,999-", None),
        ("", None),
        ("bytes=" + ",".join(f"{2 * n}-{2 * n}" for n in range(MAX_RANGES)), [(2 * n, 2 * n + 1) for n in range(20)]),
        ("bytes=" + ",".join(f"{2 * n}-{2 * n}" for n in range(MAX_RANGES + 1)), None),
        ("bytes=" + "0-0," * 400, None),
    ],
)
def test_parts(header, found):
    """Parts that are there are found, touching ones joined; what is no list of byte ranges is ignored (14.1.1, 14.2)."""
    wanted = None if found is None else [ByteRange(*each) for each in found]
    assert parts(header, 100) == wanted


@pytest.mark.parametrize("header", ["lines=0-0", "bytes=2-1", "bytes=x", "bytes", "bytes=" + "0-0," * 2_000])
def test_the_whole_where_a_range_is_ignored(client, header):
    """A Range that is ignored is answered by the whole, with 200."""
    whole = client.get(DUMP)
    answer = client.get(DUMP, headers={"range": header})
    assert (answer.status_code, answer.content) == (200, whole.content)
    assert (answer.headers["accept-ranges"], answer.headers["content-length"]) == ("bytes", str(len(whole.content)))


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [("bytes=0-0,999999999-", 0, 1), ("bytes=-7", -7, None), ("bytes=10-19", 10, 20), ("bytes=0-5,4-9", 0, 10)],
)
def test_one_part(client, header, start, end):
    """The one part that is there is the body itself, with its place in Content-Range."""
    whole = client.get(DUMP).content
    answer = client.get(DUMP, headers={"range": header})
    part = whole[start:end]
    first = whole.index(part) if start < 0 else start
    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    assert answer.headers["content-type"] == "application/gzip"


def test_several_parts(client):
    """Several parts come as multipart/byteranges, each with its type and place, in the order of the request."""
    whole = client.get("/data/data/record.csv").content
    answer = client.get("/data/data/record.csv", headers={"range": "bytes=20-29,0-3,-5,999999999-"})
    assert answer.status_code == 206
    assert int(answer.headers["content-length"]) == len(answer.content)
    head = f"Content-Type: {answer.headers['content-type']}\r\n".encode()
    message = email.message_from_bytes(head + answer.content, policy=email.policy.HTTP)
    found = [(each["content-range"], each.get_payload(decode=True)) for each in message.iter_parts()]
    size = len(whole)
    assert found == [
        (f"bytes 20-29/{size}", whole[20:30]),
        (f"bytes 0-3/{size}", whole[:4]),
        (f"bytes {size - 5}-{size - 1}/{size}", whole[-5:]),
    ]
    assert all(each.get_content_type() == "text/csv" for each in message.iter_parts())


@pytest.mark.parametrize("header", ["bytes=999999999-", "bytes=-0"])
def test_no_part(client, header):
    """Where no part is there the answer is a problem like any other, with the size of the whole."""
    answer = client.get(DUMP, headers={"range": header, "origin": "https://elsewhere.example"})
    assert (answer.status_code, answer.headers["content-type"]) == (416, "application/problem+json")
    assert answer.headers["content-range"] == f"bytes */{len(client.get(DUMP).content)}"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_conditions(client):
    """If-Range with another tag or time gives the whole, and HEAD knows no parts (13.1.5, 14.2)."""
    head = client.head(DUMP, headers={"range": "bytes=0-0"})
    assert (head.status_code, head.content) == (200, b"")
    tag, modified, size = (head.headers[name] for name in ("etag", "last-modified", "content-length"))
    for condition, status in ((tag, 206), (modified, 206), ('"x"', 200), (f"W/{tag}", 200), ("x", 200)):
        answer = client.get(DUMP, headers={"range": "bytes=0-0", "if-range": condition})
        assert (answer.status_code, len(answer.content)) == (status, 1 if status == 206 else int(size)), condition
    assert client.get(DUMP, headers={"range": "bytes=0-0", "if-none-match": tag}).status_code == 304

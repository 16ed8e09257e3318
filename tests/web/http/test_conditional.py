"""Validators, codings and conditions of every kind of answer (RFC 9110, 8.8, 12.5.3 and 13)."""

import gzip
import hashlib
import json

import brotli
import pyoxigraph
import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.publish import build
from kg.render.data import negotiation
from kg.web.app import Application
from kg.web.http import content_coding

THING = "/data/record/177838"
PLACES = [
    "/data/",
    "/data/record/",
    f"{THING}.html",
    f"{THING}.ttl",
    f"{THING}.json",
    "/data/dumps/",
    "/data/dumps/kg.nt.gz",
    "/data/dumps/SHA256SUMS",
    "/data/terms/",
    "/data/terms/terms.rdf",
    "/data/terms/context.jsonld",
    "/data/static/kg.css",
]
PLAIN = {"accept-encoding": "identity", "accept": "text/html"}


@pytest.mark.parametrize("path", PLACES)
def test_conditions(client, path):
    """Whoever has an answer is told so, by any of the conditions, and gets its validators and nothing else."""
    first = client.get(path, headers=PLAIN)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"if-none-match": etag},
        {"if-none-match": f'"a", W/{etag} , "b"'},
        {"if-none-match": "*"},
        {"if-modified-since": modified},
        {"if-none-match": etag, "if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"},
    ):
        again = client.get(path, headers={**PLAIN, **headers})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag), headers
    for headers in (
        {"if-none-match": '"a"'},
        {"if-none-match": '"a"', "if-modified-since": modified},
        {"if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"if-modified-since": "yesterday"},
    ):
        assert client.get(path, headers={**PLAIN, **headers}).status_code == 200, headers


@pytest.mark.parametrize(
    ("path", "accept"),
    [(path, "text/html") for path in PLACES]
    + [
        (THING, "text/turtle"),
        (THING, "image/png"),
        ("/data/record/nope", "text/html"),
        ("/data/record/nope", "*/*"),
        ("/data/agent/r-castro.ttl", "*/*"),
        ("/data/healthz", "*/*"),
        ("/data/terms/", "text/turtle"),
        ("/data/record", "*/*"),
    ],
)
def test_head(client, path, accept):
    """HEAD has every header of GET, and no body."""
    headers = {"accept": accept}
    get, head = client.get(path, headers=headers), client.head(path, headers=headers)
    assert head.content == b""
    assert (head.status_code, dict(head.headers)) == (get.status_code, dict(get.headers))


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0, gzip;q=0.1", "gzip"),
        ("br;q=0, *", "gzip"),
        ("gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("deflate", None),
        ("", None),
        ("gzip;q=much", None),
    ],
)
def test_coding(client, accept, coding):
    """The coding is the one that the client weighs most."""
    assert client.get(f"{THING}.ttl", headers={"accept-encoding": accept}).headers.get("content-encoding") == coding


@pytest.mark.parametrize("path", [f"{THING}.html", f"{THING}.nt", "/data/terms/terms.ttl"])
def test_each_coding_has_its_validator(client, path):
    """Each coding of one answer holds the same bytes under an ETag of its own."""
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}
    tags, bodies = set(), set()
    for name, undo in unpack.items():
        with client.stream("GET", path, headers={"accept-encoding": name}) as answer:
            bodies.add(undo(b"".join(answer.iter_raw())))
        assert "Accept-Encoding" in answer.headers["vary"]
        tags.add(answer.headers["etag"])
        again = client.get(path, headers={"accept-encoding": name, "if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
    assert (len(tags), len(bodies)) == (3, 1)


def test_one_change_changes_one_record(tmp_path):
    """A build that changes one record changes the validators of that record's data, in every format, and no others."""
    records = [{"id": f"record/{n}", "title": f"Letter {n}"} for n in range(3)]
    made, _ = publish(tmp_path, records)
    before = _validators(made)
    records[1]["title"] = "Changed"
    (tmp_path / "records.jsonl").write_text("\n".join(map(json.dumps, records)))
    build.build(made)
    after = _validators(made)
    changed = {name for name, validators in after.items() if before[name] != validators}
    assert changed == {name for name in after if name.startswith("record/1.")}
    assert all(before[name][0] != after[name][0] and before[name][1] < after[name][1] for name in changed)


def test_dates_of_what_is_only_in_the_json(tmp_path):
    """A change that gives the same statements is one of the `.json` all the same: its date goes forward."""
    record = {"id": "record/1", "title": "A", "creator": ["agent/a", "agent/b"]}
    made, _ = publish(tmp_path, [record])
    before = _validators(made)
    (tmp_path / "records.jsonl").write_text(json.dumps({**record, "creator": ["agent/b", "agent/a"]}))
    build.build(made)
    after = _validators(made)
    assert before["record/1.json"][0] != after["record/1.json"][0]
    assert before["record/1.json"][1] < after["record/1.json"][1]


def _validators(made):
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        found = {}
        for n in range(3):
            for suffix in ("ttl", "nt", "rdf", "jsonld", "json", "trig", "nq"):
                answer = client.get(f"/data/record/{n}.{suffix}")
                if answer.status_code == 200:
                    when = answer.headers["last-modified"]
                    found[f"record/{n}.{suffix}"] = (answer.headers["etag"], _seconds(when))
        return found


def _seconds(http_date):
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(http_date).timestamp()


def test_dumps(client):
    """Both dumps are one graph, their digests are right, a part of one can be had, and a half of an old one is not."""
    sums = dict(line.split("  ")[::-1] for line in client.get("/data/dumps/SHA256SUMS").text.splitlines())
    graphs = []
    for name, format_ in (("kg.nt.gz", pyoxigraph.RdfFormat.N_TRIPLES), ("kg.ttl.gz", pyoxigraph.RdfFormat.TURTLE)):
        answer = client.get(f"/data/dumps/{name}")
        assert answer.headers["content-type"] == "application/gzip"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert hashlib.sha256(answer.content).hexdigest() == sums[name]
        graphs.append(set(map(str, pyoxigraph.parse(input=gzip.decompress(answer.content), format=format_))))
        part = client.get(f"/data/dumps/{name}", headers={"range": "bytes=2-5", "if-range": answer.headers["etag"]})
        assert (part.status_code, part.content) == (206, answer.content[2:6])
        old = client.get(f"/data/dumps/{name}", headers={"range": "bytes=2-5", "if-range": '"old"'})
        assert old.status_code == 200
    assert graphs[0] == graphs[1]
    assert len(graphs[0]) > 5000


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 2024 00:00:00 +9999999999999999999",
        "Mon, 01 Jan 2024 99999999999999999999:00:00 GMT",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "9" * 5_000,
        ",",
    ],
)
def test_dates_that_are_none(client, date):
    """A date that can't be read is ignored (RFC 9110, 13.1.3), whatever is wrong with it."""
    for path in ("/data/", f"{THING}.ttl", "/data/static/kg.css", "/data/dumps/kg.nt.gz"):
        assert client.get(path, headers={"if-modified-since": date}).status_code == 200


def test_long_headers_are_not_remembered():
    """What a header means is remembered for short ones alone: a stranger's 60 kB are read, or not, and forgotten."""
    for read, remembered in (
        (lambda header: content_coding.choose(header, content_coding.OF_ANSWERS), content_coding._choose),
        (negotiation.is_readable, negotiation._qualities),
    ):
        before = remembered.cache_info().currsize
        for number in range(5):
            assert not read(f"gzip, {number:060000}")
        assert remembered.cache_info().currsize == before

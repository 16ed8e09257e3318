"""Deliberately broken and hostile input: a clear line each in the report, no crash, nothing that runs in a page."""

import json
import os
import subprocess

import pytest
from publishing import BASE, publish
from serving import kg
from starlette.testclient import TestClient

from kg.mapping.mapper import Mapper
from kg.publish import build
from kg.publish.pipeline import batch
from kg.records.readers import READERS
from kg.settings import Settings
from kg.store.generation.generations import Generations
from kg.web.app import Application

GOOD = {"id": "record/good", "title": {"en": "Good"}}


def problems(report):
    return [(each.severity, each.field, each.message) for each in report.problems()]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": "record/1", "title": "caf\xe9"}', "is not UTF-8"),
        (b'{"id": "record/1", "title": "x"', "is no JSON: it breaks off at column 32"),
        (b'{"id": "record/1", "title": true false}', "at column 34, where 'false}' stands"),
        (b'["record/1"]', "is no JSON object"),
        (b'{"id": "record/1", "title": "\\ud800"}', "surrogate"),
        (b'{"id": "record/1", "title": "a", "title": "b"}', "stands twice"),
        (b'{"id":"record/1","title":"a","title":"b"}', "stands twice"),
        (b'{"id": "record/1", "title" : "a", "title": "b"}', "stands twice"),
        (rb'{"id": "record/1", "title": "a", "title": "b", "note": "\u0022: "}', "stands twice"),
        (b'{"title": "a"}', "has no id"),
        (b'{"id": "letter/1", "title": "a"}', "no reference"),
        (b'{"id": "record/..", "title": "a"}', "can't be a key"),
        (b'{"id": "record/1"}', "is required"),
        (b'{"id": "record/1", "title": {"en": {"x": 1}}}', "does not fit"),
        (b'{"id": "record/1", "title": "a", "creator": 5}', "is no reference"),
        (b'{"id": "record/1", "kind": "agent", "title": "a"}', "but its id says"),
        (b'{"id": "place/1", "name": "a", "latitude": 95}', "out of bounds"),
        (b'{"id": "record/1", "title": "a", "dates": "never"}', "date"),
        (b'{"id": "record/1", "title": "a", "sourcePage": "javascript:alert(1)"}', "javascript"),
        (b'{"id": "record/1", "title": "a", "language": "Klingonese!"}', "no language tag"),
        (b'{"id": "record/1", "title": "a", "creator": ["place/x"]}', "leads to a place"),
        (b'{"id": "record/1", "title": "a\\u0000b"}', "can't be published"),
        (b'{"id": "record/1", "title": "a", "colour": "red"}', "no such key"),
        (b"[" * 2000, "is no JSON"),
        (b'{"id": "record/1", "title": "a", "x": ' + b'{"a":' * 300 + b"1" + b"}" * 301, "nests too deep"),
        (b'{"id": "record/a/../b", "title": "a"}', "per cent sign"),
        (b'{"id": "record/1", "title": "a", "sourcePage": "https://example.org/a b"}', "per cent sign"),
        (b'{"id": "record/1", "title": {"en": "a", "no tag!": "b"}}', "no language tag"),
    ],
)
def test_each_fault_is_said(tmp_path, line, said):
    """Each fault is one clear line that names file, place and what was expected; the good record is published."""
    _, report = publish(tmp_path, [GOOD, line])
    reported = list(report.problems())
    assert any(said in each.message for each in reported), problems(report)
    assert all(each.source == "records.jsonl" and each.at == "line 2" and each.expected for each in reported)
    assert report.published["record"] >= 1


@pytest.mark.parametrize(
    ("name", "content", "said", "severity"),
    [
        ("a.json", '{"id": "record/1", "title": "é"}'.encode("utf-16"), "is not UTF-8", "rejected"),
        ("a.json", b"id,title\n1,A\n", "is no JSON", "rejected"),
        ("a.json", b"", "empty", "note"),
        ("a.xml", b" \n", "there is nothing in it", "note"),
        ("a.txt", "Skip to content".encode("utf-16"), "UTF-16", "rejected"),
        ("a.pdf", b"%PDF-1.7", "the format is not known", "note"),
        ("a.txt", b"Document Information\n\nRights\n\nRecord ID\n\nRelated Documents", "can't be a key", "rejected"),
    ],
)
def test_each_file_is_said(tmp_path, name, content, said, severity):
    """A file that can't be read, or of which nothing is known, is one clear line; the others are published."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(content)
    (tmp_path / "in" / "good.jsonl").write_text(json.dumps(GOOD), encoding="utf-8")
    (tmp_path / "kg.toml").write_text(f'base = "{BASE}"\n[[sources]]\npath = "in"\n')
    process = kg(tmp_path, "build", "--json")
    printed_report = json.loads(process.stdout)
    assert (process.returncode, printed_report["published"]) == (0, {"record": 1})
    (problem,) = printed_report["problems"]
    assert (problem["source"], problem["severity"]) == (f"in/{name}", severity)
    assert said in problem["message"]
    assert sum(printed_report["read"].values()) == 1 + printed_report["rejected"]


def test_a_line_of_100_megabytes(tmp_path):
    """A line that is far too long is left out without being held in memory."""
    with (tmp_path / "records.jsonl").open("wb") as file:
        file.write(json.dumps(GOOD).encode() + b'\n{"id": "record/1", "title": "')
        for _ in range(100):
            file.write(b"x" * (1 << 20))
        file.write(b'"}\n' + json.dumps({**GOOD, "id": "record/last"}).encode())
    (tmp_path / "kg.toml").write_text(f'base = "{BASE}"\n[[sources]]\npath = "records.jsonl"\n')
    process = kg(tmp_path, "build", "--json")
    printed_report = json.loads(process.stdout)
    assert (process.returncode, printed_report["published"], printed_report["rejected"]) == (0, {"record": 2}, 1)
    assert "bytes" in printed_report["problems"][0]["message"]


def test_nothing_to_publish(tmp_path):
    """Empty sources publish nothing, with exit code 1 and a reason; a wrong setting has exit code 2."""
    (tmp_path / "records.jsonl").write_bytes(b"")
    (tmp_path / "kg.toml").write_text('[[sources]]\npath = "records.jsonl"\n')
    process = kg(tmp_path, "build")
    assert process.returncode == 1
    assert b"no record" in process.stderr
    (tmp_path / "kg.toml").write_text("hue = 1\n")
    process = kg(tmp_path, "build")
    assert process.returncode == 2
    assert b"no such setting" in process.stderr
    assert b"Traceback" not in process.stderr


KEYS = [
    "a.b",
    "a/b",
    "..a",
    "a..",
    "report.html",
    "a b",
    'q"uote',
    "50%",
    "Дело 5",
    "مراسلة",
    "a:b",
    "a#b",
    "a?b",
    "%2e%2e",
    "a\\b",
]


def test_keys_of_all_kinds(tmp_path):
    """Whatever a key is made of, its thing answers at its address and nowhere else."""
    records = [{"id": f"record/{key}", "title": {"en": f"Key {number}"}} for number, key in enumerate(KEYS)]
    settings, report = publish(tmp_path, records)
    assert report.published == {"record": len(KEYS)}, problems(report)
    generation = Generations(settings.var_folder).open_live()
    references = {
        link.thing.labels["en"]: link.thing.reference for link in generation.catalogue.list_of_kind("record", 99)
    }
    generation.close()
    assert len(references) == len(KEYS)
    with TestClient(Application(settings), base_url="https://archive.example.org") as client:
        for label, reference in references.items():
            page = client.get(f"{BASE}{reference}", headers={"accept": "application/json"})
            assert page.status_code == 200, reference
            assert page.json()["title"] == {"en": label}


HOSTILE = "</script><script>alert(1)</script>{{7*7}}{% raw %}<img src=x onerror=alert(1)>\"'&\u202e\u2066"


def test_no_script_in_a_page(tmp_path):
    """Hostile text in every field reaches no page as markup, and no header at all."""
    record = {
        "id": "record/evil",
        "title": {"en": HOSTILE},
        "summary": {"en": [HOSTILE]},
        "text": {"en": [HOSTILE]},
        "identifiers": [HOSTILE],
        "reference": HOSTILE,
        "creator": [{"id": "agent/evil", "name": {"en": HOSTILE}}],
        "extra": [{"field": HOSTILE, "value": HOSTILE}],
        "dates": [{"role": "document", "text": HOSTILE}],
        "digitalObjects": [{"url": "javascript:alert(1)", "label": {"en": HOSTILE}}],
        "sourcePage": ["https://example.org/\r\nX-Evil: 1", "data:text/html,<script>alert(1)</script>"],
    }
    settings, _ = publish(tmp_path, [record])
    with TestClient(Application(settings), base_url="https://archive.example.org") as client:
        for path in ("record/evil.html", "agent/evil.html", "record/", "agent/"):
            answer = client.get(BASE + path)
            assert answer.status_code == 200
            text = answer.text
            own = text.count('<script src="/data/static/')
            assert text.count("<script") == own + (1 if path.endswith("html") else 0)
            assert "<img" not in text
            assert 'href="javascript' not in text
            assert 'href="data' not in text
            assert "{{7*7}}" in text or path == "agent/"  # stubs are not listed
            assert "x-evil" not in answer.headers
        for suffix in ("rdf", "ttl", "jsonld", "nt"):
            assert client.get(f"{BASE}record/evil.{suffix}").status_code == 200


def test_cyclic_parts(tmp_path):
    """Places that are parts of one another are published and reported."""
    places = [
        {"id": f"place/{n}", "name": n, "partOf": [f"place/{m}"]} for n, m in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    _, report = publish(tmp_path, places)
    assert report.published == {"place": 3}
    reported = [each for each in report.problems() if "reached from itself" in each.message]
    assert [(each.source, each.at, each.record) for each in reported] == [
        ("records.jsonl", f"line {number}", f"place/{name}") for number, name in enumerate("abc", 1)
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_full_disk(tmp_path):
    """A full disk stops the build with a message; the live generation stays."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        (tmp_path / "records.jsonl").write_text(json.dumps(GOOD))
        (tmp_path / "kg.toml").write_text(f'base = "{BASE}"\nvar = "small/var"\n[[sources]]\npath = "records.jsonl"\n')
        assert kg(tmp_path, "build").returncode == 0
        big = [json.dumps({"id": f"record/{n}", "title": f"{n}", "text": {"en": [f"{n} " * 700]}}) for n in range(4000)]
        (tmp_path / "records.jsonl").write_text("\n".join(big))
        process = kg(tmp_path, "build")
        assert process.returncode == 1
        assert b"nothing was published" in process.stderr or b"disk is full" in process.stderr, process.stderr
        assert b"Traceback" not in process.stderr
        assert Generations(folder / "var").live() == 1
    finally:
        subprocess.run(["umount", folder], check=False)


def _fails(*_):
    yield from ()
    raise KeyError("@none")


def _fails_at_once(*_):
    raise KeyError("@none")


@pytest.mark.parametrize(
    ("where", "name", "value", "at"),
    [
        ("kg.records.readers.READERS", "page", _fails, ""),
        ("kg.publish.pipeline.batch", "parse_line", _fails_at_once, "line 1"),
        ("kg.publish.pipeline.batch", "normalise_record", _fails_at_once, "line 1"),
        ("kg.mapping.mapper", "Mapper", _fails_at_once, "line 1"),
        ("kg.records.readers.eac.authority_record", "_agent", _fails, "line 1"),
    ],
)
def test_a_reader_that_fails(tmp_path, monkeypatch, where, name, value, at):
    """An unforeseen exception rejects one record or file, kept in its original form; the others are published."""
    files = {
        "a.txt": b"A title\n\nDocument Information\n\nRecord ID\n\n1\n\nRelated Documents",
        "b.jsonl": json.dumps(GOOD).encode(),
        "c.xml": b"<eac-cpf><control><recordId>1</recordId></control><cpfDescription><identity><nameEntry><part>A</part>"
        b"</nameEntry></identity></cpfDescription></eac-cpf>",
        "d.json": b'{"id": "record/other", "title": "Other"}',
    }
    for each, content in files.items():
        (tmp_path / each).write_bytes(content)
    if where.endswith("READERS"):
        monkeypatch.setitem(READERS, name, value)
    elif name == "normalise_record":
        sound = batch.normalise_record
        monkeypatch.setattr(
            batch, name, lambda each, *more, **at: value() if each == GOOD else sound(each, *more, **at)
        )
    elif name == "Mapper":
        mapped = Mapper.map
        monkeypatch.setattr(
            Mapper, "map", lambda self, each: value() if each[0]["id"] == GOOD["id"] else mapped(self, each)
        )
    else:
        monkeypatch.setattr(f"{where}.{name}", value)
    sources = tuple({"path": each} for each in files)
    settings = Settings(base=BASE, folder=tmp_path, sources=sources)
    report = build.build(settings)
    (problem,) = [each for each in report.problems() if "KeyError" in each.message]
    assert problem.severity == "rejected"
    assert problem.at == at
    assert report.rejected == 1
    assert report.published["record"] >= 1
    (kept,) = [each for each in (tmp_path / "var/rejected/0001").iterdir() if each.name != "problems.jsonl"]
    assert kept.read_bytes().strip() == files[problem.source].strip()


@pytest.mark.parametrize(
    "text", ["\x7f" * 5_000_000, '"' * 7_000_000, "x" * 20_000_000], ids=["escapes", "quotes", "text"]
)
def test_a_value_over_the_bound(tmp_path, text):
    """A value that is too long as N-Triples is put aside, with reference, key and size; its record is published."""
    long = {"id": "record/long", "title": {"en": "Long"}, "text": {"en": [text]}}
    made, report = publish(tmp_path, [GOOD, json.dumps(long, ensure_ascii=False).encode()])
    size = len(text) * {"\x7f": 6, '"': 2, "x": 1}[text[0]]
    (problem,) = report.problems()
    assert (problem.record, problem.field, problem.severity) == ("record/long", "text.en[1]", "repaired")
    assert f"{size:,} bytes" in problem.message
    assert "value_bytes" in problem.expected
    assert report.published["record"] == 2
    (kept,) = (made.var_folder / "rejected" / "0001" / "long-values.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(kept) == {"id": "record/long", "field": "text.en[1]", "bytes": size, "value": text}
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        assert f"left out: {size:,} bytes" in client.get("/data/record/long.html").text


def test_a_title_over_the_bound(tmp_path):
    """A record whose title is too long is left out, since it must have one; the others are published."""
    _, report = publish(tmp_path, [GOOD, {"id": "record/long", "title": {"en": "x" * 20_000}}], value_bytes=10_000)
    assert [(each.field, each.severity) for each in report.problems()] == [
        ("title.en", "repaired"),
        ("title", "rejected"),
    ]
    assert (report.published["record"], report.rejected) == (1, 1)

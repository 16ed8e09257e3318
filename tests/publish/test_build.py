"""Builds: what is published, what is left out, and what stays when a build fails."""

import gzip
import json
from contextlib import closing

import pytest
from publishing import BASE, dump_of, publish

from kg import errors
from kg.publish import build, dry_run, rollback
from kg.settings import Settings
from kg.store.dumps.dump_folder import DumpFolder
from kg.store.generation.generations import Generations

LETTER = {
    "id": "record/1",
    "title": {"en": "A letter"},
    "creator": ["agent/a"],
    "dates": [{"role": "document", "edtf": "1962"}],
}
AUTHOR = {"id": "agent/a", "name": {"en": "An author"}, "agentType": "person"}


def test_counts_add_up(tmp_path):
    """What is read is published, left out or merged; stubs stand apart."""
    records = [LETTER, AUTHOR, {"id": "record/2"}, b"{nonsense", {"id": "record/1", "title": "Again"}]
    _, report = publish(tmp_path, records)
    assert sum(report.read.values()) == 5
    assert sum(report.published.values()) + report.rejected + report.merged == 5
    assert report.rejected == 3
    fields = {(problem.field, problem.severity) for problem in report.problems()}
    assert {("title", "rejected"), ("id", "rejected")} <= fields


def test_rejected_is_kept(tmp_path):
    """What is left out is kept as it came."""
    raw = b'{"id": "record/2",  "title": true}'
    settings, report = publish(tmp_path, [LETTER, AUTHOR, raw])
    kept = settings.var_folder / "rejected" / f"{report.generation:04}" / "records.jsonl"
    assert kept.read_bytes() == raw + b"\n"


def test_dangling_link_leads_to_a_stub(tmp_path):
    """A link to what is nowhere leads to a stub, and is reported."""
    settings, report = publish(tmp_path, [LETTER])
    assert report.stubs == 1
    (problem,) = report.problems()
    assert (problem.source, problem.at, problem.field) == ("records.jsonl", "line 1", "creator")
    assert (problem.record, problem.value) == (LETTER["id"], "agent/a")
    assert "leads nowhere" in problem.message
    generation = Generations(settings.var_folder).open_live()
    assert generation.catalogue.thing("agent/a").status == "stub"
    generation.close()


def test_named_link_gives_its_stub_a_name(tmp_path):
    """What a link says of its target is what its stub says."""
    letter = {**LETTER, "creator": [{"id": "agent/b", "name": {"en": "Somebody"}, "agentType": "person"}]}
    settings, _ = publish(tmp_path, [letter])
    generation = Generations(settings.var_folder).open_live()
    assert generation.catalogue.thing("agent/b").labels == {"en": "Somebody"}
    generation.close()


def test_the_link_that_says_most_is_heard(tmp_path):
    """Of several links to a thing without a record, the one that says most of it makes its stub."""
    links = [{"id": "agent/b", "name": {"en": "B"}}, {"id": "agent/b", "name": {"en": "B"}, "agentType": "person"}]
    records = [{**LETTER, "id": f"record/{n}", "creator": [link]} for n, link in enumerate([*links, links[0]])]
    settings, _ = publish(tmp_path, records)
    stored = [
        json.loads(line) for line in (settings.var_folder / "current" / "records/0001.jsonl").read_bytes().splitlines()
    ]
    assert next(each for each in stored if each["id"] == "agent/b")["agentType"] == "person"


def test_strict(tmp_path):
    """With --strict nothing is published where something was left out."""
    settings, _ = publish(tmp_path, [LETTER])
    (tmp_path / "records.jsonl").write_text(json.dumps({"id": "record/9"}))
    with pytest.raises(errors.PublishError):
        build.build(settings, strict=True)
    assert Generations(settings.var_folder).live() == 1


def test_times_and_tombstones(tmp_path):
    """A build that changes one record changes its times alone; what is gone leaves a tombstone."""
    settings, _ = publish(tmp_path, [LETTER, AUTHOR, {"id": "record/2", "title": "Two"}])
    changed = {**AUTHOR, "name": {"en": "Another name"}}
    (tmp_path / "records.jsonl").write_text("\n".join(map(json.dumps, [LETTER, changed])))
    report = build.build(settings)
    assert (report.created, report.changed, report.deleted) == (0, 1, 1)
    generation = Generations(settings.var_folder).open_live()
    things = {name: generation.catalogue.thing(name) for name in ("record/1", "agent/a", "record/2")}
    generation.close()
    assert things["record/1"].modified == things["record/1"].created < things["agent/a"].modified
    assert things["record/2"].deleted


def test_rollback(tmp_path):
    """A rollback is a new generation equal to an old one, whose times say what changes now."""
    settings, _ = publish(tmp_path, [LETTER, AUTHOR])
    (tmp_path / "records.jsonl").write_text(json.dumps({**AUTHOR, "name": {"en": "B"}}))
    build.build(settings)
    manifest = rollback.rollback(settings)
    assert (manifest.generation, manifest.rollback_of) == (3, 1)
    generation = Generations(settings.var_folder).open_live()
    assert generation.catalogue.thing("record/1").deleted is None
    assert generation.catalogue.thing("agent/a").modified == manifest.published
    assert len(generation.graph.describe(f"{BASE}record/1")) > 3
    generation.close()


def test_two_builds(tmp_path):
    """A second build beside a first one says so and stops."""
    settings, _ = publish(tmp_path, [LETTER])
    with Generations(settings.var_folder).new_generation(), pytest.raises(errors.LockedError):
        build.build(settings)


def test_merge(tmp_path):
    """Records of one id are united where a source says so, and an error where none does."""
    (tmp_path / "more.jsonl").write_text(
        json.dumps({**AUTHOR, "name": {"ru": "Автор"}, "occupations": {"en": ["Writer"]}})
    )
    sources = ({"path": "records.jsonl"}, {"path": "more.jsonl", "merge": True})
    (tmp_path / "records.jsonl").write_text(json.dumps(AUTHOR))
    from kg.settings import Settings

    settings = Settings(base=BASE, folder=tmp_path, sources=sources)
    report = build.build(settings)
    assert (report.merged, report.rejected, report.published) == (1, 0, {"agent": 1})
    report = build.build(
        settings.model_copy(
            update={"sources": (settings.sources[0], settings.sources[1].model_copy(update={"merge": False}))}
        )
    )
    assert (report.merged, report.rejected) == (0, 1)


def test_diff(tmp_path):
    """A diff says what a build would create, change field by field, and delete."""
    settings, _ = publish(tmp_path, [LETTER, AUTHOR])
    (tmp_path / "records.jsonl").write_text(
        "\n".join(map(json.dumps, [{**AUTHOR, "name": {"en": "B"}}, {"id": "record/3", "title": "C"}]))
    )
    differences = {each.reference: each for each in dry_run.diff(settings)}
    assert {name: each.what for name, each in differences.items()} == {
        "record/1": "deleted",
        "agent/a": "changed",
        "record/3": "created",
    }
    assert differences["agent/a"].fields == {"name": ({"en": "An author"}, {"en": "B"})}
    assert Generations(settings.var_folder).live() == 1


def test_check(tmp_path):
    """A check reports what a build would, with the shapes too, and publishes nothing."""
    settings, _ = publish(tmp_path, [LETTER, AUTHOR])
    with dry_run.check(settings) as report:
        assert report.published == {"record": 1, "agent": 1}
    assert Generations(settings.var_folder).live() == 1


def test_dumps_hold_the_graph(tmp_path):
    """The dumps hold what the store holds."""
    import hashlib

    import pyoxigraph

    settings, report = publish(tmp_path, [LETTER, AUTHOR])
    with closing(DumpFolder.open(settings.var_folder / "current" / "dumps")) as dumps:
        sums = dumps.sums()
    sets = []
    for name, format_ in (("kg.nt.gz", pyoxigraph.RdfFormat.N_TRIPLES), ("kg.ttl.gz", pyoxigraph.RdfFormat.TURTLE)):
        packed = dump_of(settings, name)
        sets.append({str(quad.triple) for quad in pyoxigraph.parse(input=gzip.decompress(packed), format=format_)})
        assert hashlib.sha256(packed).hexdigest() == sums[name]
    assert sets[0] == sets[1]
    assert len(sets[0]) == report.triples


def test_parallel_is_the_same(tmp_path, monkeypatch):
    """Processes beside give what this process gives."""
    records = [
        {"id": f"record/{n}", "title": {"en": f"Letter {n}"}, "creator": [f"agent/{n % 7}"], "summary": "x" * 800}
        for n in range(3000)
    ]
    settings, report = publish(tmp_path / "a", records, jobs=1)
    assert (tmp_path / "a" / "records.jsonl").stat().st_size > 2 << 20
    beside = dump_of(settings)
    from kg.publish.pipeline import pipeline

    monkeypatch.setattr(pipeline, "MAX_BYTES_IN_PROCESS", 1 << 40)
    settings, again = publish(tmp_path / "b", records)
    assert beside == dump_of(settings)
    assert report.triples == again.triples


def test_what_stands_twice_is_kept_as_it_came(tmp_path):
    """A record whose id another one has is kept as it came: the line, or the file; the first one is published."""
    line = '{"id": "record/1",   "title": "Again",  "creater": 1}'
    (tmp_path / "a.jsonl").write_text(f'{json.dumps(LETTER)}\n\n{line}\n{{"id": "record/2", "title": "B"}}\n')
    (tmp_path / "b.json").write_text('{ "id": "record/2",\n "title": "Again" }')
    settings = Settings(base=BASE, folder=tmp_path, sources=({"path": "a.jsonl"}, {"path": "b.json"}))
    report = build.build(settings)
    assert report.rejected == 2
    kept = tmp_path / "var" / "rejected" / "0001"
    assert (kept / "a.jsonl").read_text() == f"{line}\n"
    assert (kept / "b.json").read_text() == (tmp_path / "b.json").read_text()
    entries = [json.loads(each) for each in (kept / "problems.jsonl").read_text().splitlines()]
    assert [each["kept"] for each in entries] == ["a.jsonl", "b.json"]

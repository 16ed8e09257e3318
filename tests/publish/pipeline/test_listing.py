"""Files of a source, and what lies in their place: broken links, linked folders, pipes, names that are no UTF-8."""

import json
import os
import shutil

import pytest
from publishing import BASE
from serving import kg

from kg.errors import PublishError, SourceChanged, SourceError, StrictError
from kg.publish import build, dry_run
from kg.publish.pipeline import batch, listing
from kg.settings import Settings
from kg.store.generation.generations import Generations


def records(count, first="a"):
    return "".join(
        json.dumps({"id": f"record/{first}{n}", "title": {"en": f"Letter {n}"}}) + "\n" for n in range(count)
    )


@pytest.fixture
def made(tmp_path):
    """Settings of a folder of sources with 2 records in it, beside a folder `disk` with 25."""
    (tmp_path / "data").mkdir()
    (tmp_path / "disk").mkdir()
    (tmp_path / "data" / "a.jsonl").write_text(records(2), encoding="utf-8")
    (tmp_path / "disk" / "b.jsonl").write_text(records(25, "b"), encoding="utf-8")
    return Settings(base=BASE, folder=tmp_path, sources=({"path": "data"},))


def broken_link(data):
    (data / "b.jsonl").symlink_to("../away/b.jsonl")


def link_to_itself(data):
    (data / "b.jsonl").symlink_to("b.jsonl")


def linked_folder(data):
    (data / "b").symlink_to("../disk")


def pipe(data):
    os.mkfifo(data / "b.jsonl")


AWAY = {
    "leads nowhere: ../away/b.jsonl": broken_link,
    "leads to itself": link_to_itself,
    "is a link to a folder": linked_folder,
    "is a named pipe": pipe,
}


@pytest.mark.parametrize(("said", "place"), AWAY.items(), ids=[place.__name__ for place in AWAY.values()])
@pytest.mark.parametrize("path", ["data", "data/**/*"])
def test_what_is_no_file_is_told(made, said, place, path):
    """A path in a source that can't be read is told with its reason; the other files are published, not with --strict."""
    place(made.folder / "data")
    made = made.model_copy(update={"sources": (made.sources[0].model_copy(update={"path": path}),)})
    report = build.build(made)
    (problem,) = report.problems()
    assert problem.source.startswith("data/b")
    assert said in problem.message
    assert (problem.severity, report.published["record"]) == ("rejected", 2)
    with pytest.raises(StrictError, match="away"):
        build.build(made, strict=True)
    with dry_run.check(made) as checked:
        assert checked.severities["rejected"] == 1


def test_links_of_editors_are_left_aside(made):
    """A hidden link that leads nowhere, as an editor's lock is one, is not told."""
    (made.folder / "data" / ".#a.jsonl").symlink_to("somebody@machine.1")
    for path in ("data", "data/*"):
        sources = (made.sources[0].model_copy(update={"path": path}),)
        assert not list(build.build(made.model_copy(update={"sources": sources})).problems())


@pytest.mark.parametrize("path", ["disk", "disk/*.jsonl", "disk/b.jsonl"])
def test_source_that_is_gone(made, path):
    """A source whose path is gone stops the build and leaves what is live; --accept-deletions goes on, and tells it."""
    sources = (*made.sources, made.sources[0].model_copy(update={"path": path}))
    made = made.model_copy(update={"sources": sources})
    build.build(made)
    shutil.rmtree(made.folder / "disk")
    with pytest.raises(SourceError, match="--accept-deletions"):
        build.build(made)
    assert Generations.of_settings(made).live() == 1
    report = build.build(made, accept_deletions=True)
    assert [(each.source, each.severity) for each in report.problems()] == [(path, "rejected")]
    assert (report.published["record"], report.deleted) == (2, 25)


@pytest.mark.parametrize("count", [20, 21])
def test_source_that_gives_nothing_any_more(made, count):
    """A source that gave more than 20 records and gives none stops the build, and check says so."""
    made = made.model_copy(update={"sources": (*made.sources, made.sources[0].model_copy(update={"path": "disk"}))})
    (made.folder / "disk" / "b.jsonl").write_text(records(count, "b"), encoding="utf-8")
    build.build(made)
    (made.folder / "disk" / "b.jsonl").write_text("", encoding="utf-8")
    with dry_run.check(made) as checked:
        assert checked.severities["rejected"] == (count > 20)
    if count == 20:
        assert build.build(made).deleted == 20
        return
    with pytest.raises(PublishError, match="disk: gave 21 records before and gives none now; nothing was published"):
        build.build(made)
    assert Generations.of_settings(made).live() == 1
    assert build.build(made, accept_deletions=True).deleted == 21


def test_linked_file_whose_disk_is_away(made):
    """A link in a folder that gave more than 20 records and leads nowhere now stops the build, too."""
    (made.folder / "data" / "b.jsonl").symlink_to("../disk/b.jsonl")
    assert build.build(made).published["record"] == 27
    (made.folder / "disk").rename(made.folder / "unmounted")
    with pytest.raises(PublishError, match=r"data/b.jsonl: gave 25 records"):
        build.build(made)


def test_name_that_is_no_utf8(made):
    """A file whose name is no UTF-8 is read, and shown with escapes; its rejected lines are kept."""
    for name in (b"\xff.jsonl", b"b\x1b[1m\n.jsonl"):
        path = made.folder / "data" / os.fsdecode(name)
        path.write_text(records(2) + records(1, f"c{len(name)}"), encoding="utf-8")
    report = build.build(made)
    assert report.published["record"] == 4
    assert {each.source for each in report.problems()} == {r"data/\xff.jsonl", r"data/b\x1b[1m\x0a.jsonl"}
    kept = made.var_folder / "rejected" / "0001"
    assert sorted(len(file.read_bytes().splitlines()) for file in kept.iterdir()) == [2, 2, 4]


def test_names_that_are_no_utf8_on_the_terminal(tmp_path):
    """Commands print such a name with escapes, where it is at fault too."""
    (tmp_path / "kg.toml").write_text(f'base = "{BASE}"\n[[sources]]\npath = "data"\n', encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / os.fsdecode(b"\xfe")).symlink_to(os.fsdecode(b"\xff"))
    (tmp_path / "data" / "a.jsonl").write_text(records(1), encoding="utf-8")
    for arguments in (["build"], ["build", "--strict"], ["check"], ["build", "--json"]):
        process = kg(tmp_path, *arguments)
        said = (process.stdout + process.stderr).decode()
        assert "Traceback" not in said
        assert r"data/\xfe" in said.replace(r"\\", "\\")


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("times", [1, 2])
def test_file_that_changes_while_it_is_read(made, monkeypatch, times, full):
    """A file that changes while it is read is read again once; if it changes again, what is live stays."""
    build.build(made)
    file = made.folder / "data" / "a.jsonl"
    file.write_text(file.read_text(encoding="utf-8") + records(1, "edited"))
    read, changes = batch._reader_items, iter(range(times))

    def changing(batch_):
        yield from read(batch_)
        if next(changes, None) is not None:
            file.write_text(file.read_text(encoding="utf-8") + records(1, f"more{changes.__length_hint__()}"))

    monkeypatch.setattr(batch, "_reader_items", changing)
    if times == 1:
        report = build.build(made, full=full)
        assert (report.generation, report.published["record"], report.incremental) == (2, 4, not full)
        return
    with pytest.raises(SourceChanged, match=r"data/a.jsonl: changed while it was read: \d+ bytes before, \d+ after"):
        build.build(made, full=full)
    assert Generations.of_settings(made).numbers() == [1]
    assert not list((made.var_folder / "generations").glob(".*"))


def test_kinds_of_paths_have_words(tmp_path):
    """A device or a socket that is named as a source is no file, and the message says what it is."""
    made = Settings(base=BASE, folder=tmp_path, sources=({"path": "/dev/null"},))
    with pytest.raises(SourceError, match="/dev/null: is a device, and files are read"):
        listing.list_files(made.sources[0], made)


@pytest.mark.parametrize(
    ("before", "after", "stops"), [(300, 271, False), (300, 269, True), (25, 4, True), (25, 5, False)]
)
def test_a_source_that_lost_much(tmp_path, before, after, stops):
    """More than a tenth and more than 20 records of a source that go at once are a question; fewer are not."""
    made = Settings(base=BASE, folder=tmp_path, sources=({"path": "a.jsonl"},))
    (tmp_path / "a.jsonl").write_text(records(before), encoding="utf-8")
    build.build(made)
    (tmp_path / "a.jsonl").write_text(records(after), encoding="utf-8")
    for full in (False, True):
        if stops:
            with pytest.raises(PublishError, match=f"a.jsonl: gave {before} records before and gives {after} now"):
                build.build(made, full=full)
    assert build.build(made, accept_deletions=stops).deleted == before - after
    allowed = made.model_copy(update={"max_lost_records": before})
    (tmp_path / "a.jsonl").write_text(records(1), encoding="utf-8")
    assert build.build(allowed).published["record"] == 1

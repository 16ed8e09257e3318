"""The scope of a build: what is known of the live generation, and the reason for which everything is built anew."""

import json
import shutil
from contextlib import closing

import pytest
from generation_contents import contents
from publishing import publish

from kg.publish.build import build
from kg.publish.rollback import rollback
from kg.publish.state.source_state import STATE, SourceState
from kg.store.generation.segments import folder

RECORDS = [{"id": f"record/{n}", "title": {"en": f"Letter {n}"}, "creator": [f"agent/{n % 3}"]} for n in range(9)]


def edited(place, number, title="Edited"):
    """The records with another title of one."""
    records = [{**each, "title": {"en": title}} if each["id"] == f"record/{number}" else each for each in RECORDS]
    (place / "records.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")


@pytest.fixture
def made(tmp_path):
    """Settings of a collection that was built once."""
    return publish(tmp_path, RECORDS)[0]


def why(made, **more):
    """Reason for which the next build makes everything anew; None for none."""
    return build(made, **more).why_full


def test_what_is_known_is_built_upon(made):
    """After a full build and after an incremental one the next is incremental, also where nothing changed."""
    edited(made.folder, 3)
    reports = [build(made) for _ in range(3)]
    assert [(each.incremental, each.changed) for each in reports] == [(True, 1), (True, 0), (True, 0)]


def test_each_reason_is_said(made):
    """A build says why it makes everything anew, and the one after it is incremental again."""
    cases = [
        (lambda: why(made, full=True), "it was asked for"),
        (
            lambda: why(made.model_copy(update={"license": "https://example.org/l"})),
            "kg.toml, or kg itself, is another",
        ),
        (lambda: why(made), "kg.toml, or kg itself, is another"),
    ]
    for build_it, said in cases:
        assert said in build_it()
    assert why(made) is None
    rollback(made)
    assert "what the live generation was made of is not known" in why(made)
    assert why(made) is None


@pytest.mark.parametrize("harm", ["lost", "cut", "rubbish"])
def test_a_state_that_can_not_be_read(made, harm):
    """Where the state is lost or damaged it is made anew of the live generation's own part, or everything is built."""
    path = made.var_folder / STATE
    build(made)  # its own part is of what it read: nothing
    if harm == "lost":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:3000] if harm == "cut" else b"rubbish" * 1000)
    edited(made.folder, 2)
    report = build(made)
    assert report.changed == 1
    assert "not known" in report.why_full
    assert why(made) is None


def test_a_build_that_was_killed_behind_the_switch(made):
    """What the live generation was made of is taken up by the next command, once, where its own build could not."""
    state = made.var_folder / STATE
    edited(made.folder, 1)
    build(made)
    before = state.read_bytes()
    edited(made.folder, 2)
    build(made)
    state.write_bytes(before)
    with closing(SourceState(state)) as behind:
        assert behind.generation == 2
    edited(made.folder, 3)
    report = build(made)
    assert (report.incremental, report.changed) == (True, 2)
    with closing(SourceState(state)) as up:
        assert up.generation == 4
    said = contents(made)
    build(made, full=True)
    again = contents(made)
    assert [part for part in said if said[part] != again[part] and part not in {"things", "store"}] == []


def test_the_state_never_runs_ahead(made, monkeypatch):
    """A build that fails before the switch leaves the state as it was."""
    state = made.var_folder / STATE
    before = state.read_bytes()
    edited(made.folder, 1)

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.store.generation.generation.GenerationFolder.write_manifest", fail)
    with pytest.raises(Exception, match="disk is full"):
        build(made)
    assert state.read_bytes() == before
    monkeypatch.undo()
    assert build(made).changed == 1


def test_two_states_of_one_time(made):
    """A file that changes twice in one instant, with the same size, is seen to be another."""
    for number in range(4):
        edited(made.folder, 1, f"Title {number}")
        assert build(made).changed == 1


def test_a_file_with_the_same_bytes(made):
    """A file that is written again with the same bytes is read once for its digest, and then known by its times."""
    copy = made.folder / "copy"
    shutil.copyfile(made.folder / "records.jsonl", copy)
    copy.replace(made.folder / "records.jsonl")
    report = build(made)
    assert (report.incremental, report.changed) == (True, 0)


def test_damage_to_the_live_generation(made):
    """A generation that is not whole is no base; the build makes everything anew and says so."""
    (made.var_folder / "current" / "statistics.json").unlink()
    assert "can't be read" in why(made)


def test_a_worn_generation_is_followed_by_a_full_build(made, monkeypatch):
    """Where much of the records is of those that were replaced, everything is built anew behind the change."""
    monkeypatch.setattr(folder, "MIN_DEAD_BYTES", 100)
    for number in range(4):
        edited(made.folder, 1, f"A title that is long, and again another one {number} " * 20)
        report = build(made)
        if report.due:
            break
    assert report.incremental
    assert "of the bytes of records are of replaced or deleted ones" in report.due
    assert report.followed_by == report.generation + 1
    assert build(made).due == ""

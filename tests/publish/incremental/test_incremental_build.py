"""An incremental build makes the generation that a full build makes of the same sources, whatever was edited."""

import shutil

import pytest
from edited_sources import EditedSources
from generation_contents import contents
from publishing import BASE

from kg import settings
from kg.publish.build import build
from kg.store.generation.generations import Generations


@pytest.fixture
def steady_times(monkeypatch):
    """Times of builds that follow from their numbers, so that two histories have the same ones."""

    def time_of(_, state):
        return f"2030-01-01T00:{state.position[0] // 60:02}:{state.position[0] % 60:02}Z"

    monkeypatch.setattr(Generations, "next_timestamp", time_of)


def _settings(folder, edited):
    folder.mkdir(exist_ok=True)
    return settings.Settings(base=BASE, folder=folder, sources=edited.sources, keep=2)


def difference(one, other):
    """Parts of two generations that differ, with what each has that the other has not."""
    found = {}
    for name in one:
        if one[name] != other[name]:
            lists = isinstance(one[name], list) and isinstance(other[name], list)
            found[name] = (
                [each for each in one[name] if each not in other[name]] if lists else one[name],
                [each for each in other[name] if each not in one[name]] if lists else other[name],
            )
    return found


SCRIPTS = [
    *((plain, seed, 7) for plain in (True, False) for seed in range(2)),
    *(pytest.param(plain, seed, 25, marks=pytest.mark.slow) for plain in (True, False) for seed in range(2, 12)),
]


@pytest.mark.parametrize(("plain", "seed", "steps"), SCRIPTS)
def test_any_edits_give_what_a_full_build_gives(tmp_path, steady_times, plain, seed, steps):
    """After each of many random edits graph, lists, counts, names, searches, dumps and reports equal those of a full build."""
    edited = EditedSources(tmp_path / "one", seed, plain=plain)
    one, other = (_settings(tmp_path / name, edited) for name in ("one", "other"))
    incremental = 0
    for step in range(steps):
        if step:
            edited.edit()
        for made in (one, other):
            edited.write(made.folder)
        report = build(one, accept_deletions=True)
        anew = build(other, accept_deletions=True, full=True)
        incremental += report.incremental
        assert difference(contents(one), contents(other)) == {}, (step, report.why_full)
        assert (report.created, report.changed, report.deleted, report.replaced) == (
            *(anew.created, anew.changed, anew.deleted, anew.replaced),
        )
    assert incremental >= steps // 2
    shutil.rmtree(tmp_path / "other")

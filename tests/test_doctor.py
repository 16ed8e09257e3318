"""`kg doctor` says what a machine lacks."""

import json
import resource
import shutil

import pytest
from serving import example_collection, kg

from kg import doctor
from kg.settings import Settings


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    """A folder with the example collection, built."""
    return example_collection(tmp_path_factory.mktemp("doctor"))


def _grades(done):
    return {each["name"]: each["grade"] for each in json.loads(done.stdout)["findings"]}


def test_sound_machine(collection):
    """Where the tests run, the collection can be served, and a worker was tried."""
    done = kg(collection, "doctor", "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["sound"] is True
    assert _grades(done)["query worker"] == "good"


def test_python(tmp_path, monkeypatch):
    """A Python that somebody compiled without optimisation is poor; the system's own is taken to be good."""
    settings = Settings(folder=tmp_path)

    def grade(prefix, flags):
        monkeypatch.setattr(doctor.sys, "base_prefix", prefix)
        monkeypatch.setattr(doctor.sysconfig, "get_config_var", lambda _: flags)
        return doctor.python_version(settings).grade

    assert grade("/usr", "'--enable-shared'") == "good"
    assert grade("/opt/python", "'--enable-shared' '--enable-optimizations'") == "good"
    assert grade("/opt/python", "'--enable-shared'") == "poor"
    assert grade("/opt/python", None) == "poor"


def test_few_descriptors(collection):
    """Too few descriptors are bad, and said with what to do."""
    done = kg(collection, "doctor", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (150, 150)))
    assert done.returncode == 1
    assert b"ulimit -n" in done.stdout


def test_some_descriptors(collection):
    """Fewer than there should be are poor, with which it works."""
    done = kg(collection, "doctor", "--json", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (400, 400)))
    assert (done.returncode, _grades(done)["descriptors"]) == (0, "poor")


def test_little_address_space(collection):
    """Where no store can be opened for want of address space, no worker starts, and both are said."""
    limit = 2 << 30
    done = kg(collection, "doctor", "--json", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    assert done.returncode == 1
    assert _grades(done)["memory"] == "bad"


def test_nothing_published(tmp_path):
    """Without a generation there is nothing to serve."""
    done = kg(tmp_path, "doctor", "--json")
    assert (done.returncode, _grades(done)["generation"]) == (1, "bad")


def test_disk_before_the_first_build(tmp_path, monkeypatch):
    """Before the first build the sources tell how much room the generation may take."""
    (tmp_path / "a.jsonl").write_bytes(b" " * (4 << 20))
    made = Settings(folder=tmp_path, sources=({"path": "a.jsonl"},))
    for free, grade in ((30 << 20, "poor"), (80 << 20, "good")):
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _, free=free: shutil._ntuple_diskusage(free, 0, free))
        assert doctor.disk(made).grade == grade


def test_memory_that_a_query_may_take(tmp_path):
    """The memory that is looked for is what the settings let queries take."""
    said = [doctor.memory(Settings(folder=tmp_path, query_memory=each, answers_mb=0)).state for each in (128, 512)]
    assert ["may take 256 MB" in said[0], "may take 1,024 MB" in said[1]] == [True, True]


def test_a_link_that_leads_nowhere(tmp_path):
    """Where the live generation is gone, that is a finding, with what to do."""
    (tmp_path / "kg.toml").write_text("", encoding="utf-8")
    (tmp_path / "var" / "generations").mkdir(parents=True)
    (tmp_path / "var" / "current").symlink_to("generations/0007")
    done = kg(tmp_path, "doctor", "--json")
    (found,) = [each for each in json.loads(done.stdout)["findings"] if each["name"] == "generation"]
    assert (done.returncode, found["grade"]) == (1, "bad")
    assert "no generation 7" in found["said"]
    assert found["todo"]


def test_what_can_not_be_looked_at(tmp_path, monkeypatch):
    """Where a check can't be made, that is its finding, and the others are made."""

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "/python")

    monkeypatch.setattr(doctor.subprocess, "run", refuse)
    found = {each.name: each for each in doctor.examine(Settings(folder=tmp_path))}
    assert found["namespaces"].grade == "bad"
    assert "/python" in found["namespaces"].state
    assert len(found) == len(doctor._CHECKS)


def test_disk_without_room(example, monkeypatch):
    """Too little room for the next generation is poor."""
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    assert doctor.disk(example).grade == "poor"

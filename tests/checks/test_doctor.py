"""`kg doctor` says what a machine lacks."""

import json
import resource
import shutil

import pytest
from serving import example_collection, kg

from kg.checks import doctor
from kg.settings import Settings


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    """A folder with the example collection, built."""
    return example_collection(tmp_path_factory.mktemp("doctor"))


def _grades(process):
    return {each["name"]: each["grade"] for each in json.loads(process.stdout)["findings"]}


def test_sound_machine(collection):
    """Where the tests run, the collection can be served, and a worker was tried."""
    process = kg(collection, "doctor", "--json")
    assert process.returncode == 0, process.stdout
    assert json.loads(process.stdout)["sound"] is True
    assert _grades(process)["query worker"] == "good"


def test_python(tmp_path, monkeypatch):
    """A Python compiled without optimisation is poor; the system's own counts as good."""
    settings = Settings(folder=tmp_path)

    def grade(prefix, flags):
        monkeypatch.setattr(doctor.sys, "base_prefix", prefix)
        monkeypatch.setattr(doctor.sysconfig, "get_config_var", lambda _: flags)
        return doctor.python_version(settings).grade

    assert grade("/usr", "'--enable-shared'") == "good"
    assert grade("/opt/python", "'--enable-shared' '--enable-optimizations'") == "good"
    assert grade("/opt/python", "'--enable-shared'") == "poor"
    assert grade("/opt/python", None) == "poor"


@pytest.mark.parametrize(("version", "grade"), [((3, 11, 1), "bad"), ((3, 11, 2), "good"), ((3, 14, 0), "good")])
def test_python_version(tmp_path, monkeypatch, version, grade):
    """kg runs on Python 3.11.2 or newer, and says so to whoever forced an older one."""
    monkeypatch.setattr(doctor.sys, "base_prefix", "/usr")
    monkeypatch.setattr(doctor.sys, "version_info", version)
    assert doctor.python_version(Settings(folder=tmp_path)).grade == grade


def test_few_descriptors(collection):
    """Too few descriptors are bad, and said with what to do."""
    process = kg(collection, "doctor", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (150, 150)))
    assert process.returncode == 1
    assert b"ulimit -n" in process.stdout


def test_some_descriptors(collection):
    """Fewer than there should be are poor, with which it works."""
    process = kg(
        collection, "doctor", "--json", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (400, 400))
    )
    assert (process.returncode, _grades(process)["descriptors"]) == (0, "poor")


def test_little_address_space(collection):
    """Where no store can be opened for want of address space, no worker starts, and both are said."""
    limit = 2 << 30
    process = kg(
        collection, "doctor", "--json", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    )
    assert process.returncode == 1
    assert _grades(process)["memory"] == "bad"


def test_nothing_published(tmp_path):
    """Without a generation there is nothing to serve."""
    process = kg(tmp_path, "doctor", "--json")
    assert (process.returncode, _grades(process)["generation"]) == (1, "bad")


def test_disk_before_the_first_build(tmp_path, monkeypatch):
    """Before the first build the sources tell how much room the generation may take."""
    (tmp_path / "a.jsonl").write_bytes(b" " * (4 << 20))
    source_settings = Settings(folder=tmp_path, sources=({"path": "a.jsonl"},))
    for free, grade in ((30 << 20, "poor"), (80 << 20, "good")):
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _, free=free: shutil._ntuple_diskusage(free, 0, free))
        assert doctor.disk(source_settings).grade == grade


def test_memory_that_a_query_may_take(tmp_path):
    """The memory that is looked for is what the settings let queries take."""
    states = [doctor.memory(Settings(folder=tmp_path, query_memory=each, answers_mb=0)).state for each in (128, 512)]
    assert ["may take 256 MB" in states[0], "may take 1,024 MB" in states[1]] == [True, True]


def test_a_link_that_leads_nowhere(tmp_path):
    """Where the live generation is gone, that is a finding, with what to do."""
    (tmp_path / "kg.toml").write_text("", encoding="utf-8")
    (tmp_path / "var" / "generations").mkdir(parents=True)
    (tmp_path / "var" / "current").symlink_to("generations/0007")
    process = kg(tmp_path, "doctor", "--json")
    (results,) = [each for each in json.loads(process.stdout)["findings"] if each["name"] == "generation"]
    assert (process.returncode, results["grade"]) == (1, "bad")
    assert "generation 7, which is gone" in results["said"]
    assert results["todo"]


def test_what_can_not_be_looked_at(tmp_path, monkeypatch):
    """Where a check can't be made, that is its finding, and the others are made."""

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "/python")

    monkeypatch.setattr(doctor.subprocess, "run", refuse)
    results = {each.name: each for each in doctor.examine(Settings(folder=tmp_path))}
    assert results["namespaces"].grade == "bad"
    assert "/python" in results["namespaces"].state
    assert len(results) == len(doctor._CHECKS)


def test_disk_without_room(example, monkeypatch):
    """Too little room for the next generation is poor."""
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    assert doctor.disk(example).grade == "poor"

"""The tests themselves: what holds of all of them."""

import ast

import pytest
from locations import ROOT

CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime", "elapsed"}
CLOCKS |= {f"{name}_ns" for name in CLOCKS} | {"time_ns"}
READERS = {
    "tests/waiting.py": "breaks off what hangs, after a minute",
    "tests/publish/test_kill.py": "kills builds at moments of a build's length",
    "tests/hostile/polite.py": "measures; bounds hold in `make test-hostile` alone",
    "tests/hostile/process_samples.py": "says when each sample was taken",
    "tests/hostile/soak.py": "builds every 20 s; run by `make soak` alone",
    "tests/hostile/fuzz_tables.py": "goes on for some minutes; run by `make fuzz` alone",
    "tests/hostile/clients.py": "ends what lasts so many seconds",
}
"""Files that read a clock, and what for; none of them asserts a time in what `make test` runs."""


def clocks(source):
    """Lines of a program that read a clock."""
    tree = ast.parse(source)
    named = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
        if alias.name in CLOCKS | {"time"}
    }
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and (node.attr in CLOCKS or ast.unparse(node) == "time.time"))
        or (isinstance(node, ast.Name) and node.id in named)
    )


@pytest.mark.parametrize(
    "source",
    [
        "import time\nassert time.perf_counter() - began < 1",
        "import time\ntook.append(time.monotonic() - began)",
        "import time\nuntil = time.time() + 1",
        "from time import perf_counter as now\nassert now() < 1",
        "from time import time\nassert time() < 1",
        "import time\nspent = time.process_time_ns()",
        "\nassert answer.elapsed.total_seconds() < 1",
    ],
)
def test_clocks_are_seen(source):
    """Each way to read a clock is seen; waiting, and the clock of a loop that a test moves, are none."""
    assert 2 in clocks(source)
    assert clocks("import time\ntime.sleep(1)\nconnection.look(loop.time() + 100)\ndates.time()") == []


def test_no_test_asserts_a_time():
    """No test reads a clock, so none asserts how long something took: `make bench` measures."""
    found = {
        name
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "node_modules" not in path.parts and clocks(path.read_text(encoding="utf-8"))
        for name in [path.relative_to(ROOT).as_posix()]
    }
    assert found == set(READERS)


@pytest.mark.parametrize("folder", ["browser", "validators"])
def test_a_smoke_test_of_each_kind_is_left(folder):
    """Of each module that needs a browser at least one test is run by `make test`, unless all of it is slow."""
    for path in (ROOT / "tests" / folder).glob("test_*.py"):
        source = path.read_text(encoding="utf-8")
        assert "mark.smoke" in source or "CASES" in source or "mark.slow" in source, path.name


def test_the_longest_files_are_there(pytestconfig):
    """Each file that is to begin first exists."""
    (conftest,) = (each for each in pytestconfig.pluginmanager.get_plugins() if hasattr(each, "LONGEST"))
    assert [name for name in conftest.LONGEST if not (ROOT / "tests" / name).is_file()] == []

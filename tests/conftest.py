"""What all tests share: a published example collection, and a client of its server."""

import contextlib
import functools
import os
import shutil

import engines
import programs
import pytest
from hypothesis import settings as hypothesis_settings
from locations import ROOT
from marked_keys import MARKED
from publishing import BASE, publish
from starlette.testclient import TestClient

from kg import settings
from kg.publish import build
from kg.web.app import Application

# Time is measured by benchmarks, not by tests: these machines are noisy.
hypothesis_settings.register_profile("kg", deadline=None, derandomize=True)
hypothesis_settings.register_profile("long", deadline=None, max_examples=2_000)
hypothesis_settings.load_profile("kg")


BROWSED = {"browser", "validators"}
"""Folders of tests that need Chromium, node or both: `make test-browser` runs them."""


LONGEST = (
    "hostile/test_hostile.py",
    "web/server/test_operation.py",
    "publish/test_generations.py",
    "benchmarks/test_benchmarks.py",
    "benchmarks/test_against.py",
    "validators/test_accessibility.py",
    "publish/test_kill.py",
    "publish/test_hostile.py",
    "store/pool/test_pool.py",
    "web/server/test_guard.py",
    "publish/pipeline/test_sources.py",
    "clients/test_clients.py",
    "store/remote/test_engines.py",
    "browser/test_pages.py",
    "validators/test_markup.py",
    "test_cli.py",
    "store/sparql/test_engine_limits.py",
    "web/server/test_connection.py",
    "publish/test_damaged_var.py",
    "test_package.py",
)
"""Files that take longest: begun first, they are not what one process is left with when the others are done."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Leave to `make test-browser` what needs a browser, but for the smoke tests; put the longest files first."""
    for item in items:
        if item.path.parent.name in BROWSED and not item.get_closest_marker("smoke"):
            item.add_marker("browser")
    places = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Three processes for two processors: a test that waits for a server or a build leaves its own idle."""
    processors = len(os.sched_getaffinity(0))
    return processors + (processors + 1) // 2


def pytest_generate_tests(metafunc):
    """Run the tests of modules that are marked `every_engine` against each engine."""
    if metafunc.definition.get_closest_marker("every_engine") and "client" in metafunc.fixturenames:
        wanted = ["oxigraph"] if metafunc.definition.get_closest_marker("of_oxigraph") else engines.WANTED
        metafunc.parametrize("engine", ["embedded", *wanted], indirect=True, scope="session")


@pytest.fixture(scope="session")
def opened():
    """What stays open to the end of the session; pytest itself ends a fixture whenever its parameter changes."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def published_example(tmp_path_factory, opened):
    """From the name of an engine to the settings of the example collection in it, which is published once a session."""

    @functools.cache
    def published(engine):
        store = {}
        if engine != "embedded":
            engines.skip_without(engine)
            store = opened.enter_context(engines.ENGINES[engine](tmp_path_factory.mktemp(engine))).settings()
        loaded = settings.load(ROOT / "kg.toml")
        var = tmp_path_factory.mktemp("example")
        made = loaded.model_copy(update={"base": BASE, "var": var, "contact": "archive@example.org", **store})
        build.build(made)
        return made

    return published


@pytest.fixture(scope="session")
def client_of_example(published_example, opened):
    """From the name of an engine to a client of the example collection's server, which is started once a session."""

    @functools.cache
    def client(engine):
        application = Application(published_example(engine))
        base_url = "https://archive.example.org"
        return opened.enter_context(TestClient(application, base_url=base_url, follow_redirects=False))

    return client


@pytest.fixture(scope="session")
def engine(request):
    """Name of the store behind the example collection: on this machine, or a process that is asked over HTTP."""
    return getattr(request, "param", "embedded")


@pytest.fixture(scope="session")
def example(published_example, engine):
    """Settings of the example collection, published under a base with a path."""
    return published_example(engine)


@pytest.fixture(scope="session")
def client(client_of_example, engine):
    """A client of the example collection's server."""
    return client_of_example(engine)


@pytest.fixture(scope="session")
def chromium():
    """The path of a Chromium, where Playwright's driver starts; looked at once."""
    programs.skip_without("chromium")
    if why := programs.why_no_driver():
        pytest.skip(f"Playwright's driver does not start here: {why}")
    return shutil.which("chromium")


@pytest.fixture(scope="module")
def browser(chromium):
    """A Chromium. Playwright keeps an event loop in this thread while it runs, so it ends with each module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def marked_keys(tmp_path_factory):
    """Settings of the collection that has a record for each key of the model, published."""
    made, report = publish(tmp_path_factory.mktemp("marked"), [each.record for each in MARKED])
    assert not report.rejected
    return made

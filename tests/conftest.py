"""What all tests share: a published example collection, and a client of its server."""

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Leave to `make test-browser` what needs a browser, but for the smoke tests."""
    for item in items:
        if item.path.parent.name in BROWSED and not item.get_closest_marker("smoke"):
            item.add_marker("browser")


def pytest_generate_tests(metafunc):
    """Run the tests of modules that are marked `every_engine` against each engine."""
    if metafunc.definition.get_closest_marker("every_engine") and "client" in metafunc.fixturenames:
        wanted = ["oxigraph"] if metafunc.definition.get_closest_marker("of_oxigraph") else engines.WANTED
        metafunc.parametrize("engine", ["embedded", *wanted], indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request, tmp_path_factory):
    """Settings of the store behind the example collection: on this machine, or a process that is asked over HTTP."""
    name = getattr(request, "param", "embedded")
    if name == "embedded":
        yield {}
        return
    engines.skip_without(name)
    with engines.ENGINES[name](tmp_path_factory.mktemp(name)) as addresses:
        yield addresses.settings()


@pytest.fixture(scope="session")
def example(tmp_path_factory, engine):
    """Settings of the example collection, published under a base with a path."""
    loaded = settings.load(ROOT / "kg.toml")
    var = tmp_path_factory.mktemp("example")
    made = loaded.model_copy(update={"base": BASE, "var": var, "contact": "archive@example.org", **engine})
    build.build(made)
    return made


@pytest.fixture(scope="session")
def client(example):
    """A client of the example collection's server."""
    with TestClient(Application(example), base_url="https://archive.example.org", follow_redirects=False) as client:
        yield client


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

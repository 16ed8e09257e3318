"""Documentation is kept true by tests."""

import doctest
import importlib
import pkgutil
import re
import sys
import tomllib
from pathlib import Path

import pytest

import kg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))


def test_reference_is_what_the_code_says():
    """docs/reference.md names every setting, command, path and format; `make docs` writes it."""
    import reference

    assert reference.PAGE.read_text(encoding="utf-8") == reference.text()


def test_record_page_is_what_the_model_says():
    """docs/records.md and the JSON Schema are what the model says; `make docs` writes them."""
    from kg.records import schema

    assert schema.FILE.read_text(encoding="utf-8") == schema.as_file()
    assert (ROOT / "docs" / "records.md").read_text(encoding="utf-8") == schema.reference_page()


MODULES = [module.name for module in pkgutil.walk_packages(kg.__path__, "kg.") if not module.name.endswith("__main__")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    """Examples in docstrings run."""
    assert doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


def test_links_in_documents_lead_somewhere():
    """Every relative link in README and docs leads to a file."""
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_example_query_says_what_it_is():
    """An example query has a title and a description."""
    for path in (ROOT / "queries" / "examples").glob("*.rq"):
        text = path.read_text(encoding="utf-8")
        assert "# title: " in text, path.name
        assert "# description: " in text, path.name


def test_readme_settings_are_settings(tmp_path):
    """The kg.toml that the README shows is one that kg takes."""
    from kg import settings

    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        assert tomllib.loads(block)
        (tmp_path / "kg.toml").write_text(block, encoding="utf-8")
        settings.load(tmp_path / "kg.toml")


def test_lock_names_no_host():
    """Lock files pin everything and name no host."""
    for name in ("requirements.lock", "tests/clients/package-lock.json"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--index-url" not in text
        assert '"resolved"' not in text
    pinned = re.findall(r"(?m)^[A-Za-z0-9][^=\s]*==", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert len(pinned) > 30


def test_queries_in_documents_run(client):
    """The SPARQL that the documents show gives rows."""
    blocks = re.findall(r"```sparql\n(.*?)```", (ROOT / "docs" / "search.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        answer = client.get("/data/sparql", params={"query": block})
        assert answer.status_code == 200, answer.text
        assert answer.json()["results"]["bindings"], block

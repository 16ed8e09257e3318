"""Documentation is kept true by tests."""

import doctest
import importlib
import pkgutil
import re
import sys
import tomllib

import pytest
from locations import ROOT

import kg
from kg.records.normalisation.embedded import embedded_records
from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, SourceFile

sys.path.insert(0, str(ROOT / "tools"))


def test_how_sources_become_records(tmp_path):
    """The finding aid in docs/sources.md gives the records that the page says."""
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    file = tmp_path / "a.xml"
    file.write_text(re.search(r"```xml\n(.*?)```", page, re.DOTALL)[1], encoding="utf-8")
    records = [
        each.record for each in READERS["ead"](SourceFile(file, "a.xml", origin="a")) if isinstance(each, RawRecord)
    ]
    named = {each for record in records for each, _ in embedded_records(record)} | {record["id"] for record in records}
    becomes = re.search(r"\nbecomes (.*?)\n\n", page, re.DOTALL)[1]
    assert set(re.findall(r"`(\w+/[^`]+)`", becomes)) == {each for each in named if not each.startswith("place/")}


def test_sources_name_every_element():
    """docs/sources.md has the table of elements and attributes; `make docs` writes it."""
    import sources

    assert sources.PAGE.read_text(encoding="utf-8") == sources.text()


def test_reference_is_what_the_code_says():
    """docs/reference.md names every setting, command, path and format; `make docs` writes it."""
    import reference

    assert reference.PAGE.read_text(encoding="utf-8") == reference.text()


def test_record_page_is_what_the_model_says():
    """docs/records.md and the JSON Schema are what the model says; `make docs` writes them."""
    from kg.records.model import schema

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


def test_each_word_of_the_glossary_leads_to_its_module():
    """The glossary is in alphabetical order, and each word has a sentence and a module that exists."""
    page = ROOT / "docs" / "glossary.md"
    rows = re.findall(r"^\| (.+?) \| (.+?) \| \[(.+?)\]\((.+?)\) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == page.read_text(encoding="utf-8").count("\n| ") - 2
    words = [word.lower() for word, _, _, _ in rows]
    assert words == sorted(set(words))
    for word, meaning, name, target in rows:
        module = (page.parent / target).resolve()
        assert module.is_file(), word
        assert name in {module.stem, module.parent.name}, word
        assert meaning.endswith("."), word


def test_every_route_is_documented():
    """Every row of the table of routes stands in the reference, with its methods."""
    import reference

    from kg.web.routes import ROUTES

    page = reference.PAGE.read_text(encoding="utf-8")
    for row in ROUTES:
        assert f"| `{reference.shown_path(row)}` | {row.what} | {', '.join(row.methods)} |" in page


def test_every_command_and_option_is_documented():
    """Every command says what it does, and every option what for."""
    import click

    from kg.cli import cli

    for name, command in cli.commands.items():
        assert command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts[0]}"


def test_every_setting_is_documented():
    """Every setting says what for."""
    from kg.settings import Settings
    from kg.source_settings import SourceSettings

    for model in (Settings, SourceSettings):
        for name, field in model.model_fields.items():
            assert field.description, name


def test_every_term_is_documented():
    """Every term of our own has a label, a comment and a published term above it; there are at most 25."""
    import rdflib

    from kg import ontology

    base = "https://archive.example.org/"
    graph = rdflib.Graph()
    for quad in ontology.load(base).terms_document():
        graph.parse(data=f"{quad.triple} .", format="nt")
    terms = f"{base}terms/"
    own = {each for each in graph.subjects(rdflib.RDF.type) if str(each).startswith(terms) and str(each) != terms}
    assert 0 < len(own) <= 25
    for term in own:
        assert graph.value(term, rdflib.RDFS.label), term
        assert graph.value(term, rdflib.RDFS.comment), term
        assert graph.value(term, rdflib.RDFS.subPropertyOf) or graph.value(term, rdflib.RDFS.subClassOf), term


def test_every_query_says_what_it_is_for():
    """Every query begins with what it is for, and names its parameters."""
    from kg.settings import QUERIES

    for path in QUERIES.rglob("*.rq"):
        text = path.read_text(encoding="utf-8")
        head = "\n".join(line for line in text.splitlines() if line.startswith("#"))
        assert text.startswith(("# ", "#+ ")), path.name
        for name in set(re.findall(r"\$(\w+)", text)):
            assert f"${name}" in head, f"{path.name}: ${name}"


def test_only_settings_knows_where_files_lie():
    """Only settings.py knows where queries and ontology are, and reads the environment."""
    for path in (ROOT / "kg").rglob("*.py"):
        if path.name == "settings.py":
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""["'](?:\w*/)?(?:queries|ontology)(?:_files)?(?:/|["'])""", text), path
        assert not re.search(r"os\.(?:environ|getenv)", text), path


def test_every_library_has_its_reason():
    """Every dependency stands in a table of docs/decisions.md, each table by the alphabet."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    libraries = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8").partition("\n## Libraries\n")[2]
    tables = [re.findall(r"(?m)^\| ([^|]+) \|", part)[1:] for part in libraries.split("\n\n")]
    assert all(rows == sorted(rows) for rows in tables)
    named = {name for rows in tables for row in rows for name in row.split(", ")}
    assert {re.split(r"[<>=;\[]", each)[0].lower() for each in wanted} <= named


def test_every_example_query_says_what_it_is():
    """An example query has a title and a description."""
    for path in [*(ROOT / "queries" / "examples").glob("*.rq"), *(ROOT / "data" / "queries" / "examples").glob("*.rq")]:
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
    for name in ("requirements.lock", "tests/clients/package-lock.json", "tools/vendor/package-lock.json"):
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


def test_picture_of_the_layers_names_every_room():
    """README's picture of the layers names every package of kg, two levels deep, and every module beside them."""
    picture = re.search(r"```\n(cli.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    words = set(re.findall(r"\w+", picture))
    rooms = {name.split(".")[1] for name in MODULES}
    wings = {module.name for package in rooms for module in _modules(package)}
    assert (rooms | wings) - words == set()


def _modules(package):
    """The packages and modules directly in a package that has packages."""
    folder = ROOT / "kg" / package
    modules = list(pkgutil.iter_modules([str(folder)])) if folder.is_dir() else []
    return modules if any(module.ispkg for module in modules) else []

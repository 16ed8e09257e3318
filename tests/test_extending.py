"""The lists of docs/extending.md are whole: their files exist, and what a key has touched stands in them."""

import re

import pytest
from locations import ROOT

from kg.records.model.keys import KEYS

PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"(?ms)^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE))


def paths(section):
    """The files and folders that a section names."""
    return [each for each in re.findall(r"`([\w./-]+)`", SECTIONS[section]) if "/" in each or each.endswith(".md")]


@pytest.mark.parametrize("section", SECTIONS)
def test_files_of_each_list_exist(section):
    "Every file, folder and test that a section names exists."
    assert paths(section)
    for path in paths(section):
        assert (ROOT / path).exists(), f"docs/extending.md, {section}: {path}"


@pytest.mark.parametrize("name", ["outgoingNumber", "custodialHistory", "describedOn"])
def test_list_of_a_key_names_all_that_a_key_touches(name):
    "Every file of the package, the ontology and the documents that names a key stands in the list, or its folder does."
    listed = paths("A key")
    label = KEYS[name].shown.label
    for folder in ("kg", "ontology", "docs", "data"):
        for path in (ROOT / folder).rglob("*"):
            if (
                path.suffix in {".py", ".json", ".jsonl", ".jsonld", ".ttl", ".po", ".md", ".html"}
                and path.name != "decisions.md"
            ):
                text = path.read_text(encoding="utf-8")
                if re.search(rf"\b{name}\b", text) or (path.suffix == ".po" and f'msgid "{label}"' in text):
                    file = path.relative_to(ROOT).as_posix()
                    assert any(file == each or (each.endswith("/") and file.startswith(each)) for each in listed), file

"""docs/decisions.md and the code that its decisions explain: each leads to the other."""

import re
from dataclasses import dataclass, field

import pytest
from locations import ROOT

PAGE = ROOT / "docs" / "decisions.md"
FOLDERS = ("kg", "tools", "tests", "benchmarks")
SUFFIXES = {".py", ".js", ".sh", ".html", ".css", ".rq", ".ttl"}
PLACES = [*FOLDERS, "queries", "ontology", "docs", "Makefile", "README.md"]
"""Folders and files of the repository that a paragraph may name."""


@dataclass(frozen=True)
class Decision:
    """A paragraph: its number (0 for none), the paths that it names, and the decisions that supersede it."""

    number: int
    paths: tuple[str, ...]
    superseded_by: tuple[int, ...]
    begins: str = field(compare=False, default="")


def decisions(page):
    """The decisions of a page, in order: each paragraph below a heading, but for the libraries."""
    found = []
    for paragraph in re.split(r"\n{2,}", page.partition("\n## Libraries\n")[0].partition("\n## ")[2])[1:]:
        if paragraph.startswith("## "):
            continue
        title = re.match(r"\*\*D-([1-9]\d*)\. [^*]+\*\*", paragraph)
        code = [word.rstrip("/") for word in re.findall(r"`([^`\s]+)`", paragraph)]
        paths = tuple(word for word in code if word.partition("/")[0] in PLACES)
        superseded_by = tuple(int(each) for each in re.findall(r"Superseded by D-(\d+)", paragraph))
        found.append(Decision(int(title[1]) if title else 0, paths, superseded_by, paragraph[:60]))
    return found


def mentions(text):
    """Numbers of the decisions to which a text leads, as `(D-47)` or `(D-4, D-7)`."""
    return [
        int(number) for group in re.findall(r"\((D-\d+(?:, D-\d+)*)\)", text) for number in re.findall(r"\d+", group)
    ]


def names(decision, path):
    """Whether a decision names a file or a package that the file is in."""
    return any(path == each or path.startswith(f"{each}/") for each in decision.paths)


def code_mentions():
    """Every mention in the code: (path, number)."""
    files = (
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in SUFFIXES
        and not {"node_modules", "vendor"} & set(path.relative_to(ROOT).parts)
        and path.name != "test_decisions.py"
    )
    return [
        (path.relative_to(ROOT).as_posix(), number)
        for path in files
        for number in mentions(path.read_text(encoding="utf-8"))
    ]


DECISIONS = decisions(PAGE.read_text(encoding="utf-8"))


def test_paragraphs_and_mentions_are_read():
    """Numbers, paths and mentions are read from texts; a paragraph without a number is seen."""
    page = "# Page\n\nIntro.\n\n## A\n\n**D-2. Title.** `kg/a.py`, `x` and `kg/b/`.\n\n## B\n\n**D-1. Old.** Superseded by D-2."
    two, one = decisions(page + "\n\n## Libraries\n\nA table.")
    assert (two, one) == (Decision(2, ("kg/a.py", "kg/b"), ()), Decision(1, (), (2,)))
    assert names(two, "kg/a.py")
    assert names(two, "kg/b/c.py")
    assert not names(two, "kg/bc.py")
    assert mentions("a reason (D-4) and (D-7, D-12); not D-5") == [4, 7, 12]
    assert [each.number for each in decisions(page + "\n\n**A title.** A text.\n\n**D-03. Bad.** x")] == [2, 1, 0, 0]


def test_each_paragraph_has_a_number_of_its_own():
    """A paragraph's title begins with a number, as `**D-47. `; each stands once, and none is left out."""
    assert [decision.begins for decision in DECISIONS if not decision.number] == []
    assert sorted(decision.number for decision in DECISIONS) == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: f"D-{decision.number}")
def test_each_decision_names_its_modules(decision):
    """A decision names a path at least, unless it is superseded, and each path exists."""
    assert decision.paths or decision.superseded_by
    assert [path for path in decision.paths if not any(ROOT.glob(path))] == []
    assert set(decision.superseded_by) <= {each.number for each in DECISIONS} - {decision.number}


def test_each_mention_in_the_code_leads_to_its_decision_and_back():
    """Each `(D-47)` in the code has a paragraph, and that names the module or a package around it."""
    known = {decision.number: decision for decision in DECISIONS}
    mentioned = code_mentions()
    assert len({number for _, number in mentioned}) >= 40
    assert [f"{path}: D-{n}" for path, n in mentioned if n not in known or not names(known[n], path)] == []


def test_each_mention_in_the_pages_leads_to_a_decision():
    """Each `D-47` in README and docs is the number of a paragraph."""
    known = {decision.number for decision in DECISIONS}
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert {int(number) for number in re.findall(r"\bD-(\d+)", text)} <= known, page.name

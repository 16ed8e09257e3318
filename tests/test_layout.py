"""The layout that a stranger can guess: small packages, the field's words, no name twice."""

import ast
from collections import defaultdict
from functools import cache

import pytest
from locations import ROOT

MODULES = sorted((ROOT / "kg").rglob("*.py"))
MAX_MODULES = 15
"""Modules directly in a package."""

MAX_PARAMETERS = 9
"""Parameters of a function, `self` and `cls` left out."""

OPAQUE = frozenset(
    [
        "asked",
        "asking",
        "answering",
        "answers",
        "found",
        "finding",
        "see",
        "seeing",
        "kept",
        "worked",
        "lane",
        "crew",
        "lines",
        "turns",
        "pieces",
        "hands",
        "told",
        "shown",
        "known",
        "meant",
        "walking",
        "leading",
        "replying",
        "watching",
    ]
)
"""Words that say nothing of a subject: no module, class or function is called so."""

NOUNLESS = frozenset({"MOST", "LONGEST", "_MOST", "_LONGEST", "_SHOWN"})
"""Constants that lack the noun of what they count."""


@cache
def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _nodes():
    """(module, node) of what has a name or sets one: definitions, and names of constants."""
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Name
    return [
        (path.relative_to(ROOT), each) for path in MODULES for each in ast.walk(_tree(path)) if isinstance(each, kinds)
    ]


def test_packages_are_small():
    """No package has more than fifteen modules directly in it."""
    folders = {path.parent for path in MODULES}
    sizes = {folder.relative_to(ROOT): len(list(folder.glob("*.py"))) - 1 for folder in folders}
    assert {folder: size for folder, size in sizes.items() if size > MAX_MODULES} == {}


def test_no_class_name_twice():
    """A class name leads to one class."""
    names = defaultdict(set)
    for path, node in _nodes():
        if isinstance(node, ast.ClassDef):
            names[node.name.lstrip("_")].add(str(path))
    assert {name: sorted(paths) for name, paths in names.items() if len(paths) > 1} == {}


def test_no_opaque_names():
    """Modules, classes and functions are called by the field's words."""
    opaque = {str(path.relative_to(ROOT)) for path in MODULES if path.stem in OPAQUE}
    for path, node in _nodes():
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = node.name.strip("_").lower()
            opaque |= {f"{path}:{node.lineno} {node.name}"} if name in OPAQUE else set()
    assert opaque == set()


def test_constants_have_a_noun():
    """A constant that is a limit says of what."""
    nounless = {
        f"{path}:{node.lineno} {node.id}"
        for path, node in _nodes()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in NOUNLESS
    }
    assert nounless == set()


def test_parameters_are_few():
    """A function with more parameters takes an object that documents them."""
    long = {}
    for path, node in _nodes():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            count = len([each for each in arguments if each.arg not in {"self", "cls"}])
            if count > MAX_PARAMETERS:
                long[f"{path}:{node.lineno} {node.name}"] = count
    assert long == {}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_has_a_docstring(path):
    """Each module says what its subject is."""
    assert ast.get_docstring(_tree(path))

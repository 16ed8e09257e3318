"""The package's regular expressions, as Python makes them."""

import ast
import json
import subprocess
import sys
from re import _constants, _parser

import pytest
from locations import ROOT

# Each module is imported with a `re.compile` that notes what kg's modules give it, texts that are put together too.
NOTE_ALL = """
import importlib, json, pkgutil, re, sys
noted, compile = set(), re.compile
def note(pattern, flags=0):
    if sys._getframe(1).f_globals["__name__"].startswith("kg.") and not isinstance(pattern, re.Pattern):
        noted.add((pattern if isinstance(pattern, str) else pattern.decode(), int(flags)))
    return compile(pattern, flags)
re.compile = note
import kg
for module in pkgutil.walk_packages(kg.__path__, "kg."):
    importlib.import_module(module.name)
print(json.dumps(sorted(noted)))
"""
SINGLE = {_constants.IN, _constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY}


def repeats_group(pattern, flags=0):
    """Whether a pattern repeats a group possessively; of a single character or class it may."""

    def walk(node):
        if isinstance(node, tuple) and node[0] is _constants.POSSESSIVE_REPEAT:
            body = node[1][2]
            if len(body) != 1 or body[0][0] not in SINGLE:
                return True
        return isinstance(node, list | tuple | _parser.SubPattern) and any(map(walk, node))

    return walk(_parser.parse(pattern, flags))


@pytest.mark.parametrize("pattern", ["(?:ab?c)++", "a(?:b|cd)*+", "((?:ab)?+)*", "(?:(?:a{1,2})++){2}+"])
def test_repeats_of_groups_are_seen(pattern):
    """A possessive repeat of a group is seen wherever it stands, one of a character or class is none."""
    assert repeats_group(pattern)
    assert not repeats_group("a*+[bc]++(?:d)?+.{1,2}+(?>(?:ab?c)+)")


def test_no_compiled_pattern_repeats_a_group_possessively():
    """CPython before 3.11.5 matches such repeats wrongly (gh-106052); an atomic group, `(?>(?:…)*)`, is right there."""
    done = subprocess.run([sys.executable, "-c", NOTE_ALL], cwd=ROOT, check=True, capture_output=True)
    noted = json.loads(done.stdout)
    assert len(noted) > 80
    assert [pattern for pattern, flags in noted if repeats_group(pattern, flags)] == []


def test_no_pattern_in_a_function_repeats_a_group_possessively():
    """Nor is such a repeat in a pattern that is compiled where it is used."""
    used = []
    for path in sorted((ROOT / "kg").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
                pattern = node.args[0]
                if isinstance(pattern, ast.Constant):
                    used.append(pattern.value)
    assert len(used) > 80
    assert [pattern for pattern in used if repeats_group(pattern)] == []

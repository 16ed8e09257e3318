"""What the scripts of the workbench say, in the reader's language: found in the scripts, sent along with the page."""

import re
from functools import cache

import orjson

from kg.render.site.assets import STATIC
from kg.render.site.translations import translations

_SAID = re.compile(r'\bsay\((?:\w+ \? )?"((?:[^"\\]|\\.)*)"(?: : "((?:[^"\\]|\\.)*)")?')


@cache
def texts() -> tuple[str, ...]:
    """Every text in the scripts, in order of the files.

    >>> "Rows: %(count)s" in texts(), "Copied." in texts()
    (True, True)
    """
    scripts = sorted((STATIC / "workbench").glob("*.js"))
    found = (text for path in scripts for pair in _SAID.findall(path.read_text(encoding="utf-8")) for text in pair)
    return tuple(dict.fromkeys(filter(None, found)))


@cache
def said(language: str) -> str:
    """Text → what it is in a language, as JSON."""
    catalogue = translations(language)
    return orjson.dumps({text: catalogue.gettext(text) for text in texts()}).decode()

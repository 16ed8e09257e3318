"""Messages of the workbench's scripts, extracted from the scripts, with their translations for a page."""

import re
from functools import cache

import orjson

from kg.render.site.assets import STATIC
from kg.render.site.translations import translations

_SAY_CALL = re.compile(r'\bsay\((?:\w+ \? )?"((?:[^"\\]|\\.)*)"(?: : "((?:[^"\\]|\\.)*)")?')


@cache
def messages() -> tuple[str, ...]:
    """All messages of the scripts, in order of the files.

    >>> "Rows: %(count)s" in messages(), "Copied." in messages()
    (True, True)
    """
    scripts = sorted((STATIC / "workbench").glob("*.js"))
    texts = (text for path in scripts for pair in _SAY_CALL.findall(path.read_text(encoding="utf-8")) for text in pair)
    return tuple(dict.fromkeys(filter(None, texts)))


@cache
def translated_messages(language: str) -> str:
    """Message → translation into a language, as JSON."""
    catalogue = translations(language)
    return orjson.dumps({text: catalogue.gettext(text) for text in messages()}).decode()

r"""Characters that went wrong on their way: escapes that were escaped again, and bytes of Windows taken for controls.

Nobody means to say "&eacute;", and U+0080 to U+009F are control characters, which no text has. One rule reads both as
the characters that they stand for; whoever applies it tells (D-129).

>>> mended("Caf&eacute; &amp;#233; AT&T, R&D; \x9cuvre"), mended("plain")
('Café é AT&T, R&D; œuvre', 'plain')
"""

import html
import re
from html.entities import html5

MESSAGE = "characters that were escaped twice, or stand as control characters; read as the characters that they mean"
"""Message of a problem about mended text."""
EXPECTED = "the characters themselves, in UTF-8"

_MAX_ROUNDS = 3
"""Times that a text is unescaped: some have been through three programs."""
_ESCAPE = re.compile(r"&(?:#(?:\d{1,7}|[xX][0-9A-Fa-f]{1,6})|[A-Za-z][A-Za-z0-9]{1,31});")
_CONTROL = re.compile(r"[\x80-\x9f]")
_FAULTY = re.compile(rf"{_ESCAPE.pattern}|{_CONTROL.pattern}")


def mended(text: str) -> str:
    """Return a text with its escapes and control characters read as the characters that they stand for."""
    if "&" in text:
        for _ in range(_MAX_ROUNDS):
            unescaped = _ESCAPE.sub(_character, text)
            if unescaped == text:
                break
            text = unescaped
    return _CONTROL.sub(_of_windows, text)


def around_fault(text: str) -> str:
    """Return the first faulty place of a text, with some of what stands around it."""
    match = _FAULTY.search(text)
    return text if match is None else text[max(0, match.start() - 40) : match.end() + 40]


def named_character(name: str) -> str | None:
    """Return the characters of a named entity of HTML; None for another name.

    >>> named_character("eacute"), named_character("guild")
    ('é', None)
    """
    return html5.get(f"{name};")


def _character(escape: re.Match[str]) -> str:
    if escape[0][1] == "#":
        return html.unescape(escape[0]) or escape[0]
    return named_character(escape[0][1:-1]) or escape[0]


def _of_windows(control: re.Match[str]) -> str:
    try:
        return control[0].encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:  # the five bytes that Windows leaves free
        return control[0]

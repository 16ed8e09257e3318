"""Language of a page: chosen by the switch, else asked for by the browser (RFC 9110, 12.5.4)."""

import re
from functools import lru_cache
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from kg.iris import Base
from kg.render.site.translations import LANGUAGES
from kg.web.http.form_encoding import MAX_PAIRS
from kg.web.http.headers import combined

PARAMETER = "lang"
"""In an address: chosen by the switch; and the name of the cookie that keeps the choice."""

VARY = "Accept-Encoding, Accept-Language, Cookie"
"""Headers on which a page depends."""

_SWITCHED = re.compile(rb"(?:^|&)lang=([a-z]{2})(?=&|$)")
_KEPT = re.compile(rf"(?:^|;)[ \t]*+{PARAMETER}=\"?([a-z]{{2}})\"?[ \t]*+(?=;|$)")
_MAX_HEADER_LENGTH = 1_000
"""Characters of an Accept-Language that is read; a longer one counts as absent."""

_MAX_COOKIE_LENGTH = 16_000
"""The same of Cookie, which other sites below the same domain may fill."""

_UNSAFE = {each: f"%{ord(each):02X}" for each in ' "#<>[\\]^`{|}'}
_SAFE = "%!$&'()*+,;=:@/?-._~"
"""Characters that a query may hold (RFC 3986, 3.4)."""

_YEAR = 365 * 24 * 3600


def switched(request: Request) -> str | None:
    """Language chosen by the switch; an address of too many parameters is not taken apart for this."""
    address: bytes = request.scope["query_string"]
    found = _SWITCHED.findall(address) if b"lang=" in address and address.count(b"&") < MAX_PAIRS else ()
    return _spoken(found[-1].decode()) if found else None


def preferred(request: Request) -> str:
    """The language of who has not just switched to one: what was chosen before, else what the browser asks for."""
    cookies = combined(request, "cookie")
    if f"{PARAMETER}=" in cookies and len(cookies) <= _MAX_COOKIE_LENGTH:
        found = _KEPT.findall(cookies)
        kept = _spoken(found[-1]) if found else None
        if kept:
            return kept
    header = combined(request, "accept-language")
    return _preferred(header) if header and len(header) <= _MAX_HEADER_LENGTH else LANGUAGES[0]


@lru_cache(maxsize=256)
def _preferred(header: str) -> str:
    ranges = sorted(_weighted(header), key=lambda each: -each[1])
    return next((tag for tag, weight in ranges if weight > 0 and tag in LANGUAGES), LANGUAGES[0])


def _spoken(asked: str | None) -> str | None:
    """A language, if it is one that pages speak."""
    return asked if asked in LANGUAGES else None


def still(request: Request) -> str:
    """Part of an address that the switch leaves as it is: all but the language."""
    asked: bytes = request.scope["query_string"]
    name = PARAMETER.encode()
    kept = b"&".join([each for each in asked.split(b"&") if each and each.partition(b"=")[0] != name])
    return f"{quoted(kept).replace('+', '%20')}&" if kept else ""


def quoted(query: bytes) -> str:
    """A query as it came, with what none may hold escaped: by a loop of C for each sign, not one of Python for all."""
    text = query.decode("latin-1")
    if not (text.isascii() and text.isprintable()):
        return quote(query, safe=_SAFE)
    for sign, escape in _UNSAFE.items():
        text = text.replace(sign, escape)
    return text


def _weighted(header: str) -> list[tuple[str, float]]:
    """Primary subtag and weight of each range; what can't be read counts as absent."""
    found = []
    for element in header.split(","):
        tag, _, parameter = element.partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            continue
        found.append((tag.strip().lower().partition("-")[0], weight))
    return found


def keep(asked: str, response: Response, base: Base) -> None:
    """Let a choice by the switch stay: it goes into a cookie for all pages below the base."""
    if response.headers.get("content-type", "").startswith("text/html"):
        secure = base.value.startswith("https:")
        response.set_cookie(
            PARAMETER, asked, max_age=_YEAR, path=base.path, httponly=True, samesite="lax", secure=secure
        )
        response.headers["Cache-Control"] = "private, no-cache"

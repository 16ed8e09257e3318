"""Language of a page: chosen by the switch, else asked for by the browser (RFC 9110, 12.5.4)."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from kg.render.site.translations import LANGUAGES
from kg.web.http.headers import combined

PARAMETER = "lang"
"""In an address: chosen by the switch; and the name of the cookie that keeps the choice."""

VARY = "Accept-Encoding, Accept-Language, Cookie"
"""Headers on which a page depends."""

_SWITCHED = re.compile(rb"(?:^|&)lang=([a-z]{2})(?=&|$)")
_MAX_HEADER_LENGTH = 1_000
"""Characters of an Accept-Language that is read; a longer one counts as absent."""

_YEAR = 365 * 24 * 3600


def switched(request: Request) -> str | None:
    """Language chosen by the switch; a long address, be it of a query or made up, is not taken apart for this."""
    address: bytes = request.scope["query_string"]
    found = _SWITCHED.findall(address) if b"lang=" in address else ()
    return _spoken(found[-1].decode()) if found else None


def preferred(request: Request) -> str:
    """The language of who has not just switched to one: what was chosen before, else what the browser asks for."""
    kept = _spoken(request.cookies.get(PARAMETER)) if combined(request, "cookie") else None
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
    kept = [each for each in parse_qsl(asked.decode("latin-1"), keep_blank_values=True) if each[0] != PARAMETER]
    return f"{urlencode(kept, quote_via=quote)}&" if kept else ""


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


def keep(asked: str, response: Response, path: str) -> None:
    """Let a choice by the switch stay: it goes into a cookie for all pages below a path."""
    if response.headers.get("content-type", "").startswith("text/html"):
        response.set_cookie(PARAMETER, asked, max_age=_YEAR, path=path, httponly=True, samesite="lax")
        response.headers["Cache-Control"] = "private, no-cache"

"""Headers that many answers share, and those of a request as one text."""

from collections.abc import Mapping
from functools import lru_cache

from starlette.requests import Request

_KEY = "kg.headers"
_FEW, _SHORT = 30, 4_000
"""Header fields of a request that are remembered, and their bytes, at most."""

NOSNIFF = {"X-Content-Type-Options": "nosniff"}
"""Sent with every answer: nothing is taken for what it does not say that it is."""

EXPOSED = (
    *("Accept-Encoding", "Accept-Post", "Accept-Ranges", "Allow", "Content-Disposition", "Content-Encoding"),
    *("Content-Location", "Content-Range", "Date", "ETag", "Link", "Location", "Retry-After", "Search-Results"),
    *("Vary", "X-Robots-Tag"),
)
"""Headers of answers that a script of another site may read besides those that it always may (Fetch, 2.2.2)."""

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(EXPOSED),
    **NOSNIFF,
}
"""Data may be read by scripts of any site, and no browser may take it for a page of ours."""

CACHE = {"Cache-Control": "public, max-age=60"}
"""Anybody may keep it for a minute."""

_NOTHING_FOREIGN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

PAGE = {
    "Content-Security-Policy": _NOTHING_FOREIGN,
    **NOSNIFF,
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
"""Sent with each page: our own files alone run in it, none that stands in the page, and nothing comes from elsewhere.

The field of the search completes names, hence script-src and connect-src (D-52, D-169). Crawlers that are browsers
read `/robots.txt` from within a page, too.
"""


def saved_as(name: str) -> dict[str, str]:
    """The header that makes a browser save an answer under a name, which holds nothing but what an address may."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def combined(request: Request, name: str) -> str:
    """All lines of a header as one list (RFC 9110, 5.3); empty where there is none."""
    scope = request.scope
    try:
        known: dict[str, str] = scope[_KEY]
    except KeyError:  # a request is asked for many headers, most of which it has not
        headers = tuple(scope["headers"])
        few = len(headers) <= _FEW and sum([len(name) + len(value) for name, value in headers]) <= _SHORT
        known = scope[_KEY] = (_by_name if few else _by_name.__wrapped__)(headers)
    return known.get(name, "")


@lru_cache(maxsize=512)
def _by_name(headers: tuple[tuple[bytes, bytes], ...]) -> dict[str, str]:
    """The same of all of them; a client sends the same ones again and again."""
    lines: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        lines.setdefault(name, []).append(value)
    # Cookies in several lines are as many (RFC 9113, 8.2.3); a comma would be a part of one.
    joined = {name: (b"; " if name == b"cookie" else b",").join(values) for name, values in lines.items()}
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in joined.items()}


def raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers of an answer as ASGI has them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

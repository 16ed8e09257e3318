"""Static assets of pages: media types, digests, and addresses with a common version.

The version is in the path, so that a script's own relative imports carry it too (D-73).
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "static"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """Static file.

    Attributes:
        name: its path below the folder.
        media_type: value of Content-Type.
        body: its content.
        digest: digest of the body.
    """

    name: str
    media_type: str
    body: bytes
    digest: str


@cache
def assets() -> dict[str, Asset]:
    """All served static files, by path below the folder."""
    result = {}
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in _TYPES and path.is_file():
            name, body = path.relative_to(STATIC).as_posix(), path.read_bytes()
            digest = hashlib.blake2b(body, digest_size=12).hexdigest()
            result[name] = Asset(name, _TYPES[path.suffix], body, digest)
    return result


@cache
def version() -> str:
    """Version of all static files together: a digest of names and contents."""
    total = hashlib.blake2b(digest_size=8)
    for name, asset in assets().items():
        total.update(f"{name} {asset.digest}\n".encode())
    return total.hexdigest()


def address(name: str) -> str:
    """Address of a static file below the root; immutable, so that caches may keep it for ever.

    >>> address("kg.css").startswith("static/v-") and address("kg.css").endswith("/kg.css")
    True
    """
    return f"static/v-{version()}/{assets()[name].name}"


def picture(name: str, view: str) -> str:
    """Address of an example's picture: its own one, or that of its view."""
    own = f"examples/{name}.png"
    return address(own if own in assets() else f"examples/{view}.svg")

"""Files that pages use: what there is, what type it has, and an address that changes when any of it does.

The version stands in the path, so that a script's own relative imports carry it too.
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
    """A static file.

    Attributes:
        name: its path below the folder.
        media_type: the value of Content-Type.
        body: what is in it.
        digest: of the body.
    """

    name: str
    media_type: str
    body: bytes
    digest: str


@cache
def assets() -> dict[str, Asset]:
    """Every static file that is served, by its path below the folder."""
    found = {}
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in _TYPES and path.is_file():
            name, body = path.relative_to(STATIC).as_posix(), path.read_bytes()
            digest = hashlib.blake2b(body, digest_size=12).hexdigest()
            found[name] = Asset(name, _TYPES[path.suffix], body, digest)
    return found


@cache
def version() -> str:
    """What changes when any static file does."""
    total = hashlib.blake2b(digest_size=8)
    for name, asset in assets().items():
        total.update(f"{name} {asset.digest}\n".encode())
    return total.hexdigest()


def address(name: str) -> str:
    """Where a static file is, below the root: an address that may be kept for ever.

    >>> address("kg.css").startswith("static/v-") and address("kg.css").endswith("/kg.css")
    True
    """
    return f"static/v-{version()}/{assets()[name].name}"


def picture(name: str, view: str) -> str:
    """Where the picture of an example is: its own, or that of the view in which its answer is best seen."""
    own = f"examples/{name}.png"
    return address(own if own in assets() else f"examples/{view}.svg")

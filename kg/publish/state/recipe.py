"""Recipe of a build: a digest of all that makes another generation of the same sources.

That is kg itself, the packages that it reads and writes with, the readers of other packages, and the settings by which
a build goes. Where any of these differs, the state of the live generation says nothing of what a build would make now.
"""

import hashlib
import platform
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path

import orjson

from kg.settings import ONTOLOGY, Settings
from kg.source_settings import PLUGIN_GROUP

_CODE = ("*.py", "records", "mapping", "publish", "store", "render/data")
"""Parts of kg, below its package, that records go through."""

_SUFFIXES = frozenset({".py", ".so", ".tsv", ".json", ".jsonld", ".ttl", ".xml", ".txt"})

_BUILDING = (
    *("base", "title", "description", "publisher", "license", "languages", "sources", "drafts"),
    *("dumps", "tables", "search", "value_bytes", "store"),
)
"""Settings that change what a build makes."""

_DISTRIBUTION = re.compile(r"[A-Za-z0-9._-]+")


def recipe(settings: Settings) -> str:
    """Return the recipe of a build by some settings, in hexadecimal."""
    digest = hashlib.sha256(usedforsecurity=False)
    for part in (*_code(), *_distributions()):
        digest.update(part)
    said = settings.model_dump(mode="json", include=set(_BUILDING))
    digest.update(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))
    if settings.shapes_file:
        digest.update(settings.shapes_file.read_bytes())
    return digest.hexdigest()


def _code() -> Iterator[bytes]:
    """Yield the names and the bytes of kg's own files that records go through."""
    package = Path(__file__).parents[2]
    paths = [path for part in _CODE for path in (package.glob(part) if "*" in part else (package / part).rglob("*"))]
    paths += ONTOLOGY.rglob("*")
    for path in sorted(paths):
        if path.suffix in _SUFFIXES and path.is_file():
            yield path.name.encode()
            yield path.read_bytes()


def _distributions() -> Iterator[bytes]:
    """Yield the versions of Python, of the packages that kg needs, and of those with readers."""
    yield platform.python_version().encode()
    with suppress(PackageNotFoundError):  # kg runs from its folder, and says nothing of what it needs
        needed = [line for line in requires("kg") or () if "extra ==" not in line]
        names = {match[0] for line in needed if (match := _DISTRIBUTION.match(line))}
        yield from map(_version, sorted(names))
    plugins = {entry.dist.name for entry in entry_points(group=PLUGIN_GROUP) if entry.dist is not None}
    yield from map(_version, sorted(plugins))


def _version(name: str) -> bytes:
    """Name and version of a package; its name alone where it is not there."""
    try:
        return f"{name} {version(name)}".encode()
    except PackageNotFoundError:
        return name.encode()

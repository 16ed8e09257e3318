"""Places below `var/`: what must be a folder, a file or a link there, where it is there at all."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from kg.errors import PublishError

SERVED: Mapping[str, str] = {"": "folder", "generations": "folder", "current": "link"}
"""Path below var → its kind, for what a server reads."""

BUILT: Mapping[str, str] = {
    **SERVED,
    "state": "folder",
    "rejected": "folder",
    "lock": "file",
    "state/ledger.sqlite": "file",
    "state/log.sqlite": "file",
}
"""The same for all that a build reads and writes."""

_TESTS: Mapping[str, Callable[[Path], bool]] = {
    "folder": Path.is_dir,
    "file": Path.is_file,
    "link": Path.is_symlink,
}


def check(var: Path, places: Mapping[str, str] = BUILT) -> None:
    """Compare what lies in some places with its kind. Raises PublishError for the first that is something else."""
    for name, kind in places.items():
        path = var / name
        if os.path.lexists(path) and not _TESTS[kind](path):
            todo = f"Run `mv {path} {path}.away`, then try again."
            raise PublishError(f"is no {kind}, and a {kind} is expected there", where=str(path), todo=todo)

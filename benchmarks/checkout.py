"""Second checkout: the files of another commit, with the packages that its own lock file names.

The commands of that commit make its `var` and serve it; whatever measures is this checkout's, so that commits are
comparable whose benchmarks differ, or that have none.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

_OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")
"""Variables by which one `make` tells another one what it was asked for."""


class UnknownCommitError(ValueError):
    """Name that leads to no commit of the repository."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """Files of a commit with a virtual environment.

    Attributes:
        name: abbreviated name of the commit.
        folder: where the files lie.
    """

    name: str
    folder: Path

    @property
    def kg(self) -> str:
        """The command `kg` of this checkout."""
        return str(self.folder / ".venv/bin/kg")


def checkout(commit: str, folder: Path, repository: Path = ROOT) -> Checkout:
    """Unpack a commit below a folder and install it; a checkout that is there is used again.

    Args:
        commit: any name that git knows: `HEAD~3`, a tag, the beginning of a hash.
        folder: where checkouts are kept, each under the name of its commit.
        repository: the checkout that knows the commit.

    Raises:
        UnknownCommitError: git knows no such commit. CalledProcessError: the commit can't be installed.
    """
    name = _hash(commit, repository)
    path = folder / name
    if not path.is_dir():
        _unpack(name, path, repository)
    environment = {key: value for key, value in os.environ.items() if key not in _OF_MAKE}
    python = f"PYTHON={Path(sys.executable).resolve()}"  # both sides run on one interpreter
    subprocess.run(["make", "--no-print-directory", "install", python], cwd=path, env=environment, check=True)
    return Checkout(name, path)


def _hash(commit: str, repository: Path) -> str:
    asked = ["git", "-C", str(repository), "rev-parse", "--verify", "--short=12", f"{commit}^{{commit}}"]
    done = subprocess.run(asked, capture_output=True, check=False, text=True)
    if done.returncode:
        raise UnknownCommitError(f"{commit!r} is no commit of this repository: {done.stderr.strip()}")
    return done.stdout.strip()


def _unpack(name: str, path: Path, repository: Path) -> None:
    """Lay the files of a commit into a folder, which is there only once it is whole."""
    partial = path.with_name(f".{path.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    archive = subprocess.run(["git", "-C", str(repository), "archive", name], stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-x", "-C", str(partial)], input=archive.stdout, check=True)
    partial.rename(path)

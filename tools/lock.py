"""Generator of requirements.lock: kg's packages, then those of its tests, each pinned with hashes.

One file in two parts, so that a server installs the first alone. It names no index and no host: where packages
come from is the business of the machine that installs them. Run by `make lock`.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
SPLIT = "# ---- for tests and development ----"
HEADER = "# Written by `make lock` from pyproject.toml. Every package is pinned, with the hashes of its files.\n"


def compiled(*arguments: str) -> str:
    """Resolve pyproject.toml for every platform and Python from 3.11 on; return a requirements file."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--python-version", "3.11.2", *arguments, "pyproject.toml"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def blocks(text: str) -> list[str]:
    """Return the requirements of a compiled file, each with the lines of its hashes."""
    return [block for block in re.split(r"(?m)^(?=[A-Za-z0-9])", text) if block.strip()]


def main() -> None:
    run = compiled("--upgrade")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pins:
        pins.write(run)
        pins.flush()
        everything = compiled("--upgrade", "--extra", "test", "--constraint", pins.name)
    names = {block.split("==")[0] for block in blocks(run)}
    test = [block for block in blocks(everything) if block.split("==")[0] not in names]
    LOCK.write_text(HEADER + "".join(blocks(run)) + SPLIT + "\n" + "".join(test), encoding="utf-8")


if __name__ == "__main__":
    main()

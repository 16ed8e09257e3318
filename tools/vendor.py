"""Copy of the workbench's npm packages into kg/render/static/vendor, with their licences.

Run by `make vendor` after `npm ci` in tools/vendor. The files are taken as they are published, but for the line that
names a source map, which is not shipped, and for PATCHES.
"""

import json
import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "vendor"
MODULES = HERE / "node_modules"
TARGET = HERE.parent.parent / "kg" / "render" / "static" / "vendor"

FILES = {
    "@zazuko/yasgui/build/yasgui.min.js": "yasgui.min.js",
    "@zazuko/yasgui/build/yasgui.min.css": "yasgui.min.css",
    "world-atlas/countries-110m.json": "countries-110m.json",
}
"""File of a package → its name here."""

PATCHES = {
    # A style in HTML is refused by the page's Content-Security-Policy; workbench.css has the class (D-84).
    "yasgui.min.js": (("<strong style='text-decoration:underline'>", "<strong class='expected'>"),),
}
"""File → replacements in it. A missing text stops the copy, so that a person looks at the new version."""

_SOURCE_MAP = re.compile(r"\n?(?://|/\*)# sourceMappingURL=\S+(?: \*/)?\s*$")


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    for source, name in FILES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        for old, new in PATCHES.get(name, ()):
            if old not in text:
                sys.exit(f"{source} has no {old!r} any more: see whether the patch is still needed.")
            text = text.replace(old, new)
        (TARGET / name).write_text(_SOURCE_MAP.sub("\n", text), encoding="utf-8")
    (TARGET / "LICENSES.txt").write_text(licences(), encoding="utf-8")


def licences() -> str:
    """Return every package in the files, with its licence."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    parts = [
        "What stands in this folder is made of these npm packages; tools/vendor.py says what was changed in them.\n"
    ]
    for path, package in sorted(lock["packages"].items()):
        if path and not package.get("dev"):
            parts.append(licence(path.removeprefix("node_modules/"), package))
    return "\n".join(parts)


def licence(name: str, package: dict[str, str]) -> str:
    """Return the licence text of a package."""
    folder = MODULES / name
    files = sorted(file for file in folder.iterdir() if file.name.lower().startswith(("licen", "copying")))
    text = "\n".join(file.read_text(encoding="utf-8", errors="replace").strip() for file in files if file.is_file())
    heading = f"{name} {package['version']} ({package.get('license', 'see below')})"
    return f"{'-' * len(heading)}\n{heading}\n{'-' * len(heading)}\n{text or _of_package(folder)}\n"


def _of_package(folder: Path) -> str:
    """Licence and author of a package without a licence text."""
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    author = package.get("author", "")
    author = author.get("name", "") if isinstance(author, dict) else author
    return (
        f"Licence: {package.get('license')}. Author: {author or 'not named'}. The package ships no text of the licence."
    )


if __name__ == "__main__":
    main()

"""npm packages of tests, installed from their lock file where they are not there yet."""

import json
import subprocess

import programs
import pytest


def install(folder):
    """Install what the lock file of a folder names; skip the test where that can't be done, and why."""
    programs.skip_without("node", "npm")
    if _is_installed(folder):
        return
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        pytest.skip(f"npm can't install what {folder.name} needs: {done.stderr.strip()[-300:]}")


def _is_installed(folder):
    """Whether what is installed is what the lock says; npm notes that beside the packages."""
    noted, wanted = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    if not noted.is_file():
        return False
    there, asked = (json.loads(path.read_text(encoding="utf-8"))["packages"] for path in (noted, wanted))
    return all(
        there.get(name, {}).get("version") == each["version"]
        for name, each in asked.items()
        if name and not each.get("optional")
    )

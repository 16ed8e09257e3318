"""Folders that tests read: the repository, and real sources beside it where there are some."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository."""

SOURCES = ROOT.parent / "shared" / "sources"
"""Real archival data; tests of them are skipped where the folder is absent."""

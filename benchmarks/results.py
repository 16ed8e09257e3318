"""Rows of results: shown as tables, kept as JSON with what they were measured on."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parent / "results"

Row = dict[str, str | int | float]
"""One line of a table: name of a column → value; sizes in records, times and memory with their unit in the name."""

_PACKAGES = ("kg", "pyoxigraph", "oxigraph", "uvicorn", "httptools", "starlette", "orjson", "jsonschema-rs")


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was with other things."""
    return {
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
        "revision": _revision(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _revision() -> str | None:
    """The commit that was measured, marked where the tree differs from it; None outside a checkout."""
    try:
        found = subprocess.run(
            ["git", "-C", str(FOLDER.parent), "describe", "--always", "--dirty"], capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.decode().strip()


def show(title: str, rows: list[Row]) -> None:
    """Print rows as a table; a column for each name, in the order in which the names turn up."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = Table(title=title, title_justify="left", box=None)
    for name in columns:
        text = name in {"what", "how"}
        table.add_column(name.replace("_", " "), justify="left" if text else "right", no_wrap=text)
    for row in rows:
        table.add_row(*(_shown(row.get(name)) for name in columns))
    Console(width=150).print(table)


def _shown(value: str | float | None) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:,.3g}" if abs(value) < 10 else f"{value:,.1f}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else value


def run(tables: Iterable[tuple[str, str, list[Row]]], target: Path | None, **more: str) -> None:
    """Measure, show each table as it is done, and keep everything so far.

    Args:
        tables: (name of the measurement, title, rows).
        target: the file for the figures; one named by the time if None.
        more: what else the figures were measured on.
    """
    on = machine() | more
    target = target or FOLDER / f"{on['time'].replace(':', '')}.json"
    done: dict[str, list[Row]] = {}
    for name, title, rows in tables:
        show(title, rows)
        done.setdefault(name, []).extend(rows)
        keep(target, on, done)
    print(f"Kept in {target}")


def keep(path: Path, on: dict[str, Any], found: dict[str, list[Row]]) -> None:
    """Write everything that was found, and on what, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": on, **found}, indent=1) + "\n", encoding="utf-8")

"""What the commands have in common: settings, errors with their exit codes, consoles."""

import sqlite3
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table

from kg import settings as settings_module
from kg.errors import KgError

ERRORS = Console(stderr=True, highlight=False)
"""Standard error."""
OUT = Console(highlight=False)
"""Standard output."""

_MIN_TABLE_WIDTH = 240


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Decorator of a command: loads the settings, and prints an error with its exit code."""

    @click.pass_obj
    @with_errors
    @wraps(command)
    def run(config: Path | None, /, **options: Any) -> None:
        command(settings_module.load(config), **options)

    return run


def with_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Decorator of a command that needs no settings: prints an error with its exit code."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except KgError as fault:
            exit_with(str(fault), fault.exit_code)
        except BrokenPipeError:  # the reader of our output has enough
            raise
        except (OSError, sqlite3.Error) as fault:  # faults of the disk are the operator's to mend
            where = f"{fault.filename}: " if isinstance(fault, OSError) and fault.filename else ""
            exit_with(f"{where}{getattr(fault, 'strerror', None) or fault}", KgError.exit_code)

    return run


def exit_with(message: str, exit_code: int) -> NoReturn:
    """Print an error, and end with its exit code."""
    ERRORS.print(f"kg: {message}", style="bold red", markup=False, soft_wrap=True)
    sys.exit(exit_code)


def print_wide(table: Table) -> None:
    """Print a table; a narrow terminal breaks rows at their end, since an address broken in a cell can't be copied."""
    Console(highlight=False, width=max(OUT.width, _MIN_TABLE_WIDTH)).print(table)


def counted(number: int, what: str) -> str:
    """Return a number with the name of what is counted, in the plural but for 1."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"

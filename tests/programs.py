"""The programs that tests run and Python's packages do not bring; `tests/needs.sh` installs them where it may."""

import shutil
import subprocess

import pytest


def needs(*names):
    """The mark of a test that is skipped where one of these programs is absent (D-92)."""
    missing = [name for name in names if shutil.which(name) is None]
    return pytest.mark.skipif(bool(missing), reason=_reason(missing))


def skip_without(*names):
    """Skip the test, or what needs the fixture, where one of these programs is absent."""
    if missing := [name for name in names if shutil.which(name) is None]:
        pytest.skip(_reason(missing))


def _reason(missing):
    return f"there is no {' and no '.join(missing)} here: `sh tests/needs.sh` says how to get it"


def why_no_driver():
    """Why Playwright's driver does not start, or nothing where it does.

    It is tried in a process of its own: where it fails within this one, Playwright's greenlets leave the interpreter
    with a wrong depth of recursion, and it dies at the next module that is compiled ("AST constructor recursion depth
    mismatch"), with every test that was still to come.
    """
    from playwright._impl._driver import compute_driver_executable, get_driver_env

    try:
        command = [*compute_driver_executable(), "--version"]
        done = subprocess.run(command, env=get_driver_env(), capture_output=True, text=True, check=False, timeout=60)
    except OSError as fault:
        return str(fault)
    return done.stderr.strip() or f"it ends with {done.returncode}" if done.returncode else ""

"""What becomes of tests whose programs are absent or fail."""

import os
import shutil
import subprocess
import sys

import programs
import pytest
from locations import ROOT

PAGES = """
def test_with_browser(browser):
    pass
def test_compiling():
    assert compile("1" * 9, "x", "eval")
def test_with_browser_again(browser):
    pass
"""


@pytest.mark.parametrize("driver", ["false", "a-program-that-is-not-there"])
def test_a_browser_that_can_not_be_driven_costs_its_own_tests_alone(tmp_path, driver):
    """Where Playwright's driver does not start, browser tests are skipped with its words, and all others run."""
    chromium = tmp_path / "bin" / "chromium"
    chromium.parent.mkdir()
    chromium.write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    chromium.chmod(0o755)
    (tmp_path / "test_pages.py").write_text(PAGES, encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": f"{chromium.parent}:{os.environ['PATH']}",
        "PLAYWRIGHT_NODEJS_PATH": driver,
    }
    plugins = ["-p", "no:cacheprovider", "-p", "conftest"]
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, *plugins, tmp_path]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 2 skipped" in done.stdout
    assert "Playwright's driver does not start here" in done.stdout


def test_an_absent_program_is_named(monkeypatch):
    """A test whose program is absent is skipped, with its name and where to look."""
    monkeypatch.setattr(programs.shutil, "which", lambda name: None if name == "curl" else f"/bin/{name}")
    with pytest.raises(pytest.skip.Exception, match=r"there is no curl here.*tests/needs\.sh"):
        programs.skip_without("sh", "curl")
    programs.skip_without("sh")
    assert programs.needs("sh", "curl").args == (True,)
    assert programs.needs("sh").args == (False,)


def test_what_the_tests_need_is_named_where_it_can_not_be_installed(tmp_path):
    """On a machine without apt, without any of the programs, needs.sh names them all and fails nothing."""
    for name in ("grep", "id", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name))
    command = [tmp_path / "sh", ROOT / "tests" / "needs.sh"]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for package in ("chromium", "curl", "nodejs", "npm", "default-jre-headless"):
        assert f" {package} " in done.stdout.replace("'", " ").replace("\n", " ")

"""What all browser tests share: the example collection as a person serves it, and a Chromium."""

import shutil
from pathlib import Path

import pytest
from serving import free_port, kg, served

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """The example collection, built and served by the command line."""
    folder = tmp_path_factory.mktemp("browser")
    port = free_port()
    shutil.copytree(ROOT / "data", folder / "data")
    text = (ROOT / "kg.toml").read_text(encoding="utf-8")
    (folder / "kg.toml").write_text(text.replace("127.0.0.1:8000", f"127.0.0.1:{port}"), encoding="utf-8")
    assert kg(folder, "build").returncode == 0
    with served(folder, port) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """One Chromium; each test opens its own context in it."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()

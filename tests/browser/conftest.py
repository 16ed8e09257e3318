"""What all browser tests share: the example collection as a person serves it."""

import shutil

import pytest
from locations import ROOT
from serving import free_port, kg, served


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

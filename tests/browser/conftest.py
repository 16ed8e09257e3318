"""What all browser tests share: the example collection as a person serves it."""

import shutil

import pytest
from locations import ROOT, SOURCES
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


@pytest.fixture(scope="session")
def tapes(tmp_path_factory):
    """Real finding aids and authority files with a page of a digital archive, built and served by the command line."""
    if not SOURCES.is_dir():
        pytest.skip("the real sources are not here (../shared/sources)")
    folder = tmp_path_factory.mktemp("tapes")
    port = free_port()
    sources = "".join(f'[[sources]]\npath = "{SOURCES / name}"\n' for name in ("nixon-tapes", "wilson"))
    text = f'base = "http://127.0.0.1:{port}/"\ntitle = "Tapes"\n{sources}'
    (folder / "kg.toml").write_text(text, encoding="utf-8")
    assert kg(folder, "build").returncode == 0
    with served(folder, port) as address:
        yield address

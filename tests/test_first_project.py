"""docs/first-project.md: its commands, run as they stand there, lead from its sheet to a site."""

import os
import re
import shlex
import subprocess
import tomllib

import httpx2
from locations import ROOT
from programs import needs
from serving import KG, free_port
from waiting import HANG_SECONDS, eventually

PAGE = (ROOT / "docs" / "first-project.md").read_text(encoding="utf-8")


def blocks(language, text=PAGE):
    """The blocks of the page in a language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands():
    """The five commands, in their order."""
    section = re.search(r"\n## Five commands\n(.*?)\n## ", PAGE, re.DOTALL)[1]
    return [line for block in blocks("sh", section) for line in block.splitlines()]


def run(command, folder):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment["PATH"] = f"{KG.parent}:{environment['PATH']}"
    return subprocess.Popen(
        shlex.split(command), cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@needs("curl")
def test_five_commands_lead_to_a_site(tmp_path):
    """The five commands of the page, in an empty folder with its sheet, end well, and the site has the records."""
    (tmp_path / "letters.csv").write_text(blocks("csv")[0], encoding="utf-8")
    port = free_port()
    init, check, build, serve, curl = (each.replace("8000", str(port)) for each in commands())
    for command in (init, check, build):
        ran = run(command, tmp_path)
        said, _ = ran.communicate(timeout=HANG_SECONDS)
        assert ran.returncode == 0, said
    server = run(serve, tmp_path)
    try:
        address = f"http://127.0.0.1:{port}"
        eventually(lambda: answers(f"{address}/healthz"), address)
        ran = run(curl, tmp_path)
        said, _ = ran.communicate(timeout=HANG_SECONDS)
        assert '"Purchase of the printing press"' in said
        second = httpx2.get(f"{address}/record/2.json").json()
        assert [each["name"]["@none"] for each in second["recipient"]] == ["Ibáñez, Rosa", "Núñez, Inés"]
    finally:
        server.terminate()
        server.communicate(timeout=HANG_SECONDS)


def answers(address):
    try:
        return httpx2.get(address).status_code == 200
    except httpx2.TransportError:
        return False


def test_lines_of_settings_on_the_page_are_those_that_are_proposed(tmp_path):
    """The lines of kg.toml that the page shows are lines of the one that `kg init` writes."""
    (tmp_path / "letters.csv").write_text(blocks("csv")[0], encoding="utf-8")
    ran = run(commands()[0], tmp_path)
    said, _ = ran.communicate(timeout=HANG_SECONDS)
    assert ran.returncode == 0, said
    proposed = tomllib.loads((tmp_path / "kg.toml").read_text(encoding="utf-8"))["sources"][0]["columns"]
    shown = tomllib.loads(blocks("toml")[0])["sources"]["columns"]
    assert shown.items() <= proposed.items()

"""Lighthouse: accessibility, best practices, what search engines need, speed."""

import json
import os
import shutil
import subprocess

import pytest
from programs import needs

PATHS = ("/", "/record/177838.html", "/record/", "/agent/raul-castro-ruz.html", "/about", "/sparql", "/data/")
LEAST = {"accessibility": 1, "best-practices": 1, "seo": 1, "performance": 0.95}


def _audited(packages, address, report):
    command = [packages / ".bin" / "lighthouse", address, "--quiet", "--output=json", f"--output-path={report}"]
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium")}
    flags = "--chrome-flags=--headless=new --no-sandbox"
    done = subprocess.run([*command, flags], env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(report.read_text(encoding="utf-8"))


@pytest.mark.slow
@needs("chromium", "node")
@pytest.mark.parametrize("path", PATHS)
def test_lighthouse(packages, site, tmp_path, path):
    "Each kind of page has 100 of 100 for accessibility, best practices and search engines, and 95 for speed at least."
    found = _audited(packages, site + path, tmp_path / "report.json")
    scores = {name: found["categories"][name]["score"] for name in LEAST}
    wanting = {
        each["id"]: found["audits"][each["id"]].get("displayValue", "")
        for category in found["categories"].values()
        for each in category["auditRefs"]
        if each["weight"] and (found["audits"][each["id"]]["score"] or 0) < 1
    }
    assert all(scores[name] >= least for name, least in LEAST.items()), (scores, wanting)

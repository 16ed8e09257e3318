"""What the validators share: the npm packages, the example collection with hostile records besides, and a browser."""

import json
import shutil
from pathlib import Path

import npm
import pytest
from serving import free_port, kg, served

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

LONG_WORD = "w" * 100_000
HOSTILE = "</script><script>alert(1)</script> {{ 7*7 }} {% raw %} \u202e\u2066bidi '\"><img src=x onerror=alert(1)>"
RECORDS = [
    {
        "id": "record/hostile",
        "title": {"en": HOSTILE},
        "summary": {"en": HOSTILE},
        "text": {"en": HOSTILE + " " + LONG_WORD, "ru": HOSTILE},
        "reference": HOSTILE,
        "creator": [{"id": "agent/hostile", "name": {"en": HOSTILE}}],
        "sourcePage": [
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "https://example.org/\"onmouseover='x'",
        ],
        "identifiers": [HOSTILE, LONG_WORD[:2000]],
        "custom": HOSTILE,
    },
    {
        "id": "record/arabic",
        "title": {"ar": "محضر محادثة مع السفير"},
        "summary": {"ar": "ملخص قصير للمحادثة في هافانا."},
        "text": {"ar": "نص الوثيقة الأصلية كما سجله السفير.", "en": "The text as the ambassador took it down."},
        "dates": [{"role": "document", "edtf": "1963-03~"}],
    },
    {
        "id": "record/cyrillic",
        "title": {"ru": "Запись беседы с послом"},
        "summary": {"ru": "Краткая запись."},
        "dates": [{"role": "document", "edtf": "[1963-02-01..1963-02-10]"}],
    },
    *(
        {"id": f"record/made-up-{n}", "title": {"en": f"Made-up letter {n}"}, "creator": ["agent/anastas-mikoyan"]}
        for n in range(120)
    ),
]


@pytest.fixture(scope="session")
def packages():
    """The npm packages, installed from their lock file."""
    npm.install(HERE)
    return HERE / "node_modules"


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The example collection and some records that nobody would write, served as a person serves them."""
    folder = tmp_path_factory.mktemp("validators")
    port = free_port()
    shutil.copytree(ROOT / "data", folder / "data")
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS)
    (folder / "data" / "more.jsonl").write_text(lines, encoding="utf-8")
    text = (ROOT / "kg.toml").read_text(encoding="utf-8").replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    (folder / "kg.toml").write_text(text + '\n[[sources]]\npath = "data/more.jsonl"\n', encoding="utf-8")
    built = kg(folder, "build")
    assert built.returncode == 0, built.stderr
    with served(folder, port) as address:
        yield address

"""The site under attack: made-up records by the thousand, and a few with more text than any archive has."""

import json
import shutil

from locations import ROOT
from serving import kg

from benchmarks import synthetic

SIZE = 3_000
"""Records; their pages in all formats are more than the page cache holds."""

POLITE_KEYS = ("177838", *(f"synthetic-{number}" for number in range(0, SIZE, 61)))
"""Keys of the records that a polite client asks for, the one of the example collection often."""

LONG = ("long-text", "short-paragraphs", "many-languages")
"""Keys of the long records."""

_LONG_TEXT = 1_000_000
PARAGRAPHS = 1_000_000
"""Of one text; each is a triple, so that a build of these takes as long as one of ten thousand records."""

_LANGUAGES = 20_000
_WORDS = "The ambassador agrees to everything that nobody asked of him. "


def _long_records(paragraphs):
    yield {"title": {"en": "A text of a megabyte"}, "text": {"en": [(_WORDS * 20_000)[:_LONG_TEXT]]}}
    yield {
        "title": {"en": "A text of short paragraphs"},
        "text": {"en": [f"{number:x}" for number in range(paragraphs)]},
    }
    titles = {f"en-x-a{number:05}": f"A title in language {number}" for number in range(_LANGUAGES)}
    yield {"title": {"en": "Twenty thousand languages", **titles}}


def make(folder, port, settings="", paragraphs=PARAGRAPHS):
    """A folder with sources and kg.toml, whose base is that of a server at this port, built."""
    synthetic.write(folder, SIZE)
    with (folder / "data" / "long.jsonl").open("w", encoding="utf-8") as file:
        for key, record in zip(LONG, _long_records(paragraphs), strict=True):
            file.write(json.dumps({"id": f"record/{key}", "kind": "record", **record}) + "\n")
    shutil.copy(ROOT / "data" / "records.jsonl", folder / "data" / "example.jsonl")
    config = folder / "kg.toml"
    text = config.read_text(encoding="utf-8").replace("http://archive.example.org/", f"http://127.0.0.1:{port}/")
    config.write_text(f"{settings}\n{text}", encoding="utf-8")
    build(folder)


def build(folder):
    """Build it."""
    done = kg(folder, "build")
    assert done.returncode == 0, done.stderr.decode()

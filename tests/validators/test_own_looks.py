"""Pages with the archive's own logo, colour and start picture: they break no rule of WCAG, whatever the colour."""

import json

import pytest
from serving import free_port, kg, served
from test_accessibility import AXE, WIDTHS

COLOURS = ("#ffee88", "#0b0b12")
"""Pale, and nearly black."""

PATHS = ("/", "/record/letter.html", "/search?q=letter", "/agent/", "/imprint")
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} 90"><rect width="{0}" height="90" fill="#fff8c0"/></svg>'
)
RECORDS = [
    {
        "id": "record/letter",
        "title": {"en": "A letter"},
        "creator": ["agent/hale"],
        "dates": [{"role": "document", "edtf": "1962"}],
        "text": {"en": "The letter itself."},
    },
    {"id": "record/reply", "title": {"en": "A reply to the letter"}, "dates": [{"role": "document", "edtf": "1964"}]},
    {"id": "agent/hale", "name": {"en": "Martha Hale"}, "agentType": "person"},
]


@pytest.fixture(scope="module", params=COLOURS)
def own_site(tmp_path_factory, request):
    """A site with files of its own, in one of the colours."""
    folder = tmp_path_factory.mktemp("own")
    port = free_port()
    (folder / "logo.svg").write_text(DRAWING.format(400), encoding="utf-8")
    (folder / "reading-room.svg").write_text(DRAWING.format(300), encoding="utf-8")
    (folder / "imprint.md").write_text("# Imprint\n\nThe archive, 1 Mill Lane.\n", encoding="utf-8")
    (folder / "records.jsonl").write_text("\n".join(map(json.dumps, RECORDS)), encoding="utf-8")
    (folder / "kg.toml").write_text(
        f'base = "http://127.0.0.1:{port}/"\ntitle = "An archive"\nlogo = "logo.svg"\ncolour = "{request.param}"\n'
        'imprint = "imprint.md"\ndumps = false\ntables = false\n'
        '[picture]\nfile = "reading-room.svg"\nalt = "The reading room"\ncredit = "The archive"\n'
        '[[sources]]\npath = "records.jsonl"\n',
        encoding="utf-8",
    )
    built = kg(folder, "build")
    assert built.returncode == 0, built.stderr
    with served(folder, port) as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_pages_of_ones_own(browser, packages, own_site, scheme):
    """A colour that would not be read is shown darker or lighter; logo and picture say what they are."""
    script = (packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page = browser.new_page(color_scheme=scheme)
    told = []
    for path in PATHS:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(own_site + path)
            page.evaluate(script)
            told += [(path, width, each["id"], each["nodes"][0]["html"][:200]) for each in page.evaluate(AXE)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                told.append((path, width, "is wider than the window", ""))
    page.goto(own_site + "/")
    assert page.locator("header.site img").count() == 1
    assert page.get_by_alt_text("The reading room").evaluate("each => each.naturalWidth") > 0
    page.close()
    assert told == []

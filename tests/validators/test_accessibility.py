"""WCAG 2.2 AA by axe-core, at three widths, light and dark; and pages that keep their width and ask no other host."""

import json

import pytest
from kinds_of_pages import CASES
from serving import free_port, kg, served

AXE = "(async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})).violations)()"
WIDTHS = (360, 820, 1440)
NOT_FOUND = "/record/nothing-here"

OWN_COLOURS = ("#ffee88", "#0b0b12")
"""Pale, and nearly black."""

OWN_PATHS = ("/", "/record/letter.html", "/search?q=letter", "/agent/", "/imprint")
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} 90"><rect width="{0}" height="90" fill="#fff8c0"/></svg>'
)
OWN_RECORDS = [
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", CASES)
def test_axe_finds_nothing(browser, packages, site, path, scheme):
    "No page breaks a rule of WCAG 2.2 AA that a machine can check, whatever stands in the records."
    script = (packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page = browser.new_page(color_scheme=scheme)
    try:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(site + path)
            page.evaluate(script)
            violations = page.evaluate(AXE)
            told = [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in violations]
            assert told == [], f"{width} pixels, {scheme}"
    finally:
        page.close()


@pytest.mark.parametrize("path", CASES)
def test_nothing_runs_and_nothing_breaks_out(browser, site, path):
    "Nothing of a record runs, no policy is violated, no other host is asked, and the page keeps its width."
    page = browser.new_page(viewport={"width": 360, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(site) else None)
    try:
        page.goto(site + path)
        assert [each for each in said if not (path == NOT_FOUND and "404" in each)] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        schemes = page.evaluate("[...new Set([...document.links].map(link => link.protocol))]")
        assert set(schemes) <= {"http:", "https:", "mailto:"}
    finally:
        page.close()


def test_a_record_page_is_small(browser, site):
    "A record's page takes at most 6 requests and 60 KB."
    page = browser.new_page()
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    try:
        page.goto(site + "/record/177838.html", wait_until="networkidle")
        assert len(sizes) <= 6
        assert sum(sizes) <= 60_000
    finally:
        page.close()


@pytest.fixture(scope="module", params=OWN_COLOURS)
def own_site(tmp_path_factory, request):
    """A site with files of its own, in one of the colours."""
    folder = tmp_path_factory.mktemp("own")
    port = free_port()
    (folder / "logo.svg").write_text(DRAWING.format(400), encoding="utf-8")
    (folder / "reading-room.svg").write_text(DRAWING.format(300), encoding="utf-8")
    (folder / "imprint.md").write_text("# Imprint\n\nThe archive, 1 Mill Lane.\n", encoding="utf-8")
    (folder / "records.jsonl").write_text("\n".join(map(json.dumps, OWN_RECORDS)), encoding="utf-8")
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
    for path in OWN_PATHS:
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

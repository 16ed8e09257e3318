"""WCAG 2.2 AA by axe-core, at three widths, light and dark; and pages that keep their width and ask no other host."""

import pytest
from kinds_of_pages import CASES

AXE = "(async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})).violations)()"
WIDTHS = (360, 820, 1440)
NOT_FOUND = "/record/nothing-here"


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

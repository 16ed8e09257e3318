"""Screenshots of the examples and for README.md and docs/pages.md, from a server of the example collection.

An example's picture is its own answer in its own view (D-60).

Run by `make pictures` while `make serve` runs elsewhere; needs Chromium.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from kg.render.queries.examples import examples
from kg.settings import QUERIES

FOLDER = Path(__file__).resolve().parent.parent / "kg" / "render" / "static" / "examples"
OWN = Path(__file__).resolve().parent.parent / "data" / "queries"
WIDTH, HEIGHT = 640, 360

DOCS = Path(__file__).resolve().parent.parent / "docs" / "images"
PAGES = (
    ("record", "/record/177838.html"),
    ("home-1440-light", "/"),
    ("home-360-dark", "/"),
    ("record-820-light", "/record/177838.html"),
    ("record-360-light", "/record/177838.html"),
    ("record-1440-dark", "/record/177838.html"),
    ("agent-820-dark", "/agent/raul-castro-ruz.html"),
    ("person-820-light", "/agent/fidel-castro-ruz.html#people-seen"),
    ("archive-820-dark", "/archive/avp-rf.fond-0104.html#tree"),
    ("search-1440-light", "/search?q=castro"),
    ("about-820-light", "/about#gaps"),
    ("tables-1440-light", "/data/"),
    ("error-360-light", "/record/nothing"),
)
"""Name of a picture, with its width and colours unless wide and light → the page."""


def draw(page: Page, address: str, name: str) -> bytes:
    """Return a picture of an answer's beginning in its view."""
    page.goto(f"{address}/sparql?example={name}")
    view = page.locator(".kg-view")
    view.locator("svg.plot, ol.lanes, table").first.wait_for()
    page.wait_for_timeout(300)
    page.add_style_tag(content=".kg-view .count, .kg-tools, .kg-zoom, .kg-view > .note { display: none }")
    target = view.locator("svg.plot, .kg-pivot table, .kg-table table").first
    if not target.count():
        target = view
    box = target.bounding_box()
    assert box
    clip = {"x": box["x"], "y": box["y"], "width": WIDTH, "height": HEIGHT}
    return page.screenshot(clip=clip, full_page=True)


def draw_page(browser: Browser, address: str, name: str, path: str) -> None:
    """Draw the first screen of a page, or of a part of it, at half its size where it is wide."""
    width, scheme = (name.partition("-")[2] or "1440-light").split("-")
    narrow = int(width) < 800
    view = {"width": int(width), "height": 760 if narrow else 900}
    scale = 1 if narrow else 0.6
    page = browser.new_page(viewport=view, color_scheme=scheme, device_scale_factor=scale, reduced_motion="reduce")
    page.goto(address + path)
    page.screenshot(path=DOCS / f"{name}.png")
    page.close()


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for example in examples((QUERIES, OWN)):
            context = browser.new_context(
                viewport={"width": 700, "height": 900}, bypass_csp=True, device_scale_factor=0.7
            )
            (FOLDER / f"{example.name}.png").write_bytes(draw(context.new_page(), address, example.name))
            context.close()
        for name, path in PAGES:
            draw_page(browser, address, name, path)
        browser.close()


if __name__ == "__main__":
    main()

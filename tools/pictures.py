"""Draw the pictures of the examples: each one's own answer in its own view, from a server of the example collection.

Run by `make pictures` while `make serve` runs elsewhere; needs Chromium.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from kg.render.queries.examples import examples
from kg.settings import QUERIES

FOLDER = Path(__file__).resolve().parent.parent / "kg" / "render" / "static" / "examples"
WIDTH, HEIGHT = 640, 360


def draw(page: Page, address: str, name: str) -> bytes:
    """The beginning of an answer as its view shows it."""
    page.goto(f"{address}/sparql?example={name}")
    view = page.locator(".kg-view")
    view.locator("svg.plot, ol.lanes, table").first.wait_for()
    page.wait_for_timeout(300)
    page.add_style_tag(content=".kg-view .count, .kg-tools, .kg-zoom, .kg-view > .note { display: none }")
    shown = view.locator("svg.plot, .kg-pivot table, .kg-table table").first
    if not shown.count():
        shown = view
    box = shown.bounding_box()
    assert box
    clip = {"x": box["x"], "y": box["y"], "width": WIDTH, "height": HEIGHT}
    return page.screenshot(clip=clip, full_page=True)


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for example in examples(QUERIES):
            context = browser.new_context(
                viewport={"width": 700, "height": 900}, bypass_csp=True, device_scale_factor=0.7
            )
            (FOLDER / f"{example.name}.png").write_bytes(draw(context.new_page(), address, example.name))
            context.close()
        browser.close()


if __name__ == "__main__":
    main()

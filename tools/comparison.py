"""Small pictures of fifteen kinds of pages of two sites, before and after a change, for docs/comparison.md.

Four servers are running: the earlier kg and this one, each with the example collection and with conversations of the
Nixon White House Tapes (CC0), whose titles and descriptions are all that the pictures have of them:

    .venv/bin/python tools/comparison.py BEFORE-EXAMPLE BEFORE-TAPES AFTER-EXAMPLE AFTER-TAPES

A picture has the first screen of a phone (360 by 760) and of a desk (1440 by 900), before and after, side by side.
Needs Chromium. Pictures are WebP, of at most MAX_BYTES.
"""

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images" / "comparison"
MAX_BYTES = 25_000
VIEWS = ((360, 760), (1440, 900))
HEIGHT = 240
"""Pixels of a screen in a picture."""

PAGES = {
    "home": ("/", "/"),
    "document": ("/record/177838.html", "/record/37-wht-conversation-594-007.html"),
    "long-document": ("/record/note-alekseyev-conversations.html", "/record/37-wht-conversation-122-003.html"),
    "person": ("/agent/anastas-mikoyan.html", "/agent/37-wht-eac-00003482.html"),
    "named-person": ("/agent/raul-castro-ruz.html", "/agent/37-wht-eac-00002003.html"),
    "place": (
        "/place/havana.html",
        "/place/old-executive-office-building-washington-d-c-dcf197bd6c.html",
    ),
    "file": ("/archive/avp-rf.fond-0104.html", "/archive/37-wht-audiotape-044.html"),
    "topic": ("/topic/diplomacy.html", "/topic/sh85106465.html"),
    "people": ("/agent/", "/agent/"),
    "archives": ("/archive/", "/archive/"),
    "documents": ("/record/", "/record/"),
    "search": ("/search?q=castro", "/search?q=watergate"),
    "timeline": ("/timeline", "/timeline"),
    "network": ("/network", "/network"),
    "about": ("/about", "/about"),
}
"""Kind of page → its address on the example's site, and on that of the tapes."""

SITES = ("example", "tapes")


def screens(browser: Browser, address: str) -> list[bytes]:
    """Return the first screens of a page, phone and desk."""
    shots = []
    for width, height in VIEWS:
        page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        page.goto(address)
        page.wait_for_load_state("networkidle")
        shots.append(page.screenshot())
        page.close()
    return shots


def montage(browser: Browser, rows: list[list[bytes]]) -> bytes:
    """Return screens side by side as WebP, in the best quality that the bound leaves."""
    page = browser.new_page()
    addresses = ["data:image/png;base64," + base64.b64encode(shot).decode() for row in rows for shot in row]
    script = """async ([addresses, height, quality]) => {
        const images = await Promise.all(addresses.map(async (address) => {
            const image = new Image(); image.src = address; await image.decode(); return image;
        }));
        const gap = 6, widths = images.map((each) => Math.round(each.width * height / each.height));
        const canvas = document.createElement("canvas");
        canvas.width = widths.reduce((sum, each) => sum + each + gap, -gap); canvas.height = height;
        const context = canvas.getContext("2d");
        context.fillStyle = "#777"; context.fillRect(0, 0, canvas.width, height);
        context.imageSmoothingQuality = "high";
        let at = 0;
        images.forEach((image, number) => {
            context.drawImage(image, at, 0, widths[number], height); at += widths[number] + gap;
        });
        return canvas.toDataURL("image/webp", quality);
    }"""
    try:
        for quality in (0.7, 0.55, 0.4, 0.25, 0.1):
            drawn: str = page.evaluate(script, [addresses, HEIGHT, quality])
            picture = base64.b64decode(drawn.partition(",")[2])
            if len(picture) <= MAX_BYTES:
                break
        return picture
    finally:
        page.close()


def main() -> None:
    """Draw every kind of page of both sites."""
    before, after = sys.argv[1:3], sys.argv[3:5]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for kind, paths in PAGES.items():
            for site, path, *addresses in zip(SITES, paths, before, after, strict=True):
                picture = montage(browser, [screens(browser, address + path) for address in addresses])
                (FOLDER / f"{kind}-{site}.webp").write_bytes(picture)
        browser.close()


if __name__ == "__main__":
    main()

"""Pages in a real Chromium."""

import re

import pytest

PATHS = (
    "/",
    "/about",
    "/record/",
    "/record/177838",
    "/agent/raul-castro-ruz",
    "/place/havana",
    "/collection/alekseyev-conversations",
    "/archive/avp-rf",
    "/topic/diplomacy",
    "/search",
    "/search?q=raul+kastor+celebrations",
    "/search?q=castro&year=1962-10..1963&person=agent/fidel-castro-ruz",
    "/search?q=xyzzyx",
    "/search?q=%D0%9A%D0%B0%D1%81%D1%82%D1%80%D0%BE&lang=ru",
    "/timeline?lang=en",
    "/map",
    "/network?q=castro",
    "/sparql",
    "/api/",
    "/api/companions.html?agent=agent/fidel-castro-ruz",
    "/docs",
    "/dumps/",
    "/terms/",
    "/record/177838.cite.html",
    "/basket?thing=record/177838&thing=record/alekseyev-castro-1963-02-16",
    "/record/nope",
)


@pytest.mark.parametrize("width", [360, 820, 1440])
def test_pages_keep_their_width(address, browser, width):
    """No page is wider than the screen, says anything to the console, or asks another host for anything."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text) if "404" not in message.text else None)
    page.on("request", lambda request: asked.append(request.url))
    for path in PATHS:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.title(), path
        assert page.locator("h1").count() == 1, path
    page.close()
    assert not said
    assert all(url.startswith(address) for url in asked)


@pytest.mark.smoke
def test_from_a_memorandum_to_its_people_and_its_file(address, browser):
    """A reader goes from a document to a person, on to what that person took part in, and up the archive's tree."""
    page = browser.new_page()
    page.goto(f"{address}/record/177838")
    assert page.url.endswith("/record/177838.html")
    page.get_by_role("link", name="Raúl Castro Ruz").first.click()
    assert page.locator("h1").inner_text() == "Raúl Castro Ruz"
    page.get_by_role("heading", name="Documents").first.wait_for()
    page.go_back()
    page.get_by_role("navigation", name="Place in the archive").get_by_role("link", name="Delo 3").click()
    page.get_by_role("link", name="Papka 124").first.click()
    assert "Papka 124" in page.locator("h1").inner_text()
    page.close()


def test_keyboard(address, browser):
    """The first Tab leads to the skip link, which is seen then."""
    page = browser.new_page()
    page.goto(f"{address}/record/177838")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.close()


@pytest.mark.parametrize(("path", "most"), [("/record/177838.html", 3), ("/agent/fidel-castro-ruz.html", 4)])
def test_on_paper(address, browser, path, most):
    """On paper a page is short, has no controls, and says how to cite it or where it stands."""
    page = browser.new_page(viewport={"width": 794, "height": 1123})
    page.goto(address + path)
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert pages <= most
    page.emulate_media(media="print")
    for hidden in ("header.site nav", "form.find", "footer.site", ".pages", ".picture", "[rel=next]"):
        assert not any(each.is_visible() for each in page.locator(hidden).all()), hidden
    assert page.get_by_text(address + path.removesuffix(".html")).last.is_visible()
    page.close()

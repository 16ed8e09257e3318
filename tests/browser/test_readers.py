"""What a historian does on these pages: without scripts, and by keyboard alone."""

import csv
import io
import re
from urllib.parse import urljoin, urlsplit

import bibtexparser
import httpx2
import pytest
import rispy

MEMORANDUM = "/record/177838.html"
PAGES = ("/", "/record/", MEMORANDUM, "/agent/raul-castro-ruz.html", "/archive/avp-rf.html", "/about", "/data/")
WIDTHS = (360, 1440)

FOCUSED = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  // A link may be broken over two lines; its first piece is looked at.
  const box = it.getClientRects()[0];
  const style = getComputedStyle(it);
  const x = box.left + Math.min(box.width / 2, 20), y = box.top + box.height / 2;
  const on = document.elementFromPoint(x, y);
  return {
    what: it.outerHTML.slice(0, 120),
    key: [it.tagName, it.getAttribute("href") || "", it.id, Math.round(box.left + scrollX), Math.round(box.top + scrollY)].join(" "),
    seen: box.width > 0 && box.height > 0 && x >= 0 && y >= 0 && x <= innerWidth && y <= innerHeight,
    uncovered: !!on && (it.contains(on) || on.contains(it)),
    ring: it.tagName === "MAIN" || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
  };
}"""
"""What has the focus, and whether a reader can see that it has it."""


@pytest.fixture
def reader(address, browser):
    """A page in a browser that runs no scripts of the site."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(address)
    yield page
    context.close()


def _links(client, address):
    """The pages below the same root that a page links to."""
    page = client.get(address, headers={"accept": "text/html"}, follow_redirects=True)
    if page.status_code != 200 or not page.headers["content-type"].startswith("text/html"):
        return
    for target in re.findall(r'<a [^>]*?href="([^"]+)"', page.text):
        parts = urlsplit(urljoin(str(page.url), target.replace("&amp;", "&")))
        if parts.netloc == page.url.netloc.decode() and "lang=" not in parts.query:
            yield parts._replace(fragment="").geturl()


def test_every_record_in_four_links(address):
    "From the home page any record is at most four links away, without a form."
    with httpx2.Client(timeout=60) as client:
        rows = csv.DictReader(io.StringIO(client.get(f"{address}/data/record.csv").text))
        every = {row["id"] for row in rows}
        found, seen, edge = set(), {f"{address}/"}, {f"{address}/"}
        for _ in range(4):
            nearer = {link for page in edge for link in _links(client, page)} - seen
            seen |= nearer
            things = {re.sub(r"\.html$", "", urlsplit(each).path).strip("/") for each in nearer}
            found |= every & things
            if found == every:
                return
            edge = {each for each in nearer if re.search(r"/(record|agent|archive|collection)/(\?|$)", each)}
    assert sorted(every - found) == []


def test_from_the_memorandum_to_fond_neighbours_and_ambassador(reader, address):
    "From a memorandum a reader comes to its fond, to the documents beside it, and to the ambassador who wrote it."
    reader.goto(address + MEMORANDUM)
    title = reader.locator("h1").inner_text()
    reader.get_by_role("navigation", name="In the same collection").get_by_role("link", name="Previous").click()
    before = reader.locator("h1").inner_text()
    assert before != title
    reader.get_by_role("navigation", name="In the same collection").get_by_role("link", name="Next").click()
    assert reader.locator("h1").inner_text() == title
    reader.get_by_role("navigation", name="Place in the archive").get_by_role("link", name="Fond 0104").click()
    assert "Fond 0104" in reader.locator("h1").inner_text()
    reader.goto(address + MEMORANDUM)
    reader.get_by_role("main").get_by_role("link", name="Aleksandr Alekseyev").first.click()
    assert reader.locator("h1").inner_text() == "Aleksandr Alekseyev"
    reader.get_by_role("main").get_by_text("Ambassador of the USSR to Cuba").first.wait_for()


def test_half_remembered_words_find_the_memorandum(reader, address):
    "Half-remembered words and a misspelt name, put into the form of the head, find the memorandum."
    reader.get_by_role("searchbox").first.fill("Raul Kastro toast Chinese bulletin")
    reader.get_by_role("button", name="Search").first.click()
    reader.get_by_role("main").get_by_role("link", name="Record of a Conversation with Raul Castro Ruz").first.click()
    assert urlsplit(reader.url).path == MEMORANDUM


@pytest.mark.smoke
def test_citations_are_taken_along(reader, address):
    "A reader finds the citation of a document on its page, and a reference manager reads it in three formats."
    reader.goto(address + MEMORANDUM)
    title = reader.locator("h1").inner_text()
    hrefs = {
        ending: reader.locator(f'main a[href$="{ending}"]').first.get_attribute("href")
        for ending in (".bib", ".ris", ".csl.json")
    }
    texts = {ending: httpx2.get(address + href).text for ending, href in hrefs.items()}
    assert title[:40] in bibtexparser.parse_string(texts[".bib"]).entries[0]["title"].replace("{", "").replace("}", "")
    assert rispy.loads(texts[".ris"])[0]["title"] == title
    assert title in texts[".csl.json"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_focus_is_always_seen(address, browser, path, width):
    "Tab leads through the whole page and out of it, and what has the focus is on the screen, uncovered, with a ring."
    page = browser.new_page(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    try:
        page.goto(address + path)
        met, wrong = set(), []
        while len(met) < 400:
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUSED)
            if at is None or at["key"] in met:
                break
            met.add(at["key"])
            if not (at["seen"] and at["uncovered"] and at["ring"]):
                wrong.append(at)
        assert wrong == []
        assert at is None, f"a trap at {at}"
        assert len(met) > 10
    finally:
        page.close()


def _tab_to(page, name, most=150):
    """Press Tab until a link of this name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if name in (page.evaluate("document.activeElement.innerText || ''")):
            return
    pytest.fail(f"no Tab leads to {name!r} on {page.url}")


def _enter(page):
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_by_keyboard_alone(address, browser):
    "With Tab and Enter alone a reader comes from the home page to a document, past the head of the page, and to its author."
    page = browser.new_page(viewport={"width": 820, "height": 900})
    try:
        page.goto(address)
        _tab_to(page, "Documents")
        _enter(page)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
        _tab_to(page, page.locator("ol.links a").first.inner_text())
        _enter(page)
        assert "/record/" in page.url
        page.goto(address + MEMORANDUM)
        _tab_to(page, "Fond 0104")
        _enter(page)
        assert "Fond 0104" in page.locator("h1").inner_text()
        page.go_back()
        _tab_to(page, "Aleksandr Alekseyev")
        _enter(page)
        assert page.locator("h1").inner_text() == "Aleksandr Alekseyev"
    finally:
        page.close()


PHONE = {"width": 360, "height": 640}


def test_the_document_is_in_the_first_screen_of_a_phone(address, browser):
    """The header takes a seventh of a phone's screen; title, date, people and reference stand in the first one."""
    page = browser.new_page(viewport=PHONE)
    page.goto(address + MEMORANDUM)
    assert page.locator("header.site").bounding_box()["height"] <= PHONE["height"] / 7
    for text in ("h1", ".facts li:first-child", ".facts a[href*='/agent/']", ".facts li:has-text('Reference')"):
        box = page.locator(f"article.thing > header {text}").first.bounding_box()
        assert box["y"] + box["height"] <= PHONE["height"], text
    page.close()


def test_the_menu_of_a_phone_needs_no_script(address, browser):
    """On a phone the menu is closed, and a button opens it by mouse and by keyboard; a wide screen has it open."""
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(address + MEMORANDUM)
    button, menu = page.get_by_role("button", name="Menu"), page.get_by_role("navigation", name="Site")
    assert not menu.is_visible()
    button.click()
    assert menu.get_by_role("link", name="Places").is_visible()
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{address}/record/"
    page.set_viewport_size({"width": 1300, "height": 700})
    assert menu.is_visible()
    assert not page.get_by_role("button", name="Menu").is_visible()
    context.close()


@pytest.mark.parametrize("language", ["en", "ru", "es"])
@pytest.mark.parametrize("width", [320, 360, 820, 1290, 1440])
def test_the_menu_fits(address, browser, language, width):
    """On a wide screen the menu is one line, with all kinds of things in it; else it is behind its button; nothing sticks out."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{address}/record/?lang={language}")
    links = page.locator("#menu a")
    is_open = page.locator("#menu").is_visible()
    assert is_open == (width >= 1280)
    if not is_open:
        page.locator("button.menu").click()
        inside = [box for each in links.all() if (box := each.bounding_box())]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in inside)
    else:
        assert len({each.bounding_box()["y"] for each in links.all()}) == 1
    assert links.count() >= 10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("path", ["/record/", "/collection/", "/archive/", "/search?q=castro"])
def test_check_boxes_of_a_list_by_keyboard(address, browser, path, scripts):
    """Tab comes to each box, which shows that it has the focus; Space ticks it, Enter sends nothing, the button does."""
    page = browser.new_page(java_script_enabled=scripts)
    page.goto(address + path)
    boxes = page.locator("form.pick input[type=checkbox]")
    boxes.first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert boxes.first.evaluate("each => each === document.activeElement && each.matches(':focus-visible')")
    assert boxes.first.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert boxes.first.is_checked()
    assert page.url == address + path
    page.locator("form.pick button[type=submit]:visible").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.startswith(f"{address}/basket?add=")
    page.close()

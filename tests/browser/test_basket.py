"""The basket and the copying of citations in a real Chromium."""

from urllib.parse import parse_qs, urlsplit

import pytest

ONE, TWO = "record/177838", "record/alekseyev-castro-1963-02-16"


def _things(page):
    return parse_qs(urlsplit(page.url).query).get("thing", [])


def test_a_basket_stays_in_the_browser(address, browser):
    """What is added from pages one by one is together in the basket, also when one comes back without an address."""
    context = browser.new_context()
    page = context.new_page()
    for reference in (ONE, TWO):
        page.goto(f"{address}/{reference}.html")
        page.get_by_role("link", name="Add to the basket").click()
        page.wait_for_load_state("networkidle")
    page.goto(f"{address}/basket")
    page.wait_for_url("**/basket?**")
    assert sorted(_things(page)) == sorted([ONE, TWO])
    page.locator(f'input[type=checkbox][value="{ONE}"]').uncheck()
    page.get_by_role("button", name="Update the basket").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{address}/basket")
    page.wait_for_url("**/basket?**")
    assert _things(page) == [TWO]
    context.close()


def test_a_basket_of_somebody_else_replaces_none(address, browser):
    """An address with other documents is shown; the browser's own basket stays until one asks for the other."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/basket?add={ONE}")
    page.goto(f"{address}/basket?thing={TWO}")
    assert _things(page) == [TWO]
    page.goto(f"{address}/basket")
    page.wait_for_url("**/basket?**")
    assert _things(page) == [ONE]
    page.goto(f"{address}/basket?thing={TWO}")
    page.get_by_role("button", name="Save these documents in this browser").click()
    page.goto(f"{address}/basket")
    page.wait_for_url("**/basket?**")
    assert _things(page) == [TWO]
    context.close()


def test_without_scripts_a_search_fills_the_basket(address, browser):
    """Ticks in a search lead to the basket, which its form narrows, and a citation is there as text."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search?q=castro&kind=record")
    boxes = page.locator("form.pick input[name=add]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Add the selected ones to the basket").click()
    assert page.locator("ol.bibliography li").count() == 2
    page.locator("input[name=thing]").first.uncheck()
    page.get_by_role("button", name="Update the basket").click()
    assert page.locator("ol.bibliography li").count() == 1
    assert "“" in page.locator("ol.bibliography .copy").inner_text()
    context.close()


@pytest.mark.smoke
def test_a_citation_is_copied(address, browser):
    """The button behind a citation copies its text."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/{ONE}.cite.html")
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".copy").first.inner_text()
    context.close()


def test_a_basket_is_printed_as_a_bibliography(address, browser):
    """In print stand the citations alone, without ticks, buttons and downloads."""
    page = browser.new_page()
    page.goto(f"{address}/basket?thing={ONE}")
    page.emulate_media(media="print")
    assert page.locator("ol.bibliography .copy").is_visible()
    for hidden in ("ol.bibliography .pick", "button.copies >> nth=0", ".controls >> nth=0"):
        assert not page.locator(hidden).is_visible()
    page.close()

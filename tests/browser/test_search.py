"""A reader searches, in a real Chromium."""

import pytest


def test_the_memorandum_by_half_remembered_words(address, browser):
    """Without scripts a reader finds the memorandum with Raul Castro by a misspelt name and what is remembered of it."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/")
    page.get_by_role("searchbox").first.fill("talk raul kastor toast ambasadors seated")
    page.keyboard.press("Enter")
    first = page.locator("ol.hits h2 a").first
    assert "Raul Castro Ruz" in first.inner_text()
    assert page.locator("ol.hits mark").count() > 0
    first.click()
    page.wait_for_url(f"{address}/record/177838*")
    context.close()


def test_narrowing_and_looking(address, browser):
    """A reader narrows a list by a person and a time, sees it as a timeline, and takes a restriction back."""
    page = browser.new_page()
    page.goto(f"{address}/search?q=castro")
    page.locator("section[aria-labelledby=f-person] a").first.click()
    page.wait_for_url("**person=agent*")
    page.get_by_role("link", name="Timeline").click()
    assert page.locator("figure.picture svg a").count() > 1
    page.locator("figure.picture svg a").first.click()
    page.wait_for_url("**year=1962-*")
    page.get_by_role("link", name="Take away: Fidel Castro Ruz").click()
    page.wait_for_url(lambda url: "person=" not in url)
    page.close()


@pytest.mark.smoke
def test_completions(address, browser):
    """While somebody types, names are offered."""
    page = browser.new_page()
    page.goto(f"{address}/search")
    with page.expect_response("**/search/suggest*"):
        page.locator("#q").press_sequentially("raul ca")
    page.wait_for_function("document.querySelectorAll('#completions option').length > 0")
    assert page.locator("#completions option").first.get_attribute("value") == "Raúl Castro Ruz"
    page.close()

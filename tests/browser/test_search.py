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
    page.get_by_role("link", name="Remove filter: Fidel Castro Ruz").click()
    page.wait_for_url(lambda url: "person=" not in url)
    page.close()


@pytest.mark.smoke
def test_completions(address, browser):
    """While somebody types into the header, names are offered with life dates; the keyboard leads to one of them."""
    page = browser.new_page()
    page.goto(f"{address}/")
    field = page.get_by_role("combobox", name="Search documents, people and places")
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("nikita kh")
    option = page.get_by_role("option").first
    option.wait_for()
    assert option.inner_text() == "Nikita Khrushchev Person · 1894–1971"
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    assert page.locator(f"#{field.get_attribute('aria-activedescendant')}").get_attribute("aria-selected") == "true"
    field.press("Enter")
    page.wait_for_url(f"{address}/agent/nikita-khrushchev*")
    page.close()


def test_completions_leave_what_was_written(address, browser):
    """Escape closes the list and keeps the words, Enter without a choice searches for them, the arrows go round."""
    page = browser.new_page()
    page.goto(f"{address}/record/177838")
    field = page.get_by_role("combobox")
    field.press_sequentially("castro")
    page.get_by_role("option").first.wait_for()
    field.press("ArrowUp")
    assert page.get_by_role("option").last.get_attribute("aria-selected") == "true"
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("Escape")
    assert page.get_by_role("listbox").count() == 0
    assert field.input_value() == "castro"
    field.press("ArrowDown")
    page.get_by_role("option").first.wait_for()
    field.press("Enter")
    page.wait_for_url("**/search?q=castro")
    page.close()


def test_a_click_leads_to_a_name(address, browser):
    """A click on a name leads to its page, also from the form of the search, where names in any script are offered."""
    page = browser.new_page()
    page.goto(f"{address}/search")
    page.get_by_role("combobox").first.press_sequentially("кастро ра")
    page.get_by_role("option", name="Raúl Castro Ruz").click()
    page.wait_for_url(f"{address}/agent/raul-castro-ruz*")
    page.close()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/record/177838",
        "/search?q=castro",
        "/timeline",
        "/map",
        "/network",
        "/nowhere",
        "/search?q=%28",
        "/map?year=soon",
    ],
)
def test_one_search_form(address, browser, path):
    """A page has one form for searches, with scripts and without."""
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(address + path)
        assert page.get_by_role("search").count() == 1
        assert page.locator("input[name=q]:not([type=hidden])").count() == 1
        context.close()

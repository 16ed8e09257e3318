"""Readers of a site in Chromium, with a mouse or with nothing but a keyboard, for tests."""

import re
from pathlib import Path

import pytest

FOCUSED = """(place) => {
  const it = document.activeElement;
  if (!it || it.matches("body, input[type=checkbox]") || !it.closest(place)) return "";
  return it.getAttribute("aria-label") || it.innerText || it.textContent || "";
}"""
"""What the element with the focus is called, if it stands in a part of the page and leads somewhere."""

BOX = """([place, name]) => {
  const it = document.activeElement;
  if (!it || !it.matches("input[type=checkbox]") || !it.closest(place)) return false;
  return (it.getAttribute("aria-label") || it.labels[0]?.innerText || "").includes(name);
}"""
"""Whether a box of this name in this part of the page has the focus."""


class Clicks:
    """A reader with a mouse."""

    def __init__(self, page):
        self.page = page

    def find(self, name, place):
        """The link, button or summary of a name in a part of the page."""
        parts = self.page.locator(f"{place} a, {place} button, {place} summary")
        labelled = self.page.locator(f'{place} a[aria-label*="{name}"]')
        return labelled.or_(parts.filter(has_text=re.compile(re.escape(name)))).first

    def follow(self, name, place="main"):
        """Take the first link of a name."""
        self.find(name, place).click()

    def save(self, name, place="main"):
        """Take a link that leads to a file; the text of it."""
        return self.save_file(name, place).read_text(encoding="utf-8")

    def save_file(self, name, place="main"):
        """Take a link that leads to a file; where it was saved."""
        with self.page.expect_download() as saving:
            self.find(name, place).click()
        return Path(saving.value.path())

    def tick(self, name, place="main"):
        """Tick the first box of a name in a part of the page."""
        self.page.locator(place).get_by_role("checkbox", name=name).first.check()

    def write(self, field, words):
        """Write into the field of an id instead of what stands there, and send the form."""
        self.page.locator(f"#{field}").fill(words)
        self.page.locator(f"form:has(#{field}) button").first.click()

    def search(self, words):
        """Write into the search field in the head of the page."""
        self.page.get_by_role("searchbox").first.fill(words)
        self.page.get_by_role("button", name="Search").first.click()

    def back(self):
        """Go back to the page before; the keys for that are the browser's own."""
        self.page.go_back()


class Keys(Clicks):
    """A reader with nothing but a keyboard."""

    def reach(self, name, place="main"):
        """Press Tab until something of this name has the focus."""
        self._tab_until(f"([place, name]) => ({FOCUSED})(place).includes(name)", [place, name])

    def follow(self, name, place="main"):
        self.reach(name, place)
        before = self.page.url
        leads = self.page.evaluate("document.activeElement.tagName") != "SUMMARY"
        self.page.keyboard.press("Enter")
        if leads:
            self.page.wait_for_url(lambda address: address != before)
            self.page.wait_for_load_state()

    def save_file(self, name, place="main"):
        self.reach(name, place)
        with self.page.expect_download() as saving:
            self.page.keyboard.press("Enter")
        return Path(saving.value.path())

    def tick(self, name, place="main"):
        self._tab_until(BOX, [place, name])
        self.page.keyboard.press("Space")

    def write(self, field, words):
        self._tab_until("id => document.activeElement.id === id", field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(words)
        self.leave(field)

    def leave(self, field):
        """Send the form of a field: by Enter, and from a field of several lines by its button."""
        before = self.page.url
        if self.page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            self._tab_until(
                "id => document.activeElement.matches('button') && document.activeElement.form.elements[id]", field
            )
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda address: address != before)
        self.page.wait_for_load_state()

    def _tab_until(self, script, argument):
        for _ in range(200):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(script, argument):
                return
        pytest.fail(f"no Tab leads to {argument!r} on {self.page.url}")

    def search(self, words):
        self._tab_until("id => document.activeElement.id === id", "find")
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/search?**")

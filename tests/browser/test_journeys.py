"""What a historian comes for, from end to end: with no script running, by clicks and by keyboard alone."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

import bibtexparser
import pytest
import rispy
from readers import Clicks, Keys

MEMORANDUM = "Record of a Conversation with Raul Castro Ruz"
FORGOTTEN = "talk raul kastor toast ambasadors seated"


@pytest.fixture(params=[Clicks, Keys])
def reader(request, address, browser):
    """A reader on the home page, in a browser that runs no scripts of the site."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(address)
    yield request.param(page)
    context.close()


def heading(reader):
    return reader.page.locator("h1").inner_text()


def asked(reader):
    """What the address of a search asks."""
    return parse_qsl(urlsplit(reader.page.url).query)


def total(reader):
    """How many documents the page of a search says there are."""
    return int(re.match(r"(\d+) documents?", reader.page.locator(".sum").inner_text())[1])


def test_from_half_remembered_words_to_the_network_of_the_ambassador(reader):
    "Words half remembered and a name misspelt lead to the memorandum; it leads to its fond, its neighbours, the ambassador, his network."
    reader.search(FORGOTTEN)
    reader.follow(MEMORANDUM)
    title = heading(reader)
    assert MEMORANDUM in title

    reader.follow("Fond 0104", "nav.path")
    assert "Fond 0104" in heading(reader)
    assert "AVP RF" in reader.page.locator("nav.path").inner_text()
    reader.back()
    assert heading(reader) == title

    reader.follow("Previous", "nav.beside")
    assert heading(reader) != title
    reader.follow("Next", "nav.beside")
    assert heading(reader) == title

    reader.follow("Aleksandr Alekseyev")
    assert heading(reader) == "Aleksandr Alekseyev"
    reader.page.get_by_role("main").get_by_text("Ambassador of the USSR to Cuba").first.wait_for()

    network = reader.page.locator("section[aria-labelledby=people-seen]")
    assert network.locator("svg[aria-label]").count() == 1
    reader.follow("Show as a table", "section[aria-labelledby=people-seen]")
    assert network.locator("tbody tr").filter(has_text="Raúl Castro Ruz").first.is_visible()
    reader.follow("Open the full network")
    assert heading(reader) == "Network"
    assert ("person", "agent/alexandr-alekseyev") in asked(reader)


def test_who_stands_with_whom(reader):
    "In the network of a person a reader chooses another one, and has the documents that name both."
    reader.search("Raul Castro Ruz")
    reader.follow("Raúl Castro Ruz")
    reader.follow("Open the full network")
    reader.follow("Nikita Khrushchev", "figure.picture svg")
    assert heading(reader) == "Search the collection"
    people = {value for name, value in asked(reader) if name == "person"}
    assert people == {"agent/raul-castro-ruz", "agent/nikita-khrushchev"}
    assert total(reader) >= 1
    reader.follow("Record of a Conversation", "ol.hits")
    names = reader.page.locator("section[aria-labelledby=people]").inner_text()
    assert "Raúl Castro Ruz" in names
    assert "Nikita Khrushchev" in names


@pytest.mark.smoke
def test_narrowing_a_timeline(reader):
    "From all documents by time to those of one month, of these to one person's, and out again."
    reader.follow("Timeline", ".views")
    reader.follow("November 1962", "figure.picture svg")
    assert ("year", "1962-11") in asked(reader)
    of_the_month = total(reader)
    reader.follow("Timeline")
    assert heading(reader) == "Timeline"
    bars = reader.page.locator("figure.picture svg a").count()  # also of documents that began before
    assert bars <= 3  # none where one bar would stand alone
    reader.follow("List")
    reader.follow("Fidel Castro Ruz", "section[aria-labelledby=f-person]")
    reader.follow("Timeline")
    assert {("year", "1962-11"), ("person", "agent/fidel-castro-ruz")} <= set(asked(reader))
    assert 0 < total(reader) < of_the_month
    reader.follow("Remove filter: 1962-11", "ul.chosen")
    assert not [value for name, value in asked(reader) if name == "year"]
    assert reader.page.locator("figure.picture svg a").count() > bars


def test_eleven_citations(reader):
    "A reader narrows a search to eleven documents and takes their citations along, as BibTeX and as RIS."
    reader.search("castro")
    reader.follow("Documents", "section[aria-labelledby=f-kind]")
    reader.follow("1963", "section[aria-labelledby=f-year]")
    assert total(reader) == 11
    titles = {each.inner_text() for each in reader.page.locator("ol.hits h2").all()}
    entries = bibtexparser.parse_string(reader.save("BibTeX")).entries
    assert {re.sub("[{}]", "", each["title"]) for each in entries} == titles
    assert len(entries) == 11
    cited = rispy.loads(reader.save("RIS"))
    assert {each["title"] for each in cited} == titles
    assert all(unquote(each["urls"][0]).startswith(reader.page.url.partition("/search")[0]) for each in cited)


def test_by_title(reader):
    "A list is put in order by title, without a script."
    reader.search("kind:place")
    if isinstance(reader, Keys):
        for _ in range(40):
            reader.page.keyboard.press("Tab")
            if reader.page.evaluate("document.activeElement.id") == "sort":
                break
        reader.page.keyboard.type("Title")
        reader.page.keyboard.press("Tab")
        reader.page.keyboard.press("Enter")
        reader.page.wait_for_url("**sort=title**")
    else:
        reader.page.get_by_label("Sort by").select_option("Title A–Z")
        reader.page.locator("form.search button").click()
    titles = [each.inner_text() for each in reader.page.locator("ol.hits h2").all()]
    assert titles == sorted(titles)
    assert len(titles) == 20

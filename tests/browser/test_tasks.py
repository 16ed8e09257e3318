"""What people come to an archive's site for, from the start page to what they take home.

On the example collection and on real sources, by mouse and by keyboard, with no script of the site running.
"""

import csv
import gzip
import hashlib
import io
import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import bibtexparser
import pytest
import rispy
from locations import ROOT, SOURCES
from readers import Clicks, Keys
from serving import kg

ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True)
class Site:
    """A collection, and what its readers ask."""

    fixture: str
    seated: str
    """Words for the memorandum in which somebody stayed seated; no name is among them."""
    seated_in: str
    """What the memorandum says of it."""
    met: dict[str, int]
    """Whom the ambassador met in February and March 1963, and how often."""
    person: str
    """Somebody whose conversations are wanted as a table."""
    hours: int
    """How many of these have an hour."""
    place: str
    creators: set[tuple[str, str, int]]
    """Some of the answer to: how many documents of each creator are there a month?"""
    conversation: str


EXAMPLE = Site(
    "address",
    seated="ambassadors who stay seated",
    seated_in="two ambassadors who stay seated",
    met={"Fidel Castro Ruz": 6, "Raúl Castro Ruz": 2},
    person="John F. Kennedy",
    hours=3,
    place="White House",
    creators={("Nikita Khrushchev", "1962-10", 9), ("John F. Kennedy", "1962-10", 8)},
    conversation="Conversation of Mikoyan with the Cuban leaders, 4 November 1962",
)
TAPES = Site(
    "tapes",
    seated="chinese diplomats remained seated",
    seated_in="the Chinese diplomats who remained seated during a toast",
    met={"Fidel Castro Ruz": 4, "Raul Castro Ruz": 2},
    person="Kissinger, Henry A.",
    hours=30,
    place="Oval Office",
    creators={("A.I. Alekseyev", "1963-03", 4), ("A.I. Alekseyev", "1963-04", 3)},
    conversation="White House Tapes: Conversation 477-001",
)


@pytest.fixture(params=[EXAMPLE, TAPES], ids=lambda site: site.fixture)
def site(request):
    """A collection."""
    return request.param


@pytest.fixture
def start(request, site):
    """The address of its start page."""
    return request.getfixturevalue(site.fixture)


@pytest.fixture(params=[Clicks, Keys])
def reader(request, start, browser):
    """A reader on the start page, in a browser that runs no scripts of the site."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(start)
    yield request.param(page)
    context.close()


def counts(reader, facet):
    """The values of a facet with their numbers of documents."""
    lines = reader.page.locator(f"section[aria-labelledby=f-{facet}] li:has(.count)")
    return {
        line.locator("a").first.text_content(): int(line.locator(".count").first.text_content()) for line in lines.all()
    }


def total(reader):
    """How many documents the page of a search says there are."""
    return int(re.match(r"(\d+) documents?", reader.page.locator(".sum").inner_text())[1])


def test_the_memorandum_in_which_somebody_stayed_seated(reader, site):
    """Words for what happened, and no name, have the memorandum as the first document found; its page tells of it."""
    reader.search(site.seated)
    title = reader.page.locator("ol.hits h2").first.inner_text()
    reader.follow(title, "ol.hits")
    assert "Record of a Conversation with Raul Castro Ruz" in reader.page.locator("h1").inner_text()
    reader.page.locator("main").get_by_text(site.seated_in).first.wait_for()


def test_whom_the_ambassador_met(reader, site):
    """A title leads to the ambassador's name, the months to his talks in them, and the people are told with numbers."""
    reader.search("ambassador")
    reader.follow("Alekseyev", "section[aria-labelledby=f-person]")
    reader.write("q", "")
    reader.write("year", "Feb–Mar 1963")
    assert all(value in reader.page.locator("ul.chosen").inner_text() for value in ("Alekseyev", "Feb–Mar 1963"))
    met = counts(reader, "person")
    assert {name: met.get(name) for name in site.met} == site.met


def test_three_citations_for_a_bibliography(reader):
    """Three documents that are ticked in a search are cited in the basket, and leave as BibTeX and as RIS."""
    reader.search("conversation")
    reader.follow("Documents", "section[aria-labelledby=f-kind]")
    titles = [each.inner_text() for each in reader.page.locator("ol.hits li:has(input[name=add]) h2").all()][:3]
    for title in titles:
        reader.tick(title)
    reader.follow("Add the selected ones to the basket")
    assert reader.page.locator("ol.bibliography li").count() == 3
    cited = [each.casefold() for each in reader.page.locator("ol.bibliography .copy").all_inner_texts()]
    for title in titles:
        words = re.split(r"['’.,“”]", title)[0].casefold()
        assert any(words in each for each in cited), title
    assert len(set(cited)) == 3
    assert {each["title"] for each in rispy.loads(reader.save("RIS"))} == set(titles)
    assert len(bibtexparser.parse_string(reader.save("BibTeX")).entries) == 3


def test_a_table_of_the_conversations_of_somebody(reader, site):
    """From a name to all documents of the person, and these as a table of the columns that were ticked."""
    reader.search(site.person)
    reader.follow(site.person, "ol.hits")
    reader.follow("By, to, with or about them")
    documents = total(reader)
    reader.follow("CSV with selected columns")
    for column in ("title or name", "date in EDTF", "hour at which it began", "places"):
        reader.tick(column, "form.columns-of-table")
    rows = list(csv.DictReader(io.StringIO(reader.save("Download", "form.columns-of-table"))))
    assert set(rows[0]) == {"title", "date", "start_time", "places"}
    assert len(rows) == documents
    assert all(row["title"] for row in rows)
    assert sum(bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", row["start_time"])) for row in rows) == site.hours
    assert all(row["date"] for row in rows if row["start_time"])
    assert any(site.place in row["places"] for row in rows)


def test_documents_of_a_month_and_a_creator(reader, site):
    """Two of the site's examples are all that a query on months and creators needs: no name and no prefix is guessed."""
    reader.follow("Query", "header")
    reader.follow("People mentioned most often")
    people = reader.page.locator("#query").input_value()
    reader.follow("Documents by month")
    months = reader.page.locator("#query").input_value()
    name = re.search(r"\S+:name \?name", people)[0]
    creator = re.search(r"dcterms:creator", people)[0]
    english = re.search(r"FILTER .*", people)[0]
    prefixes = {*re.findall("PREFIX .*", people), *re.findall("PREFIX .*", months)}
    query = re.sub("PREFIX .*\n", "", months)
    query = query.replace("?month (", "?name ?month (").replace("BY ?month", "BY ?name ?month")
    query = query.replace("a rico:Record", f"a rico:Record ; {creator} ?creator", 1)
    query = query.replace("BIND", f"?creator {name} . {english}\n  BIND", 1)
    reader.write("query", "\n".join(sorted(prefixes)) + query)
    reader.page.locator("table.results").wait_for()
    rows = reader.page.locator("table.results tbody tr").all()
    answer = {tuple(row.locator("td bdi").all_inner_texts()) for row in rows}
    assert {(name, month, str(number)) for name, month, number in site.creators} <= answer


def test_everything_for_an_aggregator(reader, start):
    """The start page leads to all statements in one file, as many as are told and with its digest, and to tables and a feed."""
    documents = int(re.match(r"\d+", reader.page.locator('main a[href="/record/"]').first.inner_text())[0])
    feed = reader.page.locator('link[rel=alternate][title="Atom"]').get_attribute("href")
    reader.follow("Downloads", "header")
    told = int(re.search(r"([\d,]+) statements", reader.page.locator("main").inner_text())[1].replace(",", ""))
    row = reader.page.locator("tr", has_text="kg.nt.gz").inner_text()
    packed = reader.save_file("kg.nt.gz").read_bytes()
    assert hashlib.sha256(packed).hexdigest() in row
    assert gzip.decompress(packed).count(b"\n") == told
    reader.follow("The same data as tables")
    table = io.StringIO(reader.save("record.csv"))
    assert sum(row["status"] == "" or row["status"] == "described-only" for row in csv.DictReader(table)) == documents
    entries = ET.fromstring(reader.page.request.get(start + feed).body()).findall(f"{ATOM}entry")
    assert entries
    assert all(each.find(f"{ATOM}link").get("href").startswith(f"{start}/") for each in entries)


def _example_with_a_fault(folder):
    """The example's records, of which one has a date that is none; what is wrong there, and what mends it."""
    text = (ROOT / "data" / "records.jsonl").read_text(encoding="utf-8")
    assert '"1963-04-05"' in text
    (folder / "records.jsonl").write_text(text.replace('"1963-04-05"', '"1963-04-35"', 1), encoding="utf-8")
    return '"1963-04-35"', '"1963-04-05"'


def _tape_with_a_fault(folder):
    """A finding aid as it came, whose encoded date is not the one of its text."""
    name = "37-wht-conversation-044-001.xml"
    if not SOURCES.is_dir():
        pytest.skip("the real sources are not here (../shared/sources)")
    shutil.copy(SOURCES / "nixon-tapes" / "findingaids" / name, folder / name)
    return 'normal="1971-02-16/1971-02-16"', 'normal="1973-03-22/1973-03-22"'


@pytest.mark.smoke
@pytest.mark.parametrize("fault", [_example_with_a_fault, _tape_with_a_fault])
def test_a_record_with_a_problem_is_mended(browser, tmp_path, fault):
    """The report's page tells file, line, value and what is expected; what is mended there is gone from the next report.

    The report is a file of the archivist's machine, and has nothing to click.
    """
    source = tmp_path / "source"
    source.mkdir()
    wrong, right = fault(source)
    value = wrong.split('"')[1]
    (tmp_path / "kg.toml").write_text('[[sources]]\npath = "source"\n', encoding="utf-8")
    page = browser.new_context(java_script_enabled=False).new_page()
    row = _report(page, tmp_path).filter(has_text=value)
    file, line = re.match(r"(.+?) line (\d+)", row.inner_text()).groups()
    problem = page.locator(".problem").filter(has_text=value)
    assert problem.locator(".todo").inner_text()
    assert problem.locator("h3").inner_text()
    path = tmp_path / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert wrong in "".join(lines[int(line) - 1 : int(line) + 20])
    path.write_text("".join(lines).replace(wrong, right), encoding="utf-8")
    assert _report(page, tmp_path).filter(has_text=value).count() == 0
    page.context.close()


def _report(page, folder):
    """The examples of problems in the page of the report that a build names."""
    built = kg(folder, "build").stdout.decode()
    page.goto(Path(re.search(r"report as a page: (\S+)", built.replace("\n", " "))[1]).as_uri())
    return page.locator(".problem .examples li")


PHONE = {"width": 360, "height": 640}
SCREENS = 4
"""As many screens of a phone a conversation may take before what is folded."""


def test_a_conversation_on_a_phone(browser, site, start):
    """On a phone, by touch and without scripts, a conversation is found and read in a few screens that never scroll sideways."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(start)
    _is_no_wider(page)
    page.get_by_role("searchbox").first.fill(site.conversation)
    with page.expect_navigation():
        page.get_by_role("button", name="Search").first.tap()
    _is_no_wider(page)
    with page.expect_navigation():
        page.locator("ol.hits").get_by_role("link", name=site.conversation).first.tap()
    _is_no_wider(page)
    for text in ("h1", ".facts li:first-child", ".facts a[href*='/agent/']"):
        box = page.locator(f"article.thing > header {text}").first.bounding_box()
        assert box["y"] + box["height"] <= PHONE["height"], text
    assert page.locator("#summary").bounding_box()["y"] < 2 * PHONE["height"]
    assert _end_of_reading(page) <= SCREENS * PHONE["height"]
    context.close()


def _is_no_wider(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def _end_of_reading(page):
    """Where the folded part begins, and where there is none, what belongs to other documents or to the citation."""
    behind = page.locator("article.thing section:is(.further, .also, .cite)")
    return min(each.bounding_box()["y"] for each in behind.all())

"""Every key on a page: in the row that the model says, or somewhere else, or nowhere for a reason."""

import pytest
from lxml import html
from marked_keys import MARKED
from publishing import BASE
from starlette.testclient import TestClient

from kg.key_annotations import Caption, Heading
from kg.records.model.key import Omitted
from kg.render.site import key_labels
from kg.web.app import Application

_LEADS = {"summary", "description", "biography", "text"}
"""Keys whose text may begin a section, without a label of its own."""

_ELSEWHERE = {
    "type": "header/p[@class='kind']",
    "language": "header/ul[@class='facts']",
    "originalLanguage": "header/ul[@class='facts']",
    "placeOfCreation": "header/ul[@class='facts']",
    "places": "header/ul[@class='facts']",
    "dates": "header/ul[@class='facts'] | .//dt[. = 'Dates']/following-sibling::dd",
    "citation": ".//section[@aria-labelledby='cite']",
    "related": ".//section[h2 = 'Related']",
    "extra": ".//section[@class='further']/details[not(@open)]",
}
"""Key → where its values stand instead of a row: above the title, under it, in the list of related things, folded."""


@pytest.fixture(scope="module")
def client(marked_keys):
    with TestClient(Application(marked_keys), base_url=BASE) as client:
        yield client


def page(client, reference):
    """What a reader sees of a thing, without what is said to programs."""
    answer = client.get(f"{BASE}{reference}.html", headers={"accept-language": "en"})
    assert answer.status_code == 200
    return html.fromstring(answer.text).find(".//article[@class='thing']")


def row(article, key):
    """What stands in a row: its values; the whole section where the row leads it, or the place that the key has instead."""
    heading = key.shown
    if key.name in _ELSEWHERE and (found := article.xpath(_ELSEWHERE[key.name])):
        return found
    (section,) = article.xpath("//section[h2 = $title or h2 = $label]", title=str(heading.section), label=heading.label)
    values = section.xpath(
        "dl/dt[. = $label]/following-sibling::dd[preceding-sibling::dt[1] = $label]", label=heading.label
    )
    return values or [section]


@pytest.mark.parametrize("marked", MARKED, ids=str)
def test_every_key_is_where_its_row_says(client, marked):
    "A mark under a key is on the page under the heading of the key's row, or elsewhere; what is left out is not there."
    article = page(client, marked.reference)
    heading = marked.key.shown
    if isinstance(heading, Heading):
        values = row(article, marked.key)
        assert marked.part or marked.key.name in _LEADS or marked.key.name in _ELSEWHERE or values[0].tag == "dd"
        text = " ".join(html.tostring(each, encoding="unicode") for each in values)
    else:
        text = article.text_content()
    if isinstance(marked.row.shown, Omitted):
        assert marked.mark not in article.text_content()
    elif isinstance(marked.row.shown, Caption):
        assert f"{marked.row.shown.label}: " in text
        assert marked.shown in text
    elif marked.key.name == "extra" and marked.row.name == "language":
        assert f'lang="{marked.mark}"' in text
    elif marked.key.name == "extra":  # a field is called in words
        assert marked.shown.lower() in text.lower()
    else:
        assert marked.shown in text


def test_rows_of_a_section_stand_together():
    "Keys stand on a page by section, in the order of sections, and each section has one."
    sections = [heading.section for heading in key_labels.FIELDS.values()]
    assert list(dict.fromkeys(sections)) == list(key_labels.SECTIONS)
    assert sections == sorted(sections, key=key_labels.SECTIONS.index)

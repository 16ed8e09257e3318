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


@pytest.fixture(scope="module")
def client(marked_keys):
    with TestClient(Application(marked_keys), base_url=BASE) as client:
        yield client


def page(client, reference):
    """What a reader sees of a thing, without what is said to programs."""
    answer = client.get(f"{BASE}{reference}.html", headers={"accept-language": "en"})
    assert answer.status_code == 200
    return html.fromstring(answer.text).find(".//article[@class='thing']")


def row(article, heading):
    """What stands in a row: its values; the whole section where the row leads it."""
    (section,) = article.xpath("//section[h2 = $title]", title=str(heading.section))
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
        values = row(article, heading)
        assert marked.part or marked.key.name in _LEADS or values[0].tag == "dd"
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
    else:
        assert marked.shown in text


def test_rows_of_a_section_stand_together():
    "Keys stand on a page by section, in the order of sections, and each section has one."
    sections = [heading.section for heading in key_labels.FIELDS.values()]
    assert list(dict.fromkeys(sections)) == list(key_labels.SECTIONS)
    assert sections == sorted(sections, key=key_labels.SECTIONS.index)

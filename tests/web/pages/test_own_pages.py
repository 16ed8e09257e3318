"""A site's own words and looks on its pages."""

import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A client of a site with words and looks of its own."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "logo.svg").write_text(SVG, encoding="utf-8")
    (folder / "imprint.en.md").write_text("# Who we are\n\nThe archive.", encoding="utf-8")
    (folder / "imprint.es.md").write_text("El archivo.", encoding="utf-8")
    made, _ = publish(
        folder,
        [{"id": "record/1", "title": {"en": "One"}}],
        title={"en": "Papers", "es-419": "Papeles", "ru": "Бумаги"},
        description={"en": "Letters."},
        welcome={"en": "First.\n\nSecond."},
        colour="#ffcc00",
        logo="logo.svg",
        picture={"file": "logo.svg", "alt": {"en": "A harbour", "es": "Un puerto"}, "credit": "By us"},
        imprint={"en": "imprint.en.md", "es": "imprint.es.md"},
        privacy="https://example.org/privacy",
        languages=("en", "es"),
    )
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


def test_titles_by_language(pages):
    """The title is in the language of the page, also in a variant of it; a text in another language is marked."""
    spanish = pages.get("/data/", headers={"accept-language": "es"}).text
    assert "<title>Papeles</title>" in spanish
    assert 'lang="en"' in re.search(r'<p class="lead"[^>]*>', spanish)[0]
    assert "<title>Бумаги</title>" in pages.get("/data/", headers={"accept-language": "ru-RU, en;q=0.5"}).text


@pytest.mark.parametrize("path", ["search?q=one&format=atom", "search/opensearch.xml"])
def test_titles_at_other_doors(pages, path):
    """Feeds and the description of the search have the title in the language that was asked for."""
    assert "Papeles" in pages.get(f"/data/{path}", headers={"accept-language": "es-MX"}).text
    assert "Papers" in pages.get(f"/data/{path}").text


def test_the_data_set_has_every_title(pages):
    """The description of the data set has each title with its language."""
    answer = pages.get("/data/sparql", headers={"accept": "text/turtle"}).text
    assert '"Papeles"@es-419' in answer


def test_the_start_page(pages):
    """The start page has the welcome in paragraphs, the picture with its words, and what others show of it."""
    page = pages.get("/data/").text
    assert "<p>First.</p>" in page
    assert "<p>Second.</p>" in page
    assert 'alt="A harbour"' in page
    assert '<meta property="og:type" content="website">' in page
    assert '<meta name="description" content="Letters.">' in page
    assert "application/opensearchdescription+xml" in page
    assert "application/atom+xml" in page
    image = re.search(r'<meta property="og:image" content="https://archive.example.org(/data/site/[^"]+)"', page)[1]
    assert pages.get(image).status_code == 200


def test_own_files_are_harmless(pages):
    """A drawing is served with a policy under which nothing in it runs, and for ever."""
    address = re.search(r'<img class="logo" src="([^"]+)"', pages.get("/data/record/1.html").text)[1]
    answer = pages.get(address)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "immutable" in answer.headers["cache-control"]
    assert pages.get("/data/site/v-0/../../kg.toml").status_code == 404
    assert pages.get("/data/site/kg.toml").status_code == 404


def test_the_colour(pages):
    """The colour comes in a stylesheet of the site's own, so that the policy of pages stays as strict as it is."""
    page = pages.get("/data/record/1.html")
    assert "style-src 'self';" in page.headers["content-security-policy"]
    sheet = pages.get(re.search(r'href="([^"]+colours\.css)"', page.text)[1])
    assert sheet.headers["content-type"].startswith("text/css")
    assert re.search(r"--mark: #[0-9a-f]{6}", sheet.text)


def test_imprint_and_privacy(pages):
    """The imprint is a page in the reader's language; what lies elsewhere is linked."""
    assert "Who we are</h1>" in pages.get("/data/imprint").text
    spanish = pages.get("/data/imprint", headers={"accept-language": "es"}).text
    assert "El archivo." in spanish
    assert 'href="/data/imprint"' in spanish
    assert 'href="https://example.org/privacy"' in spanish
    assert pages.get("/data/privacy").status_code == 404


def test_pages_of_searches_have_a_description(pages):
    """Pages of searches and of their pictures say in the head what they show."""
    for path in ("search?q=one", "timeline", "map", "network"):
        said = re.search('<meta name="description" content="([^"]+)"', pages.get(f"/data/{path}").text)
        assert said, path
        assert "Papers" in said[1]

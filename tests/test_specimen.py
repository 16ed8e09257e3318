"""The specimen collection: invented papers that show what the example collection can't."""

import re
import shutil
import subprocess
import wave

import pytest
import specimen
from locations import ROOT
from starlette.testclient import TestClient

from kg import settings
from kg.publish import build
from kg.web.app import Application

FOLDER = ROOT / "data" / "specimen"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The settings of the specimen, published into a folder for the test, and the report."""
    loaded = settings.load(FOLDER / "kg.toml")
    made = loaded.model_copy(update={"var": tmp_path_factory.mktemp("specimen")})
    return made, build.build(made)


@pytest.fixture(scope="module")
def site(published):
    """A client of its site."""
    with TestClient(Application(published[0]), base_url="http://127.0.0.1:8001") as client:
        yield client


def page(site, path):
    answer = site.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_it_is_published_whole(published):
    """Every record is published."""
    _, report = published
    assert report.rejected == 0
    assert set(report.published) >= {"record", "agent", "archive"}


def test_it_says_that_it_is_invented(site):
    """Each page has the title of the site, which says so, and each file of its sources does."""
    for path in ("/", "/record/", "/record/pilot-letter.html", "/agent/vha-orrell.html"):
        assert "(invented)" in page(site, path)
    for file in (*FOLDER.glob("*.xml"), *FOLDER.glob("authorities/*"), FOLDER / "records.jsonl", FOLDER / "README.md"):
        assert re.search("invented|Invented", file.read_text(encoding="utf-8")), file


def test_it_has_a_text_with_its_translation(site):
    """The letter has its whole text in two languages, beside each other."""
    text = page(site, "/record/pilot-letter.html")
    assert "He entrado tres veces" in text
    assert "I have come into your port three times" in text


def test_its_scan_and_recording_are_there(site):
    """What its records lead to is served, and is what the script draws."""
    record = site.get("/record/pilot-letter.json").json()
    pages = [each["url"].removeprefix("http://127.0.0.1:8001") for each in record["digitalObjects"]]
    assert len(pages) == 3
    for path in pages:
        answer = site.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    (sound,) = site.get("/record/tide-talk.json").json()["digitalObjects"]
    assert site.get(sound["url"].removeprefix("http://127.0.0.1:8001")).headers["content-type"] == "audio/wav"
    with wave.open(str(FOLDER / "media" / "tide-talk.wav")) as recorded:
        assert recorded.readframes(recorded.getnframes()) == specimen.samples()
    assert {path.rpartition("/")[2] for path in pages} == set(specimen.PAGES)


def test_its_finding_aid_has_four_levels(site):
    """The tree goes from the archive by fonds, series and file, and the file has its items."""
    tree = page(site, "/archive/")
    for name in ("Harbour Commission of Veldmark", "Letters", "Letters of the pilots"):
        assert f"<bdi>{name}</bdi>" in tree
    assert "Ines Orrell to the commission on the new light" in page(site, "/record/")


def test_its_titles_run_from_right_to_left(site):
    """Titles in Arabic and Hebrew are there, with their language."""
    text = page(site, "/record/")
    assert "harbour-of-the-south" in text
    assert 'lang="he"' in page(site, "/record/lighthouse-diary.html")
    assert 'lang="ar"' in page(site, "/record/harbour-of-the-south.html")


def test_a_record_is_closed(site):
    """The closed report says so, and until when."""
    text = page(site, "/record/closed-report.html")
    assert "Closed: it names people" in text
    assert "2046" in text


def test_authority_files_have_their_documents(site):
    """The person of an authority file has her documents, life dates and office in the list of people."""
    people = re.sub(r"<[^>]+>", " ", page(site, "/agent/"))
    assert re.search(r"Orrell, Ines, 1841–1903\s+Harbour pilot of Veldmark", people, re.DOTALL)
    assert "Amaro Vell" in people


@pytest.mark.skipif(not shutil.which("make"), reason="make is not here")
def test_make_serves_it():
    """`make serve-specimen` builds and serves by the kg of the project's environment."""
    told = subprocess.run(["make", "-n", "serve-specimen"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    commands = [line for line in told.splitlines() if "data/specimen/kg.toml" in line]
    assert [each.partition(" ")[0] for each in commands] == [".venv/bin/kg"] * 2

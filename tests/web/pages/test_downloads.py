"""Tables and dumps to take away, robots.txt, and what every page tells crawlers."""

import csv
import io
import re
from urllib.robotparser import RobotFileParser

import pytest

from kg.iris import KINDS

PAGES = (
    "/data/",
    "/data/record/",
    "/data/record/177838.html",
    "/data/record/177838.cite.html",
    "/data/agent/raul-castro-ruz.html",
    "/data/place/havana.html",
    "/data/collection/alekseyev-conversations.html",
    "/data/archive/avp-rf.html",
    "/data/topic/diplomacy.html",
    "/data/sparql",
    "/data/api/",
    "/data/graphs",
    "/data/data/",
    "/data/dumps/",
    "/data/terms/",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_address_and_its_languages(client, path):
    "A page names its canonical address, the same page in each language, and says in a sentence what it is."
    page = client.get(path, headers={"accept": "text/html"})
    assert page.status_code == 200
    address = f"https://archive.example.org{path}"
    assert re.findall(r'<link rel="canonical" href="([^"]+)">', page.text) == [address]
    assert re.findall(r'hreflang="([^"]+)" href="([^"]+)">', page.text) == [
        ("en", f"{address}?lang=en"),
        ("ru", f"{address}?lang=ru"),
        ("es", f"{address}?lang=es"),
        ("x-default", address),
    ]
    if not path.endswith(".cite.html"):  # which is kept from search engines
        assert len(re.findall(r'<meta name="description" content="[^"]+">', page.text)) == 1


def test_robots_leave_searches_and_queries_alone(client):
    "robots.txt keeps crawlers from what has no end, below the base, and lets them read pages."
    parser = RobotFileParser()
    parser.parse(client.get("/data/robots.txt").text.splitlines())
    for closed in ("search?q=castro", "sparql?query=ASK{}", "api/companions.html?agent=agent/x"):
        assert not parser.can_fetch("anybody", f"https://archive.example.org/data/{closed}")
    for path in PAGES:
        closed = path.endswith(("/api/", "/sparql", "/graphs"))  # the standard library reads no ? at the end of a rule
        assert closed or parser.can_fetch("anybody", f"https://archive.example.org{path}")


def test_the_page_of_the_tables_explains_every_column(client):
    "Each table's columns stand on the page with meaning, type and example, and each file is a link."
    page = client.get("/data/data/").text
    for kind in KINDS:
        for ending in (".csv", ".parquet", ".csv-metadata.json"):
            assert f'href="/data/data/{kind}{ending}"' in page
        head = client.get(f"/data/data/{kind}.csv").text.partition("\r\n")[0]
        for column in head.split(","):
            assert f"<code>{column}</code>" in page
    assert "<bdi>agent/alexandr-alekseyev</bdi>" in page


def test_a_table_is_sent_with_its_description(client):
    "A CSV says that it has a head and where it is described, and can be read in parts and asked for anew."
    answer = client.get("/data/data/record.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.links["describedby"]["url"] == "record.csv-metadata.json"
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == 76
    described = client.get("/data/data/record.csv-metadata.json")
    assert described.headers["content-type"] == "application/csvm+json"
    assert described.json()["url"] == "record.csv"
    part = client.get("/data/data/record.parquet", headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PAR1")
    again = client.get("/data/data/record.csv", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["data/nothing.csv", "data/..%2Fmanifest.json", "dumps/../manifest.json"])
def test_what_is_no_table_is_not_there(client, path):
    "Nothing but the files of the folder is sent, whatever an address is made of."
    assert client.get(f"/data/{path}").status_code == 404

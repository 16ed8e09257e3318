"""The catalogue's lists equal the results of their defining queries in queries/pages, on each engine."""

import pytest

from kg import ontology
from kg.settings import QUERIES
from kg.store.generation.generations import Generations

pytestmark = pytest.mark.every_engine
PLAIN = ["creator", "participants", "mentions", "places", "subjects", "type", "partOf", "sender"]


def asked(client, base, name, **values):
    """The rows of a defining query, as the endpoint gives them: (reference, start)."""
    text = (QUERIES / "pages" / f"{name}.rq").read_text(encoding="utf-8")
    for key, iri in values.items():
        text = text.replace(f"${key}", f"<{iri}>")
    answer = client.post("/data/sparql", data={"query": text, "format": "json"})
    assert answer.status_code == 200, answer.text
    rows = answer.json()["results"]["bindings"]
    return [(row["thing"]["value"].removeprefix(base), row["start"]["value"]) for row in rows]


@pytest.fixture
def catalogue(example):
    """The catalogue of the example collection."""
    generation = Generations.of_settings(example).open_live(example.base)
    yield generation.catalogue
    generation.close()


def walked(catalogue, n, key):
    """Every link of a key, page by page."""
    found, after = [], ""
    while page := catalogue.linking_things(n, key, 7, after):
        found += page
        after = page[-1].cursor
    return [(link.thing.reference, link.thing.start or "~") for link in found]


@pytest.mark.parametrize("key", PLAIN)
def test_linked(client, catalogue, example, key):
    """Links to a thing under a key come by date, each once, for any size of a page."""
    base = example.base
    predicate = ontology.load(base).terms[key].iri
    checked = 0
    for kind in ("agent", "place", "topic", "archive"):
        for link in catalogue.list_of_kind(kind, 500):
            thing = link.thing
            if not catalogue.link_counts(thing.n).get(key):
                continue
            mine = walked(catalogue, thing.n, key)
            defined = asked(client, base, "linked", target=base + thing.reference, property=predicate)
            # A statement may also come along with a more special one; what the key itself says is among them.
            assert set(mine) <= set(defined)
            assert [start for _, start in mine] == sorted(start for _, start in mine)
            assert len(mine) == len(set(mine)) == catalogue.link_counts(thing.n)[key]
            checked += 1
    assert checked


@pytest.mark.parametrize(
    ("kind", "class_"),
    [
        ("record", "https://schema.org/ArchiveComponent"),
        ("place", "https://schema.org/Place"),
        ("topic", "http://www.w3.org/2004/02/skos/core#Concept"),
    ],
)
def test_listed(client, catalogue, example, kind, class_):
    """The things of a kind are those of its class, in order of date."""
    base = example.base
    mine = [(link.thing.reference, link.thing.start or "") for link in catalogue.list_of_kind(kind, 1000)]
    defined = [row for row in asked(client, base, "listed", **{"class": class_}) if row[0].startswith(f"{kind}/")]
    assert sorted(mine) == sorted(defined)
    assert [start for _, start in mine] == [start for _, start in defined]

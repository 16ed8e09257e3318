"""The catalogue's lists are what their defining queries in queries/pages say."""

import pytest
from pyoxigraph import Store

from kg import ontology
from kg.settings import QUERIES
from kg.store.generations import Generations

PLAIN = ["creator", "participants", "mentions", "places", "subjects", "type", "partOf", "sender"]


def asked(store, base, name, **values):
    """The rows of a defining query: (reference, start)."""
    text = (QUERIES / "pages" / f"{name}.rq").read_text(encoding="utf-8")
    for key, iri in values.items():
        text = text.replace(f"${key}", f"<{iri}>")
    return [(row["thing"].value.removeprefix(base), row["start"].value) for row in store.query(text, base_iri=base)]


@pytest.fixture(scope="module")
def opened(example):
    generations = Generations(example.var_folder)
    generation = generations.open_live()
    yield generation, Store.read_only(str(generation.folder.store)), example.base
    generation.close()


def walked(catalogue, n, key):
    """Every link of a key, page by page."""
    found, after = [], ""
    while page := catalogue.linked(n, key, 7, after):
        found += page
        after = page[-1].cursor
    return [(link.thing.reference, link.thing.start or "~") for link in found]


@pytest.mark.parametrize("key", PLAIN)
def test_linked(opened, key):
    """Links to a thing by a key come in the order of their dates, each once, whatever the size of a page."""
    generation, store, base = opened
    predicate = ontology.load(base).terms[key].iri
    checked = 0
    for kind in ("agent", "place", "topic", "archive"):
        for link in generation.catalogue.listed(kind, 500):
            thing = link.thing
            if not generation.catalogue.link_counts(thing.n).get(key):
                continue
            mine = walked(generation.catalogue, thing.n, key)
            defined = asked(store, base, "linked", target=base + thing.reference, property=predicate)
            # A statement may also come along with a more special one; what the key itself says is among them.
            assert set(mine) <= set(defined)
            assert [start for _, start in mine] == sorted(start for _, start in mine)
            assert len(mine) == len(set(mine)) == generation.catalogue.link_counts(thing.n)[key]
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
def test_listed(opened, kind, class_):
    """The things of a kind are those of its class, in order of date."""
    generation, store, base = opened
    mine = [(link.thing.reference, link.thing.start or "") for link in generation.catalogue.listed(kind, 1000)]
    defined = [row for row in asked(store, base, "listed", **{"class": class_}) if row[0].startswith(f"{kind}/")]
    assert sorted(mine) == sorted(defined)
    assert [start for _, start in mine] == [start for _, start in defined]

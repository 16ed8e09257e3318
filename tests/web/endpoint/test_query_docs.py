"""docs/queries.md is true: its queries run, its functions are there, its types are those that there are."""

import re

import pytest
from locations import ROOT

from kg.render.queries import saved_queries
from kg.render.queries.examples import examples
from kg.render.queries.parameters import TYPES

TEXT = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sparql\n(.*?)```", TEXT, re.DOTALL)
SQUARE = '"POLYGON((0 0,4 0,4 4,0 4,0 0))"^^geo:wktLiteral'
OTHER = '"POLYGON((1 1,2 1,2 2,1 2,1 1))"^^geo:wktLiteral'
POINTS = '"POINT(1 1)"^^geo:wktLiteral, "POINT(2 2)"^^geo:wktLiteral, uom:metre'
ALONE = {"convexHull", "envelope", "centroid", "dimension", "isEmpty", "isSimple", "getSRID", "asGeoJSON"}
LINE = '"LINESTRING(0 0,1 0)"^^geo:wktLiteral, uom:metre'
ARGUMENTS = {"distance": POINTS, "length": LINE, "relate": f'{SQUARE}, {OTHER}, "T*****FF*"'} | dict.fromkeys(
    ALONE, SQUARE
)
PREFIXES = """PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX geof: <http://www.opengis.net/def/function/geosparql/>
PREFIX uom: <http://www.opengis.net/def/uom/OGC/1.0/>
"""


@pytest.mark.parametrize("block", [each for each in BLOCKS if "#+" not in each])
def test_queries_run(client, block):
    """Each query of the page gives rows on the example collection."""
    answer = client.get("/data/sparql", params={"query": block, "format": "csv"})
    assert len(answer.text.splitlines()) > 1, answer.text


def test_saved_query_runs(client, tmp_path):
    """The saved query of the page is read, and gives rows with its own example."""
    path = tmp_path / "companions.rq"
    path.write_text(next(each for each in BLOCKS if "#+" in each), encoding="utf-8")
    query = saved_queries.read(path)
    bound = query.bound(query.example, "https://archive.example.org/data/")
    answer = client.get("/data/sparql", params={"query": bound, "format": "csv"})
    assert len(answer.text.splitlines()) > 1, answer.text


@pytest.mark.parametrize("function", sorted(set(re.findall(r"`geof:(\w+)`", TEXT))))
def test_functions_are_there(client, function):
    """Each function that the page names gives a value."""
    arguments = ARGUMENTS.get(function, f"{SQUARE}, {OTHER}")
    query = f"{PREFIXES}SELECT ?x {{ BIND (geof:{function}({arguments}) AS ?x) FILTER (BOUND(?x)) }}"
    answer = client.get("/data/sparql", params={"query": query, "format": "json"}).json()
    assert len(answer["results"]["bindings"]) == 1


def test_types_and_views_are_named():
    """Every type of a parameter and every view of an example stands on the page."""
    from publishing import QUERY_FOLDERS

    assert all(re.search(rf"`\?_name_(xsd_)?{name}`", TEXT) for name in TYPES)
    assert all(f"| {each.view} |" in TEXT for each in examples(QUERY_FOLDERS))

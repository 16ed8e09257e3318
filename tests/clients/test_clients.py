"""Clients that we did not write, against a server as it runs."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from serving import free_port, kg, served
from SPARQLWrapper import SPARQLWrapper

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TITLES = "SELECT ?record ?title WHERE { ?record a <https://schema.org/ArchiveComponent> ; <http://purl.org/dc/terms/title> ?title } ORDER BY ?record LIMIT 20"
SCRIPT = """
const { rdfDereferencer } = require('rdf-dereference');
(async () => {
  const { data } = await rdfDereferencer.dereference(process.argv[1]);
  let quads = 0;
  data.on('data', () => { quads += 1; });
  data.on('error', (error) => { console.error(error); process.exit(1); });
  data.on('end', () => console.log(JSON.stringify({ quads })));
})();
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The example collection, built and served by the command line."""
    folder = tmp_path_factory.mktemp("clients")
    port = free_port()
    shutil.copytree(ROOT / "data", folder / "data")
    text = (ROOT / "kg.toml").read_text(encoding="utf-8")
    (folder / "kg.toml").write_text(text.replace("127.0.0.1:8000", f"127.0.0.1:{port}"), encoding="utf-8")
    assert kg(folder, "build").returncode == 0
    with served(folder, port) as address:
        yield address


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_rdflib_store(address):
    """rdflib's SPARQLStore gets titles."""
    graph = rdflib.Graph(SPARQLStore(f"{address}/sparql"))
    rows = list(graph.query(TITLES))
    assert len(rows) == 20
    assert all(str(row.title) for row in rows)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_rdflib_dereferences(address):
    """rdflib parses a thing from its own address."""
    thing = f"{address}/record/177838"
    graph = rdflib.Graph().parse(thing)
    assert (rdflib.URIRef(thing), rdflib.RDF.type, rdflib.URIRef("https://schema.org/ArchiveComponent")) in graph


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv"])
def test_sparql_wrapper_tables(address, format_):
    """SPARQLWrapper gets a table in each format that it knows."""
    wrapper = SPARQLWrapper(f"{address}/sparql", returnFormat=format_)
    wrapper.setQuery(TITLES)
    found = wrapper.query().convert()
    text = json.dumps(found) if format_ == "json" else found.toxml() if format_ == "xml" else found.decode()
    assert "/record/" in text


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("format_", ["turtle", "n3", "xml", "json-ld"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparql_wrapper_graphs(address, format_, method):
    """SPARQLWrapper gets a graph in each format that it knows."""
    wrapper = SPARQLWrapper(f"{address}/sparql", returnFormat=format_)
    wrapper.setMethod(method)
    wrapper.setQuery(f"DESCRIBE <{address}/record/177838>")
    found = wrapper.query().convert()
    assert found


def test_rdf_dereference(address):
    """rdf-dereference, the dereferencer of Comunica, reads a thing."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("there is no node here")
    if not (HERE / "node_modules").is_dir():
        install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(install, cwd=HERE, capture_output=True, check=False, timeout=300)
        if done.returncode:
            pytest.skip("npm can't install rdf-dereference here")
    command = ["node", "-e", SCRIPT, f"{address}/record/177838"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["quads"] > 50

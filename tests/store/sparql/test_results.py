import csv
import io

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from kg.errors import QueryUnwritable
from kg.store.sparql.results import FORMATS, choose_format, result_kind, write

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
S, P = NamedNode("http://e/s"), NamedNode("http://e/p")

ORDINARY = [
    *(
        Literal(text)
        for text in (
            "",
            " lead",
            "a,b",
            'q"q',
            "\\",
            "a\tb",
            "a\nb",
            "a\rb",
            "a\r\nb",
            "]]>",
            "<&'",
            "\u2028",
            "\x85",
        )
    ),
    *(Literal(text, language=tag) for text, tag in (("naïve", "en"), ("Карибский кризис", "ru"), ("", "de-x-a"))),
    *(
        Literal(text, datatype=NamedNode(XSD + name))
        for text, name in (
            *(("1", "integer"), ("abc", "integer"), ("1.5", "decimal"), ("1.0 ", "decimal"), ("1", "double")),
            *(
                ("INF", "double"),
                ("true", "boolean"),
                ("TRUE", "boolean"),
                ("1962-10-22", "date"),
                ("nonsense", "date"),
            ),
        )
    ),
    *(NamedNode(iri) for iri in ("http://e/a,b;c'd&e", "http://e/é(", "urn:x:y", "http://e/a%20b?x=1&y=2#z")),
    BlankNode("b.1"),
]
NOT_IN_XML = ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\ufffe", "\uffff"]
GRAPH_PARSERS = {
    "turtle": ("turtle", RdfFormat.TURTLE),
    "ntriples": ("nt", RdfFormat.N_TRIPLES),
    "rdfxml": ("xml", RdfFormat.RDF_XML),
    "jsonld": ("json-ld", RdfFormat.JSON_LD),
    "trig": ("trig", RdfFormat.TRIG),
    "nquads": ("nquads", RdfFormat.N_QUADS),
    "n3": ("n3", RdfFormat.N3),
}
ENGINE = {"json": QueryResultsFormat.JSON, "xml": QueryResultsFormat.XML, "tsv": QueryResultsFormat.TSV}


def holding(*objects, predicate=P):
    store = Store()
    store.extend(Quad(S, predicate, value) for value in objects)
    return store


def written(store, text, name):
    found = store.query(text)
    out = io.BytesIO()
    write(found, choose_format(result_kind(found), [name]), out)
    return out.getvalue()


def objects(store, name):
    return written(store, "SELECT ?o { ?s ?p ?o }", name)


def terms(values):
    return sorted(str(value) for value in values)


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_solutions_come_back(name):
    """A term written in JSON, XML or TSV is read back letter for letter."""
    store = holding(*ORDINARY, Triple(S, P, Triple(S, P, Literal("x\r"))))
    found = parse_query_results(objects(store, name), ENGINE[name])
    assert terms(solution["o"] for solution in found) == terms(quad.object for quad in store)


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_solutions_are_read_by_others(name):
    """rdflib reads as many solutions of each kind as there are, unbound values included."""
    # rdflib's reader of TSV ends lines at any Unicode line end, and knows no empty field.
    lines = {Literal("\u2028"), Literal("\x85")} if name == "tsv" else set()
    store = holding(*(term for term in ORDINARY if term not in lines))
    unbound = "?none" if name != "tsv" else ""
    data = written(store, f"SELECT ?s {unbound} ?o {{ ?s ?p ?o }}", name)
    found = list(rdflib.query.Result.parse(io.BytesIO(data), format=name))
    assert len(found) == len(store)
    assert not unbound or all(row.none is None for row in found)
    if name in {"json", "xml"}:
        assert {str(row.o) for row in found if isinstance(row.o, rdflib.URIRef)} == {
            term.value for term in ORDINARY if isinstance(term, NamedNode)
        }


@pytest.mark.parametrize("character", NOT_IN_XML)
def test_xml_says_what_it_cannot_say(character):
    """A character that XML can't represent (XML 1.0, 2.2) is refused, with JSON as the remedy."""
    store = holding(Literal(f"a{character}b"))
    for text, name in (("SELECT ?o { ?s ?p ?o }", "xml"), ("CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml")):
        with pytest.raises(QueryUnwritable, match=f"U\\+{ord(character):04X}.*JSON"):
            written(store, text, name)
    assert next(iter(parse_query_results(objects(store, "json"), ENGINE["json"])))["o"].value == f"a{character}b"


@pytest.mark.parametrize("padding", range(8170, 8200))
def test_xml_characters_across_chunks(padding):
    """Refused characters are found across the engine's chunks; similar ones pass."""
    with pytest.raises(QueryUnwritable):
        objects(holding(Literal("x" * padding + "\uffff")), "xml")
    fine = "x" * padding + "\uffe0\ufffd\r"
    root = etree.fromstring(objects(holding(Literal(fine)), "xml"))
    assert root.findtext(".//{*}literal") == fine


@pytest.mark.parametrize("text", ["\r", "a\rb", "a\r\nb", "\n\r", "\t"])
def test_carriage_returns_in_xml(text):
    """An XML reader turns a bare CR into LF (XML 1.0, 2.11), so each is written as a reference."""
    store = holding(Literal(text))
    assert etree.fromstring(objects(store, "xml")).findtext(".//{*}literal") == text
    data = written(store, "CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml")
    assert str(next(iter(rdflib.Graph().parse(data=data, format="xml").objects()))) == text


def test_csv():
    """CSV rows are those of RFC 4180: values with a comma, quote, CR or LF are quoted, IRIs too."""
    values = [
        NamedNode("http://e/a,b"),
        Literal('say "no"'),
        Literal("a\nb"),
        Literal("a\rb"),
        BlankNode("x"),
        Literal("é"),
    ]
    data = written(holding(*values), "SELECT ?o ?none (1 AS ?n) { ?s ?p ?o }", "csv")
    assert data.startswith(b"o,none,n\r\n")
    rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    assert sorted(rows[1:]) == sorted(["_:x" if isinstance(v, BlankNode) else v.value, "", "1"] for v in values)


def test_csv_keeps_empty_rows():
    """A solution whose one value is empty or unbound is a row and no blank line, which readers skip."""
    data = written(Store(), "SELECT ?o { VALUES ?o { '' UNDEF 'a' } }", "csv")
    assert data == b'o\r\n""\r\n""\r\na\r\n'


def test_triple_terms():
    """A triple about a triple is written as N-Triples 1.2 would in CSV, and refused where a format has no form for it."""
    store = holding(Triple(S, P, Triple(S, P, Literal("a,b"))))
    inner = '<http://e/s> <http://e/p> "a,b"'
    rows = list(csv.reader(io.StringIO(objects(store, "csv").decode())))
    assert rows == [["o"], [f"<<( <http://e/s> <http://e/p> <<( {inner} )>> )>>"]]
    for name in ("jsonld", "n3"):
        with pytest.raises(QueryUnwritable):
            written(store, "CONSTRUCT WHERE { ?s ?p ?o }", name)


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("truth", [True, False])
def test_ask(name, truth):
    """The answer of ASK can be had in each format for tables: in CSV and TSV it is the bare word."""
    data = written(holding(Literal("x")) if truth else Store(), "ASK { ?s ?p ?o }", name)
    if name in {"csv", "tsv"}:
        assert data == str(truth).lower().encode()
    else:
        assert rdflib.query.Result.parse(io.BytesIO(data), format=name).askAnswer is truth


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("name", GRAPH_PARSERS)
def test_graphs_come_back(name, monkeypatch):
    """Each format for graphs is read back by Oxigraph and by rdflib as the graph that was written."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    store = holding(*ORDINARY)
    data = written(store, "CONSTRUCT WHERE { ?s ?p ?o }", name)
    other, own = GRAPH_PARSERS[name]
    want = terms(quad.object for quad in store if not isinstance(quad.object, BlankNode))
    assert terms(quad.object for quad in parse(data, own) if not isinstance(quad.object, BlankNode)) == want
    graph = rdflib.Dataset() if name in {"trig", "nquads"} else rdflib.Graph()
    graph.parse(data=data, format=other)
    assert len(graph) == len(store)


@pytest.mark.parametrize(
    "iri",
    [
        "http://e/p(",
        "http://e/1",
        "http://e/",
        "x:",
        RDF + "li",
        RDF + "Description",
        RDF + "about",
        "http://e/a:",
    ],
)
def test_rdfxml_predicates(iri):
    """A predicate of which no XML element can be made (RDF/XML 6.1.4) is refused, never written broken."""
    with pytest.raises(QueryUnwritable, match="RDF/XML"):
        written(holding(S, predicate=NamedNode(iri)), "CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml")


@pytest.mark.parametrize("iri", ["http://e/1a", "urn:x", "http://e/é", "http://e/a-b.c", RDF + "_1", "http://e#x"])
def test_rdfxml_names(iri):
    """A predicate that ends in a name is an element with that name."""
    data = written(holding(NamedNode("http://e/1"), predicate=NamedNode(iri)), "CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml")
    assert [str(p) for p in rdflib.Graph().parse(data=data, format="xml").predicates()] == [iri]


def test_rdfxml_classes():
    """A class that can't be an element is written behind another triple of its subject, or refused."""
    store = holding(Literal("x"))
    text = "CONSTRUCT { ?s a <http://e/1>, <http://e/2> . {} } WHERE { ?s ?p ?o }"
    data = written(store, text.replace("{}", "?s ?p ?o"), "rdfxml")
    assert len(rdflib.Graph().parse(data=data, format="xml")) == 3
    with pytest.raises(QueryUnwritable, match="class"):
        written(store, text.replace("{}", "<http://e/other> ?p ?o"), "rdfxml")


def test_kinds():
    """A format that can't represent the kind of answer is passed over; if none can, the error names those that can."""
    assert choose_format("select", ["turtle", "csv", "json"]).name == "csv"
    with pytest.raises(QueryUnwritable, match="json, xml, csv, tsv"):
        choose_format("ask", ["turtle", "nonsense"])
    assert result_kind(Store().query("DESCRIBE <http://e/>")) == "construct"


def test_table():
    """Names, media types and suffixes are distinct, so that each is a way to ask for one format."""
    for part in ("name", "media_type", "suffix"):
        assert len({getattr(row, part) for row in FORMATS.values()}) == len(FORMATS) == 11


@given(st.text(), st.sampled_from(["json", "xml", "csv", "tsv"]))
def test_any_text(text, name):
    """Any text at all comes back from any format as it was, or is refused."""
    try:
        data = objects(holding(Literal(text)), name)
    except QueryUnwritable:
        assert name == "xml"
        return
    if name == "csv":
        assert next(csv.reader(io.StringIO(data.decode().removeprefix("o\r\n"), newline="")))[0] == text
    elif name == "xml":
        assert (etree.fromstring(data).findtext(".//{*}literal") or "") == text
    else:
        assert next(iter(parse_query_results(data, ENGINE[name])))["o"].value == text

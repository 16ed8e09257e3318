"""Graphs of made-up things for tests of dumps, patches and stores, and random changes of them."""

from hypothesis import strategies as st

BASE = "https://archive.example.org/"
PREFIXES = {"dcterms": "http://purl.org/dc/terms/", "xsd": "http://www.w3.org/2001/XMLSchema#"}

REFERENCES = [f"{kind}/{n}" for kind in ("record", "agent", "place") for n in range(30)]

VALUES = (
    *('"a"', '"Письмо"@ru', '"two\\nlines"', "<https://archive.example.org/agent/1>"),
    *(f'"{lexical}"^^<http://www.w3.org/2001/XMLSchema#duration>' for lexical in ("PT90M", "PT1H30M")),
    *(f'"{lexical}"^^<http://www.w3.org/2001/XMLSchema#decimal>' for lexical in ("23.0", "23")),
)
"""Values, some of which are the same in other forms."""

STATEMENT = st.tuples(st.sampled_from(["", "#dates-1"]), st.sampled_from(["title", "extent"]), st.sampled_from(VALUES))
THING = st.lists(STATEMENT, min_size=1, max_size=4)
EDITS = st.dictionaries(st.sampled_from(REFERENCES), st.none() | THING, max_size=40)
"""Changes of things: new statements by reference, or None for a thing that goes."""


def lines_of(reference, statements):
    """Lines of N-Triples of a thing."""
    lines = [
        f"<{BASE}{reference}{part}> <http://purl.org/dc/terms/{name}> {value} .\n" for part, name, value in statements
    ]
    typed = f"<{BASE}{reference}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}terms/Thing> .\n"
    return "".join(dict.fromkeys([*lines, typed])).encode()


def edited(graph, edits):
    """A graph after some edits: reference → lines."""
    after = {reference: lines for reference, lines in graph.items() if edits.get(reference, ()) is not None}
    return after | {reference: lines_of(reference, made) for reference, made in edits.items() if made is not None}

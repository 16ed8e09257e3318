"""Times of documents: when the document about a thing was first published, and when its record last changed.

They stand in a named graph, `{base}graphs/documents`, and are about the document, `…/record/1.html`, never about the
thing: `dcterms:issued` of a letter is its own day of publication. Records, dumps and digests do not have them, so that
a record's bytes tell nothing of the day on which it was built (D-229).

>>> lines = document_lines("https://e.org/", "agent/ann", "2026-01-02T03:04:05Z", "2026-02-03T04:05:06Z").decode()
>>> print(lines.splitlines()[0].partition("^^")[0])
<https://e.org/agent/ann.html> <http://purl.org/dc/terms/issued> "2026-01-02T03:04:05Z"
"""

from pyoxigraph import Literal, NamedNode, Quad

ISSUED, MODIFIED = "http://purl.org/dc/terms/issued", "http://purl.org/dc/terms/modified"
_DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"


def documents_graph(base: str) -> str:
    """Return the name of the graph of a site."""
    return f"{base}graphs/documents"


def document_iri(base: str, reference: str) -> str:
    """Return the IRI of the document about a thing."""
    return f"{base}{reference}.html"


def document_lines(base: str, reference: str, issued: str, modified: str) -> bytes:
    """Return the statements about a document as lines of N-Triples, in the engine's own form.

    Args:
        base: the base of the site.
        reference: the thing.
        issued: time of its first publication, in UTC (ISO 8601).
        modified: time of its last change, the same.
    """
    document = document_iri(base, reference)
    return (
        f'<{document}> <{ISSUED}> "{issued}"^^<{_DATE_TIME}> .\n'
        f'<{document}> <{MODIFIED}> "{modified}"^^<{_DATE_TIME}> .\n'
    ).encode()


def document_quads(base: str, reference: str, issued: str, modified: str) -> list[Quad]:
    """Return the same statements as quads of the graph."""
    document, graph, date_time = (
        NamedNode(document_iri(base, reference)),
        NamedNode(documents_graph(base)),
        NamedNode(_DATE_TIME),
    )
    times = ((ISSUED, issued), (MODIFIED, modified))
    return [Quad(document, NamedNode(name), Literal(time, datatype=date_time), graph) for name, time in times]

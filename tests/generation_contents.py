"""What a generation says, in a form in which two generations of the same sources are equal."""

import gzip
import json
from contextlib import closing

from publishing import dump_of
from pyoxigraph import Store

from kg.store.generation.catalogue import Catalogue
from kg.store.generation.generations import Generations
from kg.store.generation.read_only_database import attach, connect
from kg.store.search import fields
from kg.store.search.completions import Completer
from kg.store.search.index import SearchIndex
from kg.store.search.query_builder import IndexRequest
from kg.store.search.query_language import parse

_THINGS = (
    "ref, kind, label, status, start, end, said, created, modified, digest, source, length, deleted, day,"
    " record_digest, sets"
)
_TABLES = {
    "things": f"SELECT {_THINGS} FROM things ORDER BY ref",
    "by rank": "SELECT ref FROM things ORDER BY rank",
    "links": "SELECT target.ref, name, links.day, source.ref FROM links JOIN keys USING (k)"
    " JOIN things AS target ON target.n = target JOIN things AS source ON source.n = links.source"
    " ORDER BY target.ref, name, links.day, links.rank",
    "link counts": "SELECT ref, name, link_counts.n FROM link_counts JOIN keys USING (k)"
    " JOIN things ON things.n = target ORDER BY 1, 2",
    "redirected": "SELECT links.ref, name, things.ref, links.day, direct FROM redirected_links AS links"
    " JOIN keys USING (k) JOIN things ON things.n = links.source ORDER BY 1, 2, 3",
    "most linked": "SELECT links, ref FROM most_linked JOIN things USING (n) ORDER BY links DESC, most_linked.rank",
    **{
        table: f"SELECT * FROM {table} ORDER BY 1, 2"
        for table in ("redirects", "successions", "hints", "months", "sources")
    },
}
_NAMED = "(SELECT ref FROM catalogue.things AS t WHERE t.n = {})".format
_NAMES = {
    "documents": f"SELECT {_NAMED('x.n')}, documents FROM documents AS x",
    "entries": f"SELECT register, {_NAMED('x.n')}, documents, form, words FROM entries AS x",
    "alphabet": f"SELECT register, language, key, {_NAMED('x.n')}, initial, label FROM alphabet AS x",
    "tree": f"SELECT CASE WHEN parent > 0 THEN {_NAMED('x.parent')} ELSE parent END, key, {_NAMED('x.n')} FROM tree AS x",
}
_SEARCHES = ("", "harbour", "lighthouse lantern", "ferry", "bo", "papers", "winter OR ledger")


def contents(made):
    """All that the live generation says, by part."""
    folder = Generations.of_settings(made).generation_folder(Generations.of_settings(made).live())
    manifest = folder.read_manifest()
    found = {
        "dump": gzip.decompress(dump_of(made)),
        "turtle": gzip.decompress(dump_of(made, "kg.ttl.gz")),
        "statistics": json.loads(folder.statistics.read_bytes()),
        "manifest": (manifest.triples, manifest.counts, manifest.graph_hash, manifest.graphs),
        "report": _told(manifest.summary, folder),
    }
    store = Store.read_only(str(folder.store))
    found["store"] = sorted(str(quad) for quad in store if not str(quad.graph_name).endswith("/dataset>"))
    with closing(connect(folder.catalogue)) as db:
        found |= {table: db.execute(query).fetchall() for table, query in _TABLES.items()}
    with closing(connect(folder.names)) as db:
        attach(db, folder.catalogue, "catalogue")
        found |= {f"names {table}": sorted(db.execute(query), key=repr) for table, query in _NAMES.items()}
    with closing(Catalogue(folder.catalogue)) as catalogue:
        for kind in ("record", "agent", "topic"):
            found[f"list {kind}"] = [entry.cursor for entry in catalogue.list_of_kind(kind, 100)]
        found["records"] = list(_records(folder, catalogue))
    return found | _index(folder.search)


def _told(summary, folder):
    """Counts of a report, and what it tells; `remapped` and times of work are of a build."""
    counts = {name: summary[name] for name in ("read", "published", "rejected", "merged", "stubs", "problems")}
    lines = (folder.path / "problems.jsonl").read_bytes().splitlines() if summary["problems"] else []
    problems = [json.loads(line) for line in lines]
    of_links = {"leads nowhere", "is called", "is reached", "in another link"}
    told = sorted(
        (each["source"], each["field"], each["value"], each["message"], each["record"])
        for each in problems
        if not any(word in each["message"] for word in of_links)
    )
    return counts, told


def _records(folder, catalogue):
    from kg.store.generation.segments.reader import SegmentReader

    with SegmentReader(folder.records) as reader:
        for reference, *_, address, length in catalogue.digests():
            if length:
                yield reference, reader.record(address, length)


def _index(path):
    with closing(SearchIndex(path)) as index:
        found = {}
        for text in _SEARCHES:
            query = index.query(IndexRequest(parse(text)))
            hits = index.hits(query, 1000)
            found[f"search {text}"] = (
                sorted(each.reference for each in hits),
                index.facets(query, index.unit_counts(query, "year"), 100),
            )
        query = index.query(IndexRequest(parse("")))
        found["values"] = [index.all_values(query, facet) for facet in fields.COUNTED]
        completer = Completer(index)
        found["completions"] = [
            sorted(index.words.fame(each) for each in completer.references(text)) for text in ("am", "bo", "har", "le")
        ]
        return found

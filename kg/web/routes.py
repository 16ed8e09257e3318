"""Routes: every path of a site, once. Routing, `Allow`, caches, metrics, the reference and the description read them.

Rows stand by wing. A page is a handler, a row here and a template.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.iris import Base
from kg.render.citations.citations import FORMATS as CITATIONS
from kg.render.citations.cited_record import CITED_KINDS
from kg.render.data.negotiation import BY_SUFFIX, FORMATS
from kg.render.queries.saved_queries import SavedQuery
from kg.render.queries.saved_queries import saved_queries as load_queries
from kg.settings import Settings
from kg.site_settings import IMAGE_TYPES
from kg.store.sparql.results import FORMATS as RESULT_FORMATS
from kg.web.changes import feed as changes_feed
from kg.web.changes import followed
from kg.web.changes import page as changes_page
from kg.web.endpoint import graph_store, saved_queries, sparql, workbench
from kg.web.endpoint.formats import GRAPHS
from kg.web.endpoint.protocol_request import ProtocolParameters
from kg.web.pages import (
    about,
    api_docs,
    basket,
    citations,
    documents,
    downloads,
    home,
    media,
    own_pages,
    site_files,
    static,
)
from kg.web.pages.lists import things_list
from kg.web.route_table import QUERY, Route
from kg.web.search import facet_values, picture_views, refused_search, search
from kg.web.search.neighbours import PLACE

_REMOTE = (502, 504)
"""Problems of a remote store."""

_LANES = (429, 503)
"""Problems where others, or one client, ask for much at once."""

_QUERIES = (400, 406, 413, *_LANES, *_REMOTE, 507)
"""Problems of queries."""

_HTML, _CSV, _SVG, _PNG = "text/html", "text/csv", "image/svg+xml", "image/png"
_OWN_PAGE = "a page of the archive's own, where the settings name a file"
_MOVED = {301: "The entry has a new key: the same page or data at its new address."}
_PART = {206: "Part of the file, as given in Range."}
_TERMS_DATA = tuple(each.media_type for each in site_files.TERMS_DOCUMENTS.values())
_RESULTS = tuple(dict.fromkeys(each.media_type.partition(";")[0] for each in RESULT_FORMATS.values()))
_GRAPH_TYPES = tuple(dict.fromkeys(RESULT_FORMATS[name].media_type.partition(";")[0] for name in GRAPHS))
_FORM = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}

PAGES = (
    Route("/", home.respond, "Start page: size of the collection, first documents, access to the data", cacheable=True),
    Route(
        "/about",
        about.respond,
        "Coverage and gaps of the collection, with a link from each figure to its documents",
        cacheable=True,
    ),
    Route(
        "/{kind}/",
        things_list.respond,
        "List of a category: documents by date; otherwise what the documents mention",
        cacheable=True,
        problems=(404,),
        example="record/",
    ),
    *(
        Route(
            f"/{kind}/{{key}}.{citations.PAGE_SUFFIX}",
            citations.page_of(kind),
            "Citations of a document, collection or archive in several styles, for copying",
            cacheable=True,
            statuses=_MOVED,
            problems=(400, 404, 410, *_REMOTE),
            example=f"{{record}}.{citations.PAGE_SUFFIX}" if kind == "record" else "",
        )
        for kind in CITED_KINDS
    ),
    *(
        Route(
            f"/{kind}/{{key}}.{{citation}}",
            citations.file_of(kind),
            "Citation of a document, collection or archive: file for reference managers",
            tuple(dict.fromkeys(each.media_type for each in CITATIONS)),
            cacheable=True,
            values={"citation": citations.FILE_SUFFIXES},
            statuses=_MOVED,
            problems=(400, 404, 410, *_REMOTE),
            example="{record}.bib" if kind == "record" else "",
        )
        for kind in CITED_KINDS
    ),
    Route(
        "/basket",
        basket.respond,
        "Basket of documents: page with their citations, or a file",
        (_HTML, _CSV, *dict.fromkeys(each.media_type for each in CITATIONS)),
        long_address=True,
        problems=(400, *_LANES),
        example="basket?thing={record}",
    ),
    Route(
        "/{kind}/{key}.{suffix}",
        documents.document,
        "Description of an entry, in the format given by the suffix",
        tuple(each.media_type for each in FORMATS),
        cacheable=True,
        direct=True,
        negotiated=(),
        private=(PLACE, "q"),
        parameters=documents.PageParameters,
        values={"suffix": tuple(BY_SUFFIX)},
        statuses={
            **_MOVED,
            303: "The suffix is part of the key of an entry: its description, in the format given in Accept.",
        },
        problems=(400, 404, 406, 410, *_LANES, *_REMOTE),
        example="{thing}.jsonld",
    ),
    Route(
        "/{kind}/{key}",
        documents.thing,
        "Entry: redirects to its description in the format given in Accept",
        (),
        cacheable=True,
        direct=True,
        status=303,
        statuses={**_MOVED, 303: "Description in the format given in Accept."},
        problems=(404, 406, 410),
        example="{thing}",
    ),
    Route(
        "/dumps/",
        downloads.dumps,
        "Page of downloads: all data as kg.nt.gz and kg.ttl.gz, checksums as SHA256SUMS",
        cacheable=True,
    ),
    Route(
        "/dumps/{name}",
        downloads.dump,
        "File with all data, or checksums",
        ("application/gzip", "text/plain"),
        statuses=_PART,
        problems=(404, 416),
        example="{dump}",
    ),
    Route(
        "/data/",
        downloads.tables,
        "Page of the tables: each category as {kind}.csv and {kind}.parquet, with {kind}.csv-metadata.json",
        cacheable=True,
    ),
    Route(
        "/data/{name}",
        downloads.table,
        "Table of a category, its description, or checksums",
        (_CSV, "application/vnd.apache.parquet", "application/csvm+json", "text/plain"),
        statuses=_PART,
        problems=(404, 416),
        example="{table}",
    ),
    Route(
        "/changes",
        changes_page.respond,
        "Changes of the collection, newest first, by day and category; or the history of one entry",
        cacheable=True,
        problems=(400, 404),
        example="changes?what=created",
    ),
    Route(
        "/changes.json",
        followed.respond,
        "Changes after a sequence number, oldest first, for programs that hold a copy",
        (followed.MEDIA_TYPE,),
        cacheable=True,
        negotiated=(),
        problems=(400, 410),
        example="changes.json?since=0&limit=10",
    ),
    Route(
        "/changes.atom",
        changes_feed.respond,
        "Changes as an Atom feed, with deleted entries and archives of older changes",
        (changes_feed.MEDIA_TYPE,),
        cacheable=True,
        negotiated=(),
        problems=(400, 404, 410),
    ),
    Route(
        "/media/{name:path}",
        media.respond,
        "Scan or recording of the archive's own, from the folder of the setting media",
        tuple(dict.fromkeys(media.MEDIA_TYPES.values())),
        statuses=_PART,
        problems=(404, 416),
        undescribed="files of an archive, whose records lead to them",
    ),
    Route(
        "/terms/",
        site_files.terms,
        "Page of the site's own terms, or data about them in the format given in Accept",
        cacheable=True,
        statuses={303: "Data about the terms in the format given in Accept."},
        problems=(406,),
    ),
    Route(
        "/terms/{name}",
        site_files.term,
        "Term: redirects to its description; all terms as terms.ttl, terms.jsonld and other formats; context.jsonld",
        _TERMS_DATA,
        cacheable=True,
        statuses={303: "Page of the terms, or data about them in the format given in Accept."},
        problems=(404, 406),
        example="terms/context.jsonld",
    ),
    Route(
        "/imprint", own_pages.imprint, "Imprint of the archive", cacheable=True, problems=(404,), undescribed=_OWN_PAGE
    ),
    Route("/privacy", own_pages.privacy, "Its page on privacy", cacheable=True, problems=(404,), undescribed=_OWN_PAGE),
    Route("/docs", api_docs.page, "This page: all addresses of the site", cacheable=True),
    Route(
        "/openapi.json",
        api_docs.description,
        "Description of all addresses in OpenAPI 3.1",
        (api_docs.MEDIA_TYPE,),
        cacheable=True,
    ),
    Route(
        "/static/{name:path}",
        static.respond,
        "Files that pages use; an address with a version, /static/v-…/, may be kept for ever",
        direct=True,
        undescribed="files of the pages, not of the collection",
    ),
    Route(
        "/site/{name:path}",
        own_pages.file,
        "Logo, picture and colour of the archive, where the settings name them; an address holds a digest of the file",
        tuple(dict.fromkeys(("text/css", *(media_type for media_type, _ in IMAGE_TYPES.values())))),
        direct=True,
        undescribed="files of the pages, not of the collection",
    ),
    Route(
        "/robots.txt",
        site_files.robots,
        "Addresses that crawlers leave alone: searches, queries",
        ("text/plain",),
        direct=True,
        undescribed="read by crawlers, at the root of a host",
    ),
    Route(
        "/healthz",
        site_files.health,
        "Health of this process, and its generation",
        ("application/json",),
        direct=True,
        undescribed="for whoever runs the server",
    ),
    Route(
        "/metrics",
        site_files.metrics,
        "Metrics for Prometheus, where the setting metrics is public",
        ("text/plain",),
        direct=True,
        undescribed="for whoever runs the server",
    ),
)

SEARCH = (
    Route(
        "/search",
        search.respond,
        "Search: page, JSON, CSV, Atom, RSS, Turtle or citations",
        tuple(search.MEDIA_TYPES),
        cacheable=True,
        negotiated=tuple(search.MEDIA_TYPES),
        refused=refused_search.refused,
        problems=(400, 406, *_LANES, *_REMOTE),
        example="search?kind=record&sort=newest&format=json",
    ),
    Route(
        "/search/values/{facet}",
        facet_values.respond,
        "All values of a filter in the results of a search: page or JSON",
        (_HTML, "application/json"),
        cacheable=True,
        problems=(400, 404, *_LANES, *_REMOTE),
        example="search/values/person?kind=record&format=json",
    ),
    Route(
        "/search/suggest",
        search.suggest,
        "Suggestions for a search, in the OpenSearch format",
        (search.SUGGESTIONS,),
        cacheable=True,
        negotiated=(),
        problems=_LANES,
        example="search/suggest?q=a",
    ),
    Route(
        "/search/opensearch.xml",
        search.description,
        "OpenSearch description of the search, for browsers and programs",
        (search.DESCRIPTION,),
        cacheable=True,
        negotiated=(),
    ),
    Route(
        "/timeline",
        picture_views.timeline,
        "Search results over time: page, SVG, PNG or CSV",
        (_HTML, _SVG, _PNG, _CSV),
        cacheable=True,
        refused=refused_search.refused,
        problems=(400, *_LANES),
        example="timeline?format=csv",
    ),
    Route(
        "/map",
        picture_views.places,
        "Places in search results on a map: page, SVG, PNG or CSV",
        (_HTML, _SVG, _PNG, _CSV),
        cacheable=True,
        refused=refused_search.refused,
        problems=(400, *_LANES),
        example="map?format=csv",
    ),
    Route(
        "/network",
        picture_views.people,
        "People in search results and the documents they share: page, SVG, PNG, CSV or GraphML",
        (_HTML, _SVG, _PNG, _CSV, "application/graphml+xml"),
        cacheable=True,
        refused=refused_search.refused,
        problems=(400, *_LANES),
        example="network?format=graphml",
    ),
)

ENDPOINT = (
    Route(
        "/sparql",
        sparql.respond,
        "SPARQL 1.1 Protocol, queries; in browsers the query editor; without a query, the service description",
        (*_RESULTS, _HTML),
        methods=QUERY,
        repeats=True,
        long_address=True,
        direct=True,
        parameters=ProtocolParameters,
        problems=(*_QUERIES, 403),
        body={
            "application/sparql-query": {"schema": {"type": "string"}},
            "application/x-www-form-urlencoded": {"schema": _FORM},
        },
        example="sparql?query=SELECT%20*%20%7B%20%3Fthing%20a%20%3Fclass%20%7D%20LIMIT%203&format=json",
    ),
    Route(
        "/graphs",
        graph_store.respond,
        "Graph Store Protocol, reading: a named graph or the default graph; without either, the list of graphs",
        (*_GRAPH_TYPES, _HTML),
        repeats=True,
        long_address=True,
        problems=(404, *_QUERIES),
        example="graphs",
    ),
    Route(
        "/graphs/{name:path}",
        graph_store.direct,
        "Graph with this address as its IRI",
        _GRAPH_TYPES,
        repeats=True,
        long_address=True,
        problems=(404, *_QUERIES),
    ),
    Route("/api/", saved_queries.overview, "Page of the ready-made queries", cacheable=True),
    Route(
        "/api/openapi.json",
        api_docs.former,
        "Former address of /openapi.json",
        (),
        status=308,
        undescribed="leads to /openapi.json",
    ),
    Route(
        "/api/{name}",
        saved_queries.missing,
        "Answer of a saved query: JSON, CSV, TSV or a page, by Accept, format= or a suffix",
        saved_queries.MEDIA_TYPES,
        repeats=True,
        undescribed="each saved query is described by itself",
    ),
    Route(
        "/workbench/terms.json",
        workbench.completions,
        "Prefixes, classes and properties with the number of their uses, for suggestions in the editor",
        ("application/json",),
        problems=(413, *_LANES, *_REMOTE, 507),
    ),
    Route(
        "/workbench/names.json",
        workbench.labels,
        "Names of entries, up to a hundred at a time",
        ("application/json",),
        problems=(400,),
        example="workbench/names.json?thing={thing}",
    ),
)

WINGS = {"Pages and files": PAGES, "Searches": SEARCH, "Queries": ENDPOINT}
"""Heading of a wing in the description → its rows."""

ROUTES = tuple(replace(row, wing=wing) for wing, rows in WINGS.items() for row in rows)
"""Every row; those of saved queries depend on the settings, see `of`."""

SAVED = "/api/{name}"
"""Path of the row that stands for all saved queries."""


def of(settings: Settings) -> Iterator[Route]:
    """The rows of a site, with one for each of its saved queries. Raises KgError for a query that can't be read."""
    for row in ROUTES:
        if row.path == SAVED:
            yield from _queries(row, load_queries(settings.query_folders).values(), Base(settings.base))
        yield row


def _queries(row: Route, queries: Iterable[SavedQuery], base: Base) -> Iterator[Route]:
    for query in queries:
        handler, refused = saved_queries.endpoint(query, base.value)
        path = f"/api/{query.name}"
        shared = replace(row, handler=handler, refused=refused, problems=_QUERIES)
        yield replace(
            shared,
            path=path,
            what=query.summary,
            description=query.description,
            operation=query.name,
            undescribed="",
            example=saved_queries.example(query),
        )
        yield replace(
            shared,
            path=f"{path}.{{suffix}}",
            values={"suffix": saved_queries.SUFFIXES},
            undescribed="the address without a suffix is described",
        )

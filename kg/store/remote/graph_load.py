"""Load of a graph at a remote store: N-Triples in batches, each sent again where the network failed (D-232)."""

import time

from pyoxigraph import NamedNode

from kg.document_times import documents_graph
from kg.errors import RemoteUnreachable
from kg.settings import Settings
from kg.store.remote.client import RemoteStore
from kg.store.triples.batches import BatchLoader

GRAPH_STORE_BATCH_BYTES = 4 << 20
"""Bytes of N-Triples in a request of the SPARQL 1.1 Graph Store HTTP Protocol."""

UPDATE_BATCH_BYTES = 1 << 20
"""Bytes of N-Triples in an update, which an engine has to parse in full before it begins."""

MAX_PENDING_BATCHES = 2
"""Batches that may wait for the remote store; mapping goes on meanwhile, and memory stays bounded."""

RETRY_PAUSES = (0.5, 2.0, 5.0)
"""Seconds before each retry of a batch. Without blank nodes a batch is idempotent."""


def coming_documents(base: str) -> NamedNode:
    """Name of the graph of documents until it takes the place of the live one; no query reaches it."""
    return NamedNode(f"{documents_graph(base)}/coming")


def batch_loader(remote: RemoteStore, settings: Settings, graph: NamedNode) -> BatchLoader:
    """Return the loader of a graph; its faults are RemoteErrors.

    Args:
        remote: the store.
        settings: whether it takes the Graph Store Protocol.
        graph: name of the graph.
    """

    def send(batch: bytes) -> None:
        for pause in RETRY_PAUSES:
            try:
                remote.post(graph, batch)
            except RemoteUnreachable:
                time.sleep(pause)
            else:
                return
        remote.post(graph, batch)

    size = GRAPH_STORE_BATCH_BYTES if settings.store_graphs else UPDATE_BATCH_BYTES
    return BatchLoader(send, batch_bytes=size, threads=1, max_pending=MAX_PENDING_BATCHES)

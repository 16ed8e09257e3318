"""Worker: a process that answers queries and may die of them, `python -m kg.store.pool.worker STORE [OPTIONS]`.

It opens the store read-only, gives up what no query needs (see `kg.store.pool.sandbox`), tries whether that
holds, says that it is ready, and answers one query after the other from its standard input on its standard
output, in frames (see `kg.store.pool.frames`). It ends when its input does. It is started anew after each mishap,
so it imports little.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Store

from kg.errors import (
    GenerationError,
    KgError,
    QueryCrashed,
    QueryError,
    QueryRefused,
    QueryTooHeavy,
    QueryTooLarge,
    QueryUnwritable,
)
from kg.processes import die_with_parent
from kg.store.pool import frames, sandbox
from kg.store.sparql import query_checks, results
from kg.store.sparql.errors import explanations

STACK = 256 << 20
"""Bytes of stack for the engine, whose recursion is as deep as a query nests or chains."""

ADDRESS_SPACE = 2 << 30
"""Bytes of address space above an idle worker's; under one GB the engine can't even open a store."""

CHUNK = 64 << 10

_AWAKE = 0.0002
"""Seconds for which a worker that has answered a query quickly looks out for the next one, before it sleeps. A client
that asks one after another needs about so long to ask the next one, and gets a fifth more answers."""


def main() -> int:
    """Serve until the input ends; 1 if this process can't be made safe."""
    path = Path(sys.argv[1])
    options: dict[str, Any] = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    sandbox.leave_network()
    sandbox.drop_capabilities()
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends its workers itself
    out = os.dup(1)
    os.dup2(2, 1)  # whatever else prints must not get among the frames
    try:
        store = _open(path, options.get("address_space", ADDRESS_SPACE))
    except KgError as fault:
        frames.write(out, frames.said(frames.FAULT, **described(fault)))
        return 1
    limits = query_checks.QueryLimits(**options.get("limits", {}))
    threading.stack_size(STACK)

    def check(text: str, spare: int) -> None:
        query_checks.check(text, limits.with_added_bytes(spare))

    answer = partial(
        _answer, store, out=out, base=options.get("base"), rows=options.get("rows", results.UNLIMITED_ROWS)
    )
    thread = threading.Thread(target=serve, args=(answer, out, check))
    thread.start()
    thread.join()
    return 0


def _open(path: Path, address_space: int) -> Store:
    """The store, in a process that can do no more harm."""
    try:
        store = Store.read_only(str(path))
    except OSError as fault:
        raise GenerationError(f"the store can't be opened: {fault}", where=str(path)) from None
    sandbox.limit_memory(STACK + address_space)
    sandbox.forbid_sockets(path)
    wrong = sandbox.self_test()
    if wrong:
        raise GenerationError(f"queries can't be answered safely: {wrong}")
    if not store.query("ASK {}"):
        raise GenerationError("the store does not answer", where=str(path))
    return store


def serve(answer: Callable[[str, dict[str, Any]], None], out: int, check: Callable[[str, int], None]) -> None:
    """Answer what comes in, to a descriptor, until nothing does."""
    frames.write(out, frames.said(frames.READY, pid=os.getpid()))
    incoming = frames.Incoming(0)
    several = len(os.sched_getaffinity(0)) > 1  # processors, or whoever looks out keeps others from theirs
    slow, awake = False, 0.0
    while request := incoming.next(awake=awake):
        sent, payload = request
        if slow and sent == frames.AHEAD:
            frames.write(out, frames.frame(frames.BACK))
            continue
        began = time.monotonic()
        text, options = frames.read_query(payload)
        try:
            check(text, options.get("spare", 0))
            answer(text, options)
        except BaseException as fault:  # noqa: BLE001  # a panic of the engine is no Exception
            frames.write(out, frames.said(frames.FAULT, **described(_named(fault))))
        slow = time.monotonic() - began > frames.PATIENCE
        awake = _AWAKE if several and not slow else 0.0


def _answer(  # noqa: PLR0913  # each is one limit or end
    store: Store, text: str, request: dict[str, Any], *, out: int, base: str | None, rows: int
) -> None:
    began = time.monotonic()
    try:
        found = store.query(text, base_iri=base, **_graphs(request))
    except SyntaxError:
        raise explanations.explain(text, partial(_complaint, store, base)) from None
    kind = results.result_kind(found)
    row = results.choose_format(kind, request["formats"])
    writer = _FrameWriter(out, frames.head(kind, row.name))
    try:
        results.write(found, row, writer, min(rows, (kind == "select" and request["rows"]) or rows))
    except QueryTooLarge:
        writer.part()
        raise
    writer.end(time.monotonic() - began)


def _complaint(store: Store, base: str | None, text: str) -> str:
    """What the engine says of a text that it can't read, else nothing."""
    try:
        store.query(text, base_iri=base)
    except SyntaxError as fault:
        return str(fault)
    return ""


def _graphs(request: dict[str, Any]) -> dict[str, Any]:
    """What the query is asked of; graphs of the request go before its own (SPARQL 1.1 Protocol, 2.1.4)."""
    default, named = request["default_graphs"], request["named_graphs"]
    if not default and not named:
        return {"use_default_graph_as_union": request["union"]}
    try:
        return {
            "default_graph": [NamedNode(iri) for iri in default],
            "named_graphs": [NamedNode(iri) for iri in named],
        }
    except ValueError as fault:
        raise QueryRefused(f"a graph's name is no IRI: {fault}") from None


class _FrameWriter:
    """Collects an answer into frames of 64 KiB; the head comes with the first, so an early fault is alone."""

    def __init__(self, out: int, head: bytes) -> None:
        self._out = out
        self._before = head
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        if len(self._held) >= CHUNK:
            self._send(b"")
        return len(data)

    def flush(self) -> None:
        """The engine says so after each answer, which `end` does too."""

    def part(self) -> None:
        """Send what there is, though it is not all."""
        self._send(b"")

    def end(self, seconds: float) -> None:
        """Send what is left, and how long all of it took."""
        self._send(frames.end(seconds))

    def _send(self, after: bytes) -> None:
        data = (frames.HEADER.pack(frames.DATA, len(self._held)), self._held) if self._held else ()
        frames.write(self._out, self._before, *data, after)
        self._before = b""
        self._held.clear()


def _named(fault: BaseException) -> QueryError:
    """The error of ours that a fault of the engine is."""
    text = str(fault)
    match fault:
        case QueryError():
            return fault
        case MemoryError():
            return QueryTooHeavy("the query needs more memory than it may have")
        case RuntimeError() if "custom function" in text:
            return QueryRefused(text[:1].lower() + text[1:], todo="Use the functions of SPARQL 1.1.")
        case OSError() if "does not support" in text or "not allowed as a predicate" in text:
            return QueryUnwritable(text)
        case _:
            return QueryCrashed(f"the engine gave up: {text[:500] or type(fault).__name__}")


def described(fault: KgError) -> dict[str, Any]:
    """An error as the server can make it again."""
    return {
        "error": type(fault).__name__,
        "what": fault.what,
        "where": fault.where,
        "todo": fault.todo,
        "line": getattr(fault, "line", None),
        "column": getattr(fault, "column", None),
    }


if __name__ == "__main__":
    sys.exit(main())

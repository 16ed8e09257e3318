"""Worker: a process that answers queries and may die of them, `python -m kg.store.pool.worker STORE [OPTIONS]`.

The worker opens the store read-only, enters its sandbox (`kg.store.pool.sandbox`), tests that, and reports that it is
ready. Then it answers the queries from its standard input, one after the other, on its standard output, in frames
(`kg.store.pool.frames`), until its input ends. A dead worker is replaced, so the module imports little.
"""

import contextlib
import json
import os
import re
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
    Message,
    QueryCrashed,
    QueryError,
    QueryRefused,
    QueryTooHeavy,
    QueryTooLarge,
    QueryUnwritable,
)
from kg.processes import die_with_parent
from kg.store.pool import frames, sandbox
from kg.store.sparql import member_lists, query_checks, results
from kg.store.sparql.errors import explanations

STACK = 256 << 20
"""Bytes of stack for the engine, whose recursion is as deep as a query nests or chains."""

ADDRESS_SPACE = 2 << 30
"""Bytes of address space above an idle worker's; under one GB the engine can't even open a store."""

FRAME_BYTES = 64 << 10
"""Bytes of an answer in one frame."""

_SPIN_SECONDS = 0.0002
_IRI = re.compile(r"<[^<>]*>")
"""Seconds of busy waiting for the next query after a quick one. A client that sends one query after another needs about
so long between two, and gets a fifth more answers."""


def main() -> int:
    """Serve until the input ends; return 1 if the sandbox fails."""
    path = Path(sys.argv[1])
    options: dict[str, Any] = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    sandbox.leave_network()
    sandbox.drop_capabilities()
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends its workers itself
    out = os.dup(1)
    os.dup2(2, 1)  # no other output may come between the frames
    try:
        store = _open(path, options.get("address_space", ADDRESS_SPACE))
    except KgError as fault:
        frames.write(out, frames.json_frame(frames.FAULT, **serialised(fault)))
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
    """Open the store, and enter the sandbox."""
    try:
        store = Store.read_only(str(path))
    except (OSError, RuntimeError) as fault:
        raise GenerationError(f"the store can't be opened: {fault}", where=str(path)) from None
    sandbox.limit_memory(STACK + address_space)
    sandbox.forbid_sockets(path)
    sandbox_fault = sandbox.self_test()
    if sandbox_fault:
        raise GenerationError(f"queries can't be answered safely: {sandbox_fault}")
    if not store.query("ASK {}"):
        raise GenerationError("the store does not answer", where=str(path))
    return store


def serve(answer: Callable[[str, dict[str, Any]], None], out: int, check: Callable[[str, int], None]) -> None:
    """Answer the queries from standard input on a descriptor, until the input ends."""
    frames.write(out, frames.json_frame(frames.READY, pid=os.getpid()))
    requests = frames.BlockingFrameReader(0)
    may_spin = len(os.sched_getaffinity(0)) > 1  # on a single processor, busy waiting holds up the server
    slow, spin_seconds = False, 0.0
    while request := requests.next(spin_seconds=spin_seconds):
        kind, payload = request
        if slow and kind == frames.AHEAD:
            frames.write(out, frames.frame(frames.BACK))
            continue
        began = time.monotonic()
        text, options = frames.read_query(payload)
        try:
            check(text, options.get("spare", 0))
            answer(text, options)
        except BaseException as fault:  # noqa: BLE001  # a panic of the engine is no Exception
            frames.write(out, frames.json_frame(frames.FAULT, **serialised(_query_error(fault))))
        slow = time.monotonic() - began > frames.PATIENCE
        spin_seconds = _SPIN_SECONDS if may_spin and not slow else 0.0


def _answer(  # noqa: PLR0913  # each is one limit or end
    store: Store, text: str, request: dict[str, Any], *, out: int, base: str | None, rows: int
) -> None:
    began = time.monotonic()
    try:
        result = _result(store, text, base, request)
    except SyntaxError:
        raise explanations.explain(text, partial(_syntax_error, store, base)) from None
    kind = results.result_kind(result)
    format_ = results.choose_format(kind, request["formats"])
    writer = _FrameWriter(out, frames.head(kind, format_.name))
    try:
        results.write(result, format_, writer, min(rows, (kind == "select" and request["rows"]) or rows))
    except QueryTooLarge:
        writer.send_incomplete()
        raise
    writer.end(time.monotonic() - began)


def _result(store: Store, text: str, base: str | None, request: dict[str, Any]) -> Any:
    """Result of a query. Raises SyntaxError, which tells the place in the text as it was sent."""
    dataset = _dataset(request)
    joined = member_lists.with_joins(text)
    if joined != text:
        with contextlib.suppress(SyntaxError):
            return store.query(joined, base_iri=base, **dataset)
    return store.query(text, base_iri=base, **dataset)


def _syntax_error(store: Store, base: str | None, text: str) -> str:
    """The engine's message on a text with a syntax error, else ""."""
    try:
        store.query(text, base_iri=base)
    except SyntaxError as fault:
        return str(fault)
    return ""


def _dataset(request: dict[str, Any]) -> dict[str, Any]:
    """The engine's options for a query's dataset; the request's replaces the query's (SPARQL 1.1 Protocol, 2.1.4)."""
    default, named = request["default_graphs"], request["named_graphs"]
    if not default and not named:
        return {"use_default_graph_as_union": request["union"]}
    try:
        return {
            "default_graph": [NamedNode(iri) for iri in default],
            "named_graphs": [NamedNode(iri) for iri in named],
        }
    except ValueError as fault:
        raise QueryRefused(Message("a graph's name is not an IRI: %(fault)s", fault=str(fault))) from None


class _FrameWriter:
    """Writer of an answer in frames of 64 KiB; the head comes with the first, so that an early fault is alone."""

    def __init__(self, out: int, head: bytes) -> None:
        self._out = out
        self._prefix = head
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        self._buffer += data
        if len(self._buffer) >= FRAME_BYTES:
            self._send(b"")
        return len(data)

    def flush(self) -> None:
        """Called by the engine after each answer; `end` does its work."""

    def send_incomplete(self) -> None:
        """Send the rest of an answer that is cut."""
        self._send(b"")

    def end(self, seconds: float) -> None:
        """Send the rest of an answer, and its seconds."""
        self._send(frames.end(seconds))

    def _send(self, suffix: bytes) -> None:
        data = (frames.HEADER.pack(frames.DATA, len(self._buffer)), self._buffer) if self._buffer else ()
        frames.write(self._out, self._prefix, *data, suffix)
        self._prefix = b""
        self._buffer.clear()


def _query_error(fault: BaseException) -> KgError:
    """The QueryError for a fault of the engine, or the GenerationError for one of the store."""
    text = str(fault)
    match fault:
        case QueryError():
            return fault
        case MemoryError():
            return QueryTooHeavy(Message("the query needs more memory than is allowed"))
        case RuntimeError() if "custom function" in text:
            named = _IRI.search(text)
            what = Message("there is no custom function %(name)s", name=named[0] if named else "")
            return QueryRefused(what, todo=Message("Use the functions of SPARQL 1.1."))
        case OSError() if "does not support" in text or "not allowed as a predicate" in text:
            return QueryUnwritable(
                Message("part of the answer cannot be written in this format"), todo=Message("Choose another format.")
            )
        case OSError() | RuntimeError() if isinstance(fault, OSError) or "Corruption" in text:
            return GenerationError(f"the store can't be read: {text[:500]}", todo="Run `kg build`.")
        case _:
            return QueryCrashed(f"the engine gave up: {text[:500] or type(fault).__name__}")


def serialised(fault: KgError) -> dict[str, Any]:
    """The values from which the server makes an error again."""
    return {
        "error": type(fault).__name__,
        "what": _packed(fault.what),
        "where": _packed(fault.where),
        "todo": _packed(fault.todo),
        "line": getattr(fault, "line", None),
        "column": getattr(fault, "column", None),
    }


def _packed(text: object) -> Any:
    """A text as JSON; a message with its template and values."""
    if not isinstance(text, Message):
        return text
    return {"template": text.template, "values": {name: _packed(value) for name, value in text.values.items()}}


if __name__ == "__main__":
    sys.exit(main())

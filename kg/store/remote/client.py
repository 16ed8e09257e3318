"""SPARQL 1.1 Protocol client for a remote store of any engine.

The client uses the specifications alone: queries with `default-graph-uri` and `named-graph-uri`, updates, and the
Graph Store Protocol where the settings name an address for it. The graphs of a request override those of a query
(SPARQL 1.1 Protocol, 2.1.4), so other data of the remote store is never visible. Redirects are not followed:
credentials go to the addresses of the settings and nowhere else.
"""

import contextlib
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Self

import httpx2
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from kg.errors import RemoteError, RemoteTimeout, RemoteUnreachable, SettingsError
from kg.settings import QUERIES, Settings

TABLE_TYPE = "application/sparql-results+json"
GRAPH_TYPE = "application/n-triples"

MAX_ANSWER_BYTES = 64 << 20
"""Maximum size of an answer in memory, in bytes: a page needs far less."""

_MAX_MESSAGE = 300
"""Characters of the remote store's own message in an error."""

_TIMEOUTS = frozenset({408, 504})
_DENIED = frozenset({401, 403, 407})

Term = NamedNode | Literal


_PARAMETER = re.compile(r"\$([a-z]+)")


@cache
def _query_file(name: str) -> str:
    lines = (QUERIES / "store" / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def query_text(name: str, **values: Term | Iterable[Term]) -> str:
    """Text of a query or update of queries/store, with its parameters bound as terms.

    >>> query_text("drop.ru", graph=NamedNode("https://example.org/g"))
    'DROP SILENT GRAPH <https://example.org/g>'
    """
    terms = {
        key: str(value) if isinstance(value, NamedNode | Literal) else " ".join(map(str, value))
        for key, value in values.items()
    }
    return _PARAMETER.sub(lambda match: terms[match[1]], _query_file(name))


def insert_text(graph: NamedNode, ntriples: str) -> str:
    """INSERT DATA update for triples of a graph; N-Triples are valid SPARQL as they are."""
    terms = {"graph": str(graph), "triples": ntriples}
    return _PARAMETER.sub(lambda match: terms[match[1]], _query_file("insert.ru"))


def credentials(settings: Settings) -> dict[str, Any]:
    """Credentials as arguments of an HTTP client. Raises SettingsError for a token that no header can hold."""
    token, password = settings.store_token.get_secret_value().strip(), settings.store_password.get_secret_value()
    if token:
        if not (token.isascii() and token.isprintable()):
            raise SettingsError("KG_STORE_TOKEN holds a character that no header can hold")
        return {"headers": {"Authorization": f"Bearer {token}"}}
    return {"auth": (settings.store_user, password)} if settings.store_user else {}


@contextlib.contextmanager
def network_errors(host: str) -> Iterator[None]:
    """Context that turns the HTTP client's exceptions into RemoteErrors.

    Args:
        host: host and port of the remote store.
    """
    try:
        yield
    except httpx2.TimeoutException:
        raise RemoteTimeout("the remote store does not answer in time", where=host) from None
    except httpx2.InvalidURL as fault:
        raise RemoteUnreachable(f"the remote store's address can't be used: {fault}", where=host) from None
    except httpx2.HTTPError as fault:
        what = f"the remote store can't be reached, or fell silent: {fault or type(fault).__name__}"
        raise RemoteUnreachable(what, where=host, todo="Is it running, and is its address right?") from None


def status_error(status: int, host: str, message: str = "") -> RemoteError | None:
    """Error for an HTTP status, with the remote's message; None for success."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        todo = "Put the address that it leads to into the settings."
        return RemoteError(
            f"the remote store answers {status}, a redirect, which is not followed", where=host, todo=todo
        )
    if status in _DENIED:
        todo = "Set KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN."
        return RemoteError(f"the remote store lets us not in ({status})", where=host, todo=todo)
    detail = f": {' '.join(message.split())[:_MAX_MESSAGE]}" if message.strip() else ""
    kind = RemoteTimeout if status in _TIMEOUTS else RemoteError
    return kind(f"the remote store answers {status}{detail}", where=host)


class RemoteStore:
    """Client of one remote store; thread-safe."""

    def __init__(self, settings: Settings, *, seconds: float | None = None) -> None:
        """Open an HTTP client; no request is sent.

        Args:
            settings: addresses and credentials of the remote store.
            seconds: deadline of a request; longer for a load than for a reader.
        """
        self.settings = settings
        self.host = httpx2.URL(settings.store).netloc.decode("ascii")
        self._seconds = settings.store_seconds if seconds is None else seconds
        # The environment of a process must not lead requests elsewhere, nor add credentials of its own.
        self._client = httpx2.Client(timeout=self._seconds, trust_env=False, **credentials(settings))

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Client of the settings' remote store; None where they name none."""
        return cls(settings) if settings.store else None

    def select(self, text: str, default: Sequence[str]) -> list[dict[str, Term]]:
        """Rows of a SELECT query, each a dictionary of its bound variables."""
        body = self._query(text, default, TABLE_TYPE)
        try:
            results = parse_query_results(input=body, format=QueryResultsFormat.JSON)
            if isinstance(results, QuerySolutions):
                names = [variable.value for variable in results.variables]
                return [{name: row[name] for name in names if row[name] is not None} for row in results]
        except (SyntaxError, ValueError) as fault:
            reason = str(fault)
        else:
            reason = "it is a truth value"
        raise self._unexpected(f"what is no table in JSON: {reason}")

    def construct(self, text: str, default: Sequence[str]) -> list[Triple]:
        """Triples of a CONSTRUCT or DESCRIBE query, in memory."""
        return list(self._triples(self._query(text, default, GRAPH_TYPE)))

    def stream(self, text: str, default: Sequence[str]) -> Iterator[Triple]:
        """Triples of a CONSTRUCT or DESCRIBE query as a stream of any length."""
        form = {"query": text, "default-graph-uri": list(default)}
        headers = {"Accept": GRAPH_TYPE}
        with (
            network_errors(self.host),
            self._client.stream("POST", self.settings.store, data=form, headers=headers) as response,
        ):
            if fault := status_error(response.status_code, self.host):
                raise fault
            rest = b""
            for chunk in response.iter_bytes():
                lines, newline, rest = (rest + chunk).rpartition(b"\n")
                yield from self._triples(lines + newline)
            yield from self._triples(rest)

    def update(self, text: str) -> None:
        """Run an update."""
        address = self.settings.store_update
        if not address:
            raise RemoteError(
                "nothing says where the remote store takes updates", todo="Set `store_update` in kg.toml."
            )
        # The bare text instead of a form: engines read it at half the cost.
        headers = {"Content-Type": "application/sparql-update; charset=utf-8"}
        self._request("POST", address, content=text.encode(), headers=headers)

    def post(self, graph: NamedNode, ntriples: bytes) -> None:
        """Add triples to a graph: by the Graph Store Protocol where the settings name it, else by an update."""
        if not self.settings.store_graphs:
            self.update(insert_text(graph, ntriples.decode()))
            return
        headers = {"Content-Type": GRAPH_TYPE}
        self._request(
            "POST", self.settings.store_graphs, params={"graph": graph.value}, content=ntriples, headers=headers
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _triples(self, body: bytes) -> Iterator[Triple]:
        try:
            yield from (quad.triple for quad in parse(input=body, format=RdfFormat.N_TRIPLES))
        except SyntaxError as fault:
            raise self._unexpected(f"what is no N-Triples: {fault}") from None

    def _query(self, text: str, default: Sequence[str], accept: str) -> bytes:
        form = {"query": text, "default-graph-uri": list(default)}
        return self._request("POST", self.settings.store, data=form, headers={"Accept": accept})

    def _request(self, method: str, address: str, **request: Any) -> bytes:
        """One request with its answer in full, in bounded time and memory."""
        deadline = time.monotonic() + self._seconds
        body = bytearray()
        with network_errors(self.host), self._client.stream(method, address, **request) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise self._unexpected(f"more than {MAX_ANSWER_BYTES >> 20} MB")
                if time.monotonic() > deadline:  # httpx2's timeout is for each pause, not for the request
                    raise RemoteTimeout("the remote store answers too slowly", where=self.host)
        fault = status_error(response.status_code, self.host, _plain_text(response.headers, body))
        if fault:
            raise fault
        return bytes(body)

    def _unexpected(self, what: str) -> RemoteError:
        return RemoteError(f"the remote store answers with {what}"[: _MAX_MESSAGE * 2], where=self.host)


def _plain_text(headers: Mapping[str, str], body: bytes | bytearray) -> str:
    """Body of an error response, where it is plain text."""
    plain = headers.get("content-type", "").startswith("text/plain")
    return bytes(body[: _MAX_MESSAGE * 4]).decode("utf-8", "replace") if plain else ""

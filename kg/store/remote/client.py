"""A remote store: any engine that speaks SPARQL 1.1 Protocol, asked over HTTP.

Only what the specifications define is used: queries with `default-graph-uri` and `named-graph-uri`, updates, and
where there is an address for it, the Graph Store Protocol. The graphs of a request go before those of a query
(SPARQL 1.1 Protocol, 2.1.4), so what else the remote holds is not seen. Redirects are not followed: credentials go
to the addresses of the settings and nowhere else.
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

TABLE = "application/sparql-results+json"
GRAPH = "application/n-triples"

MOST = 64 << 20
"""Bytes of an answer that are held in memory: what one page shows is far less."""

_TOLD = 300
"""Characters of the remote's own words in an error."""

_TIMEOUTS = frozenset({408, 504})
_REFUSED = frozenset({401, 403, 407})

Term = NamedNode | Literal


_PARAMETER = re.compile(r"\$([a-z]+)")


@cache
def _text(name: str) -> str:
    lines = (QUERIES / "store" / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def query_text(name: str, **values: Term | Iterable[Term]) -> str:
    """A query or update of queries/store with its parameters put in as terms.

    >>> query_text("drop.ru", graph=NamedNode("https://example.org/g"))
    'DROP SILENT GRAPH <https://example.org/g>'
    """
    written = {
        key: str(value) if isinstance(value, NamedNode | Literal) else " ".join(map(str, value))
        for key, value in values.items()
    }
    return _PARAMETER.sub(lambda found: written[found[1]], _text(name))


def insertion(graph: NamedNode, ntriples: str) -> str:
    """The update that puts triples into a graph; N-Triples stand in SPARQL as they are."""
    written = {"graph": str(graph), "triples": ntriples}
    return _PARAMETER.sub(lambda found: written[found[1]], _text("insert.ru"))


def credentials(settings: Settings) -> dict[str, Any]:
    """What an HTTP client needs to be let in. Raises SettingsError where it can't be sent."""
    token, password = settings.store_token.get_secret_value().strip(), settings.store_password.get_secret_value()
    if token:
        if not (token.isascii() and token.isprintable()):
            raise SettingsError("KG_STORE_TOKEN holds a character that no header can hold")
        return {"headers": {"Authorization": f"Bearer {token}"}}
    return {"auth": (settings.store_user, password)} if settings.store_user else {}


@contextlib.contextmanager
def faults(place: str) -> Iterator[None]:
    """Say in words what the network did.

    Args:
        place: host and port of the remote.
    """
    try:
        yield
    except httpx2.TimeoutException:
        raise RemoteTimeout("the remote store does not answer in time", where=place) from None
    except httpx2.InvalidURL as fault:
        raise RemoteUnreachable(f"the remote store's address can't be used: {fault}", where=place) from None
    except httpx2.HTTPError as fault:
        what = f"the remote store can't be reached, or fell silent: {fault or type(fault).__name__}"
        raise RemoteUnreachable(what, where=place, todo="Is it running, and is its address right?") from None


def refusal(status: int, place: str, said: str = "") -> RemoteError | None:
    """The error that an HTTP status is; None for success."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        todo = "Put the address that it leads to into the settings."
        return RemoteError(
            f"the remote store answers {status}, a redirect, which is not followed", where=place, todo=todo
        )
    if status in _REFUSED:
        todo = "Set KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN."
        return RemoteError(f"the remote store lets us not in ({status})", where=place, todo=todo)
    words = f": {' '.join(said.split())[:_TOLD]}" if said.strip() else ""
    kind = RemoteTimeout if status in _TIMEOUTS else RemoteError
    return kind(f"the remote store answers {status}{words}", where=place)


class Remote:
    """A client of one remote store. Safe to use from several threads."""

    def __init__(self, settings: Settings, *, seconds: float | None = None) -> None:
        """Nothing is asked yet.

        Args:
            settings: where the remote is, and how to be let in.
            seconds: how long a request may take; for a load more than a reader would wait.
        """
        self.settings = settings
        self.place = httpx2.URL(settings.store).netloc.decode("ascii")
        self._seconds = settings.store_seconds if seconds is None else seconds
        # The environment of a process must not lead requests elsewhere, nor add credentials of its own.
        self._client = httpx2.Client(timeout=self._seconds, trust_env=False, **credentials(settings))

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The remote store of the settings, if they name one."""
        return cls(settings) if settings.store else None

    def select(self, text: str, default: Sequence[str]) -> list[dict[str, Term]]:
        """The rows of a query, each a dictionary of what is bound."""
        body = self._ask(text, default, TABLE)
        try:
            found = parse_query_results(input=body, format=QueryResultsFormat.JSON)
            if isinstance(found, QuerySolutions):
                names = [variable.value for variable in found.variables]
                return [{name: row[name] for name in names if row[name] is not None} for row in found]
        except (SyntaxError, ValueError) as fault:
            wrong = str(fault)
        else:
            wrong = "it is a truth value"
        raise self._odd(f"what is no table in JSON: {wrong}")

    def construct(self, text: str, default: Sequence[str]) -> list[Triple]:
        """The triples of a query."""
        return list(self._triples(self._ask(text, default, GRAPH)))

    def stream(self, text: str, default: Sequence[str]) -> Iterator[Triple]:
        """The triples of a query as they come, however many."""
        form = {"query": text, "default-graph-uri": list(default)}
        headers = {"Accept": GRAPH}
        with (
            faults(self.place),
            self._client.stream("POST", self.settings.store, data=form, headers=headers) as response,
        ):
            if fault := refusal(response.status_code, self.place):
                raise fault
            rest = b""
            for chunk in response.iter_bytes():
                whole, newline, rest = (rest + chunk).rpartition(b"\n")
                yield from self._triples(whole + newline)
            yield from self._triples(rest)

    def update(self, text: str) -> None:
        """Carry out an update."""
        address = self.settings.store_update
        if not address:
            raise RemoteError(
                "nothing says where the remote store takes updates", todo="Set `store_update` in kg.toml."
            )
        # As it is, not as a form: engines read it at half the cost.
        headers = {"Content-Type": "application/sparql-update; charset=utf-8"}
        self._exchange("POST", address, content=text.encode(), headers=headers)

    def post(self, graph: NamedNode, ntriples: bytes) -> None:
        """Add triples to a graph: by the Graph Store Protocol where there is one, else by an update."""
        if not self.settings.store_graphs:
            self.update(insertion(graph, ntriples.decode()))
            return
        headers = {"Content-Type": GRAPH}
        self._exchange(
            "POST", self.settings.store_graphs, params={"graph": graph.value}, content=ntriples, headers=headers
        )

    def close(self) -> None:
        """Let its connections go."""
        self._client.close()

    def _triples(self, body: bytes) -> Iterator[Triple]:
        try:
            yield from (quad.triple for quad in parse(input=body, format=RdfFormat.N_TRIPLES))
        except SyntaxError as fault:
            raise self._odd(f"what is no N-Triples: {fault}") from None

    def _ask(self, text: str, default: Sequence[str], accept: str) -> bytes:
        form = {"query": text, "default-graph-uri": list(default)}
        return self._exchange("POST", self.settings.store, data=form, headers={"Accept": accept})

    def _exchange(self, method: str, address: str, **request: Any) -> bytes:
        """One request and its whole answer, in bounded time and memory."""
        until = time.monotonic() + self._seconds
        held = bytearray()
        with faults(self.place), self._client.stream(method, address, **request) as response:
            for chunk in response.iter_bytes():
                held += chunk
                if len(held) > MOST:
                    raise self._odd(f"more than {MOST >> 20} MB")
                if time.monotonic() > until:  # the client's own limit is for each pause, not for the whole
                    raise RemoteTimeout("the remote store answers too slowly", where=self.place)
        fault = refusal(response.status_code, self.place, _plain(response.headers, held))
        if fault:
            raise fault
        return bytes(held)

    def _odd(self, what: str) -> RemoteError:
        return RemoteError(f"the remote store answers with {what}"[: _TOLD * 2], where=self.place)


def _plain(headers: Mapping[str, str], body: bytes | bytearray) -> str:
    """The body of an error where it is text for people."""
    plain = headers.get("content-type", "").startswith("text/plain")
    return bytes(body[: _TOLD * 4]).decode("utf-8", "replace") if plain else ""

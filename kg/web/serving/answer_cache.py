"""Whole answers kept in memory, so that who asks what was asked before, or is asked just now, needs no worker.

What names an answer is its tag: generation, query, graphs and formats, digested. The same tag is its ETag, so a client
that has the answer already is told so without asking anybody (D-77).
"""

import asyncio
import hashlib
import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kg.read.publication import Publication
from kg.store.fairness.fair_cache import FairCache
from kg.web.http import content_coding
from kg.web.http.problems import Problem
from kg.web.serving.answer_recording import Recorder

MAX_SHARE, SMALL_SHARE = 4, 16
"""No answer may take more than the former part of what there is, and the latter only where it is asked for again."""

REPEATS = 2_000
"""Requests that are remembered by their bytes, at most."""

MAX_REQUEST_LENGTH = 4_000
"""Bytes of a request up to which it is."""

_OF_QUERIES = frozenset({400, 413, 500, 504, 507})
"""Statuses that a query has by itself, for any client."""

_COPIES = 2
"""Times that an answer is counted: as it is, and all that it takes in content codings."""

_MAX_SEARCHED = 20_000
"""Characters of a query in which functions that vary are looked for; a longer one with such a word varies."""

_OVERHEAD = 500
"""Bytes that an answer takes besides its own, about."""

# The engine knows no tokens, so this looks at letters alone; what it takes for one of these by mistake is answered
# all the same, only not kept. Comments may stand between a function and its parenthesis, and are not read: to follow
# each would take quadratic time. \u may be any letter.
_VARIES = re.compile(r"(?:rand|now|uuid|bnode)\s*+[(#]|\\u", re.IGNORECASE | re.ASCII)


@dataclass(slots=True)
class CachedAnswer:
    """A whole answer.

    Attributes:
        format: the name of its format.
        media_type: the same as a value of Content-Type.
        body: its bytes.
        limited: whether a search in the query found more than its limit.
        packed: the same in a content coding, once somebody took it so.
    """

    format: str
    media_type: str
    body: bytes
    limited: bool = False
    packed: dict[str, bytes] = field(default_factory=dict)

    def bytes_in(self, name: str) -> bytes:
        """The body in a coding; as it is for ""."""
        if not name:
            return self.body
        if name not in self.packed:
            self.packed[name] = content_coding.pack(self.body, name)
        return self.packed[name]

    @property
    def size(self) -> int:
        """Bytes that it takes at most, whichever codings it will be taken in."""
        return len(self.body) * _COPIES + _OVERHEAD


@dataclass(frozen=True, slots=True)
class RepeatedRequest:
    """A request as it came, and how it was answered: who sends the same bytes again needs no reading.

    Attributes:
        tag: what names the answer.
        coding: the content coding it went in.
        query: for the log.
        headers: of the response, as ASGI has them.
    """

    tag: str
    coding: str
    query: str | None
    headers: list[tuple[bytes, bytes]]


@dataclass(slots=True)
class _PendingAnswer:
    """A question that is being asked, until its answer has begun or will not come; `fault` is what it failed of."""

    tag: str
    among: dict[str, "_PendingAnswer"]
    over: asyncio.Event | None = None
    fault: Problem | None = None

    def __enter__(self) -> None:
        self.among[self.tag] = self

    def __exit__(self, _kind: object, fault: BaseException | None, _traceback: object) -> None:
        if isinstance(fault, Problem) and fault.status in _OF_QUERIES:
            self.fault = fault
        del self.among[self.tag]
        if self.over is not None:
            self.over.set()

    async def wait(self) -> None:
        """Wait until it is over."""
        if self.over is None:  # most are over before anybody asks the same
            self.over = asyncio.Event()
        await self.over.wait()


class AnswerCache:
    """Cache of whole answers up to so many bytes, from which no client drives out those of others (D-111)."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.largest = most // MAX_SHARE
        self.recorder = Recorder(
            small=most // SMALL_SHARE // _COPIES, largest=self.largest // _COPIES, budget=most // MAX_SHARE
        )
        self._kept: FairCache[str, CachedAnswer] = FairCache(most)
        self._repeats: FairCache[tuple[str | bytes, ...], RepeatedRequest] = FairCache(REPEATS)
        self._asked: dict[str, _PendingAnswer] = {}

    def find(self, tag: str, client: str = "") -> CachedAnswer | None:
        """The answer of this tag for a client, if it is there."""
        return self._kept.find(tag, client)

    async def coming(self, tag: str, client: str = "") -> CachedAnswer | None:
        """The answer of this tag once it is made for whoever is asking just now; None where it was not kept.

        Raises Problem where the query itself is why there is none.
        """
        asked = self._asked.get(tag)
        if asked is None:
            return None
        await asked.wait()
        if asked.fault:
            raise replace(asked.fault)
        return self.find(tag, client)

    def pending(self, tag: str | None) -> AbstractContextManager[None]:
        """Ask within the context, until the answer is kept or has begun: who asks the same waits for it."""
        return nullcontext() if tag is None or tag in self._asked else _PendingAnswer(tag, self._asked)

    def keep(self, tag: str, answer: CachedAnswer, client: str = "") -> None:
        """Keep an answer for the client that asked, unless it is too large."""
        if answer.size <= self.largest and tag not in self._kept:
            self._kept.keep(tag, answer, answer.size, client)

    def repeat(self, request: tuple[str | bytes, ...], client: str = "") -> tuple[RepeatedRequest, CachedAnswer] | None:
        """The former answer to a request, if it is still there."""
        found = self._repeats.find(request, client)
        answer = self.find(found.tag, client) if found is not None else None
        return None if found is None or answer is None else (found, answer)

    def expect(self, request: tuple[str | bytes, ...], repeat: RepeatedRequest, client: str = "") -> None:
        """Note how a client's request was answered, unless it is long."""
        if sum(map(len, request)) <= MAX_REQUEST_LENGTH:
            self._repeats.keep(request, repeat, 1, client)

    @property
    def size(self) -> int:
        """Bytes taken."""
        return self._kept.size


def varies(query: str) -> bool:
    """Whether a query may answer otherwise each time: chance, the clock, or names for new blank nodes.

    >>> varies("SELECT (NOW() AS ?t) {}"), varies("CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }")
    (True, True)
    >>> varies("SELECT * { ?s ?p 'it is known' ; ?q [] }")
    False
    """
    plain = query.lower()
    named = "rand" in plain or "now" in plain or "uuid" in plain or "bnode" in plain or "\\u" in plain
    if named and (len(query) > _MAX_SEARCHED or _VARIES.search(query)):
        return True
    return "construct" in plain and ("[" in query or "_:" in query)


def tag_of(publication: Publication, query: str, formats: tuple[str, ...], graphs: tuple[tuple[str, ...], ...]) -> str:
    """Tag of the answer to a query in a generation; another query never has it."""
    said = _before(publication.number, publication.published, formats, graphs) + query.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(said, digest_size=16).hexdigest()


@lru_cache(maxsize=64)
def _before(generation: int, published: str, formats: tuple[str, ...], graphs: tuple[tuple[str, ...], ...]) -> bytes:
    """Beginning of a tag's text, before the query, which may hold anything."""
    return f"{generation} {published} {formats} {graphs} ".encode("utf-8", "surrogatepass")

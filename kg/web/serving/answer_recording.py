"""Answer recordings: copies of answers that are made while these are sent, for the cache of answers.

A small answer is recorded the first time, a large one from the second time on: it drives out much else, and queries
that are each asked once, however many, must not. All recordings under way share one budget of bytes (D-80).
"""

from collections import Counter
from types import TracebackType
from typing import Self

from kg.store.fairness.fair_cache import FairCache

_MAX_SHARE = 2
"""Part of the budget that the recordings of one client may have."""

_MAX_NOTED = 2_000
"""Large answers whose tags are remembered."""


class Recorder:
    """Recordings under way, and the large answers that were sent before.

    Attributes:
        small: bytes up to which an answer is recorded the first time.
        largest: bytes up to which it is recorded at all.
        budget: bytes of all recordings under way.
        size: bytes that they have now.
    """

    def __init__(self, *, small: int, largest: int, budget: int) -> None:
        """Nothing is recorded.

        Args:
            small: bytes up to which an answer is recorded the first time.
            largest: bytes up to which it is recorded at all.
            budget: bytes of all recordings under way.
        """
        self.small = small
        self.largest = largest
        self.budget = budget
        self.size = 0
        self._sizes: Counter[str] = Counter()
        self._noted: FairCache[str, bool] = FairCache(_MAX_NOTED)

    def begin(self, tag: str | None, client: str = "") -> "Recording":
        """Begin with the answer of a tag to a client; where it has no tag, nothing is recorded."""
        return Recording(self, tag, client)

    def limit_of(self, tag: str, client: str) -> int:
        """Bytes up to which the answer of a tag is recorded."""
        return self.largest if self._noted.find(tag, client) else self.small

    def note_large(self, tag: str, client: str) -> None:
        """Remember that an answer is large; no client lets those of others be forgotten (D-111)."""
        self._noted.keep(tag, True, 1, client)

    def take(self, size: int, client: str) -> bool:
        """Take bytes for a recording; return whether there is room for them, and enough is left to other clients."""
        self.size += size
        self._sizes[client] += size
        return self.size <= self.budget and (not client or self._sizes[client] <= self.budget // _MAX_SHARE)

    def give_back(self, size: int, client: str) -> None:
        """Give bytes back."""
        self.size -= size
        self._sizes[client] -= size
        if not self._sizes[client]:
            del self._sizes[client]


class Recording:
    """A copy of one answer, as a context: its bytes are given back at the end."""

    def __init__(self, recorder: Recorder, tag: str | None, client: str) -> None:
        """Nothing is recorded yet; see `Recorder.begin`."""
        self._recorder = recorder
        self._tag = tag
        self._client = client
        self._limit = 0 if tag is None else recorder.limit_of(tag, client)
        self._chunks: list[bytes] | None = [] if tag is not None else None
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _: TracebackType | None
    ) -> None:
        self._drop()

    def add(self, chunk: bytes) -> None:
        """Record some bytes; where these are too many, nothing."""
        if self._chunks is None or self._tag is None:
            return
        self._size += len(chunk)
        has_room = self._recorder.take(len(chunk), self._client)
        self._chunks.append(chunk)
        if self._size > self._limit:
            self._recorder.note_large(self._tag, self._client)
            self._drop()
        elif not has_room:
            self._drop()

    def body(self) -> bytes | None:
        """The whole answer; None where it was too large."""
        return None if self._chunks is None else b"".join(self._chunks)

    def _drop(self) -> None:
        if self._chunks is not None:
            self._recorder.give_back(self._size, self._client)
        self._chunks = None

"""Answer recordings: copies of answers that are made while these are sent, for the cache of answers.

A small answer is recorded the first time, a large one from the second time on: it drives out much else, and queries
that are each asked once, however many, must not. All recordings under way share one budget of bytes (D-80).
"""

from collections import OrderedDict
from types import TracebackType
from typing import Self

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
        self._noted: OrderedDict[str, None] = OrderedDict()

    def begin(self, tag: str | None) -> "Recording":
        """Begin with the answer of a tag; where it has none, nothing is recorded."""
        return Recording(self, tag)

    def limit_of(self, tag: str) -> int:
        """Bytes up to which the answer of a tag is recorded."""
        return self.largest if tag in self._noted else self.small

    def note_large(self, tag: str) -> None:
        """Remember that an answer is large; of too many the oldest is forgotten."""
        self._noted[tag] = None
        self._noted.move_to_end(tag)
        if len(self._noted) > _MAX_NOTED:
            self._noted.popitem(last=False)


class Recording:
    """A copy of one answer, as a context: its bytes are given back at the end."""

    def __init__(self, recorder: Recorder, tag: str | None) -> None:
        """Nothing is recorded yet; see `Recorder.begin`."""
        self._recorder = recorder
        self._tag = tag
        self._limit = 0 if tag is None else recorder.limit_of(tag)
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
        self._recorder.size += len(chunk)
        self._chunks.append(chunk)
        if self._size > self._limit:
            self._recorder.note_large(self._tag)
            self._drop()
        elif self._recorder.size > self._recorder.budget:
            self._drop()

    def body(self) -> bytes | None:
        """The whole answer; None where it was too large."""
        return None if self._chunks is None else b"".join(self._chunks)

    def _drop(self) -> None:
        if self._chunks is not None:
            self._recorder.size -= self._size
        self._chunks = None

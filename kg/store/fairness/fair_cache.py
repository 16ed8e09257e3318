"""Fair cache: an LRU cache from which no client alone can drive out what several clients ask for.

An entry belongs to the client that had it made until another client asks for it, and is common from then on. Common
entries have at most three quarters of the room, so that the least recent of them makes way for another common one
alone. Where all entries take too much, the client whose own entries take most loses its least recent one. So a client
that fills the cache fills it with its own entries, and loses these (D-111).
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

COMMON_SHARE = 0.75
"""Share of the room that common entries may have."""

_COMMON = None
"""Owner of a common entry."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(slots=True)
class _Entry(Generic[Value]):
    """Entry with its size, its owner, and the entries of that owner by their last request."""

    value: Value
    size: int
    owner: str | None
    recent: OrderedDict[Any, None]


class FairCache(Generic[Key, Value]):
    """Cache of a bounded size, in a unit of the caller's choice.

    Attributes:
        most: maximum size of all entries.
        size: size of all entries.
    """

    def __init__(self, most: int) -> None:
        """An empty cache.

        Args:
            most: maximum size of all entries, such as bytes.
        """
        self.most = most
        self.size = 0
        self._entries: dict[Key, _Entry[Value]] = {}
        self._recent: dict[str | None, OrderedDict[Key, None]] = {_COMMON: OrderedDict()}
        self._sizes: dict[str | None, int] = {_COMMON: 0}

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def find(self, key: Key, client: str) -> Value | None:
        """The value of a key for a client, which makes another client's entry common; None where there is none.

        Args:
            key: the key.
            client: the client that asks (see `kg.store.fairness.fair_queue.client_of`).
        """
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.owner is _COMMON or entry.owner == client:
            entry.recent.move_to_end(key)
        else:
            self._disown(key, entry)
            self._own(key, entry, _COMMON)
        return entry.value

    def keep(self, key: Key, value: Value, size: int, client: str) -> list[Key]:
        """Keep a value for a client in place of a former one; return the keys that had to go, this one among them.

        Args:
            key: the key.
            value: the value.
            size: its size.
            client: the client that had it made.
        """
        former = self._entries.pop(key, None)
        if former is not None:
            self._disown(key, former)
            self.size -= former.size
        entry = _Entry(value, size, client if former is None else former.owner, OrderedDict())
        self._entries[key] = entry
        self.size += size
        self._own(key, entry, entry.owner)
        return self._make_room()

    def remove(self, key: Key) -> None:
        """Remove an entry that is there."""
        entry = self._entries.pop(key)
        self._disown(key, entry)
        self.size -= entry.size

    def _own(self, key: Key, entry: _Entry[Value], owner: str | None) -> None:
        entry.owner = owner
        entry.recent = self._recent.setdefault(owner, OrderedDict())
        entry.recent[key] = None
        self._sizes[owner] = self._sizes.get(owner, 0) + entry.size

    def _disown(self, key: Key, entry: _Entry[Value]) -> None:
        owner = entry.owner
        del entry.recent[key]
        self._sizes[owner] -= entry.size
        if not entry.recent and owner is not _COMMON:
            del self._recent[owner], self._sizes[owner]

    def _make_room(self) -> list[Key]:
        """Remove what is too much."""
        gone = []
        while self._sizes[_COMMON] > self.most * COMMON_SHARE:
            gone.append(self._remove_oldest(_COMMON))
        while self.size > self.most:
            owners = (owner for owner in self._sizes if owner is not _COMMON)
            gone.append(self._remove_oldest(max(owners, key=self._sizes.__getitem__)))
        return gone

    def _remove_oldest(self, owner: str | None) -> Key:
        key = next(iter(self._recent[owner]))
        self.remove(key)
        return key

"""No client drives out of a fair cache what several clients ask for."""

from hypothesis import given
from hypothesis import strategies as st

from kg.store.fairness.fair_cache import COMMON_SHARE, FairCache

CLIENTS = st.sampled_from(["a", "b", "c"])
ASKED = st.lists(st.tuples(CLIENTS, st.integers(0, 30), st.integers(1, 6)), max_size=300)


def _ask(cache, key, client, size=1):
    """Whether a key was kept; if not, it is now."""
    if cache.find(key, client) is not None:
        return True
    cache.keep(key, f"value of {key}", size, client)
    return False


def test_one_client_alone_has_all_the_room():
    """The entries of a single client are an LRU cache of the whole size."""
    cache = FairCache(3)
    for key in "abc":
        _ask(cache, key, "only")
    assert _ask(cache, "a", "only")
    assert cache.keep("d", "value of d", 1, "only") == ["b"]
    assert [key for key in "abcd" if key in cache] == ["a", "c", "d"]


def test_a_flood_evicts_its_own_entries():
    """A client that asks for ever new things loses its own, not those of others, be these asked for once or twice."""
    cache = FairCache(100)
    for key in range(10):
        _ask(cache, f"common {key}", "first")
        _ask(cache, f"common {key}", "second")
        _ask(cache, f"of one {key}", "third")
    for key in range(1_000):
        _ask(cache, f"flood {key}", "greedy")
    assert all(f"{name} {key}" in cache for name in ("common", "of one") for key in range(10))
    assert "flood 999" in cache


def test_asking_again_does_not_help():
    """A client can't make its entries common by asking again."""
    cache = FairCache(10)
    _ask(cache, "page", "first")
    _ask(cache, "page", "second")
    for key in range(100):
        for _ in range(3):
            _ask(cache, key, "greedy")
    assert "page" in cache


def test_common_entries_leave_room():
    """Of common entries beyond their share the least recent go, so that new ones can be kept for a while."""
    cache = FairCache(8)
    for key in range(20):
        _ask(cache, key, "first")
        _ask(cache, key, "second")
    cache.keep("new", "value", 1, "third")
    assert "new" in cache
    assert sum(key in cache for key in range(20)) == 8 * COMMON_SHARE


def test_a_value_is_replaced():
    """A key that is kept anew has the new value and size, and stays whose it was."""
    cache = FairCache(10)
    cache.keep("a", "old", 8, "first")
    assert cache.keep("a", "new", 2, "second") == []
    assert (cache.find("a", "first"), cache.size) == ("new", 2)
    assert cache.keep("b", "large", 11, "second") == ["b"]


@given(ASKED)
def test_size_is_bounded_and_whole(asked):
    """The size is that of the entries, at most what may be; each key that had to go is told once and is gone."""
    cache, there = FairCache(40), {}
    for client, key, size in asked:
        if cache.find(key, client) is None:
            there[key] = size
            for gone in cache.keep(key, key, size, client):
                del there[gone]
        assert cache.size == sum(there.values()) <= 40
        assert all(each in cache for each in there)

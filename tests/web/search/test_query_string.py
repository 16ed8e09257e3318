"""The query string of a search: what it says, and the addresses that narrow it."""

import pytest

from kg.web.search.query_string import NarrowedAddresses, SearchState

STATES = (
    SearchState(),
    SearchState("ships & trains"),
    SearchState("q=1", (("place", "place/a b"),), "1962..1963", certain=True, sort="newest", limit=50),
)


@pytest.mark.parametrize("state", STATES)
def test_narrowed_addresses_are_those_of_the_narrowed_search(state):
    """An address that narrows a search is that of the search with the value or time, which stand in their order."""
    narrowed = NarrowedAddresses(state)
    for value in ("place/a b", "place/Ж:1&x=y", "+"):
        assert narrowed.by("place", value) == state.with_filter("place", value).address()
    assert narrowed.at("-0043..1963") == state.at_time("-0043..1963").address()

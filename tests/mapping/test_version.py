"""The version of the mapping: what a generation was mapped by is told from what maps now."""

import pytest
from mapping_golden import changed, digests, recorded

from kg.mapping.mapper import VERSION, is_current


@pytest.fixture(scope="module")
def now():
    return digests()


def test_mapping_gives_what_its_version_gave(now):
    """Where a record gives other triples than under this version, the version is raised."""
    version, before = recorded()
    others = changed(before, now)
    assert version != VERSION or not others, "raise VERSION in kg/mapping/mapper.py, then run tests/mapping_golden.py"
    assert (version, before) == (VERSION, now), "other records, or another version: run tests/mapping_golden.py"


def test_other_triples_of_one_record_are_seen(now):
    """One record with other triples is named; another record under the same name is no change of the mapping."""
    name = "record title"
    record, triples = now[name]
    assert changed(now, {**now, name: [record, f"not {triples}"]}) == [name]
    assert changed(now, {**now, name: [f"not {record}", f"not {triples}"]}) == []


@pytest.mark.parametrize("name", ["", "0", "a digest of another version's modules"])
def test_generation_of_another_mapping_is_not_mapped_once_more(name):
    """What another mapping has made is read from the store."""
    assert is_current(VERSION)
    assert not is_current(name)

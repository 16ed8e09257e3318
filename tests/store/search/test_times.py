"""Times in the index: every date of a record counts, by itself and with its role."""

import random
from contextlib import closing

import pytest
from publishing import publish

from kg.store.generation.generations import Generations
from kg.store.search import times
from kg.store.search.query_builder import IndexRequest
from kg.store.search.query_language import DayRange, parse, parse_days
from kg.store.search.times import MAX_SLOTS, UNITS, TimeCounts

RANDOM = random.Random(7)
ROLES = ("document", "event", "sent", "published", "uploaded")


def _edtf():
    first = RANDOM.randint(1900, 1930)
    last = first + RANDOM.randint(0, 6)
    month = RANDOM.randint(1, 12)
    return RANDOM.choice(
        [f"{first}", f"{first}/{last}", f"{first}-{month:02}", f"{first}-{month:02}-15", f"{first}/.."]
    )


DATES = {
    f"record/{number}": [{"role": RANDOM.choice(ROLES), "edtf": _edtf()} for _ in range(RANDOM.randint(0, 4))]
    for number in range(60)
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory):
    records = [{"id": key, "title": {"en": key}, "dates": dates} for key, dates in DATES.items() if dates]
    records += [{"id": key, "title": {"en": key}} for key, dates in DATES.items() if not dates]
    made, _ = publish(tmp_path_factory.mktemp("times"), records)
    with closing(Generations(made.var_folder).open_live()) as opened:
        yield opened


def spans(role=""):
    """Record → first and last day of its dates of a role, or of all that tell of the thing."""
    from kg.records.dates.edtf_strings import interval

    found = {}
    for key, dates in DATES.items():
        told = [date for date in dates if date["role"] != "uploaded"]
        own = [date for date in told if date["role"] != "published"] or told
        wanted = [date for date in dates if date["role"] == role] if role else own
        days = [interval(date["edtf"]) for date in wanted]
        found[key] = [times.days_of({"start": each.start, "end": each.end}) for each in days]
    return found


def request(days=None, role="", **more):
    return IndexRequest(parse(""), (("role", role),) if role else (), days, **more)


@pytest.mark.parametrize("role", ["", *ROLES])
@pytest.mark.parametrize("time", ["1905", "1910-06", "1912-06-15", "1908..1911", "..1903", "1928.."])
def test_a_record_is_found_by_each_of_its_dates_and_by_no_day_between(generation, role, time):
    "A time finds the records of which one date touches it, by role or by any role of the thing; certain ones lie within."
    index, days = generation.search, parse_days(time)

    def found(**more):
        query = index.query(request(days, role, **more))
        return {hit.reference for hit in index.hits(query, 100)}

    each = spans(role).items()
    assert found() == {key for key, own in each if any(a <= days.last and b >= days.first for a, b in own)}
    assert found(certain=True) == {key for key, own in each if any(days.first <= a and b <= days.last for a, b in own)}


@pytest.mark.parametrize("role", ["", *ROLES])
@pytest.mark.parametrize("unit", UNITS)
def test_a_bar_has_as_many_documents_as_its_time_finds(generation, role, unit):
    "Counts by month, year, decade and century are those of the documents that touch each, none of them twice."
    counts = generation.search.unit_counts(generation.search.query(request(role=role)), unit, role).counts
    own = spans(role).values()
    for number, count in counts.items():
        touching = [
            days for days in own if any(times.unit_of(a, unit) <= number <= times.unit_of(b, unit) for a, b in days)
        ]
        assert len(touching) == count, number
    assert sum(counts.values()) > 0


def test_open_ends_make_no_year_of_their_own(generation):
    "A date without an end is in every later year that is counted, and makes the line of years no longer."
    index = generation.search
    everything = index.query(request())
    years = index.bounded_years(everything, index.unit_counts(everything, "year"))
    assert years == sorted(years)
    assert set(years) <= set(index.unit_counts(everything, "year").counts)
    assert max(years) <= 1936


def test_roles_count_by_the_time_that_was_asked_for(generation):
    "With a time, the facet of roles counts the dates that touch it, those of releases and scans too, and finds as many."
    index, days = generation.search, parse_days("1905..1915")
    found = index.facets(index.query(request(days)), TimeCounts(), days=days, undated=index.query(request()))
    counted = dict(found.counts["role"])
    assert set(counted) == set(ROLES)
    for role, count in counted.items():
        assert index.count(index.query(request(days, role))) == count


def test_more_dates_than_slots_are_found_all_the_same(tmp_path):
    "A record with very many dates is found by each; the last slot covers what is left over."
    dates = [{"role": "event", "edtf": f"{1800 + 2 * number}"} for number in range(2 * MAX_SLOTS)]
    made, _ = publish(tmp_path, [{"id": "record/a", "title": {"en": "Annals"}, "dates": dates}])
    with closing(Generations(made.var_folder).open_live()) as opened:
        for date in dates:
            days = parse_days(date["edtf"])
            assert opened.search.count(opened.search.query(request(days))) == 1
        assert opened.search.count(opened.search.query(request(DayRange(18010101, 18011231)))) == 0

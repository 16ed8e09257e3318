from hypothesis import given
from hypothesis import strategies as st

from kg.render.pictures.histogram import MAX_BARS, bars

_MONTHS = st.builds("{:04}-{:02}".format, st.integers(1000, 2100), st.integers(1, 12))


@given(st.dictionaries(_MONTHS | st.builds("{:04}".format, st.integers(1000, 2100)), st.integers(1, 1000), min_size=1))
def test_every_record_is_in_one_bar(months):
    "Bars count every record once, in order of time, and the highest is whole."
    found = bars(months, "en")
    assert sum(bar.count for bar in found) == sum(months.values())
    assert [bar.start for bar in found] == sorted(bar.start for bar in found)
    assert max(bar.share for bar in found) == 100


def test_few_months_are_months_and_many_are_years():
    "The unit is the finest of which few enough bars are needed."
    many = {f"{year}-{month:02}": 1 for year in range(1950, 1960) for month in range(1, 13)}
    assert len(bars(many, "en")) == 10 <= MAX_BARS
    assert [bar.label for bar in bars({"1962-10": 1, "1962-12": 1}, "en")] == ["October 1962", "December 1962"]


def test_time_without_records_is_seen():
    "A gap is marked, not drawn out."
    assert [bar.after_gap for bar in bars({"1962-10": 1, "1962-11": 1, "2026-11": 1}, "en")] == [False, False, True]

from hypothesis import given
from hypothesis import strategies as st

from kg.render.pictures.histogram import MAX_PLACES, draw


def counter(years):
    """Counts by unit of documents that touch whole years, or months given as fractions."""
    return lambda unit: {
        "month": {year * 12 + month: count for year, count in years.items() for month in range(12)},
        "year": years,
        "decade": {year // 10: count for year, count in years.items()},
        "century": {year // 100: count for year, count in years.items()},
    }[unit]


@given(st.dictionaries(st.integers(1000, 2100), st.integers(1, 1000), min_size=1))
def test_equal_time_takes_equal_room(years):
    "Each bar stands where its time is, whatever is empty between; the highest is whole, and ticks lie on the line."
    drawn = draw(counter(years), (min(years), max(years)), "en")
    size = {"month": 1 / 12, "year": 1, "decade": 10, "century": 100}[drawn.unit]
    places = [bar.place for bar in drawn.bars]
    assert places == sorted(places)
    assert drawn.places == places[-1] + 1
    first, last = (int(bar.start[:4]) for bar in (drawn.bars[0], drawn.bars[-1]))
    assert abs((last - first) / size - (places[-1] - places[0])) <= 12
    assert max(bar.share for bar in drawn.bars) == 100
    assert drawn.highest.share == 100
    assert all(0 <= tick.place < drawn.places for tick in drawn.ticks)
    assert drawn.ticks[0].place == 0, "the line says where it begins"
    assert not drawn.ticks[0].is_minor, "on a phone, too"
    assert all(0 < line.share <= 100 for line in drawn.lines)
    assert drawn.places <= MAX_PLACES.get(drawn.unit, drawn.places)


def test_few_months_are_months_and_many_are_years():
    "The unit is the finest of which few enough places are needed."
    months = {1962 * 12 + 9: 25, 1963 * 12 + 1: 11}
    drawn = draw(lambda unit: {"month": months, "year": {1962: 25, 1963: 11}}[unit], (1962, 1963), "en")
    assert [(bar.label, bar.time, bar.place) for bar in drawn.bars] == [
        ("October 1962", "1962-10", 0),
        ("February 1963", "1963-02", 4),
    ]
    assert draw(counter(dict.fromkeys(range(1950, 1960), 1)), (1950, 1959), "en").unit == "year"
    century = draw(counter(dict.fromkeys(range(1800, 2000), 1)), (1800, 1999), "en")
    assert (century.bars[0].label, century.bars[0].time) == ("the 1800s", "1800..1809")


def test_years_off_the_line_are_not_drawn():
    "What stands apart has no bar."
    drawn = draw(counter({1962: 3, 1963: 1, 2026: 5}), (1962, 1963), "en")
    assert {bar.start[:4] for bar in drawn.bars} == {"1962", "1963"}


def test_nothing_is_drawn_of_nothing():
    "Without documents there is no bar, no tick and no scale."
    drawn = draw(lambda _: {}, (0, -1), "en")
    assert (drawn.places, drawn.bars, drawn.ticks, drawn.lines, drawn.highest) == (0, (), (), (), None)

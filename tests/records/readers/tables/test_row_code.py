"""Code of a plan of columns: the same records as cell by cell, with few calls for a row."""

import sys
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import items_of, source_of

from kg.records.readers import READERS
from kg.records.readers.tables import row_records

HEADINGS = [
    "id",
    "Heading",
    "title@es",
    "Author",
    "Subject 1",
    "Subject 2",
    "When",
    "Born",
    "Box",
    "Words",
    "Scope note",
]
COLUMNS = {
    "Heading": "title@en",
    "Author": "creator",
    "Subject *": "subjects",
    "When": "dates",
    "Born": "dates.sent",
    "Box": "containers.box",
    "Words": {"key": "subjects", "separator": ";"},
    "Language": {"key": "language", "constant": "en"},
    "Scope note": "scopeNote@es",
}
CELLS = st.sampled_from(
    [
        "",
        " ",
        "A",
        "A  b\tc",
        "Castro, Raúl; Ray, Manuel",
        "agent/5",
        "7",
        "1963",
        "31 June 1963",
        "N/A",
        "x\ny",
        "Дело 5",
        "caf&eacute;",
        "\x9cuvre",
        "a\x1fb",
        "kg: x",
        "https://e.org/",
        "sp",
        "\u200b",
        "\u00a0b ",
        '"',
    ]
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=len(HEADINGS) + 2), max_size=12)


def _csv(headings, rows):
    quoted = (",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in [headings, *rows])
    return "\n".join(quoted) + "\n"


@given(rows=ROWS, headings=st.permutations(HEADINGS), taken=st.sets(st.sampled_from(sorted(COLUMNS))))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_function_of_the_columns_gives_what_the_cells_give(tmp_path, monkeypatch, rows, headings, taken):
    """Whatever stands in the cells and whichever keys take them, records and problems are those of cell by cell."""
    content = _csv(headings, [[str(n), *row] for n, row in enumerate(rows)])
    columns = {"Heading": COLUMNS["Heading"]} | {name: COLUMNS[name] for name in sorted(taken)}
    options = {"columns": columns, "header": 1, "delimiter": ","}
    compiled = items_of(tmp_path, content, **options)
    with monkeypatch.context() as patch:
        patch.setattr(row_records, "MAX_COLUMNS", -1)
        single = items_of(tmp_path, content, **options)
    assert compiled == single


@pytest.mark.parametrize("kind", ["record", "agent"])
def test_no_call_for_a_plain_cell(tmp_path, kind):
    """A row of ten columns in which nothing is to be told costs some calls of functions, and none for each cell."""
    headings = ["id", "title", "dates", "extent", "language", "Note", "Shelf", "Box", "Page", "Hand"]
    rows = [[str(n), f"Letter {n}", "1963", "2 p.", "en", "x", "y", "z", "u", "v"] for n in range(300)]
    source = source_of(tmp_path, _csv(headings, rows), kind=kind)
    calls = Counter()

    def count(frame, event, _):
        if event == "call":
            calls[frame.f_code.co_qualname] += 1

    reading = READERS["csv"](source)
    next(reading)
    sys.setprofile(count)
    try:
        for _ in reading:
            pass
    finally:
        sys.setprofile(None)
    assert calls.total() < 12 * len(rows), calls.most_common(20)

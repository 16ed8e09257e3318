"""Edits of tables as text."""

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from round_trips import FixedEdits
from tables import source_of

from kg.errors import SourceError
from kg.publish.round_trip import text_table
from kg.records.readers.tables.text import text_rows

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6)


def written(folder, content, edits, **settings):
    """A table with edits."""
    source = source_of(folder, content, **settings)
    edits.place(text_table.width(text_rows.form_of(source).rows()))
    out = io.BytesIO()
    text_table.write(source, out, edits)
    return out.getvalue()


def cells_of(folder, content, **settings):
    """Number and cells of each row, as the reader has them."""
    return {row.number: row.cells for row in text_rows.form_of(source_of(folder, content, **settings)).rows()}


@given(
    ROWS, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8-sig", "utf-8", "utf-16"])
)
@example([["a", 'b"'], ['"', ""]], ",", "\n", "utf-8")
def test_own_cells_stay(tmp_path_factory, rows, delimiter, end, encoding):
    """Any table that is written as CSV keeps its own cells, and has the added ones behind them."""
    folder = tmp_path_factory.mktemp("text")
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    content, settings = text.getvalue().encode(encoding), {"delimiter": delimiter, "encoding": encoding}
    before = cells_of(folder, content, **settings)
    edits = FixedEdits(before, "agent/1 Castro, Fidel", 'a; "b"')
    made = written(folder, content, edits, **settings)
    after = cells_of(folder, made, **settings)
    first = min(edits.columns)
    for number, cells in before.items():
        if number == 1:
            continue
        assert [*cells[:first], *[""] * (first - len(cells))] == list(after[number][:first])
        assert after[number][first:] == ("agent/1 Castro, Fidel", 'a; "b"')
    again = written(folder, made, FixedEdits(before, *edits.texts, there=first), **settings)
    assert again == made


@given(st.binary(max_size=60), st.sampled_from(["cp1252", "cp932", "utf-8", "utf-16-le", "koi8_r", "cp037"]))
def test_any_bytes_stay_without_edits(tmp_path_factory, content, encoding):
    """Rows that are not edited keep every byte, whatever stands in the file."""
    if encoding == "utf-16-le" and len(content) % 2:
        content += b"\0"
    folder = tmp_path_factory.mktemp("bytes")
    edits = FixedEdits([], "x")
    edits.header = 0
    assert written(folder, content, edits, encoding=encoding, delimiter=",") == content


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a;b\r\n1;2\r\n\r\n3;4", b"a;b;kg:0\r\n1;2;x, y\r\n\r\n3;4;x, y"),
        (b"\xef\xbb\xbfa,b\n1\n", b'\xef\xbb\xbfa,b,kg:0\n1,,"x, y"\n'),
        (b"sep=;\na;b\n1;2\n", b"sep=;\na;b;kg:0\n1;2;x, y\n"),
        (b'a,b\n1,"x "y" z\n2,c\n', b'a,b,kg:0\n1,"x "y" z,x  y\n2,c,"x, y"\n'),
        ("a\tb\n1\tñ\n".encode("cp1252"), "a\tb\tkg:0\n1\tñ\tx, y\n".encode("cp1252")),
    ],
)
def test_form_stays(tmp_path, content, expected):
    """Delimiter, quotation marks, line ends, byte order mark, blank lines and encoding are those of the table."""
    assert written(tmp_path, content, FixedEdits(range(1, 9), "x, y")) == expected.replace(b"x  y", b"x y")


def test_letters_beyond_the_encoding(tmp_path):
    """A letter that the encoding lacks is written as a reference to it, and told in no other letter."""
    made = written(tmp_path, "a;b\n1;ñ\n".encode("cp1252"), FixedEdits([2], "Дело"), encoding="cp1252")
    assert made.splitlines()[1] == '1;ñ;"&#1044;&#1077;&#1083;&#1086;"'.encode("cp1252")


def test_no_formula_is_added(tmp_path):
    """A reading that a spreadsheet program would take for a formula is defused; own cells stay as they are."""
    assert written(tmp_path, b"a,b\n=1,2\n", FixedEdits([2], "=HYPERLINK(1)")) == b"a,b,kg:0\n=1,2,'=HYPERLINK(1)\n"


@pytest.mark.parametrize(
    ("dialect", "content", "expected"),
    [
        ({"commentPrefix": "#"}, b"#x\na,b\n#y\n\n#z\n1,2\n#", b'#x\na,b,kg:0\n#y\n\n#z\n1,2,"x,y"\n#'),
        ({"doubleQuote": False}, b'a,b\n1,"x\\", y"\n2,c\\,d\n', b'a,b,kg:0\n1,"x\\", y",x y\n2,c\\,d,x y\n'),
        ({"quoteChar": None}, b'a,b\n1,"x\n', b'a,b,kg:0\n1,"x,x y\n'),
    ],
)
def test_dialect_of_the_metadata(tmp_path, dialect, content, expected):
    """Comments, escapes and quotation marks are those that metadata beside the table say."""
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "letters.csv", "dialect": dialect}
    (tmp_path / "letters.csv-metadata.json").write_text(json.dumps(metadata))
    assert written(tmp_path, content, FixedEdits(range(1, 9), "x,y")) == expected


def test_a_table_without_headings_is_refused(tmp_path):
    """A table whose headings stand in metadata alone has no place for those of kg, and is refused with what to do."""
    columns = {"columns": [{"titles": "No."}, {"titles": "Title"}]}
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "letters.csv", "tableSchema": columns}
    metadata["dialect"] = {"header": False}
    (tmp_path / "letters.csv-metadata.json").write_text(json.dumps(metadata))
    with pytest.raises(SourceError, match="no row of headings"):
        written(tmp_path, b"1,Letter\n", FixedEdits([1], "x"))

"""Numbers as text, by their formats."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.records.readers.tables.workbooks.formats import numbers
from kg.records.readers.tables.workbooks.formats.number_formats import BUILT_IN, NumberFormat


def shown(code, raw, **options):
    """The text of a number."""
    return NumberFormat(code, **options).of_number(raw).text


@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        ("General", "7", "7"),
        ("General", "7.0", "7"),
        ("General", "0.10000000000000001", "0.1"),
        ("General", "12345678901234567890", "12345678901234567890"),
        ("General", "1E+20", "100000000000000000000"),
        ("General", "1.5E+300", "1.5E+300"),
        ("General", "-0.5", "-0.5"),
        ("@", "1963", "1963"),
        ("00000", "17", "00017"),
        ("00000", "1234567", "1234567"),
        ('"MS "00000', "17", "MS 00017"),
        ("0000\\-0000", "12345678", "1234-5678"),
        ("000-00-0000", "1234567", "001-23-4567"),
        ("00\\.00\\.0000", "14021963", "14.02.1963"),
        ("0.00", "7", "7.00"),
        ("0.##", "7.5", "7.5"),
        ("0.##", "7", "7"),
        ("#,##0", "1963", "1963"),
        ("#,##0.00", "1234567.5", "1234567.50"),
        ("0%", "0.12", "12%"),
        ("0.0%", "0.125", "12.5%"),
        ("[$€-407] #,##0.00", "1234.5", "€ 1234.50"),
        ('#,##0.00\\ "€"', "1234.5", "1234.50 €"),
        ('0" kg"', "5", "5 kg"),
        ("#,##0_);(#,##0)", "-5", "-5"),
        ("#,##0;[Red]#,##0", "-5", "-5"),
        ('"MS-"0', "-5", "-MS-5"),
        ('_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-', "0", "0"),
        ('"yes";;"no"', "1", "yes"),
        ('"yes";;"no"', "0", "no"),
        ('[=1]"one";[>9]"many";0', "1", "one"),
        ('[=1]"one";[>9]"many";0', "12", "many"),
        ('[=1]"one";[>9]"many";0', "5", "5"),
        ("0.00E+00", "12345678901234", "12345678901234"),
        ("# ?/?", "0.5", "0.5"),
        ("0,", "12345", "12345"),
        ('General" p."', "7", "7 p."),
        ("?0", "7", "7"),
        ('"No. 2/"0', "7", "No. 2/7"),
    ],
)
def test_numbers(code, raw, text):
    """A number has the zeros, signs and words of its format, a point, and no group separators."""
    assert shown(code, raw) == text


@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        ("yyyy-mm-dd", "23056", "1963-02-14"),
        ("dd/mm/yyyy", "23056", "1963-02-14"),
        ("mmm yyyy", "23043", "1963-02"),
        ("yyyy", "23012", "1963"),
        ("[$-409]d\\-mmm\\-yy;@", "23056", "1963-02-14"),
        ("m/d/yy h:mm", "23056.604166666664", "1963-02-14T14:30"),
        ("yyyy-mm-dd hh:mm:ss", "23056.604166666664", "1963-02-14T14:30:00"),
        ("hh:mm", "0.604166666666667", "14:30"),
        ("h:mm:ss AM/PM", "0.60434027777777777", "14:30:15"),
        ("mm:ss", "0.0010416666666667", "1:30"),
        ("[h]:mm", "1.125", "27:00"),
        ("ss.000", "0.00001447", "1.250"),
        ("dddd", "23056", "1963-02-14"),
        ("d mmmm", "23056", "--02-14"),
        ("mmmm", "23056", "--02"),
        ("yyyy-mm-dd", "59", "1900-02-28"),
        ("yyyy-mm-dd", "1", "1900-01-01"),
        ("yyyy-mm-dd", "61", "1900-03-01"),
        ("yyyy-mm-dd", "2958465", "9999-12-31"),
        ('"seen in "yyyy', "23012", "1963"),
    ],
)
def test_dates(code, raw, text):
    """A date is ISO 8601 with the parts that its format shows."""
    assert shown(code, raw) == text


def test_dates_of_1904():
    """A workbook that counts from 1904 has its dates 1,462 days later."""
    assert shown("yyyy-mm-dd", "21594", is_1904=True) == "1963-02-14"
    assert shown("yyyy-mm-dd", "0", is_1904=True) == "1904-01-01"


@pytest.mark.parametrize(
    ("code", "raw", "text", "whole"),
    [
        ("mmm yyyy", "23056", "1963-02", "1963-02-14"),
        ("yyyy", "23056", "1963", "1963-02-14"),
        ("yyyy-mm-dd", "23056.5", "1963-02-14", "1963-02-14T12:00:00"),
        ("hh:mm", "23056.5", "12:00", "1963-02-14T12:00:00"),
        ("d mmmm", "23056", "--02-14", "1963-02-14"),
        ("0", "1963.5", "1964", "1963.5"),
        ("0%", "0.125", "13%", "0.125"),
        (";;;", "7", "7", "7"),
    ],
)
def test_what_a_format_hides(code, raw, text, whole):
    """A format that shows less than its cell holds is told with the whole value."""
    cell = NumberFormat(code).of_number(raw)
    assert (cell.text, cell.whole) == (text, whole)


@pytest.mark.parametrize(
    ("raw", "text", "words"),
    [
        ("60", "1900-02-29", "a day that there was not"),
        ("0", "0", "a zero"),
        ("-5", "-5", "no number of a day"),
        ("3000000", "3000000", "no number of a day"),
    ],
)
def test_no_dates(raw, text, words):
    """A number that is no day stays as it is, and is told; 1900 has the leap day that every workbook gives it."""
    cell = NumberFormat("yyyy-mm-dd").of_number(raw)
    assert cell.text == text
    assert words in cell.fault


@pytest.mark.parametrize(
    ("code", "text"), [('"MS "@', "MS 7a"), ('0;-0;0;"MS "@', "MS 7a"), ("General", "7a"), ("0.00", "7a")]
)
def test_texts(code, text):
    """A text has the words that the format puts around texts."""
    assert NumberFormat(code).of_text("7a") == text


@pytest.mark.parametrize("raw", ["", "NaN", "INF", "1,5", "0x10", "1E+9999999", "9" * 500, "٣"])
def test_no_numbers(raw):
    """What is no number of the format is none."""
    assert NumberFormat().of_number(raw) is None


def test_noise_of_arithmetic_is_left_out():
    """The result of a formula has 15 digits, as it is shown; another number has all that it has."""
    assert NumberFormat().of_number("0.30000000000000004", is_computed=True).text == "0.3"
    assert NumberFormat().of_number("0.30000000000000004").text == "0.30000000000000004"


def test_a_number_behind_words_is_told():
    """Where a format shows words alone, the number is told, unless they stand for zero."""
    assert NumberFormat('"Qq"').of_number("23056").whole == "23056"
    assert NumberFormat('0;-0;"none"').of_number("0").whole == ""


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e29, max_value=1e29))
def test_every_number_is_exact(value):
    """Any number without a format is the text that gives the same number back."""
    text = shown("General", repr(value))
    assert Decimal(text) == Decimal(repr(value))
    assert text == numbers.plain(Decimal(text))


@given(
    st.text(max_size=40) | st.from_regex(r'([0#?.,%;dmyhs\[\]"\\@_* E+/-]){1,20}', fullmatch=True),
    st.floats(allow_nan=False) | st.integers(),
)
def test_no_format_fails(code, value):
    """Any format gives some text for any number, or says that there is none."""
    for number_format in (NumberFormat(code), NumberFormat(code, is_1904=True)):
        cell = number_format.of_number(repr(value))
        assert cell is None or cell.text
        assert number_format.of_text("a")


@pytest.mark.parametrize("code", BUILT_IN.values())
def test_built_in_formats_show_a_number(code):
    """Each built-in format gives a text."""
    assert shown(code, "23056")

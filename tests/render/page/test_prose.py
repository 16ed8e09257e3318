"""Running text of a page: no paragraph twice, and long notes folded."""

from kg.render.page.mentions import TextSpan
from kg.render.page.prose import LONG_NOTE, folded, without_repetition
from kg.render.page.sections import PageRow, PageValue, Section

STRIKE = "She tells of the strike of the spinners, and of the new looms."


def _prose(*paragraphs, language="en"):
    return PageValue("", language=language, paragraphs=tuple([TextSpan(each)] for each in paragraphs))


def _texts(values):
    return ["".join(span.text for span in paragraph) for value in values for paragraph in value.paragraphs]


def test_a_paragraph_stands_once():
    """What an earlier row says, alone or in a longer text, no later row says again; what is empty then is gone."""
    sections = [
        Section("Summary", (PageRow("summary", "Summary", (_prose(f"{STRIKE} In two parts."),)),)),
        Section("About", (PageRow("scopeNote", "Scope", (_prose(STRIKE, "On tape."),)),)),
        Section("Further data", (PageRow("extra", "", (PageValue(STRIKE.upper(), note="topics"),)),)),
    ]
    shown = without_repetition(sections)
    assert [(row.key, _texts(row.values)) for section in shown for row in section.rows] == [
        ("summary", [f"{STRIKE} In two parts."]),
        ("scopeNote", ["On tape."]),
    ]


def test_the_text_of_a_document_stays_whole():
    """A refrain is the document's own, and so is a short word that stands elsewhere."""
    text = PageRow("text", "Text", (_prose(STRIKE, STRIKE, "Faint."),))
    sections = [Section("Summary", (PageRow("summary", "", (_prose(STRIKE),)),)), Section("Text", (text,))]
    assert without_repetition(sections)[1].rows[0] == text
    short = PageRow("note", "Note", (_prose("Faint."),))
    assert without_repetition([Section("Text", (text,)), Section("Description", (short,))])[1].rows == (short,)


def test_a_long_note_shows_its_beginning():
    """Of a long note so much is open as ends with a sentence or line; together both pieces are the whole."""
    sentence = "A clerk enters the room and leaves it.\n"
    paragraph = sentence * 60
    row = folded(PageRow("scopeNote", "Scope", (_prose("A talk.", paragraph),)), aside=False)
    shown, rest = "".join(_texts(row.values)), "".join(_texts(row.rest))
    assert shown + rest == "A talk." + paragraph
    assert 0 < len(shown) < LONG_NOTE
    assert shown.endswith("\n")


def test_a_text_is_never_folded_and_a_remark_beside_is_folded_whole():
    """The text is what readers came for; law and custody beside the column are a click away."""
    long = _prose("Words of law. " * 200)
    assert folded(PageRow("text", "Text", (long,)), aside=False).rest == ()
    assert folded(PageRow("rights", "Rights", (long,)), aside=True) == PageRow("rights", "Rights", (), (long,))
    short = PageRow("rights", "Rights", (_prose("Public domain."),))
    assert folded(short, aside=True) == short


def test_another_language_is_not_the_rest():
    """Where a long note stands in several languages, the other ones stay beside it."""
    other = _prose("Длинное примечание. " * 100, language="ru")
    row = folded(PageRow("scopeNote", "Scope", (_prose("A long note. " * 200), other)), aside=False)
    assert row.values[-1] == other
    assert {each.language for each in row.rest} == {"en"}

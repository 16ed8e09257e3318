"""Relations read as sentences: the role before the link, the number and what else is said behind it."""

from kg.render.page.values.relations import Relation, lead, repeated_endings, tail

TAPES = [
    Relation("conversedWith", "associative", 9, "", "Roy Ashton and Ed Meadows conversed 9 times on the tapes."),
    Relation("conversedWith", "associative", 1, "", "Roy Ashton and Ann Lee conversed 1 time on the tapes."),
]


def test_a_role_is_said_in_words():
    """A role that is a name of a program's is words; a type without a role is said in the reader's language."""
    assert lead(TAPES[0], "en") == "conversed with"
    assert lead(Relation("brother"), "en") == "brother:"
    assert lead(Relation("", "hierarchical-parent"), "en") == "subordinate to"
    assert lead(Relation("", "family"), "es") == "parentesco:"
    assert lead(Relation("", "other"), "en") == ""


def test_a_note_that_repeats_the_sentence_is_not_shown():
    """Of notes that differ in names and number alone, the number is told."""
    repeated = repeated_endings(TAPES)
    assert [tail(each, repeated, "en") for each in TAPES] == [", 9 times", ", 1 time"]
    assert tail(TAPES[0], repeated, "ru") == ", 9 раз"


def test_a_note_of_its_own_is_shown():
    """A note that says more stands behind the link, and a number that it says stands once."""
    alone = Relation("wrote to", "", 9, "1951/1953", "He wrote 9 letters from prison.")
    assert tail(alone, frozenset(), "en") == ", 1951 to 1953. He wrote 9 letters from prison."
    assert tail(Relation("brother", note="Younger."), frozenset(), "en") == ". Younger."
    assert tail(Relation("met", count=3, note="In Leeds."), frozenset(), "en") == ", 3 times. In Leeds."

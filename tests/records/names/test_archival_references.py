import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import iris
from kg.records.model import keys
from kg.records.names import archival_references
from kg.records.names.archival_references import ArchivalUnit, Level, read, units

SOVIET = [
    ("archive", "AVP RF"),
    ("fond", "0104"),
    ("opis", "19"),
    ("papka", "124"),
    ("delo", "3"),
    ("leaves", "83-84"),
]
CYRILLIC = [("archive", "АВП РФ"), *SOVIET[1:]]

READ = {
    "AVP RF, f. 0104, op. 19, p. 124, d. 3, ll. 83-84": SOVIET,
    "AVP RF, f. 0104, op. 19, p. 124, d. 3, ll. 83-84.": SOVIET,
    "AVP RF, F. 0104, Op. 19, P. 124, D. 3, LL. 83–84": SOVIET,
    "AVP RF, f. 0104 op. 19 p. 124 d. 3 ll. 83-84": SOVIET,
    "AVP RF; fond 0104; opis 19; papka 124; delo 3; listy 83-84": SOVIET,
    "AVP RF, fond 0104, opis' 19, papka 124, delo 3, list 83-84": [*SOVIET],
    "АВП РФ, ф. 0104, оп. 19, п. 124, д. 3, лл. 83-84": CYRILLIC,
    "АВП РФ. Ф. 0104. Оп. 19. П. 124. Д. 3. Л. 83–84": CYRILLIC,
    "АВП РФ, фонд № 0104, опись 19, папка 124, дело 3, листы 83-84": CYRILLIC,
    "ГАРФ. Ф. Р-5446. Оп. 1. Д. 947а. Л. 15–16 об., 20": [
        ("archive", "ГАРФ"), ("fond", "Р-5446"), ("opis", "1"), ("delo", "947а"), ("leaves", "15-16 об., 20")
    ],
    "TsDA, Sofia": None,
    "TsDA, f. 1-B, op. 6, a.e. 3210": [("archive", "TsDA"), ("fond", "1-B"), ("opis", "6"), ("file", "3210")],
    "RGALI, f. 5, d. 3": [("archive", "RGALI"), ("fond", "5"), ("delo", "3")],
    "TsDAHO, f. 1, op. 24, spr. 5, ark. 7": [
        ("archive", "TsDAHO"), ("fond", "1"), ("opis", "24"), ("file", "5"), ("leaves", "7")
    ],
    "Some Archive, f. 5, op. 3, d. 7": [("archive", "Some Archive"), ("fond", "5"), ("opis", "3"), ("delo", "7")],
    "f. 0104, op. 19": [("fond", "0104"), ("opis", "19")],
    "National Archives, RG 59, box 12, folder 3": [
        ("archive", "National Archives"), ("record-group", "59"), ("box", "12"), ("folder", "3")
    ],
    "John F. Kennedy Library, National Security Files, Box 36, Folder 3, pp. 5-7": [
        ("archive", "John F. Kennedy Library"), ("collection", "National Security Files"), ("box", "36"), ("folder", "3"), ("pages", "5-7")
    ],
    "Sorensen Papers, box 48": [("collection", "Sorensen Papers"), ("box", "48")],
    "Hoover Institution Archives, Series II, reel 5, frames 123-125": [
        ("archive", "Hoover Institution Archives"), ("series", "II"), ("reel", "5"), ("frames", "123-125")
    ],
    "Record Group 59, File No. 861.51/131": [("record-group", "59"), ("file", "861.51/131")],
    "RG 84, box 5, vol. 2, item 3, p. 12": [
        ("record-group", "84"), ("box", "5"), ("volume", "2"), ("item", "3"), ("pages", "12")
    ],
}  # fmt: skip

NOT_UNDERSTOOD = """
AVP RF
a letter found in a box
f. 12
AVP RF, f. 0104, op. 19, received 5 April
AVP RF, f. 0104, op. 19, op. 20
AVP RF, d. 3, op. 19, f. 0104
AVP RF, op. 19, 20
Folder 3, Box 12, National Archives
National Archives, Folder 3, Box 12
The New York Times, p. 5
The New York Times, vol. 12, p. 5
Box 5, College Park
Havana, Cuba, box 3
April 5, 1963, box 3
AVP RF, d. 3, p. 124
DAMSPS, f. 45, d. 6
Archivio di Stato, f. 5, d. 3
АЈ, ф. 45, д. 6
Some Archive, fond 5, d. 3
Some Archive, f. 5, p. 3
A. Composer, op. 19
""".strip().split("\n")


@pytest.mark.parametrize("text", READ)
def test_read(text):
    """A labelled reference is read into its levels, whatever its alphabet, its letters and its separators."""
    expected = READ[text]
    assert read(text) == (tuple(Level(*each) for each in expected) if expected else None)


@pytest.mark.parametrize(
    "text", [*NOT_UNDERSTOOD, "", " ", ",", "f. 1, " * 100_000, "f. " * 99, "p. 1-" * 60, "\ud800"]
)
def test_not_understood(text):
    """A reference of which any part is not understood is not read: no part of it is lost, no level is guessed."""
    assert read(text) is None


def test_levels_of_the_model():
    """Every level that can be read is one that the model knows."""
    assert set(archival_references._LEVELS) <= set(keys.LEVELS)


def test_tree():
    """The levels of a reference are records, each below the one above; the leaves stay with the record."""
    assert units(read("AVP RF, f. 0104, op. 19, p. 124, d. 3, ll. 83-84")) == (
        ArchivalUnit("avp-rf", "archive", "AVP RF", None),
        ArchivalUnit("avp-rf.fond-0104", "fond", "Fond 0104", "avp-rf"),
        ArchivalUnit("avp-rf.fond-0104.opis-19", "opis", "Opis 19", "avp-rf.fond-0104"),
        ArchivalUnit("avp-rf.fond-0104.opis-19.papka-124", "papka", "Papka 124", "avp-rf.fond-0104.opis-19"),
        ArchivalUnit(
            "avp-rf.fond-0104.opis-19.papka-124.delo-3",
            "delo",
            "Delo 3",
            "avp-rf.fond-0104.opis-19.papka-124",
        ),
    )


def test_same_archive():
    """Names of the same archive in the table lead to the same records."""
    names = ("AVP RF", "AVPRF", "АВП РФ", "АВПРФ")
    assert len({units((Level("archive", name), Level("fond", "5"))) for name in names}) == 1


def test_other_archives():
    """Two names outside the table of archives are two archives, however similar."""
    names = (
        "RGALI",
        "Rgali",
        "R.G.A.L.I.",
        "РГАЛИ",
        "RGALI ",
        "avp rf",
        "AVP-RF",
        "Avp Rf",
        "Архив",
        "Arkhiv",
    )
    assert len({units((Level("archive", name),))[0].key for name in names}) == len(names) - 1  # a space is no name


def test_without_an_archive():
    """Levels of an archive that is not named are no records: fond 5 of one archive is not that of another."""
    assert units(read("f. 0104, op. 19")) == ()
    assert units(()) == ()


def test_collection_by_its_name():
    """A level that has a name is called by it, a number is called by its level too."""
    levels = read("Kennedy Library, National Security Files, box 36, p. 2")
    assert [node.name for node in units(levels)] == ["Kennedy Library", "National Security Files", "Box 36"]


def test_too_long():
    """A path that is too long for a key makes no records, rather than an error."""
    assert units((Level("archive", "AVP RF"), Level("fond", "ж" * 200))) == ()


VALUES = st.text(st.sampled_from("1a.~_ /-Я"), min_size=1, max_size=6)
PATHS = st.lists(st.tuples(st.sampled_from(keys.LEVELS), VALUES), max_size=3).map(
    lambda path: tuple(Level(*each) for each in path if each[0] not in {"archive", "pages", "leaves", "frames"})
)


@settings(max_examples=300)
@given(PATHS, PATHS)
def test_a_key_is_one_path(path, other):
    """Two paths never have the same key, and a key survives its way into a reference and back."""
    top = Level("archive", "AVP RF")
    key, another = units((top, *path))[-1].key, units((top, *other))[-1].key
    assert (key == another) == (path == other)
    assert iris.decode_key(iris.encode_key(key)) == key


WORDS = "AVP RF f. 5 op. d. p. box RG , ; . - 12 ф. I 3а"


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join),
    )
)
def test_any_text(text):
    """Whatever the text, it is read into levels that make records, or it is not read."""
    levels = read(text)
    assert levels is None or (levels and all(each.value for each in levels))
    for node in units(levels or ()):
        iris.reference("archive", node.key)

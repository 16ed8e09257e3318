"""Folding: one spelling of each word, in every script, in texts and searches alike."""

import pytest
from publishing import publish

from kg.store.generation.generations import Generations
from kg.store.search.folding import WORD, fold
from kg.store.search.query_builder import IndexRequest
from kg.store.search.query_language import parse

TITLES = {
    "gorky": {"@none": "Delo Gorʹkogo i Belʹgii"},
    "uk": {"uk": "Справа Дем’яненка"},
    "ayn": {"en": "Letters of ʿAbd al-Qādir and Maʼmūn"},
    "okina": {"en": "The ʻIolani palace, Hawai‘i"},
    "fr": {"fr": "L’ambassadeur d’Italie"},
    "it": {"it": "Rapporto dell’ambasciatore"},
    "estaing": {"en": "Visit of d’Estaing to O'Brien's"},
    "kennedy": {"@none": "Kennedy’s letters"},
    "jones": {"en": "Jones's diary"},
    "tr": {"tr": "İzmir limanı raporu"},
    "az": {"az": "Bakı'nın İqtisadiyyatı"},
    "caps": {"tr": "DİYARBAKIR HALKI"},
    "gdr": {"en": "Report to the G.D.R. delegation"},
    "trade": {"en": "Notes on GDR trade"},
    "ussr": {"ru": "Доклад о С.С.С.Р."},
    "initials": {"en": "J.F. Smith to U.S.A."},
    "ko": {"ko": "부산에서 보낸 무역보고서를"},
    "th": {"th": "รายงานจากกรุงเทพมหานคร"},
    "lo": {"lo": "ບົດລາຍງານຈາກວຽງຈັນ"},
    "km": {"km": "របាយការណ៍ពីភ្នំពេញ"},
    "my": {"my": "ရန်ကုန်မြို့မှအစီရင်ခံစာ"},
    "kana": {"ja": "ﾄｳｷｮｳからの報告"},
    "fa": {"fa": "نامه سفیر به وزیر کشور"},
    "ar": {"ar": "تقرير الشركة"},
    "ur": {"ur": "حکومت پاکستان کی رپورٹ"},
    "zwnj": {"fa": "کتاب\u200cهای می\u200cخواهم"},
    "soft": {"en": "The go\u00advern\u00adment sent quarter\u2060masters"},
    "bom": {"en": "\ufeffMinutes of the har\u200dbour bo\u200card"},
    "half": {"@none": "two\u200bwords"},
}
RECORDS = [{"id": f"record/{key}", "kind": "record", "title": title} for key, title in TITLES.items()]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    made, _ = publish(tmp_path_factory.mktemp("folding"), RECORDS)
    generation = Generations(made.var_folder).open_live()
    yield generation.search
    generation.close()


def found(index, text):
    return {hit.reference.partition("/")[2] for hit in index.hits(index.query(IndexRequest(parse(text))), 50)}


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Gor'kogo", "gorky"),
        ("Gor’kogo", "gorky"),
        ("gorkogo", "gorky"),
        ("title:Bel'gii", "gorky"),
        ('"Delo Gor\'kogo"', "gorky"),
        ("gor'k*", "gorky"),
        ("Дем'яненка", "uk"),
        ("Демʼяненка", "uk"),
        ("Демяненка", "uk"),
        ("'Abd", "ayn"),
        ("mamun", "ayn"),
        ("iolani", "okina"),
        ("Hawaii", "okina"),
        ("Hawai'i", "okina"),
        ("ambassadeur", "fr"),
        ("l'ambassadeur", "fr"),
        ('"ambassadeur d\'Italie"', "fr"),
        ("ambasciatore", "it"),
        ("estaing", "estaing"),
        ("d'Estaing", "estaing"),
        ("destaing", "estaing"),
        ("obrien", "estaing"),
        ("brien", "estaing"),
        ("kennedy", "kennedy"),
        ("kennedys", "kennedy"),
        ("Jones", "jones"),
        ("izmir", "tr"),
        ("title:izmir", "tr"),
        ("izmir'de", "tr"),
        ("limani", "tr"),
        ("LİMANI", "tr"),
        ('"İzmir limanı raporu"', "tr"),
        ("İZMİR LİMANI RAPORU", "tr"),
        ("baki", "az"),
        ("Bakının", "az"),
        ("iqtisadiyyati", "az"),
        ("diyarbakır", "caps"),
        ("diyarbakir halki", "caps"),
        ("GDR", "gdr"),
        ("G.D.R.", "trade"),
        ('"GDR delegation"', "gdr"),
        ("g.d.r", "gdr"),
        ("СССР", "ussr"),
        ("J.F. Smith", "initials"),
        ("J F Smith", "initials"),
        ("USA", "initials"),
        ("부산", "ko"),
        ("보고서", "ko"),
        ("กรุงเทพ", "th"),
        ("รายงาน", "th"),
        ("ວຽງຈັນ", "lo"),
        ("ភ្នំពេញ", "km"),
        ("ရန်ကုန်", "my"),
        ("トウキョウ", "kana"),
        ("كشور", "fa"),
        ("سفير", "fa"),
        ("تقریر", "ar"),
        ("الشرکة", "ar"),
        ("حكومت", "ur"),
        ("کتابهای", "zwnj"),
        ("کتاب", "zwnj"),
        ("می خواهم", "zwnj"),
        ("government", "soft"),
        ("govern\u00adment", "soft"),
        ("quartermasters", "soft"),
        ("minutes", "bom"),
        ("harbour board", "bom"),
        ("two words", "half"),
    ],
)
def test_found_in_one_spelling(index, words, key):
    """What is typed or left out at will makes no difference: in words, phrases, prefixes and fields."""
    assert key in found(index, words)


@pytest.mark.parametrize("key", TITLES)
def test_a_title_finds_itself(index, key):
    """A title, as a phrase in its field, finds its record."""
    (title,) = TITLES[key].values()
    assert key in found(index, f'title:"{title}"')


def test_a_word_in_signs_is_a_phrase(index):
    """Signs of a word in another order, or apart, are another word."""
    assert found(index, "산부") == set()
    assert found(index, "서고보") == set()


@pytest.mark.parametrize("text", ["d’Estaing", "go\u00advern\u00adment", "G.D.R.", "Gorʹkogo", "Ma\u02bcmūn", "İzmir"])
def test_a_word_is_marked_whole(text):
    """A word with signs within is one match of the pattern by which snippets are marked."""
    assert [match[0] for match in WORD.finditer(f"of {text} and")][1:2] == [text]


def test_plain_text_is_left(index):
    """A text without such signs is its own folding."""
    assert fold("Plain text, of 1962") == "Plain text, of 1962"

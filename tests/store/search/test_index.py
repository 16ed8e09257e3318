"""Search index: matches by words, in several languages and scripts."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import publish

from kg.errors import SearchRefused
from kg.store.generation.generations import Generations
from kg.store.search import analysis
from kg.store.search.analysis import sound, sounds, stems
from kg.store.search.collation import title_order
from kg.store.search.index import _remove
from kg.store.search.query_builder import IndexRequest
from kg.store.search.query_language import parse, parse_days
from kg.store.search.spelling import Correction, SpellingSuggester, _letter_bits, edit_distance


def record(key, title, **more):
    return {"id": f"record/{key}", "kind": "record", "title": title, **more}


def agent(key, name, **more):
    return {"id": f"agent/{key}", "kind": "agent", "name": name, **more}


RECORDS = [
    record("ships", {"en": "The ships turned back"}, dates=[{"role": "document", "edtf": "1962-10-24"}]),
    record("barcos", {"es": "Conversación sobre los barcos"}, dates=[{"role": "document", "edtf": "1962"}]),
    record("suda", {"ru": "О советских судах и ракетах"}, dates=[{"role": "document", "edtf": "1963-01/1963-03"}]),
    record("zametka", {"ru": "Запись беседы с Микояном"}, text={"ru": ["Хрущёва не было."]}),
    record("letter", {"en": "A letter"}, sender=["agent/mikoyan"], recipient=["agent/castro"], identifiers=["U-2/61"]),
    record("uk", {"uk": "Розмова про кораблі"}, text={"en": ["Resumé of a conversation, half remembered"]}),
    record("open", {"en": "Open"}, dates=[{"role": "document", "edtf": "1959/.."}]),
    record("ar", {"ar": "مُحَمَّد"}),
    record("zh", {"zh": "毛泽东同志"}),
    record("held", {"en": "Held"}, heldIn=["archive/a.f.d"]),
    agent("mikoyan", {"en": "Anastas Mikoyan"}, names=[{"text": "Микоян, Анастас", "language": "ru"}]),
    agent("castro", {"es": "Raúl Castro Ruz"}),
    {"id": "archive/a", "kind": "archive", "name": {"en": "Archive"}},
    {"id": "archive/a.f", "kind": "archive", "name": {"en": "Fond"}, "partOf": ["archive/a"]},
    {"id": "archive/a.f.d", "kind": "archive", "name": {"en": "File"}, "partOf": ["archive/a.f"]},
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    made, _ = publish(tmp_path_factory.mktemp("search"), RECORDS)
    generation = Generations(made.var_folder).open_live()
    yield generation.search
    generation.close()


def found(index, text, **more):
    query = index.query(IndexRequest(parse(text), **more))
    hits = index.hits(query, 50)
    assert len(hits) == index.count(query)
    return {hit.reference.partition("/")[2] for hit in hits}


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("ship", "ships"),
        ("turn", "ships"),
        ("conversaciones", "barcos"),
        ("conversacion", "barcos"),
        ("BARCO", "barcos"),
        ("суда", "suda"),
        ("ракета", "suda"),
        ("хрущев", "zametka"),
        ("Khrushchev", "zametka"),
        ("Mikojan", "zametka"),
        ("Микоян", "mikoyan"),
        ("mikoyan", "letter"),
        ("Raul", "castro"),
        ("Кастро", "castro"),
        ("Кастро", "letter"),
        ("resume", "uk"),
        ("кораблі", "uk"),
        ("محمد", "ar"),
        ("毛泽东", "zh"),
        ("U-2/61", "letter"),
        ("rem*", "uk"),
        ('"turned back"', "ships"),
        ("ships OR barcos", "barcos"),
        ("(ships OR barcos) -turned", "barcos"),
        ("from:mikoyan", "letter"),
        ("to:Кастро", "letter"),
        ("from:agent/mikoyan NOT ships", "letter"),
        ("title:ships year:1962-10..1962-11", "ships"),
        ("year:1963-02", "suda"),
        ("archive:archive/a", "held"),
        ("id:record/ar", "ar"),
    ],
)
def test_found(index, words, key):
    """Stems by language, diacritics, scripts, names of who is linked to, fields, operators: each finds its record."""
    assert key in found(index, words)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ('"back turned"', "ships"),
        ("ships AND barcos", "ships"),
        ("ships -turned", "ships"),
        ("to:mikoyan", "letter"),
        ("text:ships", "ships"),
        ("year:1964", "suda"),
        ("from:nobody", "letter"),
    ],
)
def test_not_found(index, words, key):
    """Records without a match are left out."""
    assert key not in found(index, words)


def test_a_language_of_its_own(index):
    """With a language given, words are read by its rules alone."""
    assert "barcos" in found(index, "conversaciones", language="es")
    assert "barcos" not in found(index, "conversaciones", language="ru")


def test_uncertain_dates(index):
    """A date matches when its interval overlaps; if certain, only when it lies within."""
    october = parse_days("1962-10")
    assert found(index, "", days=october) == {"ships", "barcos", "open"}
    assert found(index, "", days=october, certain=True) == {"ships"}
    assert index.count_dated(index.query(IndexRequest(parse(""))), dated=False) == len(RECORDS) - 4
    assert index.facets(index.query(IndexRequest(parse("")))).years.counts == {
        1959: 1,
        1960: 1,
        1961: 1,
        1962: 3,
        1963: 2,
    }


def test_order_and_pages(index):
    """Every order gives every record once, page by page; undated ones come last."""
    query = index.query(IndexRequest(parse("")))
    for order in ("relevance", "date", "newest", title_order.sort_field("en")):
        seen, after = [], ""
        while hits := index.hits(query, 4, order, after):
            seen += [hit.reference for hit in hits]
            after = hits[-1].cursor
        assert sorted(seen) == sorted(record["id"] for record in RECORDS), order
        if order == "date":
            assert seen[:4] == ["record/open", "record/barcos", "record/ships", "record/suda"]
        if order == "newest":
            assert seen[:4] == ["record/suda", "record/ships", "record/barcos", "record/open"]


@pytest.mark.parametrize(
    "text",
    [
        *[
            "(",
            ")",
            "()",
            "a AND",
            "AND a",
            "a OR OR b",
            "NOT",
            "year:soon",
            "year:1963..1962",
            "date:1962-13",
            "x" * 1001,
        ],
        "(" * 9 + "a" + ")" * 9,
        "a " * 51,
        " OR ".join(f"{letter}*" for letter in "abcdef"),
        "NOT " * 9 + "a",
        "(NOT " * 5 + "a" + ")" * 5,
        "year:1962-02-30",
        "year:..",
    ],
)
def test_refused(text):
    """A malformed search is refused with a hint."""
    with pytest.raises(SearchRefused) as refused:
        parse(text)
    assert refused.value.todo


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["a", '"', "(", ")", "-", "AND ", "OR ", "NOT ", "from:", "*", " ", ":", "года"])).map(
        "".join
    )
)
def test_any_text_is_refused_or_searched(index, text):
    """No text does anything but find or be refused."""
    try:
        parsed = parse(text)
    except SearchRefused:
        return
    index.hits(index.query(IndexRequest(parsed)), 5)


def test_bad_cursors(index):
    """A cursor that is none is refused; one from far away is the end."""
    query = index.query(IndexRequest(parse("")))
    with pytest.raises(SearchRefused):
        index.hits(query, 5, "date", "tomorrow")
    with pytest.raises(SearchRefused):
        index.hits(query, 5, "relevance", "999999999")
    assert index.hits(query, 5, "date", "9" * 400) == []


@pytest.mark.parametrize(
    "names",
    [
        ("Mikoyan", "Микоян", "Mikoian"),
        ("Khrushchev", "Хрущёв", "Хрущев", "Khrushchov".replace("ov", "ev")),
        ("Alekseyev", "Алексеев", "Alexeev", "Alexéiev"),
        ("Malinovsky", "Малиновский", "Malinovskii", "Malinovskij"),
        ("Gromyko", "Громыко", "Gromiko"),
        ("Castro", "Кастро", "Kastro"),
        ("Raúl", "Рауль", "Raul"),
        ("Dobrynin", "Добрынин"),
        ("Guevara", "Гевара"),
    ],
)
def test_names_by_sound(names):
    """Spellings of one name, in two scripts, sound alike."""
    assert len({sound(name) for name in names}) == 1


def test_long_words_are_not_remembered():
    """A word of a thousand signs falls into a thousand: remembered, some thousands of searches would fill the memory."""
    for read, remembered in ((lambda word: stems(word, "en"), analysis._stems), (sounds, analysis._sounds)):
        before = remembered.cache_info().currsize
        assert read("毛" * 500)
        assert remembered.cache_info().currsize == before


def test_few_words_are_put_right():
    """Corrections are sought for a few unknown words, not for fifty of a hostile search."""

    class Nothing:
        languages = ("en",)
        terms = type("", (), {"count": staticmethod(lambda field, _: 0 if field == "text_sound" else 1)})
        words = type("", (), dict.fromkeys(("knows", "forms_of", "is_borne"), staticmethod(lambda _: False)))

    spelling = SpellingSuggester(Nothing())
    asked = []
    spelling.nearest = lambda text: asked.append(text) or "ships"
    assert spelling.correct(parse("shpis shisp"), "shpis shisp") == Correction("ships ships", "ships ships")
    text = " ".join(f"shpis{'x' * number}" for number in range(20))
    asked.clear()
    assert spelling.correct(parse(text), text) == Correction()
    assert not asked


@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8))
def test_words_with_other_letters_are_far(one, other):
    """Words that differ in more letters than twice the limit of edits are beyond it, so that none needs measuring."""
    for most in (1, 2):
        if (_letter_bits(one) ^ _letter_bits(other)).bit_count() > 2 * most:
            assert edit_distance(one, other, most) > most


def test_those_together_are_counted_among_the_most_frequent_alone(tmp_path):
    """A record that names 3,000 people makes 90,000 pairs with the first thirty, more than the engine counts."""
    crowd = [f"agent/p{number:04}" for number in range(3_000)]
    records = [
        record("crowd", {"en": "A crowd"}, participants=crowd),
        record("two", {"en": "Two of them"}, participants=crowd[:2]),
    ]
    made, _ = publish(tmp_path, records)
    generation = Generations(made.var_folder).open_live()
    pairs = generation.search.pair_counts(generation.search.query(IndexRequest(parse(""))), "person", 30)
    assert len(pairs) == 30 * 29 // 2
    assert max(pairs.items(), key=lambda each: each[1]) == (("agent/p0000", "agent/p0001"), 2)
    generation.close()


def test_links_go_though_the_engine_still_writes(tmp_path, monkeypatch):
    """A lock file that the engine puts among the links while they are taken away keeps them no longer than itself."""
    links = tmp_path / "links"
    links.mkdir()
    (links / "meta.json").symlink_to(tmp_path)
    removing = shutil.rmtree
    late = iter(("lock", "another"))

    def interrupted(path, **options):
        if name := next(late, None):
            (path / "meta.json").unlink(missing_ok=True)
            (path / name).touch()
        else:
            removing(path, **options)

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    _remove(links)
    assert not links.exists()

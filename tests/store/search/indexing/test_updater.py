"""Update of a search index: what it finds, counts, completes and proposes is that of an index made anew."""

import hashlib
import random

import orjson
import pytest

from kg.errors import GenerationError
from kg.store.search import fields
from kg.store.search.collation import title_order
from kg.store.search.completions import Completer
from kg.store.search.index import SearchIndex
from kg.store.search.index_builder import IndexBuilder
from kg.store.search.indexing import updater
from kg.store.search.indexing.rebuilder import rebuild_index
from kg.store.search.indexing.updater import IndexUpdater
from kg.store.search.query_builder import IndexRequest
from kg.store.search.query_language import DayRange, parse
from kg.store.search.spelling import SpellingSuggester

WORDS = {
    "en": (
        "harbour",
        "lighthouse",
        "lanterns",
        "captain",
        "Cuban",
        "ledger",
        "sailing",
        "whales",
        "mutiny",
        "barometer",
    ),
    "es": ("faroles", "puertos", "marineros", "cartas", "tormenta"),
    "ru": ("маяки", "корабли", "письма", "капитаны"),
}
NAMES = ("Amery", "Castro", "Khrushchev", "Zola", "Бондарь", "Lund", "Varga")
NOTICES = (
    "The Teapot papers were processed by the almshouse before anybody else looked at them.",
    "Transferred from the customs house.\n\nKept in the vestibule.",
    "Conversation {} of reel {} was transcribed by clerks of the almshouse from the original reels of wire.",
)
QUERIES = (
    *(word.lower() for words in WORDS.values() for word in words),
    *(name.lower() for name in NAMES),
    *("teapot", "almshouse", "vestibule", "transcribed", "clerks customs", "teapot repeated:yes", "reel repeated:yes"),
    *(
        "harbour OR faroles",
        "harbour -lighthouse",
        "lantern*",
        '"Teapot papers"',
        "Khrushchov",
        "Cuba",
        "sail",
        "7",
        "title:ledger",
    ),
)
MISSPELT = ("harbuor", "lihgthouse", "barometre", "mutinny", "vestibulle", "almshuose", "captian", "tormetna")


class Collection:
    """Records of a generation, and where each lies; made by a random source of its own."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.records = {}  # reference → (record, source, address)
        self.lines = {}
        self.next = 1 << 40

    def text(self, language):
        return " ".join(self.random.choices(WORDS[language], k=self.random.randint(1, 6)))

    def record(self, number):
        language = self.random.choices(("en", "es", "ru"), (6, 2, 1))[0]
        notices = [notice.format(number, number % 7) for notice in NOTICES if self.random.random() < 0.55]
        made = {
            "id": f"record/{number}",
            "kind": "record",
            "title": {language: f"{self.text(language)} {number}"},
            "summary": {language: self.text(language)},
            **({"custodialHistory": {"en": "\n\n".join(notices)}} if notices else {}),
            "mentions": [f"agent/{self.random.randrange(12)}"],
            "heldIn": [f"archive/{each}" for each in self.random.sample(range(6), self.random.choice((1, 1, 2)))],
        }
        if self.random.random() < 0.7:
            day = f"19{self.random.randint(10, 99)}-0{self.random.randint(1, 9)}-11"
            made["dates"] = [{"role": "document", "start": day, "end": day, "edtf": day}]
        return made

    def other(self, reference):
        kind, _, key = reference.partition("/")
        if kind == "agent":
            name = {"en": f"{self.random.choice(NAMES)} {self.random.choice(NAMES)}"}
            return {"id": reference, "kind": kind, "name": name}
        above = {"partOf": [f"archive/{int(key) // 3}"]} if int(key) > 2 and self.random.random() < 0.8 else {}
        return {"id": reference, "kind": kind, "name": {"en": f"Archive {key}"}, **above}

    def draw(self):
        """A record with its source, new or of a reference that is there."""
        kind = self.random.choices(("record", "agent", "archive"), (8, 2, 1))[0]
        if kind == "record":
            number = self.random.randrange(60)
            return self.record(number), "letters" if number % 3 else "ledgers"
        made = self.other(f"{kind}/{self.random.randrange(12 if kind == 'agent' else 6)}")
        is_stub = self.random.random() < 0.2
        return ({**made, "status": "stub"}, "") if is_stub else (made, "names")

    def place(self, record, source):
        """Write a record; its line and address."""
        line = orjson.dumps(record)
        address, self.next = self.next, self.next + len(line) + 1
        self.lines[address] = line
        self.records[record["id"]] = (record, source, address)
        return line, address, source

    def read(self, address, length):
        assert len(self.lines[address]) == length
        return self.lines[address]

    def build(self, folder):
        """Index of all records, made anew."""
        builder = IndexBuilder(folder)
        for record, source, address in sorted(self.records.values(), key=lambda each: each[2]):
            builder.add(orjson.dumps(record), address, source)
        builder.finish(self.read)
        return folder

    def update(self, before, folder, changes):
        """Index after some random changes, from the one before."""
        updated = IndexUpdater(before, folder, self.read)
        gone = [each for each in self.records if self.random.random() < changes / max(1, len(self.records)) / 2]
        drawn = {record["id"]: (record, source) for record, source in (self.draw() for _ in range(changes))}
        for reference in sorted({*gone, *drawn} & self.records.keys()):
            address = self.records.pop(reference)[2]
            updated.remove(self.lines[address], address)
        for record, source in drawn.values():
            updated.add(*self.place(record, source))
        assert updated.finish() == ""
        return folder


def told(folder):
    """All that an index tells, in a form that does not depend on the order of its documents."""
    index = SearchIndex(folder)
    suggester, completer = SpellingSuggester(index), Completer(index)
    everything = {name: _found(index, IndexRequest(parse(name))) for name in QUERIES}
    everything["undated"] = _found(index, IndexRequest(parse(""), (("lacks", "date"),)))
    everything["fifties"] = _found(index, IndexRequest(parse(""), (), DayRange(19500101, 19591231)))
    for facet, value in (("archive", "archive/1"), ("person", "agent/3"), ("kind", "archive")):
        everything[facet] = _found(index, IndexRequest(parse(""), ((facet, value),)))
    everything["some"] = _found(index, IndexRequest(parse("harbour lighthouse lanterns"), loose=True))
    query = index.query(IndexRequest(parse("")))
    hits = index.hits(query, 1000, "date")
    everything["by date"] = sorted((int(each.cursor) // fields.ROOM, each.reference) for each in hits)
    everything["by title"] = sorted(each.reference for each in index.hits(query, 1000, title_order.sort_field("en")))
    everything["values"] = [index.all_values(query, facet) for facet in fields.COUNTED]
    everything["languages"] = index.languages
    everything["known"] = [index.words.knows(parse(word).words[0]) for word in (*QUERIES[:26], *MISSPELT)]
    everything["forms"] = [
        sorted(index.words.forms_of(parse(word).words[0]).words) for word in ("Cuba", "whaler", "sailor")
    ]
    everything["proposed"] = [suggester.correct(parse(word), word).proposed for word in MISSPELT]
    everything["completed"] = [_completed(completer, index, text) for text in ("am", "kh", "ca", "har", "arch", "ves")]
    everything["fame"] = [index.words.fame(f"{kind}/{n}") for kind in ("agent", "archive") for n in range(12)]
    everything["shown"] = [_shown(index, f"archive/{n}") for n in range(6)] + [_shown(index, "")]
    index.close()
    return everything


def _found(index, request):
    query = index.query(request)
    hits = index.hits(query, 1000)
    assert len(hits) == index.count(query)
    facets = index.facets(query, index.unit_counts(query, "year"), 100)
    return sorted(each.reference for each in hits), facets


def _completed(completer, index, text):
    """Completions by their documents: those of equal ones may be others."""
    return sorted(index.words.fame(each) for each in completer.references(text))


def _shown(index, reference):
    return sorted((each.text, each.records, each.group_size, each.alike) for each in index.repeated.shown_on(reference))


@pytest.mark.parametrize("seed", range(10))
def test_an_updated_index_tells_what_one_made_anew_tells(tmp_path, seed):
    """After random changes, update upon update, everything that an index tells is equal to that of a new index."""
    collection = Collection(seed)
    for _ in range(collection.random.choice((20, 60, 120))):
        collection.place(*collection.draw())
    last = collection.build(tmp_path / "0")
    for number, changes in enumerate((1, 8, 30, 4, 1), 1):
        last = collection.update(last, tmp_path / str(number), changes)
        updated, anew = told(last), told(collection.build(tmp_path / f"anew-{number}"))
        assert {name: value for name, value in updated.items() if value != anew[name]} == {
            name: value for name, value in anew.items() if value != updated[name]
        }


def _digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_index_before_is_never_written_to(tmp_path):
    """An update shares the files of the engine with the index before, and changes no byte of it."""
    collection = Collection(1)
    for _ in range(60):
        collection.place(*collection.draw())
    first = collection.build(tmp_path / "0")
    before = _digests(first)
    last = first
    for number in range(1, 12):  # the engine merges segments by and by
        last = collection.update(last, tmp_path / str(number), 9)
    assert _digests(first) == before
    second = tmp_path / "1"
    shared = [
        path.name for path in first.iterdir() if (second / path.name).exists() and path.samefile(second / path.name)
    ]
    assert shared
    assert not {"meta.json", "info.json", "counts.json", "repeated.json", ".managed.json"} & set(shared)
    assert not [path for path in last.iterdir() if path.suffix == ".lock"]


def test_files_of_merged_segments_are_gone(tmp_path):
    """An index has the files of its own segments alone, however many updates led to it."""
    collection = Collection(2)
    for _ in range(60):
        collection.place(*collection.draw())
    last = collection.build(tmp_path / "0")
    for number in range(1, 20):
        last = collection.update(last, tmp_path / str(number), 5)
    segments = orjson.loads((last / "meta.json").read_bytes())["segments"]
    living = {each["segment_id"].replace("-", "") for each in segments}
    stems = {path.name.split(".")[0] for path in last.iterdir() if path.suffix != ".json"}
    assert stems == living
    assert len(living) < 16


def test_what_is_deleted_is_neither_proposed_nor_known(tmp_path):
    """A word that only deleted records have is no word of the index any more: no proposal, no form, no completion."""
    collection = Collection(3)
    lines = [
        collection.place({"id": f"record/{n}", "kind": "record", "title": {"en": f"Zeppelins {n}"}}, "a")
        for n in range(3)
    ]
    collection.place({"id": "record/9", "kind": "record", "title": {"en": "Balloons"}}, "a")
    first = collection.build(tmp_path / "0")
    index = SearchIndex(first)
    assert SpellingSuggester(index).correct(parse("zeppelnis"), "zeppelnis").proposed == "zeppelins"
    assert Completer(index).references("zepp")
    updated = IndexUpdater(first, tmp_path / "1", collection.read)
    for line, address, _ in lines:
        updated.remove(line, address)
    assert updated.finish() == ""
    index = SearchIndex(tmp_path / "1")
    assert SpellingSuggester(index).correct(parse("zeppelnis"), "zeppelnis").proposed == ""
    assert not Completer(index).references("zepp")
    assert not index.words.knows(parse("zeppelins").words[0])
    assert not index.words.forms_of(parse("zeppelined").words[0])


def _records(numbers, text):
    return [
        {"id": f"record/{n}", "kind": "record", "title": {"en": f"Letter {n}"}, "summary": {"en": text.format(n)}}
        for n in numbers
    ]


def test_a_paragraph_becomes_boilerplate_when_others_go(tmp_path):
    """Where the records without a paragraph go, it stands in over half of them: no record that stays is indexed again."""
    collection = Collection(4)
    for record in (
        *_records(range(12), "Kept in the cellar of the almshouse."),
        *_records(range(20, 40), "Number {}."),
    ):
        collection.place(record, "a")
    first = collection.build(tmp_path / "0")
    assert len(_found(SearchIndex(first), IndexRequest(parse("almshouse")))[0]) == 12
    updated = IndexUpdater(first, tmp_path / "1", collection.read)
    for n in range(20, 32):
        address = collection.records[f"record/{n}"][2]
        updated.remove(collection.lines[address], address)
    assert updated.finish() == ""
    index = SearchIndex(tmp_path / "1")
    assert _found(index, IndexRequest(parse("almshouse")))[0] == []
    assert len(_found(index, IndexRequest(parse("almshouse repeated:yes")))[0]) == 12


def test_an_update_says_where_an_index_has_to_be_made_anew(tmp_path, monkeypatch):
    """Where more words would have to be held beside the index than a start should read, the update says so."""
    monkeypatch.setattr(updater, "MAX_HELD_LENGTH", 10)
    collection = Collection(5)
    told_often = "Conversation {} was transcribed by clerks of the almshouse from reels of wire."
    for record in (*_records(range(20, 45), "Of ships."), *_records(range(12), told_often)):
        collection.place({**record, "description": {"en": "A text that is its own, and longer."}}, "a")
    first = collection.build(tmp_path / "0")
    updated = IndexUpdater(first, tmp_path / "1", collection.read)
    for n in range(20, 45):
        address = collection.records.pop(f"record/{n}")[2]
        updated.remove(collection.lines[address], address)
    assert "boilerplate" in updated.finish()
    places = sorted((address, len(orjson.dumps(record))) for record, _, address in collection.records.values())
    rebuild_index(tmp_path / "1", tmp_path / "2", places, collection.read)
    assert told(tmp_path / "2") == told(collection.build(tmp_path / "anew"))


def test_an_index_without_counts_is_made_anew(tmp_path):
    """An index of an earlier kg can't be updated, and says what to do."""
    collection = Collection(6)
    collection.place(*collection.draw())
    first = collection.build(tmp_path / "0")
    (first / "counts.json").unlink()
    with pytest.raises(GenerationError, match="can't be updated"):
        IndexUpdater(first, tmp_path / "1", collection.read)


def test_what_goes_is_told_first(tmp_path):
    """A record that is taken out after one was put in is a mistake of the caller: it might be the new one."""
    collection = Collection(7)
    line, address, source = collection.place(collection.record(1), "a")
    first = collection.build(tmp_path / "0")
    updated = IndexUpdater(first, tmp_path / "1", collection.read)
    updated.add(line, address, source)
    with pytest.raises(RuntimeError):
        updated.remove(line, address)

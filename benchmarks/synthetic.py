"""Collections of any size, made up and plainly marked so: the same size and seed give the same bytes.

The shape is that of a real archive: some 25 keys a record, a text of half a kilobyte to three in one language or two,
dates of every kind, people by Zipf's law, an archive's tree. One agent is linked from every record.
"""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.words import Prose, Zipf

SEED = 1962
HUB = "agent/synthetic-project"
"""Linked from every record."""

LINES = 1_000
"""Records in one file."""

TOPICS = 60
"""Subjects of records."""

_IN_FILE, _FILES_IN_FOND = 20, 100
_FIRST_DAY = date(1945, 5, 9)
_DAYS = 17_000
_TYPES = ("memorandum-of-conversation", "telegram", "letter", "report", "minutes", "directive")
_RIGHTS = "Synthetic: made by a program to measure with; it describes nothing."
_SETTINGS = """# Synthetic data for measurements.
base = "http://archive.example.org/"
title = "Synthetic collection of {size:,} records"
description = "Made by a program to measure with; it describes nothing."
publisher = "Synthetic data, no archive"
languages = ["en", "ru"]

[[sources]]
path = "data"
"""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """How much there is of what, for so many records."""

    records: int

    @property
    def agents(self) -> int:
        """One for ten records."""
        return max(10, self.records // 10)

    @property
    def places(self) -> int:
        """One for a hundred records."""
        return max(5, self.records // 100)

    @property
    def collections(self) -> int:
        """One for a thousand records."""
        return max(3, self.records // 1_000)

    @property
    def files(self) -> int:
        """Files of the archive, with twenty records each."""
        return -(-self.records // _IN_FILE)


class Generator:
    """Makes a collection, record by record; call each method once."""

    def __init__(self, size: int, seed: int = SEED) -> None:
        """A generator of `size` records, and of the agents, places and so on that these need."""
        self.shape = Shape(size)
        self._chance = random.Random(f"{seed}/{size}")
        self._prose = {language: Prose(self._chance, language) for language in ("en", "ru")}
        self._agents = Zipf(self.shape.agents)
        self._places = Zipf(self.shape.places)
        self._topics = Zipf(TOPICS)
        self._collections = Zipf(self.shape.collections)

    def records(self) -> Iterator[Record]:
        """The documents."""
        for number in range(self.shape.records):
            yield {key: value for key, value in self._record(number).items() if value}

    def _record(self, number: int) -> Record:
        chance = self._chance
        languages = ["en", "ru"] if chance.random() < 0.3 else ["en"]
        people = self._some("agent", self._agents, 8)
        kind = chance.choice(_TYPES)
        dates = list(self._dates())
        return {
            "id": f"record/synthetic-{number}",
            "kind": "record",
            "title": {tag: f"Synthetic {number}: {self._prose[tag].words(chance, 9)}" for tag in languages},
            "identifiers": [f"{500_000 + number}"],
            "type": ["topic/synthetic", f"topic/synthetic-{kind}"],
            "dates": dates,
            "creator": people[:1],
            "sender": people[:1] if kind in {"telegram", "letter"} else [],
            "recipient": people[1:2] if kind in {"telegram", "letter"} else [],
            "participants": people[:4] if kind == _TYPES[0] else [],
            "mentions": people[2:] + self._some("place", self._places, 3),
            "translator": self._some("agent", self._agents, 1) if len(languages) > 1 else [],
            "contributors": [HUB],
            "placeOfCreation": self._some("place", self._places, 1),
            "places": self._some("place", self._places, 2),
            "subjects": self._some("topic", self._topics, 4),
            "summary": {tag: [self._prose[tag].text(chance, 200)] for tag in languages},
            "text": {tag: [self._prose[tag].text(chance, chance.randint(500, 3_000))] for tag in languages},
            "language": languages,
            "originalLanguage": ["ru"],
            "collections": self._some("collection", self._collections, 2),
            **self._held(number),
            "extent": {"en": [f"{chance.randint(1, 9)} leaves"]},
            "classification": {"en": ["Synthetic, secret"]} if chance.random() < 0.4 else {},
            "rights": {"en": [_RIGHTS]},
            "license": ["https://creativecommons.org/publicdomain/zero/1.0/"],
            "related": self._related(number),
            "sourcePage": [f"https://example.org/synthetic/{number}"],
            "note": {"en": [self._prose["en"].text(chance, 80)]} if chance.random() < 0.3 else {},
        }

    def _some(self, kind: str, zipf: Zipf, most: int) -> list[str]:
        """References to things of a kind: one at least, `most` at most."""
        drawn = zipf.draw(self._chance, self._chance.randint(1, most))
        return [f"{kind}/synthetic-{number}" for number in drawn]

    def _related(self, number: int) -> list[str]:
        near = (number + self._chance.randint(-50, 50) for _ in range(self._chance.randint(0, 3)))
        return [f"record/synthetic-{each}" for each in near if 0 <= each < self.shape.records and each != number]

    def _dates(self) -> Iterator[Record]:
        """The dates of a document; eight in a hundred have none but that of its release."""
        chance = self._chance
        day = _FIRST_DAY + timedelta(chance.randrange(_DAYS))
        form = chance.choices(_DATE_FORMS, cum_weights=_DATE_WEIGHTS)[0]
        if edtf := form(day, chance):
            yield {"role": "document", "edtf": edtf, "text": f"{day:%B %Y}"}
            if chance.random() < 0.3:
                yield {"role": "event", "edtf": (day - timedelta(chance.randint(0, 9))).isoformat()}
        yield {"role": "uploaded", "edtf": (date(2010, 1, 1) + timedelta(chance.randrange(5_000))).isoformat()}

    def _held(self, number: int) -> Record:
        file = number // _IN_FILE
        fond = file // _FILES_IN_FOND
        leaf = number % _IN_FILE * 5 + 1
        return {
            "heldIn": [_file_reference(file)],
            "reference": f"SYN, f. {fond}, d. {file}, ll. {leaf}-{leaf + 4}",
            "referenceLevels": [
                {"level": "archive", "value": "SYN"},
                {"level": "fond", "value": str(fond)},
                {"level": "delo", "value": str(file)},
                {"level": "leaves", "value": f"{leaf}-{leaf + 4}"},
            ],
        }

    def agents(self) -> Iterator[Record]:
        """The people, and the one agent that has to do with everything."""
        yield {"id": HUB, "kind": "agent", "name": {"en": "Synthetic project"}, "agentType": "organization"}
        chance, prose = self._chance, self._prose
        for number in range(self.shape.agents):
            born = _FIRST_DAY - timedelta(chance.randint(9_000, 25_000))
            name = {tag: f"Synthetic {number} {prose[tag].words(chance, 2).title()}" for tag in ("en", "ru")}
            yield {
                "id": f"agent/synthetic-{number}",
                "kind": "agent",
                "name": name,
                "names": [{"text": name["en"], "language": "en", "script": "Latn", "form": "direct"}],
                "agentType": "person",
                "dates": [{"role": "birth", "edtf": f"{born.year}~" if number % 4 else born.isoformat()}],
                "places": self._some("place", self._places, 1),
                "biography": {"en": [prose["en"].text(chance, chance.randint(80, 400))]},
                "occupations": {"en": [f"Synthetic {prose['en'].words(chance, 2)}"]},
                "sameAs": [f"https://example.org/synthetic/authority/{number}"],
            }

    def places(self) -> Iterator[Record]:
        """The places; ten of the first are countries to the others."""
        for number in range(self.shape.places):
            yield {
                "id": f"place/synthetic-{number}",
                "kind": "place",
                "name": {"en": f"Synthetic place {number}", "ru": f"Место {number}, вымышленное"},
                **({"partOf": [f"place/synthetic-{number % 10}"]} if number >= 10 else {}),
                "latitude": round(self._chance.uniform(-60, 75), 4),
                "longitude": round(self._chance.uniform(-179, 179), 4),
            }

    def collections(self) -> Iterator[Record]:
        """The collections."""
        for number in range(self.shape.collections):
            name = f"Synthetic collection {number}"
            yield {"id": f"collection/synthetic-{number}", "kind": "collection", "name": {"en": name}}

    def archives(self) -> Iterator[Record]:
        """The archive's tree: itself, its fonds, their files."""
        root = "archive/synthetic"
        yield {"id": root, "kind": "archive", "name": {"en": "Synthetic archive"}, "level": "archive"}
        for fond in range(-(-self.shape.files // _FILES_IN_FOND)):
            yield {
                "id": f"{root}.fond-{fond}",
                "kind": "archive",
                "name": {"en": f"Synthetic fond {fond}"},
                "level": "fond",
                "partOf": [root],
            }
        for file in range(self.shape.files):
            yield {
                "id": _file_reference(file),
                "kind": "archive",
                "name": {"en": f"Synthetic delo {file}"},
                "level": "delo",
                "partOf": [f"{root}.fond-{file // _FILES_IN_FOND}"],
            }

    def topics(self) -> Iterator[Record]:
        """Subjects, and types of documents."""
        yield {"id": "topic/synthetic", "kind": "topic", "name": {"en": "Synthetic"}}
        for name in (*_TYPES, *range(TOPICS)):
            yield {
                "id": f"topic/synthetic-{name}",
                "kind": "topic",
                "name": {"en": f"Synthetic topic {name}"},
                "broader": ["topic/synthetic"],
            }

    def parts(self) -> Iterator[tuple[str, Iterable[Record]]]:
        """Everything, by name of the file it goes to."""
        yield "agents", self.agents()
        yield "places", self.places()
        yield "collections", self.collections()
        yield "archives", self.archives()
        yield "topics", self.topics()
        yield "records", self.records()


def _file_reference(file: int) -> str:
    return f"archive/synthetic.fond-{file // _FILES_IN_FOND}.delo-{file}"


def _later(day: date, chance: random.Random) -> str:
    return (day + timedelta(chance.randint(1, 400))).isoformat()


_FORMS: tuple[tuple[int, Callable[[date, random.Random], str]], ...] = (
    (60, lambda day, _: day.isoformat()),
    (8, lambda day, _: f"{day:%Y-%m}"),
    (5, lambda day, _: f"{day:%Y}"),
    (6, lambda day, _: f"{day:%Y}~"),
    (3, lambda day, _: f"{day.isoformat()}?"),
    (5, lambda day, chance: f"{day.isoformat()}/{_later(day, chance)}"),
    (3, lambda day, chance: f"[{day.isoformat()}..{_later(day, chance)}]"),
    (1, lambda day, chance: f"{{{day.isoformat()},{_later(day, chance)}}}"),
    (1, lambda day, _: f"{day:%Y}/.."),
    (8, lambda _, __: ""),
)
_DATE_FORMS = [form for _, form in _FORMS]
_DATE_WEIGHTS = [sum(weight for weight, _ in _FORMS[: number + 1]) for number in range(len(_FORMS))]


def write(folder: Path, size: int, seed: int = SEED) -> None:
    """Write a collection to a folder: kg.toml, and `data/` with JSON Lines, a thousand records a file."""
    data = folder / "data"
    data.mkdir(parents=True)
    for name, records in Generator(size, seed).parts():
        _write_lines(data, name, records)
    (folder / "kg.toml").write_text(_SETTINGS.format(size=size), encoding="utf-8")


def _write_lines(data: Path, name: str, records: Iterable[Record]) -> None:
    lines: list[str] = []
    number = 0
    for record in records:
        lines.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
        if len(lines) == LINES:
            _write_file(data / f"{name}-{number:05}.jsonl", lines)
            number += 1
            lines = []
    if lines:
        _write_file(data / f"{name}-{number:05}.jsonl", lines)


def _write_file(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

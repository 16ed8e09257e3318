"""Missing translations: published things without a title or name in a language of the settings, and texts of the site.

What is only named somewhere has no record to translate, and is left out. The file beside the report has a line for each
thing; the report has numbers (D-168).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import orjson

from kg import language_ranges
from kg.render.data import spreadsheet
from kg.settings import Settings
from kg.site_settings import is_address, missing_languages

FILE = "missing-translations.csv"
"""File name of the list in a generation."""

MAX_LISTED = 200_000
"""Things in the list; the numbers count all."""

_LINES = 1_000
"""Lines that are written together."""

_HEADER = ("id", "title", "languages it has", "languages it lacks")
_SITE_TEXTS = ("title", "description", "welcome", "imprint", "privacy")


@dataclass(slots=True)
class MissingTranslations:
    """Missing translations of a generation.

    Attributes:
        labels: language → kind → number of things without a title or name in it.
        site: name of a setting → languages that its table lacks.
        shared: names of settings with one text, where the settings name several languages.
    """

    labels: dict[str, Counter[str]] = field(default_factory=dict)
    site: dict[str, list[str]] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything is missing."""
        return bool(self.labels or self.site or self.shared)

    def as_json(self) -> dict[str, object]:
        """Return the numbers as the manifest keeps them."""
        labels = {language: dict(kinds) for language, kinds in self.labels.items()}
        return {"labels": labels, "site": self.site, "shared": self.shared}

    def messages(self) -> Iterator[str]:
        """Yield what is told of them, a line for each language."""
        for language, kinds in self.labels.items():
            counts = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
            yield f"Without a title or name in {language}: {counts}."
        for name, languages in self.site.items():
            yield f"{name} in kg.toml has no text in {', '.join(languages)}."
        for name in self.shared:
            yield f"{name} in kg.toml is one text for all languages; a table by language has one for each."


def missing_translations(settings: Settings, labels: Iterable[tuple[str, bytes]], path: Path) -> MissingTranslations:
    """Count missing translations, and list them in a file; nothing where the settings name one language.

    Args:
        settings: languages, and texts of the site.
        labels: (reference, labels by language as JSON) of each published thing.
        path: the file for the list, which is written where anything is missing.
    """
    texts = _texts_of_site(settings)
    missing = MissingTranslations(site=_missing_of_site(texts, settings))
    if len(settings.languages) > 1:
        missing.shared += [
            name for name, text in texts.items() if isinstance(text, str) and text and not is_address(text)
        ]
        rows = _missing_labels(settings.languages, labels, missing.labels)
        if first := next(rows, None):
            _write(path, first, rows)
    return missing


def _texts_of_site(settings: Settings) -> dict[str, str | dict[str, str]]:
    """Name of a setting → its text, or its texts by language."""
    texts = {name: getattr(settings, name) for name in _SITE_TEXTS}
    if settings.picture:
        texts |= {"picture.alt": settings.picture.alt, "picture.credit": settings.picture.credit}
    return texts


def _missing_of_site(texts: dict[str, str | dict[str, str]], settings: Settings) -> dict[str, list[str]]:
    lacking = {name: missing_languages(text, settings.languages) for name, text in texts.items()}
    return {name: languages for name, languages in lacking.items() if languages}


def _missing_labels(
    languages: tuple[str, ...], labels: Iterable[tuple[str, bytes]], counts: dict[str, Counter[str]]
) -> Iterator[tuple[str, str, str, str]]:
    """Rows of the list; the counts are complete when all have been taken."""
    for reference, label in labels:
        texts: dict[str, str] = orjson.loads(label)
        lacking = [each for each in languages if language_ranges.serving(texts, each) is None]
        if not lacking:
            continue
        for language in lacking:
            counts.setdefault(language, Counter())[reference.partition("/")[0]] += 1
        best = language_ranges.best(texts, languages)
        has = "|".join(filter(None, map(language_ranges.attribute, texts)))
        yield reference, texts[best] if best else "", has, "|".join(lacking)


def _write(path: Path, first: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    with path.open("wb") as file:
        file.write(spreadsheet.table(_HEADER, [first]))
        listed = 1
        while batch := list(islice(rows, _LINES)):
            kept = batch[: max(MAX_LISTED - listed, 0)]
            file.write(spreadsheet.csv_rows([spreadsheet.cell(each) for each in row] for row in kept))
            listed += len(batch)

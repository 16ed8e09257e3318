"""Boilerplate on pages: left out of the page of a record, and shown once, on that of its file, series or collection."""

from dataclasses import dataclass

from kg.read.things import Description
from kg.render.site import key_labels
from kg.render.site.translations import translations
from kg.store.generation.things import Thing
from kg.store.search.repeated.table import RepeatedParagraph
from kg.web.serving.context import Context


@dataclass(frozen=True, slots=True)
class SharedText:
    """Boilerplate as the page of a container shows it.

    Attributes:
        title: heading of its key.
        language: its language; empty where it is unknown.
        paragraphs: the paragraphs.
        records: number of records that have them.
        group_size: number of records of this kind in their source.
    """

    title: str
    language: str
    paragraphs: tuple[str, ...]
    records: int
    group_size: int


@dataclass(frozen=True, slots=True)
class SharedLead:
    """Link from a record to the page with what it has in common with most records of its source.

    Attributes:
        home: the container.
        titles: headings of what is shown there.
    """

    home: Thing
    titles: tuple[str, ...]


def left_out(context: Context, description: Description) -> dict[str, RepeatedParagraph]:
    """Paragraphs of a record that the page of its container shows: text → paragraph."""
    publication, thing = context.publication, description.thing
    repeated = publication.repeated.of_record(description.record, thing.offset)
    homes = {each.home for each in repeated.values() if each.home} - {thing.reference}
    present = publication.things.live(sorted(homes))
    return {text: each for text, each in repeated.items() if each.home in present}


def leads(context: Context, paragraphs: dict[str, RepeatedParagraph]) -> list[SharedLead]:
    """Links from a record to the pages that show its boilerplate."""
    titles: dict[str, dict[str, None]] = {}
    for each in paragraphs.values():
        titles.setdefault(each.home, {})[_title(context, each.key)] = None
    homes = context.publication.things.live(titles)
    return [SharedLead(homes[home], tuple(names)) for home, names in titles.items()]


def shown_here(context: Context, thing: Thing) -> list[SharedText]:
    """Boilerplate that the page of a container shows for the records in it; paragraphs of one heading together."""
    shown: dict[tuple[str, str, int, int], list[str]] = {}
    for each in context.publication.repeated.shown_on(thing.reference):
        language = "" if each.language.startswith("@") else each.language
        key = _title(context, each.key), language, each.records, each.group_size
        shown.setdefault(key, []).append(each.text)
    return [
        SharedText(title, language, tuple(paragraphs), records, group_size)
        for (title, language, records, group_size), paragraphs in shown.items()
    ]


def _title(context: Context, key: str) -> str:
    field = key_labels.FIELDS.get(key)
    return translations(context.reader.language).gettext(field.label) if field else key

"""Search results with labels and links, for the page of a search and its JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg.date_roles import Date
from kg.read import times
from kg.read.search_results import Completion, SearchResults
from kg.render.page.life_dates import life_dates
from kg.render.site import key_labels
from kg.render.site import search_summary as said
from kg.render.site.date_phrases import date_phrase, period, year_phrase
from kg.render.site.language_names import language_name
from kg.render.site.search_summary import ResultCounts, summary_sentence
from kg.render.site.translations import translations
from kg.store.generation.things import Thing
from kg.store.search.analysis import plain_words
from kg.store.search.fields import COUNTED, FACETS, LACKS, RECORD, ROLE, THING
from kg.store.search.query_language import DayRange
from kg.web.search.query_string import SearchState
from kg.web.serving.context import Context

MOST_YEARS = 60
"""Years that stand as single ones; where there are more, they stand as decades."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet.

    Attributes:
        value: as it stands in the address.
        label, language: what it is called, and the language of that.
        count: how many have it; None where it is chosen.
        query: of the address that chooses it, or takes it back.
    """

    value: str
    label: str
    language: str
    count: int | None
    query: str


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet.

    Attributes:
        name: of the parameter.
        title: what it is called.
        choices: its values, the most frequent first.
        distinct: how many values there are.
        taken: how many of them are shown, chosen ones among them.
    """

    name: str
    title: str
    choices: tuple[Choice, ...]
    distinct: int
    taken: int


class Labels:
    """Labels of facet values, in the reader's language.

    Attributes:
        things: those of the values that are in the catalogue, by reference.
    """

    def __init__(self, context: Context, references: list[str]) -> None:
        self._context = context
        self.things = context.publication.catalogue.things(references)

    def __call__(self, name: str, value: str) -> tuple[str, str]:
        """The label of a value and the language of that."""
        language = self._context.reader.language
        if name == "kind":
            return translations(language).gettext(key_labels.KINDS[value][1]), ""
        if name == ROLE:
            return translations(language).gettext(key_labels.DATE_ROLES.get(value, value)), ""
        if name == LACKS:
            return translations(language).gettext(said.GAP_LABELS[value]), ""
        if name == "language":
            return _language_name(value, language), ""
        thing = self.things.get(value)
        return self._context.reader.called(thing.labels, value, thing.status) if thing else (value, "")


def _language_name(tag: str, language: str) -> str:
    try:
        return language_name(tag, language)
    except ValueError:  # has the form of a tag, and is none
        return tag


def tally(results: SearchResults, language: str) -> ResultCounts:
    """Numbers of a result, with years in words of a language."""
    counts = {name: dict(values) for name, values in results.facets.counts.items()}
    documents = counts["kind"].get("record", 0)
    axis = results.axis
    first, last = (year_phrase(axis.first, language), year_phrase(axis.last, language)) if axis else ("", "")
    distinct = results.facets.distinct
    return ResultCounts(documents, results.total - documents, distinct["collection"], distinct["person"], first, last)


def summary(results: SearchResults, context: Context) -> str:
    """Summary of a result in a sentence."""
    return summary_sentence(tally(results, context.reader.language), context.reader.language)


def facets(results: SearchResults, state: SearchState, context: Context) -> list[FacetView]:
    """The facets with their counts, and where each value leads."""
    counts = results.facets.counts
    label = Labels(context, [value for name in COUNTED if FACETS[name].kind for value, _ in counts[name]])
    title = translations(context.reader.language).gettext
    found = []
    for name in COUNTED:
        choices = tuple(
            Choice(value, *label(name, value), count, state.with_filter(name, value).address())
            for value, count in counts[name]
            if (name, value) not in state.filters
        )
        # One role is no choice, unless it finds what the time does not find without it.
        if choices and (name != ROLE or len(choices) > 1 or choices[0].count != results.total):
            found.append(
                FacetView(
                    name, title(said.FACET_LABELS[name]), choices, results.facets.distinct[name], len(counts[name])
                )
            )
    return found


def chosen(state: SearchState, context: Context) -> list[tuple[str, Choice]]:
    """Chosen filters: (title of the facet, the value with the address that takes it back)."""
    narrowing = [each for each in state.filters if each[0] != THING]
    label = Labels(context, [value for _, value in narrowing])
    title = translations(context.reader.language).gettext
    found = [
        (
            title(said.FACET_LABELS[name]),
            Choice(value, *label(name, value), None, state.without_filter(name, value).address()),
        )
        for name, value in narrowing
    ]
    if len(narrowing) < len(state.filters):
        count = len(state.filters) - len(narrowing)
        without = replace(state, filters=tuple(narrowing)).address()
        found.append((title(said.FACET_LABELS[THING]), Choice("", str(count), "", None, without)))
    if state.time:
        back = Choice(
            state.time, _time_words(state.time, context.reader.language), "", None, state.at_time("").address()
        )
        found.append((title(said.FACET_LABELS["year"]), back))
    return found


def _time_words(time: str, language: str) -> str:
    """A time as it was asked for; years before Christ, which figures alone would hardly tell, in words."""
    ends = (date_phrase(each, language) if each.startswith("-") else each for each in time.split(".."))
    return " – ".join(ends)


def years(results: SearchResults, state: SearchState, language: str) -> list[Choice]:
    """Years, or decades where there are many, with how many documents touch each."""
    counts = _years(results)
    if len(counts) <= MOST_YEARS:
        return [_time(_year(year), year_phrase(year, language), count, state) for year, count in counts.items()]
    decades = times.units_within(results.facets.decades.counts, "decade", results.query.days)
    spans = ((number * 10, number * 10 + 9, count) for number, count in decades.items())
    return [
        _time(f"{_year(first)}..{_year(last)}", _decade(first, last, language), count, state)
        for first, last, count in spans
    ]


def _decade(first: int, last: int, language: str) -> str:
    return f"{first}–{last}" if first > 0 else date_phrase(f"{_year(first)}/{_year(last)}", language)


def _years(results: SearchResults) -> dict[int, int]:
    """Year → number of documents that touch it; of a time that was asked for, its years alone."""
    return times.units_within(results.facets.years.counts, "year", results.query.days)


def _time(time: str, label: str, count: int, state: SearchState) -> Choice:
    return Choice(time, label, "", count, state.at_time(time).address())


def _year(year: int) -> str:
    return f"{year:05}" if year < 0 else f"{year:04}"


def as_json(
    results: SearchResults, state: SearchState, context: Context, addresses: dict[str, str | None]
) -> dict[str, Any]:
    """Results as a JSON object."""
    return {
        "query": state.words,
        "searched": results.query.words,
        "total": results.total,
        "sentence": summary(results, context),
        "corrected": results.corrected or None,
        "suggestion": results.suggestion or None,
        "loose": results.loose,
        "forms": {word: list(forms) for word, forms in results.forms},
        "repeated_left_out": results.repeated,
        "undated_left_out": results.undated,
        "sort": results.sort,
        "filters": [{"facet": name, "value": value} for name, value in state.filters],
        "time": _days(results.query.days),
        "results": [
            {
                "id": each.thing.reference,
                "iri": context.base.iri(each.thing.reference),
                "kind": each.thing.kind,
                "title": each.title.text,
                "language": each.title.language or None,
                "titles": each.thing.labels,
                "start": each.thing.start,
                "end": each.thing.end,
                "matched": _matched(each.date),
                "status": each.thing.status,
                "score": round(each.score, 4) if results.sort == "relevance" else None,
                "snippet": each.snippet.text if each.snippet else None,
                "snippet_language": (each.snippet.language or None) if each.snippet else None,
                "marked": [[text, hit] for text, hit in each.snippet.parts] if each.snippet else [],
                "missing": list(each.missing),
            }
            for each in results.hits
        ],
        "facets": {
            shown.name: [{"value": each.value, "label": each.label, "count": each.count} for each in shown.choices]
            for shown in facets(results, state, context)
        },
        "distinct": results.facets.distinct,
        "years": [{"year": year, "count": count} for year, count in _years(results).items()],
        **addresses,
    }


def _matched(date: Date) -> dict[str, Any] | None:
    """The date by which a time found a thing, with its role; None where none was asked for."""
    return {name: date.get(name) for name in ("role", "edtf", "text", "start", "end")} if date else None


def _days(days: DayRange | None) -> dict[str, str | None] | None:
    """The first and last day of the time that was asked for; None for an open end, and where none was."""
    if days is None:
        return None
    return {"first": times.day_text(days.first), "last": times.day_text(days.last)}


def completions(text: str, found: Sequence[Completion], context: Context) -> list[Any]:
    """Completions as OpenSearch has them: what was typed, names, what these are, their addresses.

    A fifth member, which the form leaves open, says for each the language of its name and its path below the base.
    """
    reader, begun = context.reader, plain_words(text)[-1:]
    named = [reader.called(each.thing.labels, each.thing.reference, each.thing.status) for each in found]
    # A thing that is found by another name of its own stands behind those whose shown name begins so.
    shown = [each.thing.kind != RECORD and _begins(name, begun) for each, (name, _) in zip(found, named, strict=True)]
    order = sorted(range(len(found)), key=lambda at: (found[at].thing.kind == RECORD, not shown[at]))
    found, named = [found[at] for at in order], [named[at] for at in order]
    return [
        text,
        [name for name, _ in named],
        [" · ".join(filter(None, _about(each, reader.language))) for each in found],
        [context.base.uri(each.thing.reference) for each in found],
        {"languages": [language for _, language in named], "paths": [each.thing.reference for each in found]},
    ]


def _begins(name: str, begun: Sequence[str]) -> bool:
    return any(word.startswith(each) for word in plain_words(name) for each in begun)


def _about(completion: Completion, language: str) -> tuple[str, str]:
    """What a completion is, and its dates."""
    thing, say = completion.thing, translations(language).gettext
    kind = key_labels.AGENT_TYPES.get(completion.record.get("agentType", ""), key_labels.KINDS[thing.kind][0])
    if thing.kind == "agent":
        return say(kind), life_dates(completion.record, language)
    return say(kind), _day(thing, language) if thing.kind == RECORD else ""


def _day(thing: Thing, language: str) -> str:
    return date_phrase(thing.edtf, language) if thing.edtf else period(thing.start, thing.end, language)

"""Abstract of a long record: as much of it as pages of other things read, made by the build (D-185).

Other pages have names, dates, offices, the first words of a summary and the first links of a record, never its text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kg import language_ranges
from kg.render.data.excerpt import MAX_LANGUAGES, MAX_LINKS

TOTALS = "@totals"
"""Key of an abstract that no record has: key of a list → how many values the record has, where these are more."""

MAX_LABELS = 100
"""Languages of the title or name that lists and links have, those of the site first."""

_MAX_TEXT, _MAX_OFFICES = 2_000, 100
"""Characters of a text, which are more than any reference has; and relations with dates."""

_LEFT_OUT = frozenset({"text", "extra", "digitalObjects"})
"""Keys that no page of another thing reads."""


def labels_for_lists(labels: Mapping[str, str], languages: Sequence[str]) -> Mapping[str, str]:
    """Return the labels of a thing for lists and links; of very many those in languages of the site."""
    if len(labels) <= MAX_LABELS:
        return labels
    best = [tag for language in languages if (tag := language_ranges.best(labels, (language,)))]
    kept = frozenset([*best, *language_ranges.in_order(labels, languages)[: MAX_LABELS - len(best)]])
    return {tag: label for tag, label in labels.items() if tag in kept}


def without_long_keys(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record without what no page of another thing shows of it; of relations those with dates are offices."""
    short = {key: value for key, value in record.items() if key not in _LEFT_OUT}
    if "relations" in short:
        short["relations"] = [each for each in short["relations"] if "dates" in each][:_MAX_OFFICES]
    return short


def abstract(record: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """Return the abstract of a record.

    Args:
        record: the record as JSON.
        languages: those of the site, the best first.
    """
    totals: dict[str, int] = {}
    short = {key: _cut(key, value, languages, totals) for key, value in without_long_keys(record).items()}
    return {**short, TOTALS: totals} if totals else short


def count_of(record: Mapping[str, Any], key: str) -> int:
    """Return the number of values of a list of a record, of which there may be an abstract."""
    totals: Mapping[str, int] = record.get(TOTALS, {})
    return totals.get(key, len(record.get(key, ())))


def _cut(key: str, value: Any, languages: Sequence[str], totals: dict[str, int]) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _MAX_TEXT else f"{value[: _MAX_TEXT - 1].rsplit(None, 1)[0]} …"
    if isinstance(value, list):
        most = _MAX_OFFICES if key == "relations" else MAX_LINKS
        if key and len(value) > most:
            totals[key] = len(value)
        return [_cut("", each, languages, totals) for each in value[:most]]
    if isinstance(value, dict):
        names = list(value) if len(value) <= MAX_LANGUAGES else language_ranges.in_order(value, languages)
        return {name: _cut("", value[name], languages, totals) for name in names[:MAX_LANGUAGES]}
    return value

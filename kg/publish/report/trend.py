"""Trend of a build: its figures beside those of the build before."""

from collections.abc import Mapping
from typing import Any

from kg.records.problems import SEVERITIES
from kg.store.search.fields import LACKED

_MORE_IS_BETTER = frozenset({"published"})
_GAP = "gap-"
GAP_FIGURES = tuple(f"{_GAP}{name}" for name in LACKED)
"""Figures of what documents lack."""


def figures_of(document: Mapping[str, Any]) -> dict[str, int]:
    """Return the figures of a build, by which the next one is compared with it.

    Args:
        document: the report of the build, as data.
    """
    lists = document["worklist"]
    return {
        "published": sum(document["counts"]["published"].values()),
        "left-out": document["counts"]["rejected"],
        **{f"problems-{severity}": document["severities"].get(severity, 0) for severity in SEVERITIES},
        "dates-unread": lists["dates"]["count"],
        "links-dangling": lists["links"]["count"],
        "names-alike": lists["alike"]["count"],
        **{f"undescribed-{each['kind']}": each["count"] for each in lists["undescribed"]},
        "untranslated": sum(sum(kinds.values()) for kinds in lists["translations"]["labels"].values()),
        "documents": lists["gaps"]["documents"],
        **{f"{_GAP}{each['gap']}": each["count"] for each in lists["gaps"]["items"]},
    }


def trend(before: Mapping[str, int], now: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the figures of two builds: name, before, now, and whether that is better, worse or the same.

    What documents lack is judged by its share of them, so that a collection which grows is not blamed for that.

    >>> trend({"documents": 10, "gap-date": 4}, {"documents": 20, "gap-date": 5})[1]["direction"]
    'better'
    """
    rows = []
    for name in dict.fromkeys([*before, *now]):
        old, new = before.get(name, 0), now.get(name, 0)
        rows.append({"figure": name, "before": old, "now": new, "direction": _direction(name, before, now)})
    return rows


def _direction(name: str, before: Mapping[str, int], now: Mapping[str, int]) -> str:
    old, new = before.get(name, 0), now.get(name, 0)
    if name.startswith(_GAP):  # shares without a division: a collection may have been empty
        old, new = old * now.get("documents", 0), new * before.get("documents", 0)
    if old == new or name == "documents":
        return "same"
    return "better" if (new > old) == (name in _MORE_IS_BETTER) else "worse"

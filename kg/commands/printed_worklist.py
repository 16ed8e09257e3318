"""Worklist of a generation on the terminal, with its completeness as bars of text and its trend."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.text import Text

from kg.commands.common import OUT, counted
from kg.commands.printed_report import print_problems
from kg.publish.report.alike import REASONS
from kg.render.site.search_summary import GAP_LABELS

_MAX_ENTRIES = 10
"""Entries of each list on the terminal."""

_BAR = 20
"""Signs of a full bar."""

_Row = tuple[int, str]


def print_document(document: Mapping[str, Any]) -> None:
    """Print the report of a generation: problems, worklist, completeness, trend."""
    lists = document["worklist"]
    print_problems(document["problems"], option="--csv")
    for each in lists["undescribed"]:
        names = [(item["documents"], f"{item['name'] or item['id']}  ({item['id']})") for item in each["items"]]
        _print_list(f"Named, not described: {each['kind']}", each["count"], names)
    groups = [(each["documents"], _alike(each)) for each in lists["alike"]["items"]]
    _print_list("Names that look alike", lists["alike"]["count"], groups)
    if lists["alike"]["compared"] < lists["alike"]["names"]:
        OUT.print(f"  Compared were the {lists['alike']['compared']:,} names of the most documents.")
    forms = [(each["count"], f"{each['value']}  {each['file']} {each['at']}") for each in lists["dates"]["items"]]
    _print_list("Dates that could not be read, by form", lists["dates"]["count"], forms)
    places = [(1, f"{each['file']} {each['at']}  {each['field']}: {each['value']}") for each in lists["links"]["items"]]
    _print_list("Links that lead nowhere", lists["links"]["count"], places)
    for language, kinds in lists["translations"]["labels"].items():
        _print_list(f"Without a title or name in {language}", sum(kinds.values()), _pairs(kinds))
    _print_gaps(lists["gaps"])
    _print_sources(document["completeness"]["sources"])
    _print_trend(document["trend"])


def _pairs(counts: Mapping[str, int]) -> list[_Row]:
    return [(count, name) for name, count in counts.items()]


def _alike(group: Mapping[str, Any]) -> str:
    names = "  =  ".join(
        f"{each['as'] or each['name']} ({each['id']}, {each['documents']:,})" for each in group["names"]
    )
    return f"{names}  – {REASONS[group['why']]}"


def _print_list(title: str, count: int, entries: Iterable[_Row]) -> None:
    """Print a list: its title with its number, and its first entries, each on a line that is never broken."""
    if not count:
        return
    OUT.print(Text(f"{title}: {count:,}", style="bold"), soft_wrap=True)
    first = list(entries)[:_MAX_ENTRIES]
    for number, entry in first:
        OUT.print(Text(f"{number:>8,}  {entry}"), soft_wrap=True)
    if count > len(first) == _MAX_ENTRIES:
        OUT.print("       …")
    OUT.print()


def _print_gaps(gaps: Mapping[str, Any]) -> None:
    OUT.print(Text(f"What {counted(gaps['documents'], 'document')} have", style="bold"))
    for each in gaps["items"]:
        has = gaps["documents"] - each["count"]
        lacking = f"  {each['count']:,} {GAP_LABELS[each['gap']].lower()}" if each["count"] else ""
        OUT.print(Text(f"  {each['gap']:<11}{_bar(has, gaps['documents'])}{lacking}"), soft_wrap=True)
    OUT.print()


def _print_sources(sources: Iterable[Mapping[str, Any]]) -> None:
    """Print the sources with the most documents, and what these have."""
    for each in sorted(sources, key=lambda source: -source["documents"])[:_MAX_ENTRIES]:
        OUT.print(Text(f"{each['source']}: {counted(each['documents'], 'document')}", style="bold"), soft_wrap=True)
        for name in ("date", "place", "person", "text", "reference"):
            OUT.print(Text(f"  {name:<11}{_bar(each['has'][name], each['documents'])}"), soft_wrap=True)
    OUT.print()


def _bar(count: int, total: int) -> str:
    """Bar of a share.

    >>> _bar(1, 2), _bar(0, 0)
    ('██████████░░░░░░░░░░  50 %', '░░░░░░░░░░░░░░░░░░░░   0 %')
    """
    share = count / total if total else 0.0
    full = int(share * _BAR)  # only what is whole is full
    return f"{'█' * full}{'░' * (_BAR - full)} {int(share * 100):>3} %"


def _print_trend(trend: Iterable[Mapping[str, Any]]) -> None:
    rows = [row for row in trend if row["direction"] != "same"]
    if rows:
        OUT.print(Text("Since the build before", style="bold"))
    for row in rows:
        OUT.print(
            Text(f"  {row['figure']:<24}{row['before']:>10,} → {row['now']:>10,}  {row['direction']}"), soft_wrap=True
        )

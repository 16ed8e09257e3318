r"""Text of a kg.toml: settings with comments that say how sure each is.

>>> quote('A "b"\n')
'"A \\"b\\"\\n"'
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.proposal.files import BASE
from kg.records.inference.guesses import ColumnGuess, TableGuess
from kg.records.inference.headings import folded
from kg.records.inference.headings import read as read_heading

_NO_COMMENT = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_CONTROL = re.compile("[\x7f\ud800-\udfff]")
_WIDTH = 110


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """Entry of a source.

    Attributes:
        path: its path, as seen from kg.toml.
        comments: lines above it.
        settings: its settings beside path and columns, in order.
        guess: the guess of its table; None for another format.
    """

    path: str
    comments: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    guess: TableGuess | None = None


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """Settings of the collection.

    Attributes:
        command: the command that the file is written by.
        title: what the collection is called.
        languages: the languages of its labels, the preferred one first.
    """

    command: str
    title: str
    languages: tuple[str, ...]


def quote(text: str) -> str:
    """Return a text as a basic string of TOML."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def comment(text: str) -> str:
    """Return a text as the line of a comment, of any characters."""
    return f"# {_NO_COMMENT.sub(' ', text)}".rstrip()


def settings_text(site: SiteEntry, sources: Sequence[SourceEntry]) -> str:
    """Return the text of a kg.toml."""
    lines = [*_site_lines(site)]
    for source in sources:
        lines += ["", *_source_lines(source)]
    return "\n".join(lines) + "\n"


def _site_lines(site: SiteEntry) -> Iterator[str]:
    yield comment(f"Written by `{site.command}`: guesses, each with its reason; change what is wrong.")
    yield "# `kg check` says what a build would report, `kg keys` lists the keys, docs/reference.md all settings."
    yield ""
    yield "# The identity of everything that is published. Set it to the address of your site before others link to it;"
    yield '# it ends with a slash: "https://archive.example.org/", say.'
    yield f"base = {quote(BASE)}"
    yield f"title = {quote(site.title)}"
    yield '# publisher = "Our archive"'
    yield "# The licence of the descriptions; this one, which gives up all rights, if not given."
    yield '# license = "https://creativecommons.org/publicdomain/zero/1.0/"'
    yield "# Languages of titles and names, the preferred one first."
    yield f"languages = [{', '.join(map(quote, site.languages))}]"


def _source_lines(source: SourceEntry) -> Iterator[str]:
    yield from map(comment, source.comments)
    yield "[[sources]]"
    yield f"path = {quote(source.path)}"
    for name, value in source.settings:
        yield f"{name} = {quote(value)}"
    guess = source.guess
    if guess is None:
        return
    if guess.kind != "record":
        yield f"kind = {quote(guess.kind)}   # what each row describes"
    yield ""
    yield "# The key of each column, and how sure that is, from 0 to 1. `extra` keeps a column under its heading, and"
    yield "# `-` leaves it out."
    yield "[sources.columns]"
    for note in guess.notes:
        yield comment(f"{note[:1].upper()}{note[1:]}.")
    taken: set[str] = set()
    for column in (*merged(guess.columns), *guess.made):
        spelling = folded(column.column) or column.column
        if column.column.strip() and column.column not in taken:
            taken |= {column.column, spelling}
            yield from _column_lines(column)
        elif not column.column.strip():
            yield comment("A column without a heading stays under its letter; give it a heading.")


def merged(columns: Sequence[ColumnGuess]) -> list[ColumnGuess]:
    """Return the guesses with one, `Subject *`, in the place of those that have numbers behind one heading."""
    groups: dict[tuple[str, str, str], list[ColumnGuess]] = {}
    for column in columns:
        if (stem := _pattern(column.column)) and not column.pattern:
            groups.setdefault((stem, column.key, column.separator), []).append(column)
    starts = {stem: folded(stem) for (stem, _, _), group in groups.items() if len(group) > 1}
    matching = _matching(starts, columns)
    whole = {
        stem: group
        for (stem, _, _), group in groups.items()
        if len(group) > 1 and {each.column for each in group} == matching[stem]
    }
    by_column = {each.column: stem for stem, group in whole.items() for each in group}
    kept: list[ColumnGuess] = []
    for column in columns:
        stem = by_column.get(column.column, "")
        if not stem:
            kept.append(column)
        elif column is whole[stem][0]:
            group = whole[stem]
            surest = max(group, key=lambda each: each.sure)
            doubts = tuple(dict.fromkeys(doubt for each in group for doubt in each.doubts))[:3]
            why = f"{surest.why}; {len(group)} columns"
            kept.append(replace(surest, column=stem, why=why, separator=column.separator, doubts=doubts))
    return kept


def _pattern(heading: str) -> str:
    """Heading with `*` in the place of the number at its end; empty for one without."""
    number = read_heading(heading).number
    place = heading.rfind(number) if number else -1
    return f"{heading[:place]}*" if place > 0 and "*" not in heading else ""


def _matching(starts: Mapping[str, str], columns: Sequence[ColumnGuess]) -> dict[str, set[str]]:
    """Pattern → the columns that begin as it does; patterns by their folded beginnings."""
    matching: dict[str, set[str]] = {stem: set() for stem in starts}
    by_start: dict[str, list[str]] = {}
    for stem, start in starts.items():
        by_start.setdefault(start, []).append(stem)
    lengths = sorted({len(start) for start in by_start})
    for column in columns:
        spelling = folded(column.column)
        for length in lengths:
            for stem in by_start.get(spelling[:length], ()):
                matching[stem].add(column.column)
    return matching


def _column_lines(column: ColumnGuess) -> Iterator[str]:
    for doubt in column.doubts:
        yield from _wrapped(f"? {doubt}.")
    if column.pattern or column.constant or column.separator or column.format:
        inner = [("key", column.key), ("separator", column.separator), ("pattern", column.pattern)]
        inner += [("constant", column.constant), ("format", column.format)]
        value = f"{{ {', '.join(f'{name} = {quote(text)}' for name, text in inner if text)} }}"
    else:
        value = quote(column.key)
    reason = _NO_COMMENT.sub(" ", f"{column.sure:.2f}: {column.why}")
    line = f"{quote(column.column)} = {value}"
    yield f"{'# ' if column.is_proposal else ''}{line:<32}   # {reason}"


def _wrapped(text: str) -> Iterator[str]:
    """Lines of a comment, broken at blanks."""
    line = ""
    for word in _NO_COMMENT.sub(" ", text).split(" "):
        if line and len(line) + len(word) > _WIDTH:
            yield f"# {line}"
            line = f"  {word}"
        else:
            line = f"{line} {word}" if line else word
    yield f"# {line}"

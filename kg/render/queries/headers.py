"""Header parser of query files: the metadata in the comments above a query.

An example has lines `# title: …`. A saved query has grlc's decorators: lines that begin with `#+`, which are YAML
together. The parser supports YAML's part for such headers: texts, lists of texts, and lists of `name: text` (D-85).

>>> lines = ["#+ summary: Letters of", "#+   somebody", "#+ tags:", "#+   - people", "#+ defaults:"]
>>> read_decorators(chr(10).join([*lines, "#+   - year: 1962", "ASK {}"]))
{'summary': 'Letters of somebody', 'tags': ['people'], 'defaults': {'year': '1962'}}
"""

import re
from collections.abc import Iterable
from pathlib import Path

from kg.errors import KgError

Entry = str | list[str] | dict[str, str]
Header = dict[str, Entry]

_MARK = "#+"
_ITEM = re.compile(r" +- +(?:([A-Za-z0-9]+): +)?(.+)")
_KEY = re.compile(r"([A-Za-z]+):(?: +(.+))?")


def read_comments(text: str) -> dict[str, str]:
    """Key → value of the lines `# key: value` of a header."""
    lines = (line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("# "))
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def strip_header(text: str) -> str:
    """Query text without the comments of its header."""
    lines = text.splitlines()
    while lines and (lines[0].startswith("#")):
        lines.pop(0)
    return "\n".join(lines).strip()


def read_decorators(text: str) -> Header:
    """Decorators of a saved query. Raises KgError for a malformed line."""
    header: Header = {}
    key = ""
    for line in text.splitlines():
        if not line.startswith(_MARK):
            continue
        row = line.removeprefix(_MARK).removeprefix(" ").rstrip()
        if key_line := _KEY.fullmatch(row):
            key = key_line[1]
            header[key] = key_line[2] or ""
        elif item := _ITEM.fullmatch(row):
            header[key] = _with_item(header.get(key), item[1], _unquoted(item[2]), line)
        elif isinstance(before := header.get(key), str) and row.startswith(" "):
            header[key] = f"{before} {row.strip()}".strip()
        else:
            raise _line_error(line)
    return {key: _unquoted(value) if isinstance(value, str) else value for key, value in header.items()}


def _with_item(entry: Entry | None, name: str | None, value: str, line: str) -> Entry:
    """List or table with one more item."""
    if name is None and (not entry or isinstance(entry, list)):
        return [*(entry or []), value]
    if name is not None and not entry:
        return {name: value}
    if name is not None and isinstance(entry, dict):
        return {**entry, name: value}
    raise _line_error(line)


def _unquoted(text: str) -> str:
    """Text without YAML's optional quotes."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _line_error(line: str) -> KgError:
    return KgError(
        f"{line!r} is no line of a header",
        todo="Write `#+ key: text`, or `#+ key:` and below it lines `#+   - text` or `#+   - name: text`.",
    )


def query_files(folders: Iterable[Path], part: str) -> list[Path]:
    """Query files of a subfolder of some folders, by name; a later folder overrides an earlier one."""
    paths = {path.name: path for folder in folders for path in (folder / part).glob("*.rq")}
    return [path for _, path in sorted(paths.items())]

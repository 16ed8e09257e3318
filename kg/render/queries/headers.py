"""What the header of a query says, in the comments above it.

An example says it in lines `# title: …`. A saved query says it as grlc does, in lines that begin with `#+` and are YAML
together; of YAML this reads what such headers need: texts, lists of texts, and lists of `name: text`.

>>> lines = ["#+ summary: Letters of", "#+   somebody", "#+ tags:", "#+   - people", "#+ defaults:"]
>>> read(chr(10).join([*lines, "#+   - year: 1962", "ASK {}"]))
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


def simple(text: str) -> dict[str, str]:
    """The lines `# key: value` of a query's header."""
    lines = (line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("# "))
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def without(text: str) -> str:
    """The query without the comments of its header."""
    lines = text.splitlines()
    while lines and (lines[0].startswith("#")):
        lines.pop(0)
    return "\n".join(lines).strip()


def read(text: str) -> Header:
    """The decorators of a saved query. Raises KgError for a line that is none."""
    said: Header = {}
    key = ""
    for line in text.splitlines():
        if not line.startswith(_MARK):
            continue
        row = line.removeprefix(_MARK).removeprefix(" ").rstrip()
        if begins := _KEY.fullmatch(row):
            key = begins[1]
            said[key] = begins[2] or ""
        elif item := _ITEM.fullmatch(row):
            said[key] = _with(said.get(key), item[1], _unquoted(item[2]), line)
        elif isinstance(before := said.get(key), str) and row.startswith(" "):
            said[key] = f"{before} {row.strip()}".strip()
        else:
            raise _no_line(line)
    return {key: _unquoted(value) if isinstance(value, str) else value for key, value in said.items()}


def _with(held: Entry | None, name: str | None, value: str, line: str) -> Entry:
    """A list or a table with one item more."""
    if name is None and (not held or isinstance(held, list)):
        return [*(held or []), value]
    if name is not None and not held:
        return {name: value}
    if name is not None and isinstance(held, dict):
        return {**held, name: value}
    raise _no_line(line)


def _unquoted(text: str) -> str:
    """A text without the quotes that YAML lets stand around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _no_line(line: str) -> KgError:
    return KgError(
        f"{line!r} is no line of a header",
        todo="Write `#+ key: text`, or `#+ key:` and below it lines `#+   - text` or `#+   - name: text`.",
    )


def query_files(folders: Iterable[Path], part: str) -> list[Path]:
    """The queries of a part of some folders, by name; of two with one name the later one."""
    found = {path.name: path for folder in folders for path in (folder / part).glob("*.rq")}
    return [path for _, path in sorted(found.items())]

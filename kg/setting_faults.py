"""What is wrong with settings, said so that whoever wrote them can mend it."""

import difflib
import json
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from kg.errors import SettingsError

_ADDRESSES = ("store", "store_update", "store_graphs")
_MOST_SHOWN = 80


def explained(
    fault: ValidationError, where: str, variables: Mapping[str, str], levels: Mapping[str, Collection[str]]
) -> SettingsError:
    """The error to raise for what pydantic found.

    Args:
        fault: what it found.
        where: the file.
        variables: setting → the environment variable that it came from, for those that did.
        levels: the settings of each level: of the whole under "", of a list of tables under the name of that.
    """
    lines, in_file, lists = [], False, {}
    for error in fault.errors():
        name, *path = error["loc"] or ("",)
        variable = variables.get(str(name))
        in_file = in_file or variable is None
        level = str(name) if path else ""
        if error["type"] == "extra_forbidden":
            lines.append(_unknown(str(error["loc"][-1]), path, level, levels))
            if level or "meant" not in lines[-1]:
                lists[level] = ", ".join(levels[level])
        else:
            lines.append(f"{variable + ' in the environment' if variable else _place(name, path)}: {_said(error)}")
    said = {"": "The settings are", "sources": "Settings of a source are"}
    todo = " ".join(f"{said[level]} {names}." for level, names in lists.items())
    return SettingsError("; ".join(lines), where=where if in_file else None, todo=todo or None)


def _place(name: int | str, path: list[int | str]) -> str:
    """Where a setting stands; tables of a list are counted from 1, as people count them."""
    if not path:
        return str(name)
    return " ".join(f"[[{name}]] no. {step + 1}" if isinstance(step, int) and not at else str(step)
                    for at, step in enumerate(path))  # fmt: skip


def _unknown(wrong: str, path: list[int | str], level: str, levels: Mapping[str, Collection[str]]) -> str:
    """A setting that there is not, with the one that was meant if it can be told."""
    place = _place(level or wrong, path)
    if level and wrong in levels[""]:
        return f"{place}: this is no setting of a source, but one of the whole; move it above the first [[{level}]]"
    near = difflib.get_close_matches(wrong, levels[level], 1, 0.7)
    if level and not near and (above := difflib.get_close_matches(wrong, levels[""], 1, 0.7)):
        return f"{place}: there is no such setting; is {above[0]} meant? It stands above the first [[{level}]]"
    return f"{place}: there is no such setting" + (f"; is {near[0]} meant?" if near else "")


def _said(error: Any) -> str:
    """What one value should be, and is."""
    name = str(error["loc"][0])
    if name in _ADDRESSES:  # what was given may hold a password
        return "should be an address, http:// or https://, without a name or password in it"
    given = error["input"]
    shown = json.dumps(given, ensure_ascii=False, default=str)[:_MOST_SHOWN]
    if error["type"] == "missing":
        return "has to be set"
    if error["type"] == "tuple_type" and name == "sources":
        return "is a list of tables: write [[sources]], with two brackets on each side, before each"
    if error["type"] == "tuple_type":
        return f"should be a list, such as [{shown}], but it is {shown}"
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{message[0].lower()}{message[1:]}, but it is {shown}"

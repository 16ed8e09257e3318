"""Error messages for invalid settings, with a remedy for each."""

import difflib
import json
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from kg.errors import SettingsError

_ADDRESSES = ("store", "store_update", "store_graphs")
_MAX_EXCERPT = 80
_TABLES = {
    "sources": ("a source", "the first [[sources]]"),
    "columns": ("a column", "the first [[sources]]"),
    "picture": ("the picture", "[picture]"),
}
"""Setting that is a table → what one is called, and where the settings of the whole end."""


def settings_error(
    fault: ValidationError, where: str, variables: Mapping[str, str], levels: Mapping[str, Collection[str]]
) -> SettingsError:
    """Return the SettingsError for a pydantic ValidationError.

    Args:
        fault: pydantic's errors.
        where: the file.
        variables: setting → the environment variable that it came from, for those that did.
        levels: the settings of each level: of the whole under "", of a list of tables under the name of that.
    """
    faults, in_file, lists = [], False, {}
    for error in fault.errors():
        name, *path = error["loc"] or ("",)
        variable = variables.get(str(name))
        in_file = in_file or variable is None
        level = "columns" if path[1:2] == ["columns"] and len(path) > 3 else str(name) if path else ""
        if error["type"] == "extra_forbidden":
            faults.append(_unknown_setting(str(error["loc"][-1]), path, level, levels))
            if level or "meant" not in faults[-1]:
                lists[level] = ", ".join(levels[level])
        else:
            faults.append(
                f"{variable + ' in the environment' if variable else _setting_path(name, path)}: {_value_fault(error)}"
            )
    openings = {"": "The settings are"} | {level: f"Settings of {each[0]} are" for level, each in _TABLES.items()}
    todo = " ".join(f"{openings[level]} {names}." for level, names in lists.items())
    return SettingsError("; ".join(faults), where=where if in_file else None, todo=todo or None)


def _setting_path(name: int | str, path: list[int | str]) -> str:
    """Path of a setting; tables of a list are counted from 1, as people count them."""
    if not path:
        return str(name)
    if not isinstance(path[0], int):  # a table, not a list of them
        return ".".join(map(str, (name, *path)))
    return " ".join(f"[[{name}]] no. {step + 1}" if isinstance(step, int) and not position else str(step)
                    for position, step in enumerate(path))  # fmt: skip


def _unknown_setting(wrong: str, path: list[int | str], level: str, levels: Mapping[str, Collection[str]]) -> str:
    """Message for an unknown setting, with the nearest known one."""
    path_text = _setting_path("sources" if level == "columns" else level or wrong, path)
    if level and wrong in levels[""]:
        what, table = _TABLES[level]
        return f"{path_text}: this is no setting of {what}, but one of the whole; move it above {table}"
    near = difflib.get_close_matches(wrong, levels[level], 1, 0.7)
    if level and not near and (above := difflib.get_close_matches(wrong, levels[""], 1, 0.7)):
        return f"{path_text}: there is no such setting; is {above[0]} meant? It stands above {_TABLES[level][1]}"
    return f"{path_text}: there is no such setting" + (f"; is {near[0]} meant?" if near else "")


def _value_fault(error: Any) -> str:
    """Message for an invalid value: the expected form, and the value."""
    name = str(error["loc"][0])
    if name in _ADDRESSES:  # the value may hold a password
        return "should be an address, http:// or https://, without a name or password in it"
    value = error["input"]
    excerpt = json.dumps(value, ensure_ascii=False, default=str)[:_MAX_EXCERPT]
    if error["type"] == "missing":
        return "has to be set"
    if error["type"] == "model_type" and "columns" in error["loc"]:
        return f'should be a key, such as "title", or a table with one, {{ key = "title" }}, but it is {excerpt}'
    if error["type"] == "tuple_type":
        tables = "is a list of tables: write [[sources]], with two brackets on each side, before each"
        return tables if name == "sources" else f"should be a list, such as [{excerpt}], but it is {excerpt}"
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if error["loc"][-1] == "path" and "://" in str(value):  # the same
        return str(message)
    return f"{message[0].lower()}{message[1:]}, but it is {excerpt}"

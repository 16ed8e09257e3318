"""Generator of docs/reference.md: settings, commands, web paths. Run by `make docs`; a test keeps it up to date."""

from pathlib import Path

import click

from kg.cli import cli
from kg.render.data.negotiation import FORMATS
from kg.settings import Settings
from kg.source_settings import SourceSettings
from kg.store.sparql.results import FORMATS as RESULT_FORMATS
from kg.web.route_table import Route
from kg.web.routes import ROUTES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"

_COMMANDS = """\
`kg [--config kg.toml] COMMAND`: the settings are looked for in the current folder and above. Exit codes: 0, done (a
build may have left records out, and says which); 1, it could not be done: nothing was published or served, or a query
has no answer; 1 also where `check` finds that a record would be left out or none published, and `doctor` what keeps
from serving; 2, the command line, the settings or the port are wrong."""


def settings_rows(model: type) -> list[str]:
    """Return the rows of a table of settings."""
    rows = ["| setting | default | what for |", "| --- | --- | --- |"]
    for name, field in model.model_fields.items():
        if not field.exclude:
            default = "" if field.is_required() or str(field.default) in {"", "None", "{}"} else f"`{field.default}`"
            rows.append(f"| `{name}` | {default} | {field.description} |")
    return rows


def command_rows() -> list[str]:
    """Return the rows of a table of commands."""
    rows = ["| command | what it does |", "| --- | --- |"]
    for name, command in sorted(cli.commands.items()):
        usage = " ".join(_usage(parameter) for parameter in command.params)
        rows.append(f"| `kg {f'{name} {usage}'.strip()}` | {command.help} |")
    return rows


def _usage(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return f"[{parameter.name.upper()}]"
    option = parameter.opts[0]
    return f"[{option}]" if getattr(parameter, "is_flag", False) else f"[{option} …]"


def shown_path(row: Route) -> str:
    """Return the path of a route as people write it."""
    return row.path.replace(":path}", "}")


def text() -> str:
    """Return the whole page."""
    suffixes = ", ".join(f"`.{format_.suffix}` ({format_.media_type})" for format_ in FORMATS)
    results = ", ".join(f"`{format_.name}` ({format_.media_type})" for format_ in RESULT_FORMATS.values())
    paths = [f"| `{shown_path(row)}` | {row.what} | {', '.join(row.methods)} |" for row in ROUTES]
    parts = [
        "# Reference",
        "<!-- Written by `make docs` from the code; a test keeps it so. -->",
        "## Commands",
        _COMMANDS,
        "\n".join(command_rows()),
        "## Settings",
        (
            "In `kg.toml`; each also from the environment, in capitals after `KG_` (`KG_BASE`), which goes first.\n"
            "`KG_CONFIG` names the file itself, for `uvicorn server:app` say."
        ),
        "\n".join(settings_rows(Settings)),
        "Of each `[[sources]]`:",
        "\n".join(settings_rows(SourceSettings)),
        "## Web paths",
        "\n".join(["| path | resource | methods |", "| --- | --- | --- |", *paths]),
        (
            "`/docs` and `/openapi.json` describe each with its parameters, statuses and an example, but for: "
            + "; ".join(f"`{shown_path(row)}`, {row.undescribed}" for row in ROUTES if row.undescribed)
            + "."
        ),
        f"Suffixes of documents: {suffixes}.",
        f"Results of queries, by `Accept` or `format=`: {results}.",
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")

"""Generator of docs/reference.md: settings, commands, web paths. Run by `make docs`; a test keeps it up to date."""

from pathlib import Path

import click

from kg.cli import cli
from kg.render.data.negotiation import FORMATS
from kg.settings import Settings, SourceSettings
from kg.store.sparql.results import FORMATS as RESULT_FORMATS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"

PATHS = {
    "/": "what this is, how much there is of it, how to use it",
    "/about": "what the collection covers and what it lacks, each number a link to the documents that it counts",
    "/{kind}/": "the things of a kind in order of date, page by page",
    "/{kind}/{key}": "a thing: 303 to the document that `Accept` asks for",
    "/{kind}/{key}.{suffix}": "a document about it, in the format of the suffix",
    "/sparql": "SPARQL 1.1 Protocol, query side; for a browser, the workbench; without a query, its description",
    "/api/": "the saved queries; `openapi.json` describes them",
    "/api/{name}": "the answer of a saved query: JSON, CSV, TSV or a page by `Accept`, `format=` or a suffix",
    "/workbench/terms.json": "prefixes, classes and properties with their uses: what the editor completes",
    "/workbench/names.json": "`?thing=kind/key`, up to a hundred: what things are called",
    "/search": "search: `q`, `year`, `dates`, `sort`, `after`, `limit`, `format`, `lacks`, and the facets by name",
    "/search/suggest": "completions of `q`, in the form of OpenSearch",
    "/search/opensearch.xml": "how browsers and programs search here",
    "/timeline": "the documents of a search by time; `format`: `svg`, `png`, `csv`",
    "/map": "the places of a search on a map; `format`: `svg`, `png`, `csv`",
    "/network": "the people of a search and who stands with whom; `format`: `svg`, `png`, `csv`, `graphml`",
    "/graphs": "Graph Store Protocol, read side: `?graph=IRI`, `?default`; without either, which graphs there are",
    "/graphs/{name}": "the graph whose IRI that is",
    "/metrics": "what is measured, for Prometheus; only where the setting `metrics` is `public`",
    "/dumps/": "the whole graph: `kg.nt.gz`, `kg.ttl.gz`, `SHA256SUMS`",
    "/data/": "tables of each kind: `{kind}.csv`, `{kind}.parquet`, their columns in `{kind}.csv-metadata.json`",
    "/terms/": "our own terms by `Accept`, also `terms.ttl`, `.nt`, `.rdf`; `context.jsonld`; each term leads there",
    "/static/": "what pages use; an address with a version, `/static/v-…/`, may be kept for ever",
    "/robots.txt": "what crawlers leave alone: searches, queries",
    "/healthz": "whether this process serves, and which generation",
}
"""Path below the base → its content."""


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
            default = "" if field.is_required() or str(field.default) in {"", "None"} else f"`{field.default}`"
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


def text() -> str:
    """Return the whole page."""
    suffixes = ", ".join(f"`.{format_.suffix}` ({format_.media_type})" for format_ in FORMATS)
    results = ", ".join(f"`{format_.name}` ({format_.media_type})" for format_ in RESULT_FORMATS.values())
    paths = [f"| `{path}` | {what} |" for path, what in PATHS.items()]
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
        "\n".join(["| path | what is there |", "| --- | --- |", *paths]),
        f"Suffixes of documents: {suffixes}.",
        f"Results of queries, by `Accept` or `format=`: {results}.",
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")

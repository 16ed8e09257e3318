"""What a person gets at /sparql: a form, with examples that run."""

from dataclasses import dataclass
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from kg.render.negotiation import HTML
from kg.render.pages import page
from kg.settings import QUERIES
from kg.store.results import FORMATS
from kg.web.conditional import answer, etag_of
from kg.web.context import Context
from kg.web.language import VARY


@dataclass(frozen=True, slots=True)
class Example:
    """A query of queries/examples: its header says what it is."""

    name: str
    title: str
    description: str
    text: str


@cache
def examples() -> tuple[Example, ...]:
    """The examples, by name."""
    found = []
    for path in sorted((QUERIES / "examples").glob("*.rq")):
        lines = path.read_text(encoding="utf-8").splitlines()
        head = dict(
            line.removeprefix("#").strip().split(": ", 1) for line in lines if line.startswith("#") and ": " in line
        )
        text = "\n".join(line for line in lines if not line.startswith("#"))
        found.append(Example(path.stem, head.get("title", path.stem), head.get("description", ""), text))
    return tuple(found)


def form(request: Request, context: Context, name: str | None) -> Response:
    """The form, with the example of this name or the first one."""
    shown = next((each for each in examples() if each.name == name), None) or examples()[0]
    values = {"query": shown.text, "examples": examples(), "formats": list(FORMATS)}
    body = page("sparql", context.site, values)
    headers = {"Cache-Control": "public, max-age=60", **context.page_headers}
    modified = context.serving.generation.manifest.published
    vary = f"Accept, {VARY}"
    return answer(request, body, HTML.content_type, tag=etag_of(body), modified=modified, headers=headers, vary=vary)

"""Named graphs and their sizes, as the generation has them; of one of kg before 0.5 a worker asks the store."""

from functools import cache

import orjson

from kg.settings import QUERIES
from kg.web.endpoint import responses
from kg.web.serving.context import Context


@cache
def query(name: str) -> str:
    """A query of queries/protocol."""
    return (QUERIES / "protocol" / f"{name}.rq").read_text(encoding="utf-8")


async def graph_counts(context: Context) -> dict[str, int]:
    """IRI of each named graph → how many statements it has."""
    if context.publication.graphs:
        return context.publication.graphs
    answer = await responses.whole_answer(context, responses.Question(query("graphs"), ("json",)))
    rows = orjson.loads(answer.body)["results"]["bindings"]
    return {row["graph"]["value"]: int(row["triples"]["value"]) for row in rows}

"""Stubs: placeholder records for link targets that no source describes, with an address and a page."""

import re
from collections.abc import Sequence
from typing import Any

import orjson

from kg.iris import decode_key
from kg.publish.pipeline.batch import BatchProcessor, BatchResult
from kg.publish.report.rejected import RejectedRecord
from kg.records.model.keys import Record, keys_of, label_key
from kg.store.generation.hints import LinkName

_MAX_LABEL = 200


_RELATIONS = frozenset({"target", "relatedTo"})
"""Keys of links between agents, and between agents and records, as the catalogue has them."""

_BY_NAME = re.compile(r"-[0-9a-f]{10}$")
"""End of a key that is made of a name."""


def leads_nowhere(reference: str, hint: bytes | None, key: str) -> bool:
    """Return whether a link by an identifier leads to nothing that was meant to be here.

    A name makes its stub on purpose, and so does an address elsewhere. With a description, a link may be all that the
    sources say of a thing; a relation between records is meant to find the other one.

    Args:
        reference: the target, without a record.
        hint: the link's description of it, or None.
        key: the key of the link.
    """
    if hint is None:
        return True
    return key in _RELATIONS and not _BY_NAME.search(reference) and "sameAs" not in orjson.loads(hint)


def stub(reference: str, hint: bytes | None, names: Sequence[LinkName] = ()) -> Record:
    """Return the stub of a thing that only links name.

    Args:
        reference: the thing.
        hint: the link's description of it, as JSON in the shape of a record, or None; then its key becomes its label.
        names: the names by which links call it; those that are not its label are other names.
    """
    kind, _, key = reference.partition("/")
    hinted: dict[str, Any] = orjson.loads(hint) if hint else {}
    allowed = {model_key.name for model_key in keys_of(kind)}
    label = label_key(kind)
    # A link may say `name` of a record, whose label is its title.
    label_texts = hinted.pop("title", None) or hinted.pop("name", None)
    record = {name: value for name, value in hinted.items() if name in allowed and name not in {"id", "kind", "status"}}
    record[label] = label_texts or {"@none": decode_key(key)[:_MAX_LABEL]}
    if others := _other_names(record[label], names):
        record["alternativeNames"] = others
    return {"id": reference, "kind": kind, "status": "stub", **record}


def prepared_stubs(processor: BatchProcessor, stubs: list[Record]) -> BatchResult:
    """Prepare stubs; of one whose description in a link is invalid, its name alone will do."""
    result = processor.prepare(stubs, "", stubs=True)
    refused = [outcome for outcome in result.outcomes if isinstance(outcome, RejectedRecord)]
    if refused:
        names = {problem.record for outcome in refused for problem in outcome.problems}
        plain = processor.prepare([stub(name, None) for name in sorted(names)], "", stubs=True)
        result.outcomes = [*(each for each in result.outcomes if each not in refused), *plain.outcomes]
        if result.statistics and plain.statistics:
            result.statistics.merge(plain.statistics)
    return result


def _other_names(label: Any, names: Sequence[LinkName]) -> dict[str, list[str]]:
    """Names by language that are not the label of a thing."""
    own = set(label.values()) if isinstance(label, dict) else {label}
    others: dict[str, list[str]] = {}
    for link in names:
        if link.name not in own and link.name not in others.setdefault(link.language, []):
            others[link.language].append(link.name)
    return {language: texts for language, texts in others.items() if texts}

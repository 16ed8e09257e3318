"""A collection with a record for each key of the model, which has a mark under that key and nothing besides its label.

What pages, the search index and tables make of a key is seen by looking for the mark.
"""

from dataclasses import dataclass
from typing import Any

from kg.iris import KINDS
from kg.records.model.key import Key, Value
from kg.records.model.keys import keys_of, label_key
from kg.render.site import key_labels, language_names

DAY = "1234-05-06"
"""The mark under keys of dates."""

_TAG = "tlh"
_DURATION = "PT7M"
_WORDS = {
    "status": ("described-only", key_labels.STATUSES["described-only"]),
    "agentType": ("family", key_labels.AGENT_TYPES["family"]),
    "level": ("opis", key_labels.LEVELS["opis"]),
    "form": ("maiden", key_labels.NAME_FORMS["maiden"]),
    "role": ("published", key_labels.DATE_ROLES["published"]),
}
"""Key of a choice → one of its words, and how a page says it."""

_PLACEHOLDERS = {
    "names": {"text": "Anybody"},
    "dates": {"role": "document", "text": "once"},
    "relations": {"target": "agent/anybody"},
    "referenceLevels": {"level": "fond", "value": "0"},
    "digitalObjects": {"url": "https://example.org/scan"},
    "extra": {"field": "box", "value": "red"},
}
"""Key of a part → the least that a part has, so that it is shown at all."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A record with a mark under one key.

    Attributes:
        record: the record, as a source has it.
        kind: its kind.
        key: the key that is marked, or the part that has the marked key.
        part: the key of the part that is marked; None for a key of the record.
        mark: what stands in the record.
        shown: what a page says.
    """

    record: dict[str, Any]
    kind: str
    key: Key
    part: Key | None
    mark: str
    shown: str

    @property
    def row(self) -> Key:
        """The row of the model that is looked at."""
        return self.part or self.key

    @property
    def reference(self) -> str:
        """The reference of the record."""
        reference: str = self.record["id"]
        return reference

    def __str__(self) -> str:
        """What the test is called."""
        return f"{self.kind}-{self.key.name}" + (f"-{self.part.name}" if self.part else "")


def _mark(key: Key, word: str) -> tuple[Any, str, str]:
    """(value, what stands in it, what a page says) for one key; the word is the record's own."""
    if key.value is Value.LINK:
        targets = [{"id": f"{kind}/{word}", label_key(kind): {"en": word}} for kind in key.to]
        return (targets if key.many else targets[0]), word, word
    value, mark, shown = _scalar(key, word)
    if key.value is Value.TEXT:
        return {"en": [value] if key.many else value}, mark, shown
    return ([value] if key.many else value), mark, shown


def _scalar(key: Key, word: str) -> tuple[Any, str, str]:
    if key.value is Value.CHOICE:
        value, shown = _WORDS[key.name]
        return value, value, shown
    if key.name == "duration":
        return _DURATION, _DURATION, "7 minutes"
    return {
        Value.TEXT: (word, word, word),
        Value.STRING: (word, word, word),
        Value.TAG: (_TAG, _TAG, language_names.language_name(_TAG, "en")),
        Value.URL: (f"https://example.org/{word}", word, word),
        Value.EDTF: (DAY, DAY, "6 May 1234"),
        Value.DAY: (DAY, DAY, DAY),
        Value.INSTANT: (f"{DAY}T07:08:09Z", DAY, "7:08 am"),
        Value.NUMBER: (12.25, "12.25", "12.25°"),
    }[key.value]


def _all() -> list[Marked]:
    """A record for each key of each kind, and for each key of a part at the first kind that has the part."""
    found: list[Marked] = []
    for kind in KINDS:
        for key in keys_of(kind):
            if key.name in {"id", "kind"}:
                continue  # every record has them
            for part in key.parts or (None,):
                if part is None or kind == key.kinds[0]:
                    found.append(_marked(kind, key, part, f"x{70_000 + len(found)}"))
    return found


def _marked(kind: str, key: Key, part: Key | None, word: str) -> Marked:
    record = {"id": f"{kind}/of-{word[1:]}", label_key(kind): {"en": "Anything"}}
    value, mark, shown = _mark(part or key, word)
    if part:
        placeholder = {
            name: said for name, said in _PLACEHOLDERS[key.name].items() if not (part.name == "edtf" and name == "text")
        }
        value = [{**placeholder, part.name: value}]
    return Marked({**record, key.name: value}, kind, key, part, mark, shown)


MARKED = _all()
"""Every record of the collection."""

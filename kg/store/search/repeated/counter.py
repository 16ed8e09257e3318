"""Counter of paragraphs while an index is written: which are frequent in their source, and so get words of their own.

The first nine records with a paragraph have its words in their own fields. From the tenth on a record has the digest
alone, and the words stand once in the table of repeated paragraphs. So whether a paragraph is boilerplate by now is a
matter of the table: no record that has not changed is indexed again when it becomes boilerplate, or ceases to be.

Memory is bounded: what was seen once and not again among the next tens of thousands of paragraphs is forgotten.
"""

from dataclasses import dataclass
from typing import Any

from kg.store.search.repeated import passages as parts
from kg.store.search.repeated.passages import Passage

MIN_RECORDS = 10
"""Records that boilerplate stands in, at least."""

_MAX_REMEMBERED = 100_000
"""Digests in each of the two halves of the memory."""

_MAX_FREQUENT, _MAX_FREQUENT_LENGTH = 10_000, 10_000_000
"""Frequent paragraphs in the table, and their characters in total: whoever searches has the table in memory."""


@dataclass(frozen=True, slots=True)
class DividedTexts:
    """Texts of a record, divided by whether their words are its own.

    Attributes:
        own: texts to be indexed with the record.
        terms: values of its field of paragraphs.
    """

    own: tuple[Passage, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrequentParagraph:
    """Paragraph of at least ten records, with the group of records that it was counted in, and where it first stood."""

    group: str
    passage: Passage


class ParagraphCounter:
    """Counter of paragraphs by digest, over the records in their order.

    Attributes:
        frequent: digest → frequent paragraph.
    """

    def __init__(self) -> None:
        self.frequent: dict[str, FrequentParagraph] = {}
        self._length = 0
        self._recent: dict[str, int] = {}
        self._older: dict[str, int] = {}

    def divide(self, record: dict[str, Any], source: str) -> DividedTexts:
        """Count the paragraphs of a record, and divide its texts.

        Args:
            record: the record.
            source: name of its source; empty for a stub, which is in no group.
        """
        texts = list(parts.passages(record))
        if not source:
            return DividedTexts(tuple(each for each in texts if each.searched), ())
        group = parts.group_of(source, record["kind"])
        terms = {parts.MEMBER + group: None}
        apart: dict[str, bool] = {}
        own: list[Passage] = []
        for each in texts:
            paragraphs = parts.paragraphs(each.text)
            digests = {paragraph: parts.digest(group, paragraph) for paragraph in parts.compared(paragraphs)}
            for paragraph, digest in digests.items():
                if digest not in apart:
                    apart[digest] = self._is_frequent(digest, group, each._replace(text=paragraph))
                    terms[(parts.APART if apart[digest] else parts.INLINE) + digest] = None
            if each.searched:
                left = [paragraph for paragraph in paragraphs if not apart.get(digests.get(paragraph, ""))]
                own += [each] if len(left) == len(paragraphs) else [each._replace(text="\n\n".join(left))]
        return DividedTexts(tuple(each for each in own if each.text), tuple(terms))

    def _is_frequent(self, digest: str, group: str, passage: Passage) -> bool:
        """Count a paragraph, and test whether nine records had it before."""
        count = self._recent.get(digest) or self._older.get(digest, 0)
        if count < MIN_RECORDS:
            self._recent[digest] = count + 1
            if len(self._recent) > _MAX_REMEMBERED:
                self._older, self._recent = self._recent, {}
        if count < MIN_RECORDS - 1:
            return False
        if digest not in self.frequent:
            if len(self.frequent) >= _MAX_FREQUENT or self._length + len(passage.text) > _MAX_FREQUENT_LENGTH:
                return False
            self._length += len(passage.text)
            self.frequent[digest] = FrequentParagraph(group, passage)
        return True

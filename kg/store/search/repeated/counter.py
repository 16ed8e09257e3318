"""Counter of paragraphs while an index is written: which are frequent in their source, and so get words of their own.

The first nine records with a paragraph have its words in their own fields. From the tenth on a record has the digest
alone, and the words stand once in the table of repeated paragraphs. So whether a paragraph is boilerplate by now is a
matter of the table: no record that has not changed is indexed again when it becomes boilerplate, or ceases to be.

A paragraph that differs from others by its numbers alone has a template: its words without the numbers. Where over half
of the records of a source so far have the template, a record keeps the numbers alone (D-186).

Memory is bounded: what was seen once and not again among the next tens of thousands of paragraphs is forgotten. An
update counts on from the index before, which knows every paragraph (D-223).
"""

from collections import Counter
from collections.abc import Callable, Mapping
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
    """Paragraph of at least ten records, or a template.

    Attributes:
        group: the group of records that it was counted in.
        passage: where it first stood, and its text.
        is_template: whether it is the words of paragraphs that differ by numbers.
    """

    group: str
    passage: Passage
    is_template: bool = False


def _never(_digest: str) -> int:
    return 0


class ParagraphCounter:
    """Counter of paragraphs by digest, over the records in their order.

    Attributes:
        frequent: digest → frequent paragraph.
    """

    def __init__(
        self,
        frequent: Mapping[str, FrequentParagraph] | None = None,
        sizes: Mapping[str, int] | None = None,
        before: Callable[[str], int] = _never,
    ) -> None:
        """Create a counter; of an update, one that counts on.

        Args:
            frequent: digest → frequent paragraph of the index before.
            sizes: group → number of its records before.
            before: from a digest to the number of records that have it before.
        """
        self.frequent: dict[str, FrequentParagraph] = dict(frequent or {})
        self._length = sum(len(each.passage.text) for each in self.frequent.values())
        self._recent: dict[str, int] = {}
        self._older: dict[str, int] = {}
        self._sizes: Counter[str] = Counter(sizes or {})
        self._before = before

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
        self._sizes[group] += 1
        terms = {parts.MEMBER + group: False}
        left: dict[str, str] = {}
        own: list[Passage] = []
        for each in texts:
            paragraphs = parts.paragraphs(each.text)
            for paragraph in parts.compared(paragraphs):
                if paragraph not in left:
                    left[paragraph] = self._left_of(group, each._replace(text=paragraph), terms)
            if each.searched:
                kept = [left.get(paragraph, paragraph) for paragraph in paragraphs]
                own += [each] if kept == paragraphs else [each._replace(text="\n\n".join(filter(None, kept)))]
        return DividedTexts(tuple(each for each in own if each.text), tuple(terms))

    def _left_of(self, group: str, passage: Passage, terms: dict[str, bool]) -> str:
        """What a record keeps of a paragraph: all, its numbers, or nothing; its terms are added."""
        paragraph = passage.text
        digest = parts.digest(group, paragraph)
        is_apart = self._count(terms, digest, FrequentParagraph(group, passage))
        words = parts.template(paragraph)
        if not words:
            return "" if is_apart else paragraph
        digest = parts.template_digest(group, words)
        template = FrequentParagraph(group, passage._replace(text=words), is_template=True)
        is_usual = self._count(terms, digest, template, is_apart=is_apart)
        return "" if is_apart else parts.numbers(paragraph) if is_usual else paragraph

    def _count(self, terms: dict[str, bool], digest: str, found: FrequentParagraph, *, is_apart: bool = False) -> bool:
        """Count a digest once for a record; return whether its words stand in the table.

        Args:
            terms: terms of the record so far → whether the words of the paragraph stand in the table.
            digest: the digest.
            found: the paragraph, or the template.
            is_apart: whether a template is that of a paragraph whose words stand in the table.
        """
        if parts.APART + digest in terms or parts.INLINE + digest in terms:
            return terms.get(parts.APART + digest, False)
        is_frequent = self._is_frequent(digest, found)
        terms[(parts.APART if is_frequent or is_apart else parts.INLINE) + digest] = is_frequent
        return is_frequent

    def _is_frequent(self, digest: str, found: FrequentParagraph) -> bool:
        """Count a paragraph, and test whether nine records had it before; of a template, and half of all records.

        A template of ten records is in the table in any case: it may become that of over half when others go.
        """
        count = self._recent.get(digest) or self._older.get(digest) or self._before(digest)
        self._recent[digest] = count + 1
        if len(self._recent) > _MAX_REMEMBERED:
            self._older, self._recent = self._recent, {}
        if count < MIN_RECORDS - 1:
            return False
        if digest not in self.frequent:
            if len(self.frequent) >= _MAX_FREQUENT or self._length + len(found.passage.text) > _MAX_FREQUENT_LENGTH:
                return False
            self._length += len(found.passage.text)
            self.frequent[digest] = found
        return not found.is_template or 2 * (count + 1) > self._sizes[found.group]

"""Updater of a search index: from the index of a generation to that of the next, by the records that changed (D-223).

The files of the engine are never written in place: a new index has links to those of the index before, and files of its
own for what was deleted and added. What an index keeps beside its documents is moved by the difference, so that
searches, counts, facets, completions and proposals are those of an index that is made anew; scores alone may differ a
little, since the engine counts deleted documents in the frequencies of words until it merges their segment.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from tantivy import Index, Query, Searcher

from kg.errors import GenerationError
from kg.store.search.analysis import analyzer
from kg.store.search.folding import PLAIN
from kg.store.search.indexing.counts import META_FILE, IndexCounts, digests_of, facts_of, is_indexed
from kg.store.search.indexing.documents import document_of
from kg.store.search.repeated import passages as parts
from kg.store.search.repeated.counter import MIN_RECORDS, FrequentParagraph, ParagraphCounter
from kg.store.search.repeated.passages import Passage
from kg.store.search.repeated.table import RepeatedTable, SourceSpans
from kg.store.search.repeated.table_builder import TableChange, WrittenIndex, update_table

MAX_HELD_LENGTH = 1_000_000
"""Characters of held records up to which an update holds them: each start of a server reads them."""

_HEAP_BYTES = 32 << 20
"""Bytes of postings that are buffered before they are written out."""

_MANAGED = ".managed.json"
"""File of the engine with the names of all files that it has written; it is replaced whenever one comes or goes."""


class IndexUpdater:
    """Updater of one index into a folder of its own; not thread-safe. What goes is told before what comes."""

    def __init__(self, before: Path, folder: Path, read: Callable[[int, int], bytes]) -> None:
        """Link the files of the index before.

        Args:
            before: folder of the index before.
            folder: folder of the new index, which is not there yet.
            read: from the address and length of a record of the new generation to its JSON.

        Raises:
            GenerationError: the index before lacks what an update needs, and one has to be made anew.
        """
        try:
            self._counts = IndexCounts.read(before)
            self._before = RepeatedTable.read(before)
            _link(before, folder)
            self._index = Index.open(str(folder))
        except (OSError, ValueError, KeyError, TypeError) as fault:
            what = f"the search index can't be updated: {fault}"
            raise GenerationError(what, where=str(before), todo="Run `kg build --full`.") from None
        self._index.register_tokenizer("kg", analyzer(PLAIN))
        self._folder = folder
        self._read = read
        self._searcher: Searcher | None = self._index.searcher()
        self._writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        self._old_sources = SourceSpans(self._before.sources)
        self._sources = list(self._before.sources)
        self._added: Counter[str] = Counter()
        self._removed: Counter[str] = Counter()
        self._inline: set[str] = set()
        self._gone: set[str] = set()
        self._levels = dict(self._counts.above)
        self._paragraphs: ParagraphCounter | None = None

    def remove(self, line: bytes, address: int) -> None:
        """Take out a record that is deleted or replaced; what is put in later may have its reference.

        Args:
            line: its JSON, as it stands in the generation before.
            address: its address there.
        """
        if self._paragraphs is not None:
            raise RuntimeError("a record is taken out after one was put in")
        record: dict[str, Any] = orjson.loads(line)
        if not is_indexed(record):
            return
        reference: str = record["id"]
        facts = facts_of(record, self._old_sources.source_at(address))
        self._writer.delete_documents_by_term("ref", reference)
        self._counts.remove(reference, facts)
        self._removed.update(digests_of(record, facts.group))
        self._gone.add(reference)

    def add(self, line: bytes, address: int, source: str = "") -> None:
        """Put in a record; arguments as those of `IndexBuilder.add`."""
        if self._paragraphs is None:
            self._paragraphs = ParagraphCounter(self._frequent(), self._counts.groups, self._count_before)
        if source != (self._sources[-1][1] if self._sources else ""):
            self._sources.append((address, source))
        record: dict[str, Any] = orjson.loads(line)
        if not is_indexed(record):
            return
        self._counts.number += 1
        divided = self._paragraphs.divide(record, source)
        self._writer.add_document(document_of(record, address, len(line), self._counts.number, divided))
        self._counts.add(record["id"], facts_of(record, source))
        for term in divided.terms:
            if not term.startswith(parts.MEMBER):
                self._added[term[1:]] += 1
            if term.startswith(parts.INLINE):
                self._inline.add(term[1:])

    def finish(self) -> str:
        """Commit the index, and write what lies beside its documents.

        Returns:
            Reason for which the index has to be made anew, in another folder; empty for none.
        """
        self._searcher = None
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()
        written = WrittenIndex(
            self._index.searcher(),
            self._index.schema,
            self._counts.above,
            self._counts.groups,
            lambda address, length: orjson.loads(self._read(address, length)),
        )
        change = TableChange(
            self._added,
            self._removed,
            frozenset(self._gone),
            frozenset(self._inline),
            self._levels != self._counts.above,
        )
        frequent = self._paragraphs.frequent if self._paragraphs else self._frequent()
        table = update_table(written, self._before, frequent, change, self._sources)
        table.write(self._folder)
        self._counts.write(self._folder)
        _tidy(self._folder)
        held = sum(len(text.text) for each in table.held for text in each.texts)
        if held > MAX_HELD_LENGTH and held > sum(len(text.text) for each in self._before.held for text in each.texts):
            return (
                f"a paragraph has become boilerplate whose words {len(table.held):,} records have in their own fields"
            )
        return ""

    def _frequent(self) -> dict[str, FrequentParagraph]:
        return {
            each.digest: FrequentParagraph(each.group, Passage(each.key, each.language, each.text), each.is_template)
            for each in self._before.paragraphs
        }

    def _count_before(self, digest: str) -> int:
        """Number of records that have a digest, without those that are taken out."""
        if self._searcher is None:
            return 0
        terms = [prefix + digest for prefix in (parts.INLINE, parts.APART)]
        number = sum(self._searcher.doc_freq("paragraph", term) for term in terms)  # with deleted ones
        if number >= MIN_RECORDS - 1:
            query = Query.term_set_query(self._index.schema, "paragraph", terms)
            found: Any = self._searcher.search(query, 1)  # its type stub lacks the count
            number = int(found.count)
        return max(number - self._removed[digest], 0)


def _link(before: Path, folder: Path) -> None:
    """Link the files of an index into a new folder; those that the engine replaces are copied."""
    folder.mkdir()
    for path in before.iterdir():
        if path.name in (META_FILE, _MANAGED):
            shutil.copyfile(path, folder / path.name)
        elif path.suffix not in (".json", ".lock"):
            os.link(path, folder / path.name)


def _tidy(folder: Path) -> None:
    """Delete locks and the files of segments that were merged away, and let other users read what is new."""
    segments = json.loads((folder / META_FILE).read_text(encoding="utf-8"))["segments"]
    living = {each["segment_id"].replace("-", ""): (each.get("deletes") or {}).get("opstamp") for each in segments}
    kept: list[str] = []
    for path in folder.iterdir():
        name, *middle, suffix = path.name.split(".")
        is_segment = bool(name) and suffix not in ("json", "lock")
        is_old = is_segment and (name not in living or (suffix == "del" and middle != [str(living[name])]))
        if suffix == "lock" or is_old:
            path.unlink()
            continue
        kept += [path.name] if is_segment or path.name == META_FILE else []
        if path.stat().st_nlink == 1:
            path.chmod(0o644)
    managed = folder / _MANAGED
    managed.unlink()
    managed.write_text(json.dumps(sorted(kept)), encoding="utf-8")

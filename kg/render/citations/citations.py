"""Citation formats for reference managers: BibTeX, RIS and CSL-JSON, one record or a list in pieces."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kg.render.citations.bibtex import bibtex
from kg.render.citations.cited_record import CitedRecord
from kg.render.citations.csl import csl_json
from kg.render.citations.ris import ris


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """Citation format for reference managers: suffix, media type, name, writer, and writer of a list in pieces."""

    suffix: str
    media_type: str
    title: str
    write: Callable[[list[CitedRecord]], bytes]
    join: Callable[[Iterable[list[CitedRecord]]], Iterator[bytes]]


def _texts(
    write: Callable[[list[CitedRecord]], bytes], gap: bytes
) -> Callable[[Iterable[list[CitedRecord]]], Iterator[bytes]]:
    """Writer of a list in pieces, for a format whose entries stand one after the other, empty lines between them."""

    def join(batches: Iterable[list[CitedRecord]]) -> Iterator[bytes]:
        between = b""
        for batch in batches:
            if batch:
                yield between + write(batch).rstrip(b"\n") + b"\n"
                between = gap

    return join


def _array(batches: Iterable[list[CitedRecord]]) -> Iterator[bytes]:
    """CSL-JSON in pieces: one array."""
    begin = b"["
    for batch in batches:
        if batch:
            yield begin + csl_json(batch).removeprefix(b"[").removesuffix(b"\n]")
            begin = b","
    yield b"[]" if begin == b"[" else b"\n]"


FORMATS = (
    CitationFormat("bib", "application/x-bibtex", "BibTeX", bibtex, _texts(bibtex, b"\n\n")),
    CitationFormat("ris", "application/x-research-info-systems", "RIS", ris, _texts(ris, b"\n")),
    CitationFormat("csl.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", csl_json, _array),
)
"""Citation formats on a record's page."""

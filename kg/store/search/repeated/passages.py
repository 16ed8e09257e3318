"""Passages of a record: its texts by key and language, their paragraphs, and the digests that are compared."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tantivy import Document, TextAnalyzerBuilder, Tokenizer

from kg.store.search import fields
from kg.store.search.analysis import indexed_words, pre_tokenized, rules_of, sounds_of_text
from kg.store.search.fields import KeyPath

MAX_COMPARED = 100
"""Paragraphs at the beginning of a text, and at its end, that are compared; a long text repeats its head and foot."""

INLINE, APART = "i", "o"
"""Prefixes of a digest in the field of paragraphs: its words are in the fields of the record, or in the table alone."""

MEMBER = "m"
"""Prefix of a group in the field of paragraphs: each of its records has it."""

MIN_TEMPLATE_WORDS, MAX_NUMBERS_SHARE = 8, 3
"""Words that a paragraph has beside its numbers, at least, to be compared without these; words for each number."""

_READ = frozenset(path.key for path in (*fields.TEXT_KEYS, *fields.TITLE_KEYS))
_NUMBER = re.compile(r"\S*\d\S*")
_DIGEST_BYTES = 10
_WHITESPACE_ANALYZER = TextAnalyzerBuilder(Tokenizer.whitespace()).build()
"""Analyzer of words that were analysed before."""


class Passage(NamedTuple):
    """Text of a record.

    Attributes:
        key: the key that it stands under.
        language: its language tag.
        text: the text, its paragraphs divided by empty lines.
        searched: whether the index has its words.
    """

    key: str
    language: str
    text: str
    searched: bool = True


def passages(record: dict[str, Any]) -> Iterator[Passage]:
    """Texts of a record under other keys than its title, first those that a search reads."""
    yield from searched_passages(record)
    for path, language, text in fields.texts_under(record, (KeyPath(key) for key in record if key not in _READ)):
        yield Passage(path.key, language, text, searched=False)


def searched_passages(record: dict[str, Any]) -> Iterator[Passage]:
    """Texts of a record that a search reads, the most informative first."""
    for path, language, text in fields.texts_under(record, fields.TEXT_KEYS):
        yield Passage(path.key, language, text)


def paragraphs(text: str) -> list[str]:
    """Paragraphs of a text."""
    return [paragraph for paragraph in text.split("\n\n") if paragraph.strip()]


def compared(paragraphs_of_text: list[str]) -> list[str]:
    """Paragraphs of a text that are compared with those of other records."""
    if len(paragraphs_of_text) <= 2 * MAX_COMPARED:
        return paragraphs_of_text
    return paragraphs_of_text[:MAX_COMPARED] + paragraphs_of_text[-MAX_COMPARED:]


def group_of(source: str, kind: str) -> str:
    """Group whose records are compared: those of one kind in one source."""
    return f"{kind} {source}"


def digest(group: str, paragraph: str) -> str:
    """Digest of a paragraph in a group; spaces and line breaks make no difference."""
    said = f"{group}\n{' '.join(paragraph.split())}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(said, digest_size=_DIGEST_BYTES).hexdigest()


def template(paragraph: str) -> str:
    """Return the words of a paragraph without its numbers; empty where it has none, or says little beside them (D-186).

    >>> template("Conversation 5 of tape 37 was digitised in 2012 from the original tape.")
    'Conversation of tape was digitised in from the original tape.'
    >>> template("Meeting on 12 April 1971, 9:10 to 10:33")
    ''
    """
    words = paragraph.split()
    others = [word for word in words if not _NUMBER.fullmatch(word)]
    numbers = len(words) - len(others)
    is_template = numbers and len(others) >= max(MIN_TEMPLATE_WORDS, MAX_NUMBERS_SHARE * numbers)
    return " ".join(others) if is_template else ""


def numbers(paragraph: str) -> str:
    """Return the numbers of a paragraph, with what is written to them.

    >>> numbers("Conversation 37-5 was digitised in 2012.")
    '37-5 2012.'
    """
    return " ".join(_NUMBER.findall(paragraph))


def template_digest(group: str, words: str) -> str:
    """Return the digest of a template in a group, which no paragraph has."""
    return digest(f"{group}\ntemplate", words)


def add_words(document: Document, name: str, words: Iterable[str]) -> None:
    """Add analysed words to a field of a document."""
    if text := " ".join(words):
        document.add_pre_tokenized_text(name, _WHITESPACE_ANALYZER.pre_tokenize(text))


def add_texts(document: Document, texts: Iterable[Passage], names: Iterable[str] = ()) -> set[str]:
    """Add texts to the fields of running text of a document; return the languages of their rules.

    Args:
        document: the document.
        texts: the texts.
        names: phonetic keys of capitalised words in the titles of the record.
    """
    languages: set[str] = set()
    sounds = dict.fromkeys(names)
    vocabulary: dict[str, None] = {}
    for each in texts:
        rules = rules_of(each.language)
        languages.add(rules)
        document.add_pre_tokenized_text("text", pre_tokenized(each.text, rules))
        sounds |= dict.fromkeys(sounds_of_text(each.text, names_only=True))
        if each.key != "text":
            vocabulary |= dict.fromkeys(indexed_words(each.text))
    add_words(document, "vocabulary", vocabulary)
    add_words(document, "text_sound", sounds)
    return languages

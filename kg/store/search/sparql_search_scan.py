"""Search clause parser: one flat loop over the tokens of a query, for the one supported form of a clause."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from kg.errors import Message, SearchRefused
from kg.store.sparql.string_tokens import Lexer, string_patterns

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
"""Hits of one clause."""

MAX_CLAUSES = 10
"""Clauses in one query; each may take as long as a page of its own."""

MAX_TOKENS = 250_000
"""Words and signs of a query in which searches are looked for; each takes some 200 bytes (D-137)."""

_TOKEN = re.compile(
    r"""
      (?P<space> (?>(?: [ \t\r\n]++ | \#[^\r\n]*+ )+) )
    | (?P<iri> <[^<>"{}|^`\\\x00-\x20]*+> )
    | (?P<variable> [?$][\w\u00b7\u203f\u2040]++ )
    | (?P<tag> @[A-Za-z]++(?>(?:-[A-Za-z0-9]++)*) )
    | (?P<word> (?>(?:[\w.:%\-\u00b7\u203f\u2040]++|\\[-_~.!$&'()*+,;=/?\#@%])+) )
    | (?P<sign> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_STRINGS = string_patterns(r"\\.")
_ESCAPE = re.compile(
    r"""\\(?:[tbnrf"'\\]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"""
    r"""|U(?:0000(?![dD][89a-fA-F])|000[1-9a-fA-F]|0010)[0-9a-fA-F]{4})"""
)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SIMPLE_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_FORM = '?r kg:matches "words"@en ; kg:score ?score ; kg:snippet ?s ; kg:limit 200'
_PROPERTIES = ("matches", "score", "snippet", "limit")


@dataclass(frozen=True, slots=True)
class SearchClause:
    """Search clause of a query.

    Attributes:
        start, end: offsets of the clause.
        subject: variable of the hits.
        words: the search.
        language: language tag of the words; empty for none.
        score, snippet: variables of score and snippet, or empty.
        limit: maximum number of hits.
    """

    start: int
    end: int
    subject: str
    words: str
    language: str
    score: str
    snippet: str
    limit: int


def may_have_clauses(query: str) -> bool:
    """Quick test for a search clause: most queries have none, and are not parsed."""
    return "search>" in query and "service" in query.lower()


def find_clauses(query: str, base: str) -> Iterator[SearchClause]:
    """Search clauses of a query, in order. Raises SearchRefused for a clause of another form."""
    return _ClauseParser(query, base).run()


class _ClauseParser:
    """Single pass over the tokens of a query."""

    def __init__(self, query: str, base: str) -> None:
        self.query = query
        self.base = base
        self.prefixes: dict[str, str] = {}
        self.unclear: int | None = None
        self.searches = 0
        tokens = (token for token in Lexer(query, _TOKEN, _STRINGS) if token.lastgroup != "space")
        self.tokens = list(islice(tokens, MAX_TOKENS + 1))
        if len(self.tokens) > MAX_TOKENS:
            what = Message("a query with a search may have at most %(most)s words and signs", most=f"{MAX_TOKENS:,}")
            raise _search_error(query, self.tokens[-1].start(), what, Message("Split it into several queries."))

    def run(self) -> Iterator[SearchClause]:
        at = 0
        relative_to = self.base
        while at < len(self.tokens):
            token = self.tokens[at]
            self.check_clear(token)
            word = token[0].lower() if token.lastgroup == "word" else ""
            following = self.tokens[at + 1 : at + 3]
            if word == "base" and following and following[0].lastgroup == "iri":
                relative_to = self.resolve(following[0], relative_to)
                at += 2
            elif word == "prefix" and len(following) == 2 and following[1].lastgroup == "iri":
                self.prefixes[following[0][0]] = self.resolve(following[1], relative_to)
                at += 3
            elif word == "service" and following and self.is_ours(following[0], relative_to):
                if self.unclear is not None:
                    raise _search_error(
                        self.query, self.unclear, Message("this can be read in two ways"), Message("Write IRIs whole.")
                    )
                self.searches += 1
                if self.searches > MAX_CLAUSES:
                    what = Message("a query may contain at most %(most)s searches", most=MAX_CLAUSES)
                    raise _search_error(self.query, token.start(), what, Message("Split it into several queries."))
                clause, at = self.clause(at)
                yield clause
            else:
                at += 1

    def check_clear(self, token: re.Match[str]) -> None:
        """Record the first ambiguous string or IRI."""
        text = token[0]
        if token.lastgroup == "iri":
            clear = bool(_ABSOLUTE.match(text, 1)) or not ("'" in text or "#" in text)
        elif token.lastgroup == "text":
            clear = "\\" not in _ESCAPE.sub("", text)
        else:
            clear = text not in {"'", '"', "\\"}
        if not clear and self.unclear is None:
            self.unclear = token.start()

    def resolve(self, token: re.Match[str], relative_to: str) -> str:
        iri = token[0][1:-1]
        try:
            return iri if _ABSOLUTE.match(iri) else urljoin(relative_to, iri)
        except ValueError:  # brackets that are no address
            return iri

    def is_ours(self, token: re.Match[str], relative_to: str) -> bool:
        return token.lastgroup == "iri" and self.resolve(token, relative_to) == f"{self.base}search"

    def clause(self, at: int) -> tuple[SearchClause, int]:
        """Clause whose SERVICE is a token, and the index of the token behind it."""
        begin = self.tokens[at].start()
        at += 2
        self.expect(at, "{", begin)
        subject = self.take(at + 1, "variable", begin, Message("a variable is expected"))
        arguments: dict[str, str] = {}
        language = ""
        at += 2
        while True:
            name = self.property(at, begin)
            if name in arguments:
                raise self.form_error(at, Message("%(name)s is given twice", name=f"kg:{name}"), begin)
            kind, what = {
                "matches": ("text", Message("a string is expected")),
                "limit": ("word", Message("a number is expected")),
            }.get(name, ("variable", Message("a variable is expected")))
            arguments[name] = self.take(at + 1, kind, begin, what)
            at += 2
            if name == "matches" and self.kind(at) == "tag":
                language = self.tokens[at][0][1:]
                at += 1
            if self.text(at) == ";":
                at += 1
            if self.text(at) == ".":
                at += 1
                break
            if self.text(at) == "}":
                break
        self.expect(at, "}", begin)
        return self.build_clause(begin, at, subject, arguments, language), at + 1

    def build_clause(self, begin: int, at: int, subject: str, arguments: dict[str, str], language: str) -> SearchClause:
        if "matches" not in arguments:
            raise self.form_error(at, Message("kg:matches is missing"), begin)
        variables = [each[1:] for each in (subject, arguments.get("score", ""), arguments.get("snippet", "")) if each]
        if len(set(variables)) < len(variables):
            raise self.form_error(at, Message("one variable is used for two different values"), begin)
        limit = arguments.get("limit", str(DEFAULT_LIMIT))
        if not limit.isascii() or not limit.isdecimal() or len(limit) > 6 or not 1 <= int(limit) <= MAX_LIMIT:
            raise self.form_error(at, Message("kg:limit is a number from 1 to %(most)s", most=f"{MAX_LIMIT:,}"), begin)
        end = self.tokens[at].end()
        words = _string_value(arguments["matches"])
        return SearchClause(
            begin, end, subject, words, language, arguments.get("score", ""), arguments.get("snippet", ""), int(limit)
        )

    def property(self, at: int, begin: int) -> str:
        """Name of a search property, from a prefixed name or an IRI."""
        text, kind = self.text(at), self.kind(at)
        iri = ""
        if kind == "word" and ":" in text:
            prefix, _, name = text.partition(":")
            iri = self.prefixes.get(f"{prefix}:", "?") + name
        elif kind == "iri":
            iri = text[1:-1]
        name = iri.removeprefix(f"{self.base}terms/")
        if name == iri or name not in _PROPERTIES:
            names = ", ".join(f"kg:{each}" for each in _PROPERTIES)
            what = Message(
                "one of %(names)s is expected (with PREFIX kg: <%(terms)s>)", names=names, terms=f"{self.base}terms/"
            )
            raise self.form_error(at, what, begin)
        return name

    def take(self, at: int, kind: str, begin: int, what: Message) -> str:
        if self.kind(at) != kind:
            raise self.form_error(at, what, begin)
        if kind == "text":
            self.check_clear(self.tokens[at])
            if self.unclear is not None:
                raise self.form_error(at, Message("the string has an escape that stands for no character"), begin)
        return self.tokens[at][0]

    def expect(self, at: int, sign: str, begin: int) -> None:
        if self.text(at) != sign:
            raise self.form_error(at, Message("%(sign)s is expected", sign=sign), begin)

    def text(self, at: int) -> str:
        return self.tokens[at][0] if at < len(self.tokens) else ""

    def kind(self, at: int) -> str | None:
        return self.tokens[at].lastgroup if at < len(self.tokens) else None

    def form_error(self, at: int, what: Message, begin: int) -> SearchRefused:
        offset = self.tokens[at].start() if at < len(self.tokens) else begin
        form = f"SERVICE <{self.base}search> {{ {_FORM} }}"
        todo = Message("A search inside a query has only one form: %(form)s", form=form)
        return _search_error(self.query, offset, what, todo)


def _search_error(query: str, at: int, what: Message, todo: Message) -> SearchRefused:
    line, column = line_and_column(query, at)
    return SearchRefused(what, where=Message("line %(line)s, column %(column)s", line=line, column=column), todo=todo)


def _string_value(text: str) -> str:
    """Value of a SPARQL string literal."""
    quotes = 3 if text[:3] in {"'''", '"""'} and len(text) >= 6 else 1

    def character(escape: re.Match[str]) -> str:
        sign = escape[0][1]
        if sign in "uU":
            return chr(int(escape[0].lstrip("\\uU"), 16))
        return _SIMPLE_ESCAPES.get(sign, sign)

    return _ESCAPE.sub(character, text[quotes:-quotes])


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Line and column of an offset in a text, counted from 1."""
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1

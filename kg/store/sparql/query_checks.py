"""Query checks on untrusted SPARQL, before the engine parses it: size, nesting, operators, SERVICE, updates.

The check is no parser but one flat loop over tokens, so no text can make it recurse or take more than linear time.
It must recognise exactly where strings, IRIs and comments begin and end, since words and brackets count outside of
them alone. Two things make that harder than the grammar (SPARQL 1.1, 19.8) suggests:

- The engine has no tokens. It matches keywords letter by letter at any position, so `1SERVICE<…>`,
  `SERVICESILENT?x{` and, with a prefix `S`, `SERVICES:x{` all call a service. Where a prefixed name expands to an
  invalid IRI, the engine takes the prefix alone and parses on inside the local name.
- `<` begins an IRI or means *less than*, and only the grammar can tell. Where both are possible and would make a
  difference, the query is refused with an error that shows the unambiguous form.

Patterns and operators are counted in the text, which is close to the engine's own count and sometimes a few too many.
The limits are measured. Planning grows with the third to fourth power of the joined patterns: 100 take 1.5 s, 300 half
a minute. It grows with the square of the number of other operators (D-21).

A query that passes can still crash the engine or run for ever, and a SERVICE that passed could not open a socket. The
defence is the sandbox of the worker process; this module gives the early and clear error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.errors import Message, QueryRefused, QueryTooLarge
from kg.store.sparql.plain_queries import is_plain
from kg.store.sparql.string_tokens import Lexer, string_patterns

_PN_U = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_VAR = f"{_PN_U}0-9\u00b7\u0300-\u036f\u203f-\u2040"
# The engine rejects a string with an escape that stands for no character, and then tries the shorter kind:
# ''' as an empty string and the beginning of another one.
_ESCAPE = (
    r"""\\(?:[tbnrf"'\\]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"""
    r"""|U(?:0000(?![dD][89a-fA-F])|000[1-9a-fA-F]|0010)[0-9a-fA-F]{4})"""
)
# A word is any text up to punctuation: more than the grammar's, as the engine may start in the middle of it.
_ENDS_WORD = r"""\x00-\x20"#$&'()*+,/;<=>?@\[\\\]^`{|}~!"""
_WORD = f"[^:%{_ENDS_WORD}]"
_LOCAL = rf"(?:[^{_ENDS_WORD}]++|\\[-_~.!$&'()*+,;=/?#@%])"
_SPACE = r"(?:[ \t\r\n]++|\#[^\r\n]*+)"

_TOKEN = re.compile(
    rf"""
      (?P<space> (?>{_SPACE}+) )
    | (?P<iri> <(?>(?:[^<>"{{}}|^`\\\x00-\x20]++|\\u[0-9a-fA-F]{{4}}|\\U[0-9a-fA-F]{{8}})*)> )
    | (?P<text> [?$][{_VAR}]++ | @[A-Za-z]++(?>(?:-[A-Za-z0-9]++)*)
              | _:[{_VAR}][-{_VAR}]*+(?>(?:\.++[-{_VAR}]++)*) )
    | (?P<word> {_WORD}++(?>(?::{_LOCAL}*)?) | :(?>{_LOCAL}*) )
    | (?P<sign> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_STRINGS = string_patterns(_ESCAPE)
_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
# Context that makes the letters "service" a call: SILENT or not, a variable or IRI, and a brace.
_CALLS = re.compile(
    rf"(?>{_SPACE}*)(?:silent(?>{_SPACE}*))?(?:<[^>]*+>|(?>(?:[?$]++|{_LOCAL})+))(?>{_SPACE}*)\{{",
    re.IGNORECASE | re.ASCII,
)
_UPDATE = re.compile(
    "(insert|delete|load|clear|drop|create|add|move|copy|with)(data|where|silent|default|named|all|graph)?",
    re.IGNORECASE | re.ASCII,
)
PROLOGUE = frozenset({"base", "prefix", "version"})
# Keywords before a block without joins.
_BLOCKS = frozenset({"construct", "values"})

_OPENS = frozenset("({[")
_CLOSES = frozenset(")}]")
# Signs that make the engine's tree one level deeper with each repetition.
_CHAINS = frozenset("|&/+*^!={<>")
# Keywords with the same effect, where the sign after them does not count; adjacent letters are the engine's affair.
_OPERATORS = re.compile("filter|bind|exists|as|select|having|order|group|describe|from", re.IGNORECASE | re.ASCII)
# The engine reads IN behind a number or NOT without a space; constants in its list are values (D-187).
_IN = re.compile("(?:[0-9][0-9.e]*)?(?:not)?in", re.IGNORECASE | re.ASCII)
# End of a triple pattern, or with `/` of a step of a path, which is joined like a pattern.
_ENDS_PATTERN = frozenset(";,/")
# Signs after which no comparison can follow, since they end no operand.
_AWAITS_OPERAND = frozenset("(,=|/^&!+*[{")

_SCHEME = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.-]*:|.*\\)")
# `//` stands nowhere but in an IRI, a string or a comment.
_PLAINLY_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_MAX_CANDIDATES = 500


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """Limits of a query's text.

    Attributes:
        size: bytes of UTF-8.
        rest: characters besides blocks of VALUES, members of IN (…), white space and comments.
        depth: nesting of brackets, braces and parentheses.
        operators: number of operators and groups (`||`, `+`, `/` of paths, `{`, BIND …) in the query.
        patterns: number of joined triple patterns, steps of paths and groups; the template of CONSTRUCT and lists
            of VALUES do not count.
    """

    size: int = 1_000_000
    rest: int = 100_000
    depth: int = 100
    operators: int = 1_000
    patterns: int = 100

    def with_added_bytes(self, added: int) -> "QueryLimits":
        """The same limits for a text to which the server itself added some bytes."""
        return replace(self, size=self.size + added) if added else self


DEFAULT = QueryLimits()


def check(text: str, limits: QueryLimits = DEFAULT) -> None:
    """Check a query against the limits and the rules. Raises QueryRefused or QueryTooLarge.

    >>> check("SELECT * { ?service rdfs:label 'the secret service' } # no service is called")
    >>> check("ASK { SERVICE <http://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    kg.errors.QueryRefused: SERVICE is switched off: queries can only use the data of this archive. Remove the \
SERVICE part; or, if it is a name, write it as a full IRI: <http://…>.
    """
    check_size(text, limits)
    if not is_plain(text, operators=limits.operators, depth=limits.depth, patterns=limits.patterns):
        _TokenScan(text, limits).run()


def check_size(text: str, limits: QueryLimits = DEFAULT) -> bytes:
    """Encode a query in UTF-8. Raises QueryTooLarge over the limit of size, QueryRefused for a lone surrogate."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        raise QueryRefused(Message("the query contains half a character (a lone surrogate)")) from None
    if len(encoded) > limits.size:
        raise QueryTooLarge(
            Message(
                "the query has %(size)s bytes; the limit is %(most)s",
                size=f"{len(encoded):,}",
                most=f"{limits.size:,}",
            ),
            todo=Message("Split it into several smaller queries."),
        )
    return encoded


def tokens(text: str) -> Iterator[re.Match[str]]:
    """Tokens of a query that passed `check`, without white space and comments; the kind is `lastgroup`.

    >>> [(token.lastgroup, token[0]) for token in tokens("ASK { ?s a <http://e/> }")][:3]
    [('word', 'ASK'), ('sign', '{'), ('text', '?s')]
    """
    return (token for token in Lexer(text, _TOKEN, _STRINGS) if token.lastgroup != "space")


class _TokenScan:
    """Single pass over the tokens of a query. `last` is the sign before the token, or "" for a word, IRI or string."""

    __slots__ = (
        *("awaits_members", "block", "candidates", "data", "form", "last", "last_term", "limits", "members"),
        *("listed", "open", "operators", "patterns", "relative", "rest", "text", "values"),
    )

    def __init__(self, text: str, limits: QueryLimits) -> None:
        self.text = text
        self.limits = limits
        self.open: list[str] = []
        self.operators = 0
        self.patterns = 0
        # Depth of a block without joins: of VALUES, or the template of CONSTRUCT.
        self.block = False
        self.data = 0
        # Whether that block is one of VALUES.
        self.values = self.listed = False
        # Whether IN came before, and the depths of its lists that are open.
        self.awaits_members = False
        self.members: list[int] = []
        self.rest = 0
        self.last_term = 0
        self.candidates = 0
        self.last = "{"
        self.form = False
        # Without BASE the engine rejects a relative IRI.
        self.relative = "base" in text.lower()

    def run(self) -> None:
        lexer = Lexer(self.text, _TOKEN, _STRINGS)
        position, end = 0, len(self.text)
        while position < end:
            token = lexer.at(position)
            position = token.end()
            if not self.is_listed(token[0]) and token.lastgroup != "space":
                self.spend(position - token.start())
            match token.lastgroup:
                case "word":
                    self.word(token)
                case "sign":
                    self.sign(token[0])
                case "iri" if self.is_iri(token[0]):
                    self.term()
                case "iri":
                    position = token.start() + 1
                    self.sign("<")
                case "text":
                    self.term()
                case _:
                    pass

    def is_listed(self, token: str) -> bool:
        """Test for a value in a block of VALUES, or a constant among the members of IN."""
        in_members = bool(self.members) and self.members[-1] == len(self.open)
        return self.listed or (in_members and token[0] not in "?$")

    def spend(self, characters: int) -> None:
        """Count characters of what the engine plans: a list of values or of members is only read."""
        self.rest += characters
        if self.rest > self.limits.rest:
            raise QueryTooLarge(
                Message(
                    "the query has more than %(most)s characters besides its VALUES and IN (…)",
                    most=f"{self.limits.rest:,}",
                ),
                todo=Message("Put a long list of values into VALUES or IN (…)."),
            )

    def sign(self, sign: str) -> None:
        previous, self.last, self.last_term = self.last, sign, 0
        begins_members, self.awaits_members = self.awaits_members and sign == "(", False
        if sign in _CHAINS:
            self.count(1)
        if sign in _OPENS:
            self.enter(sign)
            if begins_members and not self.data:
                self.members.append(len(self.open))
        elif sign in _CLOSES and self.open:
            if previous == "." and sign == "}" and not self.data:
                self.patterns -= 1
            self.open.pop()
            if self.members and len(self.open) < self.members[-1]:
                self.members.pop()
            if len(self.open) < self.data:
                self.data = 0
                self.listed = False
        elif sign in _ENDS_PATTERN:
            self.join(1, inside="{[(" if sign == "/" else "{[")

    def enter(self, sign: str) -> None:
        if sign == "{" and self.block and not self.data:
            self.join(1)
            self.data = len(self.open) + 1
            self.listed = self.values
        self.block = self.block and sign == "("  # VALUES (?a ?b) {
        self.open.append(sign)
        if sign == "(":  # (1)(2)(3) after HAVING is a chain too
            self.count(1)
        elif sign != "(":
            self.join(1)
        if len(self.open) > self.limits.depth:
            raise QueryRefused(
                Message("the query nests brackets more than %(most)s deep", most=self.limits.depth),
                todo=Message("Reduce the nesting."),
            )

    def term(self) -> None:
        """A term: behind another term it can only be a member of an RDF collection, which is two patterns."""
        if self.last_term == 1 and self.open and self.open[-1] == "(" and not self.block:
            self.join(2, inside="(")
        self.last = ""
        self.last_term = 1
        self.awaits_members = False

    def join(self, patterns: int, inside: str = "{[") -> None:
        """Count patterns, where patterns can stand."""
        if self.data or not self.open or self.open[-1] not in inside:
            return
        self.patterns += patterns
        if self.patterns > self.limits.patterns:
            raise QueryRefused(
                Message(
                    "the query joins more than %(most)s triple patterns, steps of paths or groups",
                    most=self.limits.patterns,
                ),
                todo=Message("Split it into several queries; put a long list of values into VALUES or IN (…)."),
            )

    def count(self, operators: int) -> None:
        if self.data:
            return
        self.operators += operators
        if self.operators > self.limits.operators:
            raise QueryRefused(
                Message("the query has more than %(most)s operators or groups", most=f"{self.limits.operators:,}"),
                todo=Message("Put a long list of values into VALUES or IN (…)."),
            )

    def word(self, token: re.Match[str]) -> None:
        word = token[0]
        named = ":" in word
        self.awaits_members = False
        if named or not word.isalpha():
            self.term()
        self.last = "." if word == "." else ""
        self.last_term = int(named or not word.isalpha())
        if word[0] in "-.0123456789":  # 1-1-1 is a chain too
            self.count(word.count("-"))
        self.join(word.count("."))
        for match in _SERVICE.finditer(word):
            self.candidates += 1
            calls = not named or _CALLS.match(self.text, token.start() + match.end())
            if calls or self.candidates > _MAX_CANDIDATES:
                raise QueryRefused(
                    Message("SERVICE is switched off: queries can only use the data of this archive"),
                    todo=Message("Remove the SERVICE part; or, if it is a name, write it as a full IRI: <http://…>."),
                )
        if not named:
            self.keyword(word)

    def keyword(self, word: str) -> None:
        lower = word.lower()
        self.block = lower in _BLOCKS
        self.values = lower == "values"
        self.awaits_members = bool(_IN.fullmatch(word))
        self.count(len(_OPERATORS.findall(word)))
        if not self.form and lower not in PROLOGUE:
            self.form = True
            if _UPDATE.fullmatch(word):
                raise QueryRefused(
                    Message(
                        "updates are off: %(word)s would change the data, which are read-only here",
                        word=word[:40].upper(),
                    ),
                    todo=Message("Use SELECT, ASK, CONSTRUCT or DESCRIBE."),
                )

    def is_iri(self, text: str) -> bool:
        """Test of `<…>` for an IRI, not *less than*. Raises QueryRefused where it matters and is ambiguous."""
        if not self.relative and not _SCHEME.match(text):
            return False
        # Comparisons stand in parentheses, after an operand. In << the second sign may begin a term.
        in_parentheses = bool(self.open) and self.open[-1] == "("
        if _PLAINLY_IRI.match(text) or (self.last != "<" and (not in_parentheses or self.last in _AWAITS_OPERAND)):
            return True
        alike = (
            "'" not in text
            and "#" not in text
            and text.count("(") == text.count(")")
            and text.count("[") == text.count("]")
            and not _SERVICE.search(text)
        )
        if alike:  # both readings leave the scan in the same state
            return True
        raise QueryRefused(
            Message("“%(text)s” can be read both as an IRI and as a comparison", text=text[:80]),
            todo=Message("Put a space after < in a comparison, and write IRIs with their scheme: <https://…>."),
        )

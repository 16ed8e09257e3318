"""Detectors of common mistakes in queries, from the token that the engine rejected and its neighbours.

Each detector is a function that returns a mistake or None; the first result wins. A detector never decides that a query
is wrong: the engine has rejected it before.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kg.errors import Message
from kg.store.sparql.errors import vocabulary
from kg.store.sparql.errors.position import VARIABLE, ErrorPosition

_QUOTES = re.compile("[\u2018-\u201f\u00ab\u00bb`\u00b4\u2032\u2033]")
_ADDRESS = re.compile(r"https?:?", re.IGNORECASE)
_PAIRS = {")": "(", "}": "{", "]": "["}
_MAX_TOKEN_LENGTH = 60
_SIMILARITY = 0.7
_STATEMENT_TERMS = 3


class Mistake(NamedTuple):
    """Mistake in a query: cause, remedy, and the index of its token where that is not the rejected one."""

    what: str
    todo: str | None = None
    at: int | None = None


Detector = Callable[[ErrorPosition], Mistake | None]


def explain_mistake(position: ErrorPosition, reason: str) -> Mistake:
    """Most likely mistake at a position; the reason is the engine's own, if it gave one.

    >>> from kg.store.sparql import query_checks
    >>> explain_mistake(ErrorPosition(list(query_checks.tokens("SELECT ?a, ?b { ?a ?p ?b }")), 2), "").what
    'variables are not separated by commas'
    """
    for detector in (_by_reason(reason), *_DETECTORS):
        if mistake := detector(position):
            return mistake
    if not position.rejected:
        return Mistake(Message("the query ends too early"), Message("Add what is missing at the end."))
    return Mistake(Message("%(word)s is not allowed here", word=_shortened(position.rejected)))


def _shortened(token: str) -> str:
    return token if len(token) <= _MAX_TOKEN_LENGTH else f"{token[:_MAX_TOKEN_LENGTH]}…"


def _closest(word: str, candidates: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word.upper(), candidates, 1, _SIMILARITY)), None)


def _mistake_of(row: tuple[Message, Message]) -> Mistake:
    return Mistake(*row)


def _guessed(guess: str | None) -> Message | None:
    return Message("Did you mean %(guess)s?", guess=guess) if guess else None


def _by_reason(reason: str) -> Detector:
    detectors = (detector for phrase, detector in _REASONS.items() if phrase in reason)
    return next(detectors, lambda _: Mistake(f"{reason[:1].lower()}{reason[1:]}") if reason else None)


def _prefix(position: ErrorPosition) -> Mistake:
    prefix = position.rejected.partition(":")[0]
    if _ADDRESS.fullmatch(prefix):
        return _address(position)
    namespace = vocabulary.PREFIXES.get(prefix)
    address = f"<{namespace}>" if namespace else Message("<…> with the address it stands for")
    return Mistake(
        Message("the prefix %(prefix)s: is not declared", prefix=prefix),
        Message("Begin the query with PREFIX %(prefix)s: %(address)s.", prefix=prefix, address=address),
    )


def _address(position: ErrorPosition) -> Mistake:
    what = Message("the address that begins with %(word)s has no angle brackets", word=_shortened(position.rejected))
    return Mistake(what, Message("Write <https://…>."))


def _unbound(position: ErrorPosition) -> Mistake:
    return _not_grouped(position, position.index)


def _not_grouped(position: ErrorPosition, last: int) -> Mistake:
    """Mistake of the SELECT that ends with a token: a variable outside of GROUP BY."""
    variable = position.ungrouped_variable(last)
    if variable is None:
        return Mistake(Message("SELECT lists a variable that is not in GROUP BY"), vocabulary.GROUP_BY_HINT)
    what = Message("SELECT lists %(name)s, which is not in GROUP BY", name=position.tokens[variable][0])
    return Mistake(what, vocabulary.GROUP_BY_HINT, variable)


def _quotation(position: ErrorPosition) -> Mistake | None:
    """String that ends too early, or never."""
    before = position.word(-1)
    if position.touches() and before[:1] in {"'", '"'} and position.rejected[0].isalpha():
        return Mistake(
            Message("the text ends before this, at %(sign)s", sign=before[0]),
            Message("Within a text, write \\%(sign)s.", sign=before[0]),
        )
    for number in range(min(position.index, len(position.tokens) - 1), -1, -1):
        token = position.tokens[number]
        if token.lastgroup == "sign" and token[0] in "'\"":
            todo = Message(
                "Close it with %(sign)s on the same line; put a text of several lines between %(signs)s.",
                sign=token[0],
                signs=token[0] * 3,
            )
            return Mistake(Message("the text that begins here is not closed"), todo, number)
    return None


def _typographic_signs(position: ErrorPosition) -> Mistake | None:
    """Typographic signs of word processors and web pages."""
    for by in (0, -1):
        word = position.word(by)
        if word.startswith(("'", '"', "<")):
            continue
        for sign in word:
            kind, name = unicodedata.category(sign), unicodedata.name(sign, "without a name").lower()
            if _QUOTES.match(sign):
                todo = Message("Write straight ones: \"text\" or 'text'.")
                return Mistake(Message("typographic quotation marks do not work here"), todo, position.index + by)
            if kind in {"Zs", "Cf"}:
                todo = Message("It was probably copied along with the text. Delete it and type an ordinary space.")
                what = Message("there is an invisible character (%(name)s)", name=name)
                return Mistake(what, todo, position.index + by)
            if kind == "Pd" and sign != "-":
                what = Message("there is a dash (%(name)s) instead of a minus sign", name=name)
                return Mistake(what, Message("Write -."), position.index + by)
    return None


def _prologue(position: ErrorPosition) -> Mistake | None:
    """Prologue: mistakes before the query form."""
    if not position.tokens:
        return Mistake(
            Message("there is no query"), Message("Write one: SELECT * { ?subject ?property ?value } LIMIT 10.")
        )
    before = [position.word(-by).lower() for by in (1, 2, 3)]
    declared = before[2] == "prefix" or "base" in before[:2]
    if before[0] == "prefix":
        return Mistake(Message("a prefix ends with a colon"), vocabulary.PREFIX_HINT)
    if before[1] == "prefix" and not position.rejected.startswith("<"):
        return Mistake(Message("the address of a prefix stands in angle brackets"), vocabulary.PREFIX_HINT)
    if position.rejected.lower() == "@prefix" or (position.rejected == "." and declared):
        return Mistake(
            Message("prefixes are not written as in Turtle"),
            Message("Write PREFIX schema: <https://schema.org/>, without @ and dot."),
        )
    if position.index == 0 or declared:
        guess = _closest(position.rejected, (*vocabulary.FORMS, "PREFIX", "BASE"))
        todo = _guessed(guess) or Message("The examples show how to write a query.")
        return Mistake(Message("a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, after its prefixes"), todo)
    return None


def _brackets(position: ErrorPosition) -> Mistake | None:
    """Bracket without its counterpart."""
    opening = position.tokens[position.open_brackets[-1]][0] if position.open_brackets else ""
    if position.rejected in _PAIRS and not opening:
        what = Message("this %(sign)s closes nothing", sign=position.rejected)
        return Mistake(what, Message("Remove it, or add what it should close."))
    if position.rejected in _PAIRS and _PAIRS[position.rejected] != opening:
        return Mistake(
            Message(
                "%(opening)s is open here, and %(closing)s does not close it",
                opening=opening,
                closing=position.rejected,
            ),
            Message("Close %(opening)s first.", opening=opening),
        )
    if not position.rejected and opening:
        closing = {opening: closing for closing, opening in _PAIRS.items()}
        missing = "".join(closing[position.tokens[number][0]] for number in reversed(position.open_brackets))
        return Mistake(
            Message("%(opening)s is never closed", opening=opening),
            Message("Missing at the end: %(missing)s", missing=missing),
            position.open_brackets[-1],
        )
    return None


def _second_query(position: ErrorPosition) -> Mistake | None:
    """Second query behind the first."""
    if position.open_brackets or "}" not in {token[0] for token in position.tokens[: position.index]}:
        return None
    another = position.rejected == ";" or position.rejected.upper() in {*vocabulary.FORMS, "PREFIX", "BASE"}
    return (
        Mistake(Message("the query has already ended before this"), Message("Send one query at a time."))
        if another
        else None
    )


def _selection(position: ErrorPosition) -> Mistake | None:
    """Variables and expressions of SELECT."""
    if position.select_index < 0:
        return None
    sign = position.rejected.upper()
    inside = any(number > position.select_index for number in position.open_brackets)
    if inside:
        return Mistake(Message("a value in SELECT needs a name"), vocabulary.AGGREGATE_HINT) if sign == ")" else None
    if position.index - position.select_index == 1 and sign in {"WHERE", "{", "FROM"}:
        return Mistake(
            Message("SELECT lists no variables"),
            Message("Write SELECT * for all of them, or name some: SELECT ?title ?date."),
        )
    return _selected_expression(position, sign)


def _selected_expression(position: ErrorPosition, sign: str) -> Mistake | None:
    if sign == ",":
        return Mistake(Message("variables are not separated by commas"), Message("Write spaces between them."))
    if sign in vocabulary.AGGREGATES:
        return Mistake(
            Message("%(name)s must be put in parentheses and given a name", name=sign), vocabulary.AGGREGATE_HINT
        )
    if not sign.isalpha() or sign in vocabulary.CLAUSES:
        return None
    guess = _closest(sign, ("WHERE", *vocabulary.AGGREGATES))
    todo = Message("Variables begin with a question mark: ?%(name)s.", name=position.rejected)
    return Mistake(Message("%(name)s is not a variable", name=position.rejected), _guessed(guess) or todo)


def _operators(position: ErrorPosition) -> Mistake | None:
    """Operators of other languages."""
    before, after = position.word(-1), position.word(1)
    pair = before + position.rejected if position.touches() else position.rejected
    if position.rejected == "&" and after.lower() in {"gt", "lt", "amp"}:
        what = Message("&%(name)s; is the HTML code of a sign", name=after)
        return Mistake(what, Message("Write the sign itself: > for &gt;, < for &lt;."))
    if position.rejected == "@" and before[:1] in {"'", '"'}:
        todo = Message('Write it directly after the text: "misiles"@es.')
        return Mistake(Message("a language is missing after @"), todo)
    if position.rejected in {"/", "|", "^"} and VARIABLE.fullmatch(before):
        return Mistake(
            Message("a path has no variables"), Message("The steps of a path are names: schema:author/schema:name.")
        )
    return _mistake_of(vocabulary.FOREIGN_OPERATORS[pair]) if pair in vocabulary.FOREIGN_OPERATORS else None


def _lists(position: ErrorPosition) -> Mistake | None:
    """Values of VALUES, and the variable of AS."""
    if position.rejected == "," and "values" in {position.word(by).lower() for by in range(-9, 0)}:
        todo = Message('Write spaces between them: VALUES ?x { "a" "b" }.')
        return Mistake(Message("values are not separated by commas"), todo)
    name = -2 if position.word(-1) == ")" else -1
    if position.word(name - 1).lower() == "as":
        todo = Message("After AS use a variable that does not occur earlier in these braces.")
        return Mistake(Message("%(name)s may already have a value", name=position.word(name)), todo)
    return None


def _unknown_word(position: ErrorPosition) -> Mistake | None:
    """Unknown word, and a keyword without what it requires."""
    word, before = position.rejected.lower(), position.word(-1).lower()
    if before in vocabulary.EXPECTED_AFTER:
        return _mistake_of(vocabulary.EXPECTED_AFTER[before])
    if word in vocabulary.FOREIGN_WORDS:
        return _mistake_of(vocabulary.FOREIGN_WORDS[word])
    if _ADDRESS.match(word):
        return _address(position)
    if not word.isidentifier() or word == "a" or word.upper() in vocabulary.CLAUSES or not position.open_brackets:
        return None
    functions = (*vocabulary.FUNCTIONS, *vocabulary.AGGREGATES)
    if word.upper() in functions:
        what = Message("%(name)s, or what stands in its parentheses, is not valid here", name=word.upper())
        return Mistake(what, vocabulary.FUNCTION_HINT)
    condition = position.tokens[position.open_brackets[-1]][0] == "("
    guess = _closest(word, functions if condition else vocabulary.PATTERNS)
    called = _shortened(position.rejected)
    if position.word(1) == "(":
        what = Message("%(name)s is not a SPARQL function", name=called)
    else:
        what = Message("%(name)s is not a SPARQL keyword", name=called)
    return Mistake(what, _guessed(guess) or vocabulary.TERM_HINT)


def _clauses(position: ErrorPosition) -> Mistake | None:
    """Clause of the query in the wrong order."""
    sign = position.rejected.upper()
    what = Message("%(word)s is not allowed here", word=sign)
    return Mistake(what, vocabulary.CLAUSE_ORDER) if sign in vocabulary.CLAUSES else None


def _statements(position: ErrorPosition) -> Mistake | None:
    """Incomplete or unseparated triple patterns, and incomplete conditions."""
    terms = 0
    while position.is_term(-1 - terms):
        terms += 1
    if position.word(-1 - terms).lower() == "by":
        return _not_grouped(position, position.index - 1)
    if not position.open_brackets or position.tokens[position.open_brackets[-1]][0] == "(":
        return (
            Mistake(Message("something is missing before )"), vocabulary.MISSING_PART_HINT)
            if position.rejected == ")"
            else None
        )
    if position.is_term(0) and terms >= _STATEMENT_TERMS:
        return Mistake(
            Message("a dot is missing before this"),
            Message("End each statement (subject, property, value) with a dot."),
        )
    if position.rejected in {".", "}", ";"} and terms in {1, 2}:
        todo = Message("A statement needs a subject, a property and a value: ?letter schema:author ?who .")
        return Mistake(Message("the statement before this is not complete"), todo)
    return None


_REASONS: dict[str, Detector] = {
    "Prefix not found": _prefix,
    "variable that is unbound": _unbound,
    "overrides an existing variable": lambda _: Mistake(
        Message("AS gives a value to a variable that already has one"), Message("Use another name after AS.")
    ),
    "IRI parsing failed": lambda _: Mistake(
        Message("this is not an address"),
        Message("An address in angle brackets has no spaces or quotation marks; write a space as %20."),
    ),
}
"""Phrase of the engine's message → detector."""

_DETECTORS: tuple[Detector, ...] = (
    *(
        _quotation,
        _typographic_signs,
        _prologue,
        _brackets,
        _second_query,
        _selection,
        _operators,
        _lists,
        _unknown_word,
        _clauses,
    ),
    _statements,
)

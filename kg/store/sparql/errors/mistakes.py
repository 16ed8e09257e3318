"""Detectors of common mistakes in queries, from the token that the engine rejected and its neighbours.

Each detector is a function that returns a mistake or None; the first result wins. A detector never decides that a query
is wrong: the engine has rejected it before.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

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
    'commas part no variables'
    """
    for detector in (_by_reason(reason), *_DETECTORS):
        if mistake := detector(position):
            return mistake
    if not position.rejected:
        return Mistake("the query ends too early", "What is missing belongs to its end.")
    return Mistake(f"{_shortened(position.rejected)} can't stand here")


def _shortened(token: str) -> str:
    return token if len(token) <= _MAX_TOKEN_LENGTH else f"{token[:_MAX_TOKEN_LENGTH]}…"


def _closest(word: str, candidates: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word.upper(), candidates, 1, _SIMILARITY)), None)


def _by_reason(reason: str) -> Detector:
    detectors = (detector for phrase, detector in _REASONS.items() if phrase in reason)
    return next(detectors, lambda _: Mistake(f"{reason[:1].lower()}{reason[1:]}") if reason else None)


def _prefix(position: ErrorPosition) -> Mistake:
    prefix = position.rejected.partition(":")[0]
    if _ADDRESS.fullmatch(prefix):
        return _address(position)
    namespace = vocabulary.PREFIXES.get(prefix)
    address = f"<{namespace}>" if namespace else "<…> with the address that it stands for"
    return Mistake(f"the prefix {prefix}: is not declared", f"Begin the query with PREFIX {prefix}: {address}.")


def _address(position: ErrorPosition) -> Mistake:
    return Mistake(f"{_shortened(position.rejected)} begins an address without angle brackets", "Write <https://…>.")


def _unbound(position: ErrorPosition) -> Mistake:
    return _not_grouped(position, position.index)


def _not_grouped(position: ErrorPosition, last: int) -> Mistake:
    """Mistake of the SELECT that ends with a token: a variable outside of GROUP BY."""
    variable = position.ungrouped_variable(last)
    if variable is None:
        return Mistake("SELECT names a variable that is not in GROUP BY", vocabulary.GROUP_BY_HINT)
    return Mistake(
        f"SELECT names {position.tokens[variable][0]}, which is not in GROUP BY", vocabulary.GROUP_BY_HINT, variable
    )


def _quotation(position: ErrorPosition) -> Mistake | None:
    """String that ends too early, or never."""
    before = position.word(-1)
    if position.touches() and before[:1] in {"'", '"'} and position.rejected[0].isalpha():
        return Mistake(f"the text ends before this, at {before[0]}", f"Inside a text write \\{before[0]}.")
    for number in range(min(position.index, len(position.tokens) - 1), -1, -1):
        token = position.tokens[number]
        if token.lastgroup == "sign" and token[0] in "'\"":
            todo = f"Close it with {token[0]} on the same line; one of several lines stands between {token[0] * 3}."
            return Mistake("the text that begins here has no end", todo, number)
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
                todo = "Write straight ones: \"text\" or 'text'."
                return Mistake("typographic marks are no quotation marks here", todo, position.index + by)
            if kind in {"Zs", "Cf"}:
                todo = "It came with a text that was copied. Delete it and type an ordinary space."
                return Mistake(f"there is a sign that can't be seen ({name})", todo, position.index + by)
            if kind == "Pd" and sign != "-":
                return Mistake(f"there is a dash ({name}) where a minus is meant", "Write -.", position.index + by)
    return None


def _prologue(position: ErrorPosition) -> Mistake | None:
    """Prologue: mistakes before the query form."""
    if not position.tokens:
        return Mistake("there is no query", "Write one: SELECT * { ?subject ?property ?value } LIMIT 10.")
    before = [position.word(-by).lower() for by in (1, 2, 3)]
    declared = before[2] == "prefix" or "base" in before[:2]
    if before[0] == "prefix":
        return Mistake("a prefix ends with a colon", vocabulary.PREFIX_HINT)
    if before[1] == "prefix" and not position.rejected.startswith("<"):
        return Mistake("the address of a prefix stands in angle brackets", vocabulary.PREFIX_HINT)
    if position.rejected.lower() == "@prefix" or (position.rejected == "." and declared):
        return Mistake("prefixes are not written as in Turtle", f"{vocabulary.PREFIX_HINT[:-1]}, without @ and dot.")
    if position.index == 0 or declared:
        guess = _closest(position.rejected, (*vocabulary.FORMS, "PREFIX", "BASE"))
        todo = f"Is {guess} meant?" if guess else "The examples show how questions are put."
        return Mistake("a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, behind its prefixes", todo)
    return None


def _brackets(position: ErrorPosition) -> Mistake | None:
    """Bracket without its counterpart."""
    opening = position.tokens[position.open_brackets[-1]][0] if position.open_brackets else ""
    if position.rejected in _PAIRS and not opening:
        return Mistake(f"this {position.rejected} closes nothing", "Take it out, or write what it closes.")
    if position.rejected in _PAIRS and _PAIRS[position.rejected] != opening:
        return Mistake(f"{opening} is open here, which {position.rejected} does not close", f"Close {opening} first.")
    if not position.rejected and opening:
        closing = {opening: closing for closing, opening in _PAIRS.items()}
        missing = "".join(closing[position.tokens[number][0]] for number in reversed(position.open_brackets))
        return Mistake(
            f"{opening} is never closed", f"What is missing at the end: {missing}", position.open_brackets[-1]
        )
    return None


def _second_query(position: ErrorPosition) -> Mistake | None:
    """Second query behind the first."""
    if position.open_brackets or "}" not in {token[0] for token in position.tokens[: position.index]}:
        return None
    another = position.rejected == ";" or position.rejected.upper() in {*vocabulary.FORMS, "PREFIX", "BASE"}
    return Mistake("a query ends before this", "Ask one query at a time.") if another else None


def _selection(position: ErrorPosition) -> Mistake | None:
    """Variables and expressions of SELECT."""
    if position.select_index < 0:
        return None
    sign = position.rejected.upper()
    inside = any(number > position.select_index for number in position.open_brackets)
    if inside:
        return Mistake("a value in SELECT needs a name", vocabulary.AGGREGATE_HINT) if sign == ")" else None
    if position.index - position.select_index == 1 and sign in {"WHERE", "{", "FROM"}:
        return Mistake(
            "SELECT names no variables", "Write SELECT * for all of them, or name some: SELECT ?title ?date."
        )
    return _selected_expression(position, sign)


def _selected_expression(position: ErrorPosition, sign: str) -> Mistake | None:
    if sign == ",":
        return Mistake("commas part no variables", "Write spaces between them.")
    if sign in vocabulary.AGGREGATES:
        return Mistake(f"{sign} needs parentheses around it and a name", vocabulary.AGGREGATE_HINT)
    if not sign.isalpha() or sign in vocabulary.CLAUSES:
        return None
    guess = _closest(sign, ("WHERE", *vocabulary.AGGREGATES))
    todo = f"Is {guess} meant?" if guess else f"Variables begin with a question mark: ?{position.rejected}."
    return Mistake(f"{position.rejected} is no variable", todo)


def _operators(position: ErrorPosition) -> Mistake | None:
    """Operators of other languages."""
    before, after = position.word(-1), position.word(1)
    pair = before + position.rejected if position.touches() else position.rejected
    if position.rejected == "&" and after.lower() in {"gt", "lt", "amp"}:
        return Mistake(f"&{after}; is how HTML writes a sign", "Write the sign itself: > for &gt;, < for &lt;.")
    if position.rejected == "@" and before[:1] in {"'", '"'}:
        return Mistake("a language is missing behind @", 'Write it at once behind the text: "misiles"@es.')
    if position.rejected in {"/", "|", "^"} and VARIABLE.fullmatch(before):
        return Mistake("a path has no variables", "Its steps are names: schema:author/schema:name.")
    return Mistake(*vocabulary.FOREIGN_OPERATORS[pair]) if pair in vocabulary.FOREIGN_OPERATORS else None


def _lists(position: ErrorPosition) -> Mistake | None:
    """Values of VALUES, and the variable of AS."""
    if position.rejected == "," and "values" in {position.word(by).lower() for by in range(-9, 0)}:
        return Mistake("commas part no values", 'Write spaces between them: VALUES ?x { "a" "b" }.')
    name = -2 if position.word(-1) == ")" else -1
    if position.word(name - 1).lower() == "as":
        todo = "AS needs a variable that nothing before it in these braces names."
        return Mistake(f"{position.word(name)} may have a value already", todo)
    return None


def _unknown_word(position: ErrorPosition) -> Mistake | None:
    """Unknown word, and a keyword without what it requires."""
    word, before = position.rejected.lower(), position.word(-1).lower()
    if before in vocabulary.EXPECTED_AFTER:
        return Mistake(*vocabulary.EXPECTED_AFTER[before])
    if word in vocabulary.FOREIGN_WORDS:
        return Mistake(*vocabulary.FOREIGN_WORDS[word])
    if _ADDRESS.match(word):
        return _address(position)
    if not word.isidentifier() or word == "a" or word.upper() in vocabulary.CLAUSES or not position.open_brackets:
        return None
    functions = (*vocabulary.FUNCTIONS, *vocabulary.AGGREGATES)
    if word.upper() in functions:
        return Mistake(f"{word.upper()} or what it takes does not fit here", vocabulary.FUNCTION_HINT)
    condition = position.tokens[position.open_brackets[-1]][0] == "("
    guess = _closest(word, functions if condition else vocabulary.PATTERNS)
    kind = "function" if position.word(1) == "(" else "word"
    return Mistake(
        f"{_shortened(position.rejected)} is no {kind} of SPARQL",
        f"Is {guess} meant?" if guess else vocabulary.TERM_HINT,
    )


def _clauses(position: ErrorPosition) -> Mistake | None:
    """Clause of the query in the wrong order."""
    sign = position.rejected.upper()
    return Mistake(f"{sign} can't stand here", vocabulary.CLAUSE_ORDER) if sign in vocabulary.CLAUSES else None


def _statements(position: ErrorPosition) -> Mistake | None:
    """Incomplete or unseparated triple patterns, and incomplete conditions."""
    terms = 0
    while position.is_term(-1 - terms):
        terms += 1
    if position.word(-1 - terms).lower() == "by":
        return _not_grouped(position, position.index - 1)
    if not position.open_brackets or position.tokens[position.open_brackets[-1]][0] == "(":
        return (
            Mistake("something is missing before )", vocabulary.MISSING_PART_HINT) if position.rejected == ")" else None
        )
    if position.is_term(0) and terms >= _STATEMENT_TERMS:
        return Mistake("a dot is missing before this", "Each statement (subject, property, value) ends with a dot.")
    if position.rejected in {".", "}", ";"} and terms in {1, 2}:
        todo = "It needs subject, property and value: ?letter schema:author ?who ."
        return Mistake("the statement before this is not complete", todo)
    return None


_REASONS: dict[str, Detector] = {
    "Prefix not found": _prefix,
    "variable that is unbound": _unbound,
    "overrides an existing variable": lambda _: Mistake(
        "AS gives a value to a variable that has one already", "Take another name behind AS."
    ),
    "IRI parsing failed": lambda _: Mistake(
        "this is no address", "One in angle brackets has neither spaces nor quotes; write a space as %20."
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

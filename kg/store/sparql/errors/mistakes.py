"""What people get wrong in a query: known by the token that the engine did not take and those around it.

Each way of going wrong is a function that says so, or None; the first that knows something is asked no further. None
of them judges a query: that it is wrong has been said before.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kg.store.sparql.errors import vocabulary
from kg.store.sparql.errors.position import VARIABLE, Place

_QUOTES = re.compile("[\u2018-\u201f\u00ab\u00bb`\u00b4\u2032\u2033]")
_ADDRESS = re.compile(r"https?:?", re.IGNORECASE)
_PAIRS = {")": "(", "}": "{", "]": "["}
_SHOWN = 60
_ALIKE = 0.7
_A_STATEMENT = 3


class Found(NamedTuple):
    """What is wrong, what to do, and the number of the token where, if that is another one."""

    what: str
    todo: str | None = None
    at: int | None = None


Look = Callable[[Place], Found | None]


def find(place: Place, reason: str) -> Found:
    """What is most likely wrong at a place; the reason is the engine's own, if it gave one.

    >>> from kg.store.sparql import query_checks
    >>> find(Place(list(query_checks.tokens("SELECT ?a, ?b { ?a ?p ?b }")), 2), "").what
    'commas part no variables'
    """
    for look in (_by_reason(reason), *_LOOKS):
        if found := look(place):
            return found
    if not place.sign:
        return Found("the query ends too early", "What is missing belongs to its end.")
    return Found(f"{_shown(place.sign)} can't stand here")


def _shown(token: str) -> str:
    return token if len(token) <= _SHOWN else f"{token[:_SHOWN]}…"


def _closest(word: str, known: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word.upper(), known, 1, _ALIKE)), None)


def _by_reason(reason: str) -> Look:
    known = (look for phrase, look in _REASONS.items() if phrase in reason)
    return next(known, lambda _: Found(f"{reason[:1].lower()}{reason[1:]}") if reason else None)


def _prefix(place: Place) -> Found:
    prefix = place.sign.partition(":")[0]
    if _ADDRESS.fullmatch(prefix):
        return _address(place)
    known = vocabulary.PREFIXES.get(prefix)
    address = f"<{known}>" if known else "<…> with the address that it stands for"
    return Found(f"the prefix {prefix}: is not declared", f"Begin the query with PREFIX {prefix}: {address}.")


def _address(place: Place) -> Found:
    return Found(f"{_shown(place.sign)} begins an address without angle brackets", "Write <https://…>.")


def _unbound(place: Place) -> Found:
    return _not_grouped(place, place.index)


def _not_grouped(place: Place, last: int) -> Found:
    """Of the SELECT that ends with that token."""
    lost = place.not_grouped(last)
    if lost is None:
        return Found("SELECT names a variable that is not in GROUP BY", vocabulary.GROUPED)
    return Found(f"SELECT names {place.tokens[lost][0]}, which is not in GROUP BY", vocabulary.GROUPED, lost)


def _quotation(place: Place) -> Found | None:
    """A text that ends too early, or never."""
    before = place.word(-1)
    if place.touches() and before[:1] in {"'", '"'} and place.sign[0].isalpha():
        return Found(f"the text ends before this, at {before[0]}", f"Inside a text write \\{before[0]}.")
    for number in range(min(place.index, len(place.tokens) - 1), -1, -1):
        token = place.tokens[number]
        if token.lastgroup == "sign" and token[0] in "'\"":
            todo = f"Close it with {token[0]} on the same line; one of several lines stands between {token[0] * 3}."
            return Found("the text that begins here has no end", todo, number)
    return None


def _strange_signs(place: Place) -> Found | None:
    """Signs that word processors and web pages put in the place of those that are meant."""
    for by in (0, -1):
        word = place.word(by)
        if word.startswith(("'", '"', "<")):
            continue
        for sign in word:
            kind, name = unicodedata.category(sign), unicodedata.name(sign, "without a name").lower()
            if _QUOTES.match(sign):
                todo = "Write straight ones: \"text\" or 'text'."
                return Found("typographic marks are no quotation marks here", todo, place.index + by)
            if kind in {"Zs", "Cf"}:
                todo = "It came with a text that was copied. Delete it and type an ordinary space."
                return Found(f"there is a sign that can't be seen ({name})", todo, place.index + by)
            if kind == "Pd" and sign != "-":
                return Found(f"there is a dash ({name}) where a minus is meant", "Write -.", place.index + by)
    return None


def _beginning(place: Place) -> Found | None:
    """What stands before the form of a query."""
    if not place.tokens:
        return Found("there is no query", "Write one: SELECT * { ?subject ?property ?value } LIMIT 10.")
    before = [place.word(-by).lower() for by in (1, 2, 3)]
    declared = before[2] == "prefix" or "base" in before[:2]
    if before[0] == "prefix":
        return Found("a prefix ends with a colon", vocabulary.A_PREFIX)
    if before[1] == "prefix" and not place.sign.startswith("<"):
        return Found("the address of a prefix stands in angle brackets", vocabulary.A_PREFIX)
    if place.sign.lower() == "@prefix" or (place.sign == "." and declared):
        return Found("prefixes are not written as in Turtle", f"{vocabulary.A_PREFIX[:-1]}, without @ and dot.")
    if place.index == 0 or declared:
        guess = _closest(place.sign, (*vocabulary.FORMS, "PREFIX", "BASE"))
        todo = f"Is {guess} meant?" if guess else "The examples show how questions are put."
        return Found("a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, behind its prefixes", todo)
    return None


def _brackets(place: Place) -> Found | None:
    """One that closes nothing, another one, or is never closed."""
    opening = place.tokens[place.open[-1]][0] if place.open else ""
    if place.sign in _PAIRS and not opening:
        return Found(f"this {place.sign} closes nothing", "Take it out, or write what it closes.")
    if place.sign in _PAIRS and _PAIRS[place.sign] != opening:
        return Found(f"{opening} is open here, which {place.sign} does not close", f"Close {opening} first.")
    if not place.sign and opening:
        closing = {opening: closing for closing, opening in _PAIRS.items()}
        missing = "".join(closing[place.tokens[number][0]] for number in reversed(place.open))
        return Found(f"{opening} is never closed", f"What is missing at the end: {missing}", place.open[-1])
    return None


def _second(place: Place) -> Found | None:
    """A query behind the query."""
    if place.open or "}" not in {token[0] for token in place.tokens[: place.index]}:
        return None
    another = place.sign == ";" or place.sign.upper() in {*vocabulary.FORMS, "PREFIX", "BASE"}
    return Found("a query ends before this", "Ask one query at a time.") if another else None


def _selection(place: Place) -> Found | None:
    """What SELECT names."""
    if place.selecting < 0:
        return None
    sign = place.sign.upper()
    inside = any(number > place.selecting for number in place.open)
    if inside:
        return Found("a value in SELECT needs a name", vocabulary.COUNTED) if sign == ")" else None
    if place.index - place.selecting == 1 and sign in {"WHERE", "{", "FROM"}:
        return Found("SELECT names no variables", "Write SELECT * for all of them, or name some: SELECT ?title ?date.")
    return _selected(place, sign)


def _selected(place: Place, sign: str) -> Found | None:
    if sign == ",":
        return Found("commas part no variables", "Write spaces between them.")
    if sign in vocabulary.AGGREGATES:
        return Found(f"{sign} needs parentheses around it and a name", vocabulary.COUNTED)
    if not sign.isalpha() or sign in vocabulary.CLAUSES:
        return None
    guess = _closest(sign, ("WHERE", *vocabulary.AGGREGATES))
    todo = f"Is {guess} meant?" if guess else f"Variables begin with a question mark: ?{place.sign}."
    return Found(f"{place.sign} is no variable", todo)


def _operators(place: Place) -> Found | None:
    """Signs of other languages."""
    before, after = place.word(-1), place.word(1)
    pair = before + place.sign if place.touches() else place.sign
    if place.sign == "&" and after.lower() in {"gt", "lt", "amp"}:
        return Found(f"&{after}; is how HTML writes a sign", "Write the sign itself: > for &gt;, < for &lt;.")
    if place.sign == "@" and before[:1] in {"'", '"'}:
        return Found("a language is missing behind @", 'Write it at once behind the text: "misiles"@es.')
    if place.sign in {"/", "|", "^"} and VARIABLE.fullmatch(before):
        return Found("a path has no variables", "Its steps are names: schema:author/schema:name.")
    return Found(*vocabulary.SIGNS[pair]) if pair in vocabulary.SIGNS else None


def _lists(place: Place) -> Found | None:
    """What VALUES lists, and what AS names."""
    if place.sign == "," and "values" in {place.word(by).lower() for by in range(-9, 0)}:
        return Found("commas part no values", 'Write spaces between them: VALUES ?x { "a" "b" }.')
    name = -2 if place.word(-1) == ")" else -1
    if place.word(name - 1).lower() == "as":
        todo = "AS needs a variable that nothing before it in these braces names."
        return Found(f"{place.word(name)} may have a value already", todo)
    return None


def _words(place: Place) -> Found | None:
    """A word that is none, and one behind which something else stands."""
    word, before = place.sign.lower(), place.word(-1).lower()
    if before in vocabulary.AFTER:
        return Found(*vocabulary.AFTER[before])
    if word in vocabulary.INSTEAD:
        return Found(*vocabulary.INSTEAD[word])
    if _ADDRESS.match(word):
        return _address(place)
    if not word.isidentifier() or word == "a" or word.upper() in vocabulary.CLAUSES or not place.open:
        return None
    functions = (*vocabulary.FUNCTIONS, *vocabulary.AGGREGATES)
    if word.upper() in functions:
        return Found(f"{word.upper()} or what it takes does not fit here", vocabulary.VALUES)
    condition = place.tokens[place.open[-1]][0] == "("
    guess = _closest(word, functions if condition else vocabulary.PATTERNS)
    kind = "function" if place.word(1) == "(" else "word"
    return Found(f"{_shown(place.sign)} is no {kind} of SPARQL", f"Is {guess} meant?" if guess else vocabulary.WRITTEN)


def _clauses(place: Place) -> Found | None:
    """A part of the query that comes too early or too late."""
    sign = place.sign.upper()
    return Found(f"{sign} can't stand here", vocabulary.IN_ORDER) if sign in vocabulary.CLAUSES else None


def _statements(place: Place) -> Found | None:
    """Statements that are not parted or not whole, and conditions that are not."""
    terms = 0
    while place.is_term(-1 - terms):
        terms += 1
    if place.word(-1 - terms).lower() == "by":
        return _not_grouped(place, place.index - 1)
    if not place.open or place.tokens[place.open[-1]][0] == "(":
        return Found("something is missing before )", vocabulary.LACKING) if place.sign == ")" else None
    if place.is_term(0) and terms >= _A_STATEMENT:
        return Found("a dot is missing before this", "Each statement (subject, property, value) ends with a dot.")
    if place.sign in {".", "}", ";"} and terms in {1, 2}:
        todo = "It needs subject, property and value: ?letter schema:author ?who ."
        return Found("the statement before this is not complete", todo)
    return None


_REASONS: dict[str, Look] = {
    "Prefix not found": _prefix,
    "variable that is unbound": _unbound,
    "overrides an existing variable": lambda _: Found(
        "AS gives a value to a variable that has one already", "Take another name behind AS."
    ),
    "IRI parsing failed": lambda _: Found(
        "this is no address", "One in angle brackets has neither spaces nor quotes; write a space as %20."
    ),
}
"""What the engine says → what is meant by it."""

_LOOKS: tuple[Look, ...] = (
    *(_quotation, _strange_signs, _beginning, _brackets, _second, _selection, _operators, _lists, _words, _clauses),
    _statements,
)

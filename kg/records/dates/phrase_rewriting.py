"""Rewriting of the tokens of a date phrase before they are parsed: centuries, eras, brackets, decades.

Each rule takes all tokens and returns them with one construction made plain, so that the grammar knows years,
months and days alone: `19th century` becomes the year 18XX, `44 BC` the year -0043.
"""

from collections.abc import Sequence

from kg.records.dates.phrase_tokens import Token

_BETWEEN = frozenset({"-", "&", "|", ",", "/", "p", "~", "?"})
"""Tokens between two numbers of centuries that share the word: `late 18th to early 19th century`."""

_INSIDE_BRACKETS = frozenset({"~", "?", "J", "N", "B", "A", "undated"})
_CONSTRUCTIONS = frozenset({"V", "<<", ">>", "H", "(", ")", "C", "B", "A", "z", "Z", "O", "R"})
"""Kinds of tokens that a rule rewrites."""

_FRACTIONS = {"H2": "2", "H3": "3", "H4": "4"}


def rewrite(tokens: Sequence[Token]) -> list[Token] | None:
    """Return the tokens in plain form; None where a construction makes no sense."""
    plain: list[Token] | None = list(tokens)
    if not _CONSTRUCTIONS.intersection(token.kind for token in tokens):
        return plain
    for rule in (_russian_centuries, _bounds, _fractions, _brackets, _centuries, _eras, _decades):
        if plain is None:
            return None
        plain = rule(plain)
    return plain


def _russian_centuries(tokens: list[Token]) -> list[Token]:
    """The letter "v" is short for "century" behind a Roman number, and means "in" elsewhere."""
    result: list[Token] = []
    for token in tokens:
        if token.kind != "V":
            result.append(token)
        elif result and result[-1].kind == "R":
            result.append(token._replace(kind="C"))
    return result


def _bounds(tokens: list[Token]) -> list[Token]:
    """`after 1900 and before 1910`: the last words stand before their date, as in `1900 and before` they don't."""
    result: list[Token] = []
    for n, token in enumerate(tokens):
        follows = tokens[n + 1].kind if n + 1 < len(tokens) else ","
        if token.kind in {"<<", ">>"} and follows not in {",", ")", "role", "?", "~"}:
            result += [token._replace(kind="&"), token._replace(kind=token.kind[0])]
        else:
            result.append(token)
    return result


def _fractions(tokens: list[Token]) -> list[Token] | None:
    """`second half of` becomes one token, F 2/2."""
    result: list[Token] = []
    for n, token in enumerate(tokens):
        symbol = token.kind + token.value
        follows = tokens[n + 1].kind + tokens[n + 1].value if n + 1 < len(tokens) else ""
        if symbol == "H3" and follows in {"H2", "H4"}:  # "third quarter"
            result.append(token._replace(kind="O", value="03"))
        elif symbol in _FRACTIONS:
            if not result or result[-1].kind not in {"O", "d"}:
                return None
            number = result.pop()
            result.append(number._replace(kind="F", value=f"{int(number.value)}/{_FRACTIONS[symbol]}", end=token.end))
        else:
            result.append(token)
    return result


def _brackets(tokens: list[Token]) -> list[Token] | None:
    """Brackets around a role, marks or a second date fall away; around anything else the phrase means nothing."""
    result: list[Token] = []
    is_open = False
    for n, token in enumerate(tokens):
        if token.kind not in "()":
            result.append(token)
            continue
        if (token.kind == "(") is is_open:
            return None
        is_open = not is_open
        if not is_open:
            continue
        inside = [inner.kind for inner in tokens[n + 1 :]]
        if ")" not in inside:
            return None
        sign = _sign_for_bracket(inside[: inside.index(")")], [before.kind for before in result])
        if sign is None:
            return None
        result += [token._replace(kind=sign)] if sign else []
    return result


def _sign_for_bracket(inside: list[str], before: list[str]) -> str | None:
    """Sign that takes the place of an opening bracket; empty for none, None for a bracket that is not understood."""
    if set(inside) <= _INSIDE_BRACKETS - {"undated"} or (inside == ["role"] and not before):
        return ""
    if "role" in {inside[0], inside[-1]} or inside == ["undated"]:
        return ","
    if before and set(before) <= {"undated", ","}:  # n.d. (circa 1963)
        return ","
    if inside == before[-2:] == ["d", "M"]:  # 25 January (7 February) 1918
        return "/"
    return None if before else ""


def _centuries(tokens: list[Token]) -> list[Token] | None:
    """`19th century`, `XIX век`, `siglo XIX` become 18XX, with the numbers that share the word."""
    if not any(token.kind == "C" for token in tokens):
        return tokens
    result = list(tokens)
    for n, token in enumerate(tokens):
        if token.kind != "C":
            continue
        before = _mark_centuries(result, n - 1, -1)
        if not before and not _mark_centuries(result, n + 1, 1):
            return None
    return [token for token in result if token.kind != "C"]


def _mark_centuries(tokens: list[Token], at: int, step: int) -> bool:
    """Make centuries of the numbers on one side of the word, and return whether there are any."""
    found = False
    is_number_due = True
    while 0 <= at < len(tokens):
        token = tokens[at]
        if is_number_due and token.kind in {"d", "R", "O"} and 1 <= int(token.value) <= 21:
            tokens[at] = token._replace(kind="y", value=f"{int(token.value) - 1:02}XX")
            found, is_number_due = True, False
        elif found and token.kind in _BETWEEN:
            is_number_due = True
        elif not (not found and token.kind in {"p", "~", "?"}):
            break
        at += step
    return found


def _eras(tokens: list[Token]) -> list[Token] | None:
    """Years before or after Christ become the years of ISO 8601, in which 44 BC is -0043."""
    result: list[Token] = []
    is_after_christ = False
    for token in tokens:
        if token.kind not in {"B", "A"}:
            if is_after_christ and token.kind in {"d", "number", "y"}:
                token = token._replace(kind="y", value=f"{token.value:0>4}")  # noqa: PLW2901  # the same token
                is_after_christ = False
            result.append(token)
        elif result and result[-1].kind in {"d", "number", "y"}:
            _set_era(result, token.kind)
        elif token.kind == "A":  # AD 70
            is_after_christ = True
        else:
            return None
    return result if not is_after_christ else None


def _set_era(result: list[Token], era: str) -> None:
    """Give the last number an era, and with it the number before it in `300-200 BC`."""
    places = [len(result) - 1]
    if not result[-1].value.replace("X", "0").isdigit():  # 44 BC BC
        result[-1] = result[-1]._replace(kind="number")
        return
    if len(result) > 2 and result[-2].kind == "-" and result[-3].kind in {"d", "number", "y"}:
        places.append(len(result) - 3)
    last = result[-1].value
    for place in places:
        value = result[place].value
        is_earlier = value.isdigit() and last.isdigit() and int(value) > int(last)
        if place != places[0] and (not is_earlier if era == "B" else is_earlier or value.startswith("-")):
            continue
        year = _astronomical(value) if era == "B" else f"{value:0>4}"
        result[place] = result[place]._replace(kind="y" if year else "number", value=year or value)


def _astronomical(year: str) -> str:
    """Year of ISO 8601 of a year or century before Christ; empty where EDTF has no mask for the century."""
    if year.endswith("XX"):  # the fifth century: 500 to 401 BC, -0499 to -0400
        return f"-{year}" if year != "00XX" else ""
    if not year.isdigit():
        return ""
    number = 1 - int(year)
    return f"-{-number:04}" if number else "0000"


def _decades(tokens: list[Token]) -> list[Token] | None:
    """`1900s` are a hundred years, and ten beside other decades; `années 1960` are ten."""
    decades = [token.value for token in tokens if token.kind == "y" and token.value.endswith("X")]
    beside_decades = any(not value.endswith("XX") for value in decades) or any(token.kind == "q" for token in tokens)
    result: list[Token] = []
    for n, token in enumerate(tokens):
        if token.kind == "z":
            value = f"{token.value[:3]}X" if beside_decades else f"{token.value[:2]}XX"
            result.append(token._replace(kind="y", value=value))
        elif token.kind == "Z":
            neighbours = [t for t in (*result[-1:], *tokens[n + 1 : n + 2]) if t.kind == "y"]
            if not neighbours or any(t.value[3] not in "0X" or t.value[2:] == "00" for t in neighbours[:1]):
                return None
        elif token.kind == "y" and _is_beside(tokens, n, "Z") and token.value.isdigit():
            result.append(token._replace(value=f"{token.value[:3]}X"))
        else:
            result.append(token)
    return result


def _is_beside(tokens: list[Token], at: int, kind: str) -> bool:
    """Whether a token of a kind stands before another one, or after it with none before."""
    before = at > 0 and tokens[at - 1].kind == kind
    return before or (at + 1 < len(tokens) and tokens[at + 1].kind == kind)

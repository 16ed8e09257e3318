"""A fast path before `kg.store.sparql.query_checks`: plain texts that pass without a walk over their tokens.

Such a text holds nothing but tokens that can be read in one way only: no comparison that might begin an IRI, no escape,
no letters beyond ASCII outside of strings and comments, and "service" nowhere. It asks: SELECT, ASK, CONSTRUCT or
DESCRIBE. And so few signs and words are in it that no limit can be reached, however they are counted. What is not that
plain is left to the scan; a test holds that nothing is plain that the scan would refuse.
"""

import re

# Parentheses within comments, strings and IRIs would be taken for signs below; such texts are not plain.
_SPACE = r"[ \t\r\n]"
_COMMENT = r"\#[^\r\n\\()]*+"
_IRI = r"""<[A-Za-z][A-Za-z0-9+.-]*+://[^<>"{}|^`\\()\x00-\x20]*+>"""
_PLAIN = re.compile(
    rf"""
    (?>(?: {_SPACE}++ | {_COMMENT} | (?: prefix{_SPACE}++[A-Za-z0-9_-]*+: | base ){_SPACE}*+{_IRI} )*)
    (?:select|ask|construct|describe)(?![A-Za-z0-9_:.-])
    (?>(?:
        {_SPACE}++
      | [?$][A-Za-z0-9_]++
      | [A-Za-z0-9_][A-Za-z0-9_-]*+(?>(?::[A-Za-z0-9_-]*+)?)
      | :[A-Za-z0-9_-]*+
      | [{{}}().,;*=/|&!+^\[\]]
      | {_IRI}
      | "[^"\\\r\n()]++"(?!")
      | '[^'\\\r\n()]++'(?!')
      | @[A-Za-z]++(?>(?:-[A-Za-z0-9]++)*)
      | {_COMMENT}
    )*)
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_JOINS = ".;,/{["
_INNERMOST = re.compile(r"\(([^(){}\[\]]*)\)")
_TERM = re.compile(r"[^ \t\r\n.,;*=/|&!+^@]+|@")


def is_plain(text: str, *, operators: int, depth: int, patterns: int) -> bool:
    """Whether a query is plain; the limits are those of the scan.

    >>> is_plain("SELECT ?o { <http://e/> ?p ?o }", operators=100, depth=9, patterns=9)
    True
    >>> is_plain("SELECT ?o { ?s ?p ?o FILTER(?o < 5) }", operators=100, depth=9, patterns=9)
    False
    """
    # Each operator takes a sign or letters of its own, as does each bracket.
    if len(text) > operators or "service" in text.lower() or _PLAIN.fullmatch(text) is None:
        return False
    joins = sum(map(text.count, _JOINS))
    return sum(map(text.count, "{([")) <= depth and joins + 2 * _listed(text) <= patterns


def _listed(text: str) -> int:
    """How many terms stand in parentheses, where beside each other they may be members of a list, two patterns each.

    Where parentheses do not pair, more than there can be.
    """
    listed = 0
    while "(" in text or ")" in text:
        inside = _INNERMOST.findall(text)
        if not inside:
            return len(text)
        listed += sum(len(_TERM.findall(each)) for each in inside)
        text = _INNERMOST.sub(" ", text)
    return listed

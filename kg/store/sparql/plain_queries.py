"""Fast path of the query checks: plain queries, which one regular expression recognises as harmless.

A plain query holds unambiguous tokens alone: no comparison that might begin an IRI, no escape, no letters beyond ASCII
outside of strings and comments, and "service" nowhere. Its form is SELECT, ASK, CONSTRUCT or DESCRIBE. And its signs
and words are so few that no limit can be reached, however they are counted. Any other query goes to the token scan of
`kg.store.sparql.query_checks`; a test holds that the scan refuses no plain query (D-29).
"""

import re

# Parentheses within comments, strings and IRIs would count as signs below; such texts are not plain.
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
_JOINING_SIGNS = ".;,/{["
_INNERMOST = re.compile(r"\(([^(){}\[\]]*)\)")
_TERM = re.compile(r"[^ \t\r\n.,;*=/|&!+^@]+|@")


def is_plain(text: str, *, operators: int, depth: int, patterns: int) -> bool:
    """Test for a plain query; the limits are those of the token scan.

    >>> is_plain("SELECT ?o { <http://e/> ?p ?o }", operators=100, depth=9, patterns=9)
    True
    >>> is_plain("SELECT ?o { ?s ?p ?o FILTER(?o < 5) }", operators=100, depth=9, patterns=9)
    False
    """
    # Each operator takes a sign or letters of its own, as does each bracket.
    if len(text) > operators or "service" in text.lower() or _PLAIN.fullmatch(text) is None:
        return False
    joins = sum(map(text.count, _JOINING_SIGNS))
    return sum(map(text.count, "{([")) <= depth and joins + 2 * _list_members(text) <= patterns


def _list_members(text: str) -> int:
    """Number of terms in parentheses: possible members of an RDF collection, two patterns each.

    The length of the text where parentheses do not pair.
    """
    count = 0
    while "(" in text or ")" in text:
        contents = _INNERMOST.findall(text)
        if not contents:
            return len(text)
        count += sum(len(_TERM.findall(content)) for content in contents)
        text = _INNERMOST.sub(" ", text)
    return count

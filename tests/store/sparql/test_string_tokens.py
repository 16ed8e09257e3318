import re
import time

from hypothesis import given
from hypothesis import strategies as st

from kg.errors import KgError
from kg.store.search.sparql_search_scan import find_clauses
from kg.store.sparql import query_checks
from kg.store.sparql.string_tokens import Lexer, string_patterns

ESCAPE = r"\\[\\'\"]"
SIGN = re.compile("(?P<sign>.)", re.DOTALL)
# The grammar as it is written, which tries each mark anew.
GRAMMAR = re.compile(
    rf"(?P<text>'''(?:(?:''|')?+(?:[^'\\]|{ESCAPE}))*+'''|\"\"\"(?:(?:\"\"|\")?+(?:[^\"\\]|{ESCAPE}))*+\"\"\""
    rf"|'(?:[^'\\\r\n]|{ESCAPE})*+'|\"(?:[^\"\\\r\n]|{ESCAPE})*+\")|(?P<sign>.)",
    re.DOTALL,
)


@given(st.text("'\"\\\na", max_size=40) | st.lists(st.sampled_from(["'''", '"""', "\\", "'", "\n", "a"])).map("".join))
def test_strings_are_those_of_the_grammar(text: str) -> None:
    """A place that is not tried again would have given no string."""
    found = Lexer(text, SIGN, string_patterns(ESCAPE))
    assert [(each.lastgroup, each.span()) for each in found] == [
        (each.lastgroup, each.span()) for each in GRAMMAR.finditer(text)
    ]


def test_marks_that_are_never_closed_take_linear_time() -> None:
    """100 kB of quotation marks behind backslashes are read at once, by the query checks and by the search for clauses."""
    for marks in ('"\\', "'\\", '"""\n\\', "'''\n\\"):
        text = f"ASK {{ <search> service {marks * (99_000 // len(marks))}"
        began = time.perf_counter()
        try:
            query_checks.check(text, query_checks.QueryLimits(operators=10**6))
        except KgError:
            assert "service" in text
        assert list(find_clauses(text, "http://e/")) == []
        assert time.perf_counter() - began < 3

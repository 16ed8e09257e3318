import re
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from waiting import no_endless_work

from kg.errors import KgError
from kg.store.search.sparql_search_scan import find_clauses
from kg.store.sparql import query_checks
from kg.store.sparql.string_tokens import Lexer, string_patterns

ESCAPE = r"\\[\\'\"]"
SIGN = re.compile("(?P<sign>.)", re.DOTALL)
# The grammar as it is written, which tries each mark anew.
LONG = rf"%(mark)s{{3}}(?>(?:%(mark)s{{0,2}}(?:[^%(mark)s\\]|{ESCAPE}))*)%(mark)s{{3}}"
SHORT = rf"%(mark)s(?>(?:[^%(mark)s\\\r\n]|{ESCAPE})*)%(mark)s"
STRINGS = "|".join(kind % {"mark": mark} for kind in (LONG, SHORT) for mark in "'\"")
GRAMMAR = re.compile(rf"(?P<text>{STRINGS})|(?P<sign>.)", re.DOTALL)


@given(st.text("'\"\\\na", max_size=40) | st.lists(st.sampled_from(["'''", '"""', "\\", "'", "\n", "a"])).map("".join))
def test_strings_are_those_of_the_grammar(text: str) -> None:
    """A skipped position never begins a string."""
    found = Lexer(text, SIGN, string_patterns(ESCAPE))
    assert [(each.lastgroup, each.span()) for each in found] == [
        (each.lastgroup, each.span()) for each in GRAMMAR.finditer(text)
    ]


def test_marks_that_are_never_closed_take_linear_time() -> None:
    """100 kB of quotation marks behind backslashes are read in linear time, by the query checks and by the search for clauses."""
    for marks in ('"\\', "'\\", '"""\n\\', "'''\n\\"):
        text = f"ASK {{ <search> service {marks * (99_000 // len(marks))}"
        with no_endless_work():
            with suppress(KgError):
                query_checks.check(text, query_checks.QueryLimits(operators=10**6))
            assert list(find_clauses(text, "http://e/")) == []

"""Pages in Russian and Spanish are whole: no sentence of theirs is left in English, on any kind of page or error."""

import ast

import pytest
from kinds_of_pages import PATHS
from locations import ROOT
from whole_pages import is_english, own_texts, untranslated

OTHERS = (
    "/search?q=xyzzyx",
    "/search?q=castro&year=1963",
    "/search?q=castro&year=soon",
    "/search?q=castro)&dates=perhaps",
    "/search?kind=record&lacks=summary&role=event",
    "/search/values/topic",
    "/search/values/colour",
    "/agent/?q=zzz",
    "/agent/?list=others",
    "/archive/?list=others",
    "/network?q=castro",
    "/timeline?year=1962",
    "/sparql?query=SELECT+*+WHERE+%7B+?s+?p&format=html",
    "/sparql?query=SELECT+*+WHERE+%7B+?s+?p+?o+%7D+LIMIT+3&format=html",
    "/api/titles-with.html?words=",
    "/api/nothing",
    "/graphs",
    "/graphs/nothing",
    "/record/177838.pdf",
    "/record/177838.html?part=99",
    "/record/177838.html?links=nothing&after=x",
    "/data/nothing.csv",
    "/dumps/nothing",
    "/terms/nothing",
    "/basket?thing=nothing",
    "/basket?style=none",
    "/changes?what=created&kind=agent",
    "/changes?day=2026-13-01",
    "/changes?reference=record/nothing",
    "/nowhere",
    "/" + "x" * 10_000,
)
BAD = (
    "/search?limit=many",
    "/search?year=1963..1962",
    "/search?q=a*+b*+c*+d*+e*+f*+g*+h*+i*+j*+k*",
    "/search?lacks=wisdom",
    "/search?after=nowhere&sort=date",
    "/agent/?sort=colour",
    "/sparql?query=SELECT",
    "/sparql?query=SELECT+*+%7B+?s+?p+?o+FILTER+?o+%3E+5+%7D",
    "/sparql?query=SELECT+*+%7B+?s+?p+?o+FILTER(?o+%3E+5+AND+?s+%3C+3)+%7D",
    "/sparql?query=SELECT+*+%7B+?s+?p+?o+%7D+LIMIT+ten",
    "/search?q=(castro",
    "/search/values/colour",
    "/media/nothing.png",
    "/imprint",
    "/sparql?query=INSERT+DATA+%7B%7D",
    "/sparql?query=SELECT+*+%7B+SERVICE+%3Chttp://example.org/%3E+%7B+?s+?p+?o+%7D+%7D",
    "/sparql?query=ASK%7B%7D&format=docx",
    "/api/companions",
    "/api/companions?agent=nobody+at+all",
    "/graphs?graph=nothing",
    "/record/nothing.ttl",
    "/record/177838.cite.html?accessed=yesterday",
    "/record/177838.html?first=x",
)


@pytest.mark.parametrize("language", ["ru", "es"])
@pytest.mark.parametrize("path", [*dict.fromkeys(each.partition("?lang=")[0] for each in PATHS), *OTHERS])
def test_no_sentence_is_left_in_english(client, path, language):
    """A page in another language has no sentence, label or name of a thing's part in English that is not marked so."""
    headers = {"accept-language": language, "accept": "text/html"}
    answer = client.get(f"/data{path.replace('lang=es', '').replace('&lang=ru', '')}", headers=headers)
    if answer.is_redirect:
        answer = client.get(answer.headers["location"], headers=headers)
    assert answer.headers["content-type"].startswith("text/html")
    texts = own_texts(answer.text)
    assert len(texts) > 10
    assert untranslated(texts, language) == []


@pytest.mark.parametrize("language", ["ru", "es"])
@pytest.mark.parametrize("path", BAD)
def test_no_detail_of_a_problem_is_left_in_english(client, path, language):
    """What a program is told of a bad request is in the language that it asks for."""
    answer = client.get(f"/data{path}", headers={"accept-language": language, "accept": "application/json"})
    assert answer.status_code >= 400
    problem = answer.json()
    assert untranslated([problem["title"], problem["detail"], problem.get("expected", "")], language) == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (
            '<html lang="ru"><p>Held <b>and kept</b></p><p lang="en">This is of the text.</p><code>this is of it</code>',
            [],
        ),
        (
            '<html lang="ru"><p>This is the rest of it</p><img alt="What is where">',
            ["This is the rest of it", "What is where"],
        ),
        ('<html lang="es"><p>Documents held</p><bdi>The life of the sea</bdi>', ["Documents held"]),
    ],
)
def test_what_counts_as_english(page, found):
    """Sentences and messages count; what is marked as another language, code, and names in no known one do not."""
    assert untranslated(own_texts(page), "ru" if 'lang="ru"' in page else "es") == found
    assert not is_english("Documentos de la mañana, a las 9 o en la tarde")


TOLD = {
    *("Problem", "QuerySyntaxError", "QueryRefused", "SearchRefused", "QueryTimeout", "QueryTooLarge", "QueryTooHeavy"),
    *("QueryUnwritable", "QueryBusy", "QueryTooMany"),
}
"""Errors whose cause and remedy a client is told."""


@pytest.mark.parametrize("module", sorted((ROOT / "kg").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_clients_are_told_can_be_translated(module):
    """The cause and the remedy of an error that clients see are messages, and no plain text or f-string."""
    for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in TOLD:
            told = [*call.args, *(each.value for each in call.keywords if each.arg in {"what", "todo", "detail"})]
            plain = [each for each in told if isinstance(each, ast.JoinedStr) or _is_text(each)]
            assert not plain, f"line {call.lineno}: write Message(…), then `make messages`"


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)

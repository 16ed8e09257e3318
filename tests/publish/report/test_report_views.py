"""Views of a report: page, table and data have the same numbers, are bounded, and show nothing as HTML or formula."""

import csv
import html
import io
import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import publish

from kg.publish.report import page
from kg.publish.report.document import read_document
from kg.publish.report.kinds import kinds_of, todo_of, word_of
from kg.publish.report.report_table import COLUMNS, csv_pieces
from kg.records.problems import SEVERITIES, SourceProblem

RECORDS = [
    {"id": "record/1", "title": "A letter", "dates": "05/04/1963", "creator": [{"id": "agent/a", "name": "Roa, Raúl"}]},
    {"id": "record/2", "title": "=1+1", "dates": "06/05/1963", "creator": [{"id": "agent/b", "name": "Raúl Roa"}]},
    {"id": "record/3", "title": "<b>Bold</b>", "dates": "harvest", "places": ["place/nowhere"], "hue": "<script>"},
    {"id": "record/4", "title": {"en": "Four"}, "participants": ["agent/a"], "tone": "@SUM(A1)"},
    {"id": "record/5"},
    {"id": "record/1", "title": "Again"},
    {"id": "agent/c", "name": {"en": "Carl"}},
]


def rows_of(document, problems):
    text = b"".join(csv_pieces(document, problems)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    return publish(folder, RECORDS, languages=("en", "ru"), dumps=False, search=False)


@pytest.fixture(scope="module")
def document(published):
    return read_document(published[1].problems_file.parent)


@pytest.fixture(scope="module")
def rows(published, document):
    return rows_of(document, published[1].problems())


@pytest.fixture(scope="module")
def text(published):
    return published[1].page.read_text(encoding="utf-8")


def test_problems_have_one_number(published, document, rows, text):
    """Page, table, data and the build's own report have as many problems of each kind."""
    of_report = Counter((word_of(each), each.severity) for each in published[1].problems())
    of_table = Counter((row["kind"], row["severity"]) for row in rows if row["list"] == "problem")
    of_data = Counter()
    for kind in document["problems"]:
        of_data[kind["kind"], kind["severity"]] += kind["count"]
    counts = [int(number.replace(",", "")) for number in re.findall(r'<span class="count">([\d,]+) ×', text)]
    assert of_report == of_table == of_data
    assert counts == [kind["count"] for kind in document["problems"]]
    assert document["severities"] == published[1].severities


def test_lists_have_one_number(document, rows, text):
    """Page, table and data have the same numbers of gaps, names, dates, links and translations."""
    lists = document["worklist"]
    gaps = {row["kind"]: int(row["count"]) for row in rows if row["list"] == "gap"}
    assert gaps == {each["gap"]: each["count"] for each in lists["gaps"]["items"]}
    assert gaps["date"] == 4
    undescribed = Counter(row["kind"] for row in rows if row["list"] == "undescribed")
    assert undescribed == {each["kind"]: each["count"] for each in lists["undescribed"]} == {"agent": 2, "place": 1}
    (alike,) = [row for row in rows if row["list"] == "alike"]
    assert lists["alike"]["count"] == 1
    assert (alike["kind"], alike["count"]) == ("order", "3")
    forms = {row["value"]: int(row["count"]) for row in rows if row["list"] == "date-form"}
    assert forms == {"05/04/1963": 2, "harvest": 1}
    assert lists["dates"]["count"] == 3
    dangling = [row for row in rows if row["list"] == "problem" and row["kind"] == "link-dangling"]
    assert len(dangling) == lists["links"]["count"] == 1
    translations = {(row["field"], row["kind"]): int(row["count"]) for row in rows if row["list"] == "translation"}
    assert translations.pop(("title", "site")) == 1
    assert translations == {("en", "record"): 3, ("ru", "record"): 4, ("ru", "agent"): 1}
    for anchor, count in (("alike", 1), ("dates", 3), ("links", 1)):
        assert re.search(rf'<h2 id="{anchor}">[^<]*<span class="count">{count}</span>', text)
    assert "lacks=date" in text


def test_each_problem_says_what_to_do(document, rows):
    """Each problem has its place, what was expected, and a remedy, in the table as in the data."""
    told = [row for row in rows if row["list"] == "problem"]
    assert all(row["file"] and row["message"] and row["expected"] and row["todo"] for row in told)
    assert all(kind["todo"] and kind["examples"] for kind in document["problems"])


def test_nothing_is_run(rows, text):
    """A value of a record is neither HTML on the page nor a formula in the table."""
    assert "<script" not in text
    assert "<b>Bold" not in text
    assert html.escape("<b>Bold</b>") in text
    values = [row["value"] for row in rows if row["value"].lstrip("'")[:1] in {"=", "@"}]
    assert values
    assert all(value[0] == "'" for value in values)


def test_the_page_stands_alone(text):
    """The page has its style in it, asks for no other file, and links to the site by whole addresses."""
    assert "<link" not in text
    assert "src=" not in text
    addresses = [each for each in re.findall(r'href="([^"]*)"', text) if each[0] != "#"]
    assert all(each.startswith("https://archive.example.org/data/") or each.endswith(".csv") for each in addresses)


@pytest.mark.parametrize(
    ("languages", "said"), [(("ru", "en"), "Отчёт"), (("es-419",), "Informe"), (("de",), "Report")]
)
def test_language(tmp_path, languages, said):
    """The page is in the first language of the settings, in English where pages have not that language."""
    _, report = publish(tmp_path, RECORDS[:4], languages=languages, dumps=False, search=False)
    assert f"<h1>{said}" in report.page.read_text(encoding="utf-8")


def test_trend(tmp_path):
    """The second report has the figures of the first beside its own, and says which way they went."""
    publish(tmp_path, RECORDS, dumps=False, search=False)
    better = [{**RECORDS[0], "dates": "1963-04-05"}, {**RECORDS[1], "dates": "1963-05-06"}, *RECORDS[2:4], RECORDS[6]]
    _, report = publish(tmp_path, better, dumps=False, search=False)
    trend = {row["figure"]: row for row in read_document(report.problems_file.parent)["trend"]}
    assert trend["dates-unread"] == {"figure": "dates-unread", "before": 3, "now": 1, "direction": "better"}
    assert trend["gap-date"]["direction"] == "better"
    assert trend["gap-text"]["direction"] == "same"
    assert trend["problems-rejected"]["direction"] == "better"


def test_the_page_is_bounded(tmp_path):
    """A thousand kinds of problems, and as many names, make no endless page; their numbers are on it."""
    records = [
        {
            "id": f"record/{number}",
            "title": "T" * 500,
            f"key{number}": "v" * 500,
            "creator": [{"id": f"agent/{number}"}],
        }
        for number in range(1_200)
    ]
    _, report = publish(tmp_path, records, dumps=False, search=False)
    assert report.page.stat().st_size < 400_000
    document = read_document(report.problems_file.parent)
    (agents,) = document["worklist"]["undescribed"]
    assert (agents["count"], len(agents["items"])) == (1_200, 1_000)
    rows = rows_of(document, report.problems())
    assert len([row for row in rows if row["list"] == "problem"]) == report.severities.total()


texts = st.text(max_size=12)
problems = st.builds(
    SourceProblem,
    source=texts,
    at=texts,
    field=st.sampled_from(["dates[1]", "dates[2]", "title", "=a"]),
    value=texts,
    expected=texts,
    message=st.one_of(texts, st.sampled_from(["is no date; kept as it is written", "leads nowhere", "is required"])),
    severity=st.sampled_from(SEVERITIES),
    record=texts,
)


@given(st.lists(problems, max_size=40))
def test_kinds_count_each_problem_once(document, some):
    """Whatever is told, each problem is in one kind, is a row of the table, and has a remedy."""
    kinds = [kind.as_json() for kind in kinds_of(some)]
    assert sum(kind["count"] for kind in kinds) == len(some)
    rows = [row for row in rows_of(document, some) if row["list"] == "problem"]
    assert Counter(row["kind"] for row in rows) == Counter(map(word_of, some))
    assert all(row[name][:1] not in set("=+-@") for row in rows for name in COLUMNS if row[name])
    assert all(map(todo_of, some))
    assert all(json.dumps(kind) for kind in kinds)


def test_own_remedy_first():
    """A problem that says its own remedy keeps it, and is of the same kind."""
    plain = SourceProblem("a", "", "title", "", "text", "is required", "rejected")
    own = replace(plain, todo="Fill in column C.")
    assert (word_of(own), todo_of(own)) == (word_of(plain), "Fill in column C.")
    assert todo_of(plain) != own.todo


def test_texts_of_tables():
    """Each figure, severity and direction has a text."""
    assert set(page.SEVERITIES) == set(SEVERITIES)
    assert set(page.DIRECTIONS) == {"better", "worse", "same"}

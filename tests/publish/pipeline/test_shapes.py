"""The gate and the shapes say the same: JSON Schema of a record, SHACL of its graph."""

import copy
import json
import sys
from contextlib import closing

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from locations import ROOT
from publishing import BASE, publish

from kg import ontology
from kg.iris import KINDS
from kg.mapping.mapper import Mapper
from kg.publish import build
from kg.publish.pipeline.shape_reach import reach_of
from kg.publish.pipeline.shapes import KG_SHAPES, Shapes
from kg.records.model import validation
from kg.records.model.keys import Value, keys_of, label_key
from kg.records.normalisation.records import normalise_record
from kg.settings import Settings
from kg.store.generation.generations import Generations

sys.path.insert(0, str(ROOT / "tools"))

MAPPER = Mapper(ontology.load(BASE))
SHAPES = Shapes(KG_SHAPES, BASE)


def full(kind):
    """A record of a kind with the example of each key of the model."""
    record = {key.name: key.example for key in keys_of(kind) if key.name not in {"id", "kind", "status"}}
    record |= {"id": f"{kind}/1", label_key(kind): {"en": "A", "ru": "Б"}}
    sound, problems = normalise_record(copy.deepcopy(record), "", "")
    assert not problems
    return sound


def verdicts(record):
    """Whether the gate lets a record pass, and whether the shapes do its graph."""
    (mapped,) = MAPPER.map([record])
    violations, _ = SHAPES.violations([mapped.ntriples], "")
    return not validation.faults(record, "", ""), not violations


@pytest.mark.parametrize("kind", KINDS)
def test_good_records(kind):
    """A record with every key passes both."""
    assert verdicts(full(kind)) == (True, True)


WRONG = {
    Value.STRING: "",
    Value.TAG: "no tag",
    Value.LINK: "nothing/1",
    Value.URL: "ftp://example.org/",
    Value.EDTF: "now",
    Value.DAY: "yesterday",
    Value.INSTANT: "noon",
    Value.NUMBER: -1000,
    Value.CHOICE: "otherwise",
}
"""A wrong value for each kind of value, such as only a faulty reader could let through."""

# What can't be seen in the graph, and why.
UNSEEN = {
    "agentType": "becomes a class, and there is none for a word that the model lacks",
    "status": "the same",
}


def broken():
    """(kind, key, part or None) of each value that can be made wrong."""
    for kind in KINDS:
        for key in keys_of(kind):
            if key.name in {"id", "kind", *UNSEEN}:
                continue
            if key.parts:
                yield from ((kind, key, part) for part in key.parts if part.value in WRONG)
            elif key.value in WRONG:
                yield kind, key, None


def break_(record, key, part):
    """A copy of a record with a wrong value under a key, or in a part."""
    bad = copy.deepcopy(record)
    if part is None:
        bad[key.name] = [WRONG[key.value]] if key.many else WRONG[key.value]
    else:
        bad[key.name][0][part.name] = WRONG[part.value]
    return bad


@settings(max_examples=120)
@given(st.sampled_from(list(broken())))
def test_wrong_values(case):
    """A wrong value fails both."""
    kind, key, part = case
    assert verdicts(break_(full(kind), key, part)) == (False, False), (kind, key.name, part and part.name)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_required(kind):
    """A record without its label, with two labels in one language, or an empty one, fails both."""
    label = label_key(kind)
    for value in (None, {"en": ["A", "B"]}, {"en": ""}):
        bad = full(kind)
        bad.pop(label)
        if value is not None:
            bad[label] = value
        assert verdicts(bad) == (False, False), value


@pytest.mark.parametrize("kind", KINDS)
def test_parts_without_what_they_require(kind):
    """A part without a key that it requires fails both."""
    for key in keys_of(kind):
        for part in key.parts:
            if part.required:
                bad = full(kind)
                del bad[key.name][0][part.name]
                if part.name in {"role", "target"}:  # mapped directly besides: without them nothing can be
                    assert validation.faults(bad, "", "")
                    continue
                assert verdicts(bad) == (False, False), (key.name, part.name)


def test_file_is_what_the_model_says():
    """ontology/shapes.ttl is what the model says; `make docs` writes it."""
    import shapes

    assert shapes.FILE.read_text(encoding="utf-8") == shapes.text()


def test_shapes_of_an_archive(tmp_path):
    """An archive's own shapes leave out what breaks them, and the report says what that cost."""
    (tmp_path / "mine.ttl").write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcterms: <http://purl.org/dc/terms/> .
        @prefix schema: <https://schema.org/> .
        <#Dated> a sh:NodeShape ; sh:targetClass schema:ArchiveComponent ;
          sh:property [ sh:path dcterms:date ; sh:minCount 1 ; sh:message "a date" ; sh:name "dates" ] .
        """
    )
    dated = {"id": "record/1", "title": "Dated", "dates": "1962"}
    _, report = publish(tmp_path, [dated, {"id": "record/2", "title": "Undated"}], shapes="mine.ttl")
    assert (report.published, report.rejected) == ({"record": 1}, 1)
    (problem,) = report.problems()
    assert (problem.record, problem.field, problem.expected) == ("record/2", "dates", "a date")
    assert problem.at == "line 2"
    assert report.shapes_seconds > 0
    assert "own shapes took" in report.page.read_text(encoding="utf-8")


def test_stubs_break_no_shape(tmp_path):
    """What an archive's own shapes leave out leaves a stub where it is linked to, which they don't look at."""
    (tmp_path / "mine.ttl").write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcterms: <http://purl.org/dc/terms/> .
        @prefix schema: <https://schema.org/> .
        <#Dated> a sh:NodeShape ; sh:targetClass schema:ArchiveComponent ;
          sh:property [ sh:path dcterms:date ; sh:minCount 1 ] .
        """
    )
    dated = {"id": "record/1", "title": "Dated", "dates": "1962", "related": ["record/2"]}
    _, report = publish(tmp_path, [dated, {"id": "record/2", "title": "Undated"}], shapes="mine.ttl")
    assert (report.published, report.rejected, report.stubs) == ({"record": 1}, 1, 1)


PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
UNDATED, DATED = {"id": "record/1", "title": "Undated"}, {"id": "record/2", "title": "Dated", "dates": "1962"}
DATE = "sh:property [ sh:path dcterms:date ; sh:minCount 1 ; sh:message 'a date' {} ]"


def _published(folder, shape, *files):
    """References that are published, stubs apart, and the report, of records in some files, by shapes of one's own."""
    (folder / "mine.ttl").write_text(f"{PREFIXES}<#Mine> a sh:NodeShape ; {shape} .")
    sources = []
    for number, records in enumerate(files):
        (folder / f"{number}.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n", encoding="utf-8")
        sources.append({"path": f"{number}.jsonl"})
    made = Settings(base=BASE, folder=folder, sources=tuple(sources), shapes="mine.ttl")
    report = build.build(made)
    with closing(Generations.of_settings(made).open_live()) as live:
        found = {reference for reference, _, status, _, _ in live.catalogue.digests() if status != "stub"}
    return found, report


@pytest.mark.parametrize("severity", ["sh:Warning", "sh:Info"])
@pytest.mark.parametrize("place", ["property", "node"])
def test_advice_leaves_nothing_out(tmp_path, severity, place):
    """Results of sh:Warning and sh:Info are notes with the shape's words (SHACL, 2.1.4)."""
    if place == "property":
        shape = f"sh:targetClass schema:ArchiveComponent ; {DATE.format(f'; sh:severity {severity}')}"
    else:
        shape = f"sh:targetClass schema:ArchiveComponent ; sh:class schema:Book ; sh:severity {severity}"
    found, report = _published(tmp_path, shape, [UNDATED, DATED])
    assert found == {"record/1", "record/2"}
    notes = [each for each in report.problems() if "advice of mine.ttl" in each.message]
    assert {(each.severity, each.at) for each in notes if each.record == "record/1"} == {("note", "line 1")}


def test_a_violation_beside_advice(tmp_path):
    """A record that breaks both is left out for the violation alone; the advice is a note."""
    advice = "sh:property [ sh:path dcterms:abstract ; sh:minCount 1 ; sh:severity sh:Warning ]"
    shape = f"sh:targetClass schema:ArchiveComponent ; {advice} ; {DATE.format('')}"
    found, report = _published(tmp_path, shape, [UNDATED, DATED])
    assert found == {"record/2"}
    problems = [(each.record, each.severity) for each in report.problems()]
    assert sorted(problems) == [("record/1", "note"), ("record/1", "rejected"), ("record/2", "note")]


PERSON = {"id": "agent/a", "name": "A", "agentType": "person", "places": ["place/p"]}
BODY = {"id": "agent/b", "name": "B", "agentType": "organization"}
PLACE = {"id": "place/p", "name": "P", "latitude": 1, "longitude": 2}
BY_A, BY_B = ({"id": f"record/{each}", "title": "T", "creator": [f"agent/{each}"]} for each in "ab")
BY_PERSON = "sh:targetClass schema:ArchiveComponent ; sh:property [ sh:path dcterms:creator ; sh:class schema:Person ]"


@pytest.mark.parametrize(
    "files",
    [
        ([PERSON, BODY, BY_A, BY_B],),
        ([BY_A, BY_B, PERSON, BODY],),
        ([PERSON, BODY], [BY_A, BY_B]),
        ([BY_A, BY_B], [PERSON, BODY]),
        ([BY_A], [BY_B], [PERSON], [BODY]),
    ],
    ids=["beside", "later", "earlier file", "later file", "four files"],
)
def test_the_class_of_a_linked_thing(tmp_path, files):
    """`sh:class` of a linked thing gives the same answer wherever that stands (SHACL, 4.1.1)."""
    found, _ = _published(tmp_path, BY_PERSON, *files)
    assert found == {"record/a", "agent/a", "agent/b"}


def test_the_class_of_a_stub(tmp_path):
    """A thing that links alone describe has the class that they say."""
    linked = {
        "id": "record/s",
        "title": "T",
        "creator": [{"id": "agent/s", "name": {"en": "S"}, "agentType": "person"}],
    }
    bare = {"id": "record/n", "title": "T", "creator": ["agent/s"]}
    assert _published(tmp_path, BY_PERSON, [bare], [linked])[0] == {"record/s", "record/n"}


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:property [ sh:path dcterms:creator ; sh:node [ sh:property [ sh:path schema:name ; sh:minCount 1 ; sh:pattern 'A' ] ] ]",
        "sh:property [ sh:path (dcterms:creator schema:name) ; sh:pattern 'A' ]",
        "sh:or ( [ sh:path dcterms:creator ; sh:class schema:Person ] [ sh:path dcterms:creator ; sh:maxCount 0 ] )",
    ],
    ids=["sh:node", "a path of two steps", "sh:or"],
)
def test_what_is_said_of_a_linked_thing(tmp_path, constraint):
    """Shapes see what is said of a linked thing, in another file as beside it."""
    found, _ = _published(
        tmp_path, f"sh:targetClass schema:ArchiveComponent ; {constraint}", [BY_A, BY_B], [PERSON, BODY]
    )
    assert "record/a" in found
    assert "record/b" not in found


def test_what_links_to_a_thing(tmp_path):
    """An inverse path sees what links to a thing, in whichever file."""
    shape = "sh:targetClass schema:Person ; sh:property [ sh:path [ sh:inversePath dcterms:creator ] ; sh:minCount 1 ]"
    other = {**PERSON, "id": "agent/c"}
    found, _ = _published(tmp_path, shape, [PERSON, other], [BY_A])
    assert found >= {"agent/a", "record/a"}
    assert "agent/c" not in found


def test_nothing_of_the_survey_stays(tmp_path):
    """The first reading of the sources leaves no file in the generation, and tells no problem twice."""
    _, report = _published(tmp_path, BY_PERSON, [BY_A, {"title": "no id"}], [PERSON])
    assert sum(each.severity == "rejected" for each in report.problems()) == 1
    assert not list((tmp_path / "var").rglob("*survey*"))


@pytest.mark.parametrize(
    ("shape", "reach"),
    [
        ("sh:property [ sh:path dcterms:date ; sh:minCount 1 ]", (0, False)),
        (BY_PERSON, (1, False)),
        ("sh:property [ sh:path (dcterms:creator schema:name) ; sh:minCount 1 ]", (1, False)),
        (
            "sh:property [ sh:path dcterms:creator ; sh:node [ sh:property [ sh:path schema:birthPlace ; sh:class schema:Place ] ] ]",
            (2, False),
        ),
        ("sh:property [ sh:path [ sh:oneOrMorePath dcterms:isPartOf ] ; sh:minCount 1 ]", (7, False)),
        (
            "sh:property [ sh:path [ sh:alternativePath (dcterms:creator dcterms:subject) ] ; sh:class schema:Person ]",
            (1, False),
        ),
        ("sh:property [ sh:path [ sh:inversePath dcterms:creator ] ; sh:minCount 1 ]", (0, True)),
    ],
)
def test_reach(shape, reach):
    """The links that shapes follow are read from them: the path, and one more where they look at its values."""
    graph = rdflib.Graph().parse(data=f"{PREFIXES}<x:s> a sh:NodeShape ; {shape} .", format="turtle")
    assert reach_of(graph) == reach

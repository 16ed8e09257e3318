"""The gate and the shapes say the same: JSON Schema of a record, SHACL of its graph."""

import copy
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from locations import ROOT
from publishing import BASE, publish

from kg import ontology
from kg.iris import KINDS
from kg.mapping.mapper import Mapper
from kg.publish.pipeline.shapes import KG_SHAPES, Shapes
from kg.records.model import validation
from kg.records.model.keys import Value, keys_of, label_key
from kg.records.normalisation.records import normalise_record

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

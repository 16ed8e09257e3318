"""The audit of finding aids: what an independent XPath finds in a file is in its records, and a loss is seen."""

from pathlib import Path

import finding_aids

CASES = Path(__file__).resolve().parent / "cases"


def test_all_that_stands_in_a_finding_aid_is_found_in_its_records():
    """Components, titles, dates, numbers, people and paragraphs of the example are all there."""
    found, there, lost = finding_aids.audit(CASES / "finding-aid.xml")
    assert found == there
    assert min(found[name] for name in ("components", "titles", "dates", "people", "paragraphs")) > 0
    assert not lost


def test_audit_sees_a_loss(monkeypatch):
    """Where the reader gives no records, each value counts as lost, with file and line."""
    monkeypatch.setattr(finding_aids.finding_aid, "read", lambda _: iter(()))
    found, there, lost = finding_aids.audit(CASES / "finding-aid.xml")
    assert found["titles"] > 0
    assert there["titles"] == 0
    assert lost["titles"].startswith("finding-aid.xml, line ")

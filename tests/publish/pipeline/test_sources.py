"""Real sources, whole: everything is published, nothing is lost in silence."""

import json

import pytest
from locations import SOURCES
from serving import kg


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the real sources are not here (../shared/sources)")
def test_tapes_and_memorandum(tmp_path):
    """All of the Nixon tapes and the memorandum are published; agents without an authority file are stubs."""
    (tmp_path / "kg.toml").write_text(
        "dumps = false\ntables = false\n"
        f'[[sources]]\npath = "{SOURCES / "nixon-tapes"}"\n[[sources]]\npath = "{SOURCES / "wilson"}"\n',
        encoding="utf-8",
    )
    process = kg(tmp_path, "build", "--json", timeout=120)
    assert process.returncode == 0, process.stderr
    printed_report = json.loads(process.stdout)
    assert printed_report["read"] == printed_report["published"] == {"agent": 240, "record": 483 + 6}
    assert (printed_report["rejected"], printed_report["merged"]) == (0, 0)
    assert printed_report["stubs"] > 1000
    question = b"""
        PREFIX kg: <terms/> PREFIX rico: <https://www.ica.org/standards/RiC/ontology#>
        SELECT (COUNT(DISTINCT ?agent) AS ?stubs) (COUNT(DISTINCT ?wrong) AS ?wrongs) WHERE {
          { ?record kg:participant ?agent . ?agent a kg:Stub } UNION
          { ?wrong rico:normalizedDateValue "1971-02-16/1971-02-16"^^<http://id.loc.gov/datatypes/edtf/EDTF> }
        }"""
    answer = kg(tmp_path, "query", "--format", "json", input=question)
    row = json.loads(answer.stdout)["results"]["bindings"][0]
    assert int(row["stubs"]["value"]) > 0
    assert int(row["wrongs"]["value"]) == 0
    manifest = json.loads((tmp_path / "var" / "current" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["summary"]["published"] == printed_report["published"]

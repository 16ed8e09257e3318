"""A build from finding aids and authority records: what is withheld, who succeeds, the order of lists."""

from contextlib import closing, contextmanager

import pytest

from kg.publish import build
from kg.read.things import Redirect, Resources
from kg.settings import Settings
from kg.store.generation.generations import Generations

SECRET = "Hushwords"
AID = (
    '<ead><eadheader><eadid>aid</eadid></eadheader><archdesc level="collection"><did><unittitle>Guild</unittitle></did>'
    f'<accessrestrict audience="internal"><p>{SECRET}</p></accessrestrict><dsc>'
    f'<c id="h" level="file" audience="internal"><did><unittitle>{SECRET}</unittitle></did></c>'
    '<c id="x1" level="file"><did><unittitle>Statutes</unittitle></did></c>'
    '<c id="x2" level="file"><did><unittitle>Protocols</unittitle><unitdate>1950</unitdate></did></c>'
    '<c id="x3" level="file"><did><unittitle>Letters</unittitle><unitdate>1901</unitdate></did>'
    '<odd type="publicationStatus"><p>Draft</p></odd></c>'
    '<c id="x10" level="file"><did><unittitle>Charts</unittitle></did></c></dsc></archdesc></ead>'
)
AGENT = (
    "<eac-cpf><control><recordId>{}</recordId>{}</control><cpfDescription><identity><entityType>person</entityType>"
    "<nameEntry><part>Bo {}</part></nameEntry></identity></cpfDescription></eac-cpf>"
)
REPLACED = "<otherRecordId>{}</otherRecordId><maintenanceStatus>deletedReplaced</maintenanceStatus>"


def publish(folder, **more):
    """Build the finding aid and its authority records; the things, and the report."""
    (folder / "records").mkdir(parents=True)
    (folder / "records" / "aid.xml").write_text(AID, encoding="utf-8")
    replaced = {"old": "older", "older": "new", "gone": "nobody"}
    for name in ("old", "older", "gone", "new"):
        control = REPLACED.format(replaced[name]) if name in replaced else ""
        (folder / "records" / f"{name}.xml").write_text(AGENT.format(name, control, name), encoding="utf-8")
    settings = Settings(base="https://a.example.org/", folder=folder, sources=({"path": "records/*.xml"},), **more)
    report = build.build(settings)
    return settings, report


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The collection, published once."""
    return publish(tmp_path_factory.mktemp("aid"))


@contextmanager
def opened(settings):
    """The things of the live generation."""
    with closing(Generations(settings.var_folder).open_live()) as generation:
        yield Resources(generation)


def test_internal_is_in_no_file_of_a_generation(published):
    """What is internal is in no file that a build writes: no store, index, dump, table or report."""
    settings, report = published
    files = [path for path in settings.var_folder.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    assert [problem.field for problem in report.problems() if problem.value == "internal"] == [
        "accessrestrict/@audience",
        "c/@audience",
    ]


def test_replaced_authority_record_leads_to_its_successor(published):
    """The address of a replaced record leads to the published one at the end of the chain; one without is told."""
    settings, report = published
    with opened(settings) as things:
        found = [things.find(f"agent/{name}") for name in ("old", "older", "gone")]
    assert found == [Redirect("agent/new"), Redirect("agent/new"), None]
    assert [
        "agent/nobody, is not there" in problem.message
        for problem in report.problems()
        if problem.record == "agent/gone"
    ] == [True]


def test_lists_of_a_level_go_by_the_finding_aid(published):
    """What lies in a level is listed as its finding aid has it, whatever the dates."""
    with opened(published[0]) as things:
        level = things.describe(things.find("archive/aid"))
        (group,) = [group for group in things.around(level).groups if group.key == "partOf"]
    names = [next(iter(entry.thing.labels.values())) for entry in group.links]
    assert names == ["Statutes", "Protocols", "Letters", "Charts"]


def test_setting_leaves_drafts_out(tmp_path):
    """With `drafts = "leave-out"` a draft is no thing, and the others keep their places."""
    settings, report = publish(tmp_path, drafts="leave-out")
    with opened(settings) as things:
        assert things.find("archive/aid.x3") is None
        assert things.describe(things.find("archive/aid.x10")).record["position"] == 4
    assert any("draft" in problem.message for problem in report.problems())

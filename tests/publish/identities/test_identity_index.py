"""Identities: what numbers, names of files and addresses lead to among all that the sources describe."""

import json

import pytest

from kg import settings
from kg.publish import build

BASE = "https://archive.example.org/data/"
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
FINDING_AID = (
    "<ead><eadheader><eadid {url}>{key}</eadid></eadheader><archdesc level='{level}'><did>"
    "<unittitle>Papers of Scribe</unittitle>{did}</did>{access}{dsc}</archdesc></ead>"
)
AUTHORITY = (
    f"<eac-cpf {XLINK}><control><recordId>{{key}}</recordId></control><cpfDescription><identity>"
    "<entityType>{kind}</entityType><nameEntry><part>{name}</part></nameEntry></identity>"
    "<relations>{relations}</relations></cpfDescription></eac-cpf>"
)


def finding_aid(key, *, url="", level="fonds", did="", access="", dsc=""):
    lists = f"<controlaccess>{access}</controlaccess>" if access else ""
    return FINDING_AID.format(key=key, url=url, level=level, did=did, access=lists, dsc=dsc)


def authority(key, name="Scribe, Berta", *, kind="person", relations=""):
    return AUTHORITY.format(key=key, kind=kind, name=name, relations=relations)


def resource(href, title="Papers"):
    return f'<resourceRelation xlink:href="{href}"><relationEntry>{title}</relationEntry></resourceRelation>'


def publish(folder, files):
    """The published records by reference, and the report's problems."""
    for name, text in files.items():
        path = folder / "records" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    made = settings.Settings(base=BASE, folder=folder, sources=({"path": "records"},))
    report = build.build(made)
    written = (folder / "var/generations/0001/records/0001.jsonl").read_bytes().splitlines()
    records = {record["id"]: record for record in map(json.loads, written)}
    return records, list(report.problems())


def targets(record):
    links = [relation["target"] for relation in record["relations"]]
    return [link["id"] if isinstance(link, dict) else link for link in links]


PARTS = "<dsc><c id='d1' level='item'><did><unittitle>Letter</unittitle></did></c></dsc>"


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("fa", "archive/fa"),
        ("fa#d1", "record/fa.d1"),
        ("fa.xml", "archive/fa"),
        ("other-name.xml", "archive/fa"),
        ("../ead/other-name.xml#d1", "record/fa.d1"),
        ("https://fa.example.org/guides/fa.xml", "archive/fa"),
        ("http://fa.example.org/guides/fa.xml#top", "archive/fa"),
        ("https://fa.example.org/elsewhere/fa", "archive/fa"),
        ("archive/fa", "archive/fa"),
    ],
)
def test_a_relation_to_a_finding_aid(tmp_path, href, target):
    """A relation by identifier, component, file or address on the archive's site leads to what that is here."""
    url = 'url="https://fa.example.org/guides/fa.xml"'
    records, problems = publish(
        tmp_path,
        {
            "ead/other-name.xml": finding_aid("fa", url=url, dsc=PARTS),
            "eac/a.xml": authority("a", relations=resource(href)),
        },
    )
    assert targets(records["agent/a"]) == [target]
    assert not [name for name, record in records.items() if record.get("status") == "stub" and "fa" in name]
    assert not problems


def test_an_address_on_another_site(tmp_path):
    """Elsewhere the last part of an address is enough where the relation names the finding aid as it names itself."""
    relations = resource("https://x.example.net/fa", "Scribe papers") + resource("https://y.example.net/fa", "Maps")
    records, _ = publish(tmp_path, {"fa.xml": finding_aid("fa"), "a.xml": authority("a", relations=relations)})
    assert targets(records["agent/a"]) == ["archive/fa", "record/y.example.net-fa"]


def test_a_relation_that_leads_nowhere(tmp_path):
    """A relation to what is not there, by identifier or file, is told; one in an authority file elsewhere is not."""
    links = resource("fa-9") + (
        '<cpfRelation xlink:href="gone.xml"><relationEntry>Gone, G.</relationEntry></cpfRelation>'
        '<cpfRelation xlink:href="#x"><relationEntry>Anchor, Cai</relationEntry></cpfRelation>'
        '<cpfRelation xlink:href="https://viaf.org/viaf/5"><relationEntry>Five, F.</relationEntry></cpfRelation>'
    )
    records, problems = publish(tmp_path, {"a.xml": authority("a", relations=links)})
    assert {"record/fa-9", "agent/gone", "agent/viaf.org-viaf-5"} < records.keys()
    assert not any("%23" in name or "xml" in name for name in records)
    told = {problem.value for problem in problems}
    assert told == {"record/fa-9", "Gone, G.", "agent/gone"}


def test_two_files_of_one_name(tmp_path):
    """Of two files of one name the one beside is meant; where none lies there, neither is."""
    relation = '<cpfRelation xlink:href="b.xml"><relationEntry>B</relationEntry></cpfRelation>'
    files = {
        "x/a.xml": authority("xa", relations=relation),
        "x/b.xml": authority("xb", "B, B."),
        "y/b.xml": authority("yb", "B, B."),
        "z/a.xml": authority("za", relations=relation),
    }
    records, problems = publish(tmp_path, files)
    assert targets(records["agent/xa"]) == ["agent/xb"]
    assert targets(records["agent/za"]) == ["agent/b"]
    assert any("several times" in problem.message for problem in problems)


NUMBERED = (
    '<{tag} source="local" authfilenumber="7">{name}</{tag}>',
    [("persname", "Vane, Ora"), ("corpname", "The Guild"), ("famname", "Ostrow")],
)


def numbered(tag, name):
    return NUMBERED[0].format(tag=tag, name=name)


@pytest.mark.parametrize("names", [NUMBERED[1], NUMBERED[1][::-1]])
def test_one_number_of_several_types(tmp_path, names):
    """A person, a body and a family of one number are three, whatever their order, and told."""
    files = {f"{tag}.xml": finding_aid(tag, access=numbered(tag, name)) for tag, name in names}
    records, problems = publish(tmp_path, files)
    agents = {name: record["name"]["@none"] for name, record in records.items() if name.startswith("agent/")}
    assert agents == {"agent/7": "Vane, Ora", "agent/7.organization": "The Guild", "agent/7.family": "Ostrow"}
    assert {problem.value for problem in problems} == {"Vane, Ora", "The Guild", "Ostrow"}


def test_a_record_keeps_its_number(tmp_path):
    """The number of an authority record stays that of its agent: a name of another type is another agent."""
    files = {
        "a.xml": authority("7", "The Guild", kind="corporateBody"),
        "b.xml": finding_aid("fa", access=numbered("corpname", "The Guild") + numbered("persname", "Vane, Ora")),
    }
    records, _ = publish(tmp_path, files)
    assert records["agent/7"]["name"] == {"@none": "The Guild"}
    assert records["agent/7.person"]["name"] == {"@none": "Vane, Ora"}


@pytest.mark.parametrize(("tag", "kind"), [("persname", "agent"), ("geogname", "place"), ("subject", "topic")])
@pytest.mark.parametrize("together", [True, False])
def test_one_number_of_several_files(tmp_path, tag, kind, together):
    """A number identifies with its authority file: the same one of VIAF, ULAN, a list and the archive are four."""
    sources = ("viaf", "ulan", "bibsys", "local")
    names = [f'<{tag} source="{source}" authfilenumber="12345">Name {source}</{tag}>' for source in sources]
    lists = ["".join(names)] if together else names
    files = {f"{number}.xml": finding_aid(f"fa{number}", access=text) for number, text in enumerate(lists)}
    records, problems = publish(tmp_path, files)
    labels = [record["name"]["@none"] for name, record in records.items() if name.startswith(f"{kind}/")]
    assert sorted(labels) == sorted(f"Name {source}" for source in sources)
    assert not problems


def test_a_list_of_the_archive_and_its_records(tmp_path):
    """The number of a named list is that of the authority record with that number and name."""
    files = {
        "a.xml": authority("12345"),
        "b.xml": finding_aid("fa", access='<persname source="myindex" authfilenumber="12345">Scribe, B.</persname>'),
    }
    records, problems = publish(tmp_path, files)
    assert [link["id"] for link in records["archive/fa"]["subjects"]] == ["agent/12345"]
    assert not problems


LINKS = {
    "jsonl": '{{"id": "record/{n}", "title": "T", "creator": [{{"id": "agent/k", "name": "{name}"}}]}}\n',
    "xml": FINDING_AID.replace(
        "{access}", '<controlaccess><persname authfilenumber="k">{name}</persname></controlaccess>'
    ),
}


@pytest.mark.parametrize("format_", ["jsonl", "xml"])
@pytest.mark.parametrize(("other", "is_told"), [("Entirely Other", True), ("Kay, A.", False)])
def test_two_names_under_one_id(tmp_path, format_, other, is_told):
    """Both names under one id are kept as forms, and told where they are no forms of one another."""
    written = {"key": "", "url": "", "level": "fonds", "did": "", "dsc": ""}
    names = ("Kay, Ada", other)
    files = {
        f"{n}.{format_}": LINKS[format_].format(**{**written, "key": f"fa{n}"}, n=n, name=name)
        for n, name in enumerate(names)
    }
    records, problems = publish(tmp_path, files)
    agent = records["agent/k"]
    texts = [*agent["name"].values(), *(text for texts in agent["alternativeNames"].values() for text in texts)]
    assert sorted(texts) == sorted(names)
    assert [other in problem.value or other in problem.message for problem in problems] == [True] * is_told


def test_two_names_under_one_number_in_one_list(tmp_path):
    """So it is within one list of a finding aid."""
    access = '<persname authfilenumber="f">Flint, Per</persname><persname authfilenumber="f">Fitch, Olaf</persname>'
    records, problems = publish(tmp_path, {"a.xml": finding_aid("fa", access=access)})
    assert records["agent/f"]["name"] == {"@none": "Flint, Per"}
    assert records["agent/f"]["alternativeNames"] == {"@none": ["Fitch, Olaf"]}
    assert problems


def test_a_name_unlike_that_of_the_record(tmp_path):
    """A link that calls an agent by a name which is no form of those in its record is told."""
    files = {
        "a.xml": authority("k"),
        "b.xml": finding_aid("fa", access='<persname authfilenumber="k">Fitch, Olaf</persname>'),
    }
    _, problems = publish(tmp_path, files)
    assert [(problem.source, problem.value) for problem in problems] == [("records/b.xml", "Fitch, Olaf")]


PAGE = (
    "April 5, 1963\n\nTalk\n\nText.\n\nSummary {n}.\n\nRelated Documents\n\nMarch 23, 1963\n\nLetter\n\n{summary}\n\n"
    "Document Information\n\nRecord ID\n\n{n}\n\nOriginal Classification\n\nSecret\n"
)


def test_pages_that_name_the_same_related_document(tmp_path):
    """Pages that name the same related document make one record with a link to each, and no error."""
    files = {f"{n}.txt": PAGE.format(n=n, summary="Sum A." if n < 3 else "Sum B.") for n in (1, 2, 3)}
    records, problems = publish(tmp_path, files)
    (related,) = [name for name in records if name.startswith("record/march-23")]
    assert records[related]["related"] == ["record/1", "record/2", "record/3"]
    assert records[related]["summary"] == {"en": ["Sum A.", "Sum B."]}
    assert all(records[f"record/{n}"]["related"] == [related] for n in (1, 2, 3))
    assert not problems

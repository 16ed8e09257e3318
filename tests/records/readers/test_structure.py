"""Structure of finding aids and authority records: order, places, titles, plain names, identities, texts in a row."""

import pytest
from lxml import etree

from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, SourceFile
from kg.records.readers.ead import containers
from kg.records.readers.xml import running_text

EAD = (
    '<ead xmlns:xlink="http://www.w3.org/1999/xlink"><eadheader><eadid>x</eadid></eadheader>'
    '<archdesc level="fonds"><did><unittitle>Papers</unittitle>{did}</did>{top}</archdesc></ead>'
)


def read(tmp_path, text, format_="ead"):
    """Records by id, and the problems."""
    file = tmp_path / "a.xml"
    file.write_text(text, encoding="utf-8")
    items = list(READERS[format_](SourceFile(file, "a.xml", origin="t")))
    records = {item.record["id"]: item.record for item in items if isinstance(item, RawRecord)}
    return records, [item for item in items if not isinstance(item, RawRecord)]


def whole(tmp_path, did="", top=""):
    """The record of a finding aid."""
    return read(tmp_path, EAD.format(did=did, top=top))[0]["archive/x"]


TEXTS = {
    "<unittitle>Letters<unitdate>1900</unitdate></unittitle>": "Letters 1900",
    "<unittitle>Sub<unitdate>1905</unitdate><unitdate>1907</unitdate></unittitle>": "Sub 1905 1907",
    "<titleproper>Guild records<num>A.7</num></titleproper>": "Guild records A.7",
    "<corpname><subarea>Rare Books</subarea>City Library</corpname>": "Rare Books City Library",
    "<p>See <archref><unittitle>Other fonds</unittitle><unitdate>1888</unitdate></archref></p>": "See Other fonds 1888",
    "<langmaterial><language>Russian</language><language>French</language> too</langmaterial>": "Russian French too",
    "<address><addressline>1 Way</addressline><addressline>Town</addressline></address>": "1 Way Town",
    "<event>worked in<list><item>Oslo</item><item>Bergen</item></list></event>": "worked in Oslo Bergen",
    "<row><entry>a</entry><entry>b</entry></row>": "a b",
    "<chronItem><date>1910</date><event>born</event></chronItem>": "1910 born",
    "<defitem><label>box</label><item>a case</item></defitem>": "box a case",
    "<p>To<persname>Doe, Jane</persname>from<corpname>Guild</corpname>.</p>": "To Doe, Jane from Guild.",
    "<p>H<emph>2</emph>O, C<span>O</span>, w<b>or</b>d</p>": "H2O, CO, word",
    "<p>the <persname>Smith</persname>s, <persname>Doe</persname>'s, <date>1900</date>s</p>": "the Smiths, Doe's, 1900s",
    "<p>l'<title>Ami</title>, (<date>1900</date>), ex-<persname>Roe</persname>-Poe</p>": "l'Ami, (1900), ex-Roe-Poe",
    "<p>By <persname>Roe, A.</persname>, clerk.</p>": "By Roe, A., clerk.",
    "<p>One<lb/>two</p>": "One two",
    "<p>文書<date>千九百年</date>作成</p>": "文書千九百年作成",
    "<p><abc>foreign</abc><def>words</def></p>": "foreign words",
    "<dateRange><fromDate>1910</fromDate><toDate>1920</toDate></dateRange>": "1910\N{EN DASH}1920",
    "<dateRange>\n<fromDate>1910</fromDate>\n<toDate/>\n</dateRange>": "1910",
}


@pytest.mark.parametrize("written", TEXTS)
def test_neighbours_are_parted_and_words_stay_whole(written):
    """A blank parts what the markup parts, and none comes into a word or before what belongs to it."""
    assert " ".join(running_text.of(etree.fromstring(written)).split()) == TEXTS[written]


def test_parts_of_a_physical_description_stand_alone(tmp_path):
    """Values that run together are values of their own; a sentence stays one."""
    parted = "<physdesc>12 boxes<extent>5 metres</extent><dimensions>30 x 40 cm</dimensions></physdesc>"
    record = whole(tmp_path, parted)
    assert (record["extent"], record["physicalForm"]) == (
        {"@none": ["12 boxes", "5 metres"]},
        {"@none": ["30 x 40 cm"]},
    )
    assert "extra" not in record
    sentence = "<physdesc><extent>5 metres</extent> (in <genreform>maps</genreform>)</physdesc>"
    assert whole(tmp_path, sentence)["extent"] == {"@none": ["5 metres (in maps)"]}


BOX = '<container type="box"{1}>{0}</container>'
FOLDER = '<container type="folder"{1}>{0}</container>'
PLACES = {
    "paired": (
        BOX.format(1, ' id="a"')
        + FOLDER.format(3, ' parent="a"')
        + BOX.format(2, ' id="b"')
        + FOLDER.format(4, ' parent="b"'),
        ["box 1, folder 3", "box 2, folder 4"],
    ),
    "the same folder": (
        BOX.format(1, ' id="a"') + BOX.format(2, ' id="b"') + FOLDER.format(7, ' parent="a b"'),
        ["box 1, folder 7", "box 2, folder 7"],
    ),
    "no pairs": (
        BOX.format(1, "") + FOLDER.format(3, "") + BOX.format(2, "") + FOLDER.format(3, ""),
        ["box 1, folder 3", "box 2, folder 3"],
    ),
    "folders of a box": (
        BOX.format(1, "") + FOLDER.format(3, "") + FOLDER.format(4, ""),
        ["box 1, folder 3", "box 1, folder 4"],
    ),
    "folder first": (FOLDER.format(3, "") + BOX.format(1, ""), ["box 1, folder 3"]),
    "boxes alone": (BOX.format(1, "") + BOX.format(2, ""), ["box 1", "box 2"]),
    "reel and frames": (
        '<container type="Frames">5-9</container><container type="Reel">2</container>',
        ["reel 2, frames 5-9"],
    ),
    "a label": ('<container type="box" label="Mixed [77]">1</container>', ["box 1 (Mixed [77])"]),
    "a sort of its own": ('<container type="Karton">1</container>', ["karton 1"]),
    "a circle": (BOX.format(1, ' id="a" parent="b"') + FOLDER.format(2, ' id="b" parent="a"'), []),
}


@pytest.mark.parametrize("name", PLACES)
def test_each_place_is_a_text_with_the_box_first(tmp_path, name):
    """Each place is a text of its own, and no number is lost."""
    written, places = PLACES[name]
    record = whole(tmp_path, written)
    assert record.get("containers", []) == places
    if not places:  # nothing is in what is inside itself: kept as it is written
        assert {each["value"] for each in record["extra"]} >= {"1", "2"}


def test_levels_are_those_of_a_single_place(tmp_path):
    """`referenceLevels` has the levels of a single place, top first, and none where there are several."""
    record = whole(tmp_path, PLACES["folder first"][0])
    assert [level["level"] for level in record["referenceLevels"]] == ["box", "folder"]
    assert "referenceLevels" not in whole(tmp_path, PLACES["paired"][0])


def test_many_containers_take_linear_work():
    """Of very many containers the first ones are read."""
    did = etree.fromstring(f"<did>{FOLDER.format(1, '') * 5_000}</did>")
    assert len(containers.places(did)) == 1_000


COMPONENTS = (
    '<dsc><c id="a" level="file"><did><unittitle>Z</unittitle></did>'
    '<c id="i" level="item"><did><unittitle>I</unittitle></did>'
    '<c id="j" level="item"><did><unittitle>J</unittitle></did></c></c>'
    '<c id="k" level="item"><did><unittitle>K</unittitle></did></c></c>'
    '<c id="b" level="file" audience="internal"><did><unittitle>Hidden</unittitle></did></c>'
    '<c id="c" level="file"><did><unittitle>A</unittitle></did></c></dsc>'
)


def test_units_keep_the_order_of_the_finding_aid(tmp_path):
    """`position` counts what lies in the same level, an item before the items inside it."""
    records, _ = read(tmp_path, EAD.format(did="", top=COMPONENTS))
    positions = {name.rpartition("/")[2]: record.get("position") for name, record in records.items()}
    assert positions == {"x": None, "x.a": 1, "x.c": 2, "x.i": 1, "x.j": 2, "x.k": 3}
    assert records["record/x.j"]["heldIn"][0]["id"] == "archive/x.a"
    assert records["record/x.j"]["related"][0]["id"] == "record/x.i"


TITLES = {
    "a number": ("<unitid>F 6</unitid><container type='box'>6</container>", "F 6", "unitid"),
    "a container": ("<container type='box'>6</container>", "box 6", "container"),
    "a place": ("<physloc>Shelf 3</physloc>", "Shelf 3", "physloc"),
    "a blank title": ("<unittitle> </unittitle>", "u", "id"),
    "nothing": ("", "u", "id"),
}


@pytest.mark.parametrize("name", TITLES)
def test_unit_without_a_title_is_called_by_what_it_has(tmp_path, name):
    """A unit without a title is published with its parts, under its number, container, place or id, and told."""
    did, called, what = TITLES[name]
    inner = '<c id="i" level="item"><did><unittitle>Inside</unittitle></did></c>'
    records, (problem,) = read(
        tmp_path, EAD.format(did="", top=f'<dsc><c id="u" level="file"><did>{did}</did>{inner}</c></dsc>')
    )
    assert records["archive/x.u"]["name"] == {"@none": called}
    assert records["archive/x.u"]["partOf"][0]["id"] == "archive/x"
    assert records["record/x.i"]["heldIn"] == [{"id": "archive/x.u"}]
    assert (problem.field, what in problem.message) == ("unittitle", True)


def test_component_without_did_has_a_name(tmp_path):
    """A component without `did` is called by its id."""
    records, _ = read(tmp_path, EAD.format(did="", top='<dsc><c id="u" level="item"/></dsc>'))
    assert records["record/x.u"]["title"] == {"@none": "u"}


ORIGINATIONS = {
    "<origination>Vane, Ora</origination>": ["Vane, Ora"],
    '<origination label="Creator">Vane, Ora; Roe, Bo</origination>': ["Vane, Ora", "Roe, Bo"],
    "<origination>The <emph>Guild</emph></origination>": ["The Guild"],
    '<origination label="Source">Vane, Ora</origination>': [],
    '<origination label="Part of">Vane, Ora</origination>': [],
    "<origination><archref><unittitle>Other</unittitle></archref></origination>": [],
    "<origination>Unknown</origination>": [],
}


@pytest.mark.parametrize("written", ORIGINATIONS)
def test_plain_text_of_an_origination_is_the_creator(tmp_path, written):
    """Plain text names the creator, where the label says nothing else; what it isn't is kept."""
    record = whole(tmp_path, written)
    assert [next(iter(link["name"].values())) for link in record.get("creator", [])] == ORIGINATIONS[written]
    assert ORIGINATIONS[written] or record["extra"]


LANGUAGES = {
    "<langmaterial>English</langmaterial>": ["en"],
    "<langmaterial>In English, French and German.</langmaterial>": ["en", "fr", "de"],
    "<langmaterial>English and drafts</langmaterial>": None,
    '<langmaterial><language langcode="eng">English</language><language scriptcode="Latn">Latin</language></langmaterial>': [
        "en"
    ],
    '<langmaterial><language scriptcode="Arab">Arabic</language></langmaterial>': None,
}


@pytest.mark.parametrize("written", LANGUAGES)
def test_languages_in_plain_text_are_read_and_scripts_are_none(tmp_path, written):
    """The names of languages are read where nothing else is said; a script is no language, and kept."""
    assert whole(tmp_path, written).get("language") == LANGUAGES[written]


def test_language_of_the_description_in_plain_text(tmp_path):
    """`langusage` in plain text is the language of the description."""
    text = EAD.format(did="", top="").replace(
        "</eadid>", "</eadid><profiledesc><langusage>French</langusage></profiledesc>"
    )
    assert read(tmp_path, text)[0]["archive/x"]["name"] == {"fr": "Papers"}


REPOSITORIES = {
    "City Archive<address><addressline>1 Way</addressline></address>": "1 Way",
    "City Archive <address><addressline>PO Box 9</addressline></address>": "PO Box 9",
    'City Archive <extptr xlink:href="https://a.example/logo.png"/>': "",
    'City Archive, <extref xlink:href="https://a.example/">our page</extref>': "our page",
    "City Archive<subarea>Maps</subarea>": "Maps",
    "<corpname>City Archive</corpname><address><addressline>1 Way</addressline></address>": "1 Way",
    '<extref xlink:href="https://a.example/">City Archive</extref>': "",
}


@pytest.mark.parametrize("written", REPOSITORIES)
def test_repository_is_called_by_its_name_alone(tmp_path, written):
    """What stands beside the name of a repository is kept apart, so that each finding aid names the same one."""
    record = whole(tmp_path, f"<repository>{written}</repository>")
    assert record["repository"][0]["name"] == {"@none": "City Archive"}
    assert REPOSITORIES[written] in {"", *(each["value"] for each in record.get("extra", []))}


def test_digital_objects_have_roles_titles_and_entities(tmp_path):
    """A file has its role and the title of its group; the address of an entity is that of the DOCTYPE."""
    group = (
        '<daogrp xlink:title="Scans"><daoloc xlink:href="https://x.example/t.jpg" xlink:role="thumbnail"/>'
        '<daoloc xlink:href="https://x.example/f.jpg" xlink:title="Front"/></daogrp>'
    )
    objects = whole(tmp_path, group)["digitalObjects"]
    assert [(each["label"]["@none"], each.get("role")) for each in objects] == [("Scans", "thumbnail"), ("Front", None)]
    doctype = '<!DOCTYPE ead [<!NOTATION j SYSTEM "j"><!ENTITY p SYSTEM "https://x.example/p.jpg" NDATA j>]>'
    records, told = read(tmp_path, doctype + EAD.format(did='<dao entityref="p"/><dao entityref="q"/>', top=""))
    assert records["archive/x"]["digitalObjects"] == [{"url": "https://x.example/p.jpg", "mediaType": "image/jpeg"}]
    assert [(problem.value, problem.field) for problem in told] == [("q", "dao/@entityref")]
    assert "q" in {each["value"] for each in records["archive/x"]["extra"]}


def test_mark_of_a_link_is_no_label(tmp_path):
    """The name by which an arc calls a file says nothing; any other `label` stands for a title."""
    group = (
        '<daogrp xlink:type="extended"><daoloc xlink:type="locator" xlink:label="start" xlink:href="https://x.example/1"/>'
        '<daoloc xlink:label="Back" xlink:href="https://x.example/2"/><arc xlink:from="start" xlink:to="x"/></daogrp>'
    )
    record = whole(tmp_path, group)
    assert [each.get("label") for each in record["digitalObjects"]] == [None, {"@none": "Back"}]
    assert {each["value"] for each in record["extra"]} == {"start"}


WHOLES = {
    "<index><indexentry><name>Doe</name><ref>Box 1</ref></indexentry></index>": "Doe Box 1",
    "<bioghist><table><tgroup><tbody><row><entry>a</entry><entry>b</entry></row></tbody></tgroup></table></bioghist>": "a b",
    "<bioghist><list><defitem><label>WHO</label><item>World Health</item></defitem></list></bioghist>": "WHO World Health",
    "<bioghist><chronlist><chronitem><date>1900</date><event>born</event></chronitem></chronlist></bioghist>": "1900 born",
}


@pytest.mark.parametrize("written", WHOLES)
def test_parts_that_mean_little_alone_are_one_text(tmp_path, written):
    """An entry of an index, a row, a definition, an event with its date: each is one text."""
    assert [each["value"] for each in whole(tmp_path, top=written)["extra"]] == [WHOLES[written]]


def test_further_identities_are_agents_of_their_own(tmp_path):
    """Each identity of an entity is an agent with all that is said of it, related to the first; the report says so."""
    one = "<cpfDescription><identity><entityType>person</entityType><nameEntry><part>{}</part></nameEntry></identity>{}</cpfDescription>"
    second = "<description><biogHist><p>A pen name.</p></biogHist><function>{}</function></description>"
    text = (
        "<eac-cpf><control><recordId>m</recordId></control><multipleIdentities>"
        + one.format("Real, Rose", "")
        + one.format("Pen, Peter", second.format("<term>poet</term>"))
        + "</multipleIdentities></eac-cpf>"
    )
    records, (problem,) = read(tmp_path, text, "eac")
    pen = records["agent/m.2"]
    assert (pen["name"], pen["biography"]) == ({"@none": "Pen, Peter"}, {"@none": ["A pen name."]})
    assert "extra" not in records["agent/m"]
    for one_id, another in (("agent/m", "agent/m.2"), ("agent/m.2", "agent/m")):
        (relation,) = records[one_id]["relations"]
        assert (relation["target"]["id"], relation["type"]) == (another, "identity")
    assert problem.field == "multipleIdentities"

"""Pages read by others: the Nu HTML checker, extruct, citation-js."""

import json
import re
import subprocess

import extruct
import httpx2
import pytest
from kinds_of_pages import PATHS
from programs import needs

CITE = """
const { Cite } = require('@citation-js/core');
for (const plugin of ['bibtex', 'ris', 'csl']) require('@citation-js/plugin-' + plugin);
const [, bib, ris, csl] = process.argv;
const read = (text) => new Cite(text).data.map(({ title, author, issued }) => ({ title, author, issued }));
console.log(JSON.stringify([read(bib), read(ris), read(csl)]));
"""


@needs("java")
def test_html_is_valid(packages, site, tmp_path):
    "The Nu HTML checker finds no error in any page."
    for n, path in enumerate(PATHS):
        html = httpx2.get(site + path, headers={"accept": "text/html"}).content
        (tmp_path / f"{n:02}.html").write_bytes(html)
    jar = packages / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-jar", str(jar), "--errors-only", "--format", "json", "--stdout", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    found = json.loads(done.stdout)["messages"]
    named = [
        (PATHS[int(each["url"].rsplit("/", 1)[1][:2])], each["message"], each.get("extract", "")[:200])
        for each in found
    ]
    assert named == []


@needs("java")
def test_css_is_valid(packages):
    "The Nu checker finds no error in the stylesheet."
    from kg.render.site.assets import STATIC

    jar = packages / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [
        "java",
        "-jar",
        str(jar),
        "--css",
        "--errors-only",
        "--format",
        "json",
        "--stdout",
        str(STATIC / "kg.css"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert [each["message"] for each in json.loads(done.stdout)["messages"]] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", [path for path in PATHS if path.endswith(".html") and "cite" not in path])
def test_extruct_reads_the_json_ld(site, path):
    "schema.org stands in the head of every thing's page, whatever the record holds."
    html = httpx2.get(site + path).text
    data = extruct.extract(html, base_url=site + path, syntaxes=["json-ld", "opengraph"])
    assert data["json-ld"][0]["@context"] == "https://schema.org"
    assert data["json-ld"][0]["name"]
    assert data["opengraph"]


def test_embedded_data_has_the_types_of_schema_org(packages, site, tmp_path):
    "What stands in the head of a page has no property that schema.org's definitions lack at its type, nor a wrong value."
    lines = ['import type * as S from "schema-dts";']
    for number, path in enumerate(["/", *(path for path in PATHS if path.endswith(".html") and "cite" not in path)]):
        html = httpx2.get(site + path).text
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])
        data.pop("@context")
        # An input of an action is an annotation of its own (schema.org, Actions), which the types do not have.
        data.get("potentialAction", {}).pop("query-input", None)
        names = data["@type"] if isinstance(data["@type"], list) else [data["@type"]]
        type_ = (
            f"S.{names[0]}"
            if len(names) == 1
            else f"S.MergeLeafTypes<[{', '.join(f'S.{name}Leaf' for name in names)}]>"
        )
        # Nobody has told whether these are people or bodies: they have an address and a name, and no type but Thing.
        told = re.sub(
            r'\{"@type": "Thing", "@id": ("[^"]*"), "name": "(?:[^"\\]|\\.)*"\}', r'{"@id": \1}', json.dumps(data)
        )
        lines.append(f"/* {path} */ export const page{number}: {type_} = {told};")
    (tmp_path / "node_modules").symlink_to(packages)
    (tmp_path / "pages.ts").write_text("\n".join(lines), encoding="utf-8")
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext"]
    command = ["node", str(packages / "typescript" / "bin" / "tsc"), *options, "pages.ts"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout == ""


@pytest.mark.parametrize("key", ["177838", pytest.param("hostile", marks=pytest.mark.smoke), "arabic"])
def test_citation_js_reads_the_citations(packages, site, key):
    "BibTeX, RIS and CSL-JSON of a record tell a reference manager the same title and the same people."
    files = [httpx2.get(f"{site}/record/{key}.{suffix}").text for suffix in ("bib", "ris", "csl.json")]
    command = ["node", "-e", CITE, *files]
    done = subprocess.run(command, cwd=packages.parent, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    assert [len(each) for each in read] == [1, 1, 1]
    if key == "177838":
        assert len({each[0]["title"] for each in read}) == 1
        assert {each[0]["author"][0]["family"] for each in read} == {"Alekseyev"}
        assert {json.dumps(each[0]["issued"]) for each in read} == {'{"date-parts": [[1963, 4, 5]]}'}

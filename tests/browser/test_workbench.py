"""The workbench in a real Chromium, as a person uses it."""

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from publishing import QUERY_FOLDERS

from kg.render.queries.examples import examples
from kg.render.site.assets import STATIC
from kg.render.site.translations import LANGUAGES, translations

EXAMPLES = examples(QUERY_FOLDERS)
EDITOR = "document.querySelector('.tabPanel.active .CodeMirror').CodeMirror"
VIEWS = {
    "table": "table.results tbody tr",
    "pivot": "table.pivot tbody tr",
    "chart": ".kg-chart rect.stroke",
    "timeline": "ol.lanes .stroke",
    "map": "svg.map circle.dot",
    "network": "svg.network circle.dot",
}


@pytest.fixture
def person(browser, address):
    """Opens pages, and fails at the end if one said anything to the console, broke its policy, or asked elsewhere."""
    contexts, said, asked = [], [], []

    def open_(path, width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not said
    assert all(url.startswith((address, "data:", "blob:")) for url in asked)


def test_each_example_in_its_view(person):
    """A click on an example runs it and shows its answer in the view that fits it best."""
    page = person("/sparql")
    for example in EXAMPLES:
        page.locator(f'a[data-example="{example.name}"]').click()
        page.locator(f".tabPanel.active .select_{example.view}.selected").wait_for()
        page.locator(f".tabPanel.active .yasr {VIEWS[example.view]}").first.wait_for(state="attached")
        assert page.evaluate(f"{EDITOR}.getValue()") == example.text, example.name


def test_every_view_of_one_answer(person):
    """One answer can be looked at in every view that can show it, one after the other."""
    query = (
        "SELECT ?place ?record ?wkt ?day (1 AS ?n) { ?record <http://purl.org/dc/terms/spatial> ?place ; <terms/dateStart> ?day ."
        " ?place <http://www.opengis.net/ont/geosparql#hasGeometry>/<http://www.opengis.net/ont/geosparql#asWKT> ?wkt } LIMIT 20"
    )
    page = person("/sparql?" + _encoded(query))
    page.locator(".yasr table.results tbody tr").first.wait_for()
    for name, part in VIEWS.items():
        page.locator(f".yasr .select_{name}").click()
        page.locator(f".yasr {part}").first.wait_for(state="attached")
    page.locator(".yasr .select_response").click()
    page.locator(".yasr .CodeMirror").wait_for()


def _encoded(query):
    return urlencode({"query": query})


@pytest.mark.smoke
def test_names_beside_addresses_lead_on(person, address):
    """A thing is called by its name, beside it its address, and the link leads to its page."""
    page = person("/sparql?example=correspondence#view=table")
    page.locator(".yasr .select_table").click()
    link = page.locator(".yasr table.results a.iri", has_text="Nikita Khrushchev").first
    link.click()
    page.wait_for_url(f"{address}/agent/nikita-khrushchev.html")
    assert page.locator("h1").inner_text() == "Nikita Khrushchev"


def test_table_sorts_and_filters(person):
    """A click on a column's head sorts by it; words leave the rows that hold them."""
    page = person("/sparql?example=people")
    page.locator(".yasr .select_table").click()
    page.get_by_role("button", name="documents", exact=True).click()
    numbers = [int(text) for text in page.locator(".yasr td.number").all_inner_texts()]
    assert numbers == sorted(numbers)
    page.get_by_label("Show only rows with these words").fill("castro")
    page.get_by_text(" of 25").wait_for()
    assert all("castro" in text.lower() for text in page.locator(".yasr tbody tr").all_inner_texts())


def test_completion_knows_this_graph(person):
    """The editor completes a property of this graph with its label and the number of its uses."""
    page = person("/sparql")
    page.evaluate(
        """() => {
          const editor = document.querySelector('.tabPanel.active .CodeMirror').CodeMirror;
          editor.setValue('PREFIX dcterms: <http://purl.org/dc/terms/>\\nSELECT * WHERE { ?s dcterms:spat');
          editor.focus();
          editor.setCursor({ line: 1, ch: 99 });
        }"""
    )
    page.keyboard.press("Control+Space")
    hint = page.locator(".CodeMirror-hints li", has_text="dcterms:spatial")
    hint.wait_for()
    assert "(" in hint.inner_text()


def test_prefix_comes_by_itself(person):
    """A prefix of ours that is typed and not declared is declared."""
    page = person("/sparql")
    page.evaluate(
        f"() => {{ {EDITOR}.setValue('SELECT * WHERE {{ ?s '); {EDITOR}.focus(); {EDITOR}.setCursor(0, 99); }}"
    )
    page.keyboard.type("rico:has", delay=30)
    page.wait_for_function(f"() => {EDITOR}.getValue().includes('PREFIX rico: <https://www.ica.org/')")


def test_keyboard_leaves_the_editor(person):
    """Escape, then Tab leaves the editor, and the page says so where the editor is described."""
    page = person("/sparql")
    page.locator(".tabPanel.active .CodeMirror-code").click()
    inside = "document.activeElement.closest('.CodeMirror') !== null"
    assert page.evaluate(inside)
    page.keyboard.press("Tab")
    assert page.evaluate(inside), "Tab indents"
    described = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText"
    )
    assert "Esc" in described
    assert "leaves the editor" in described
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement !== document.body && document.activeElement.tagName !== 'TEXTAREA'")


def test_link_to_share(person, address):
    """A link holds query and view; whoever opens it sees the same."""
    page = person("/sparql?example=places")
    page.locator(".yasr svg.map").wait_for()
    page.get_by_role("button", name="Link to share").click()
    page.wait_for_url(f"{address}/sparql?query=*#view=map")
    other = person(page.url.removeprefix(address))
    other.locator(".yasr svg.map circle.dot").first.wait_for(state="attached")


def test_long_query_is_shared_in_the_fragment(person, address):
    """A query too long for an address travels in the fragment, and is asked by POST."""
    page = person("/sparql")
    padding = "# " + "x" * 5000
    page.evaluate(
        f"() => document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.setValue('{padding}\\nSELECT (42 AS ?answer) {{}}')"
    )
    page.locator(".tabPanel.active .yasqe_queryButton").click()
    page.get_by_text("42", exact=True).first.wait_for()
    page.get_by_role("button", name="Link to share").click()
    page.wait_for_url(f"{address}/sparql#query=*")
    other = person(page.url.removeprefix(address))
    other.get_by_text("42", exact=True).first.wait_for()


def test_downloads(person):
    """Each format of a table is one click away."""
    page = person("/sparql?example=people")
    for format_ in ("json", "xml", "csv", "tsv"):
        link = page.locator(".kg-bar a", has_text=format_)
        link.wait_for()
        with page.expect_download() as download:
            link.click()
        assert "Fidel Castro" in download.value.path().read_text(encoding="utf-8"), format_


def test_an_error_says_where(browser, address):
    """A query that is none gives the reason in words, and the cursor goes to the place."""
    page = browser.new_page()
    page.goto(f"{address}/sparql")
    page.evaluate(
        "() => document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.setValue('SELECT *\\nWHERE { ?s ?p }')"
    )
    page.locator(".tabPanel.active .yasqe_queryButton").click()
    page.locator(".kg-problem").wait_for()
    assert "line 2" in page.locator(".kg-problem").inner_text()
    assert page.evaluate("document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.getCursor().line") == 1
    page.close()


@pytest.mark.parametrize("width", [360, 820, 1440])
def test_answers_keep_the_width(person, width):
    """No view of an answer makes the page wider than the screen."""
    page = person("/sparql", width)
    for name in ("titles", "kinds-and-months", "people", "lives", "places", "correspondence"):
        view = next(each.view for each in EXAMPLES if each.name == name)
        page.locator(f'a[data-example="{name}"]').click()
        page.locator(f".tabPanel.active .select_{view}.selected").wait_for(state="attached")
        page.locator(f".tabPanel.active .yasr {VIEWS[view]}").first.wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize("width", [360, 1440])
def test_marks_of_time_stand_apart(person, width):
    """The marks above a timeline run neither into one another nor out of it."""
    page = person("/sparql", width)
    page.locator('a[data-example="conversations"]').click()
    page.locator(".tabPanel.active .axis span").first.wait_for(state="attached")
    marks = page.locator(".tabPanel.active .axis span").evaluate_all(
        "all => all.map(each => [each.textContent.trim(), each.getBoundingClientRect()])"
        ".map(([text, { left, right }]) => [text, left, right])"
    )
    said = [(left, right) for text, left, right in marks if text]
    assert len(said) > 1
    assert all(right <= left for (_, right), (left, _) in pairwise(said))
    assert said[-1][1] <= width


def test_dark(person):
    """In dark mode the editor and the answers are dark too."""
    page = person("/sparql?example=people", color_scheme="dark")
    page.locator(".yasr rect.stroke").first.wait_for(state="attached")
    for part in (".yasqe .CodeMirror", "body", ".CodeMirror-gutters"):
        colour = page.locator(part).first.evaluate("each => getComputedStyle(each).backgroundColor")
        channels = [
            float(number) for number in colour.removeprefix("rgba(").removeprefix("rgb(").rstrip(")").split(",")
        ]
        assert channels[3:] == [0] or max(channels[:3]) < 80, (part, colour)


def test_without_scripts(person, address):
    """Where no script runs, an example shows a table with links, the form asks, and each format can be had."""
    page = person("/sparql", java_script_enabled=False)
    page.locator('a[data-example="people"]').click()
    assert page.locator("table.results tbody tr").count() == 25
    page.fill(
        "#query",
        "SELECT ?record WHERE { ?record a <https://schema.org/ArchiveComponent> FILTER(STRENDS(STR(?record), '177838')) }",
    )
    page.locator("#plain button").click()
    page.locator("table.results a").click()
    assert page.url == f"{address}/record/177838.html"


def test_without_scripts_an_error_keeps_the_query(address, browser):
    """Where no script runs, what is wrong stands beside the query as it was written."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    answer = page.goto(f"{address}/sparql?{_encoded('SELECT * { ?s ?p }')}")
    assert answer.status == 400
    assert "column" in page.get_by_role("alert").inner_text()
    assert page.locator("#query").input_value() == "SELECT * { ?s ?p }"
    context.close()


PAGE = """<!doctype html><meta charset="utf-8"><title>Another site</title><div id="yasgui"></div>
<script src="yasgui.min.js"></script>
<script>
const asked = new URLSearchParams(location.search);
const gui = new Yasgui(document.getElementById("yasgui"), {
  requestConfig: { endpoint: asked.get("endpoint"), method: asked.get("method") },
  yasqe: { value: "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://schema.org/ArchiveComponent> }" },
  persistenceId: null,
});
gui.getTab().query();
</script>"""


@pytest.fixture
def elsewhere(tmp_path):
    """Another site, which has YASGUI and nothing of ours."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    shutil.copy(STATIC / "vendor" / "yasgui.min.js", tmp_path)
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_yasgui_of_another_site(browser, address, elsewhere, method):
    """A YASGUI on another site asks the endpoint by GET and POST."""
    page = browser.new_page()
    page.goto(f"{elsewhere}/?{urlencode({'endpoint': f'{address}/sparql', 'method': method})}")
    page.locator(".yasr table.dataTable td", has_text="81").first.wait_for()
    page.close()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_workbench_speaks_the_language_of_its_reader(person, language):
    """Names of views, buttons, counts, hints and examples are in the language of the page."""
    say = translations(language).gettext
    page = person(f"/sparql?example=people&lang={language}")
    page.locator(".yasr .select_table").click()
    page.locator(".kg-view.kg-table").wait_for()
    assert page.locator(".kg-tools .count").inner_text() == say("Rows: %(count)s") % {"count": 25}
    assert page.get_by_placeholder(say("Filter rows")).count() == 1
    for view in ("Table", "Pivot", "Chart", "Map", "Network", "Timeline", "Text"):
        label = page.locator(f".yasr .select_{'response' if view == 'Text' else view.lower()}")
        assert label.inner_text().strip() == say(view)
    assert page.locator("#kg-keys kbd").all_inner_texts() == ["Ctrl", "Enter", "Ctrl", "Space", "Esc", "Tab"]
    assert page.get_by_role("button", name=say("Link to share")).count() == 1
    shown = {each.inner_text() for each in page.locator("a[data-example] strong").all()}
    assert shown == {each.in_language(language).title for each in EXAMPLES}


def test_an_example_overwrites_nothing(person):
    """An example opens in a tab of its own: what somebody writes, and has not run, stays where it is."""
    page = person("/sparql")
    for written in ("SELECT (1 AS ?mine) {}", "SELECT (2 AS ?mine) {}"):
        page.evaluate(f"() => {EDITOR}.setValue('{written}')")
        page.locator("a[data-example]").first.click()
        page.locator(".tabPanel.active .yasr .kg-view").wait_for()
        assert page.evaluate(f"{EDITOR}.getValue()") == page.locator("a[data-example]").first.get_attribute(
            "data-query"
        )
        texts = page.evaluate("[...document.querySelectorAll('.CodeMirror')].map(each => each.CodeMirror.getValue())")
        assert written in texts


def test_what_was_written_before_the_editor_came(browser, address):
    """What is written into the form while the editor is on its way goes on in the editor, where the cursor was."""
    page = browser.new_page()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/yasgui.min.js", hold)
    page.goto(f"{address}/sparql", wait_until="commit")
    page.locator("#query").fill("SELECT (7 AS ?early) {}")
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.locator(".tabPanel.active .CodeMirror").wait_for()
    assert page.evaluate(f"{EDITOR}.getValue()") == "SELECT (7 AS ?early) {}"
    assert page.evaluate("document.activeElement.closest('.CodeMirror') !== null")
    page.close()


def test_the_workbench_loads_little(browser, address):
    """The editor is there after 350 kB as they are sent."""
    page = browser.new_page()
    asked = []

    def note(request):
        asked.append(request)

    page.on("requestfinished", note)
    page.goto(f"{address}/sparql", wait_until="commit")
    page.locator(".CodeMirror").first.wait_for()
    sizes = [each.sizes()["responseBodySize"] for each in asked]
    assert 200_000 < sum(sizes) <= 350_000
    page.close()


@pytest.mark.parametrize(
    ("written", "typed", "proposed"),
    [
        ("SELECT * WHERE { ?s a ", "", "schema:ArchiveComponent"),
        ("SELECT * WHERE { ?s a ", "arch", "schema:ArchiveComponent"),
        ("SELECT * WHERE { ?s ", "auth", "dcterms:creator – Author"),
        ("SELECT * WHERE { ?s a ?c ; ", "auth", "dcterms:creator – Author"),
        (
            "PREFIX dcterms: <http://purl.org/dc/terms/> SELECT * WHERE { ?s ",
            "dcterms:auth",
            "dcterms:creator – Author",
        ),
    ],
)
def test_completion_by_label(person, written, typed, proposed):
    """Classes are proposed after `a`, the most used first; a term is found by what pages call it, and gets its prefix."""
    page = person("/sparql")
    page.evaluate(f"() => {{ {EDITOR}.setValue({written!r}); {EDITOR}.focus(); {EDITOR}.setCursor(0, 999); }}")
    page.keyboard.type(typed)
    page.keyboard.press("Control+Space")
    hint = page.locator(".CodeMirror-hints li", has_text=proposed).first
    hint.click()
    text = page.evaluate(f"{EDITOR}.getValue()")
    term = proposed.partition(" ")[0]
    assert text.rstrip().endswith(term)
    assert f"PREFIX {term.partition(':')[0]}: <" in text


def test_addresses_in_another_spelling(person):
    """A query that names a thing otherwise than the graph says so, and is asked again as the graph names it."""
    page = person(
        "/sparql?" + _encoded("SELECT ?title { <record/%31%37%37%38%33%38> <http://purl.org/dc/terms/title> ?title }")
    )
    told = page.locator(".kg-spelled")
    told.wait_for()
    assert "record/177838>" in told.locator("code").last.inner_text()
    told.locator("button").click()
    page.locator(".yasr table.results tbody tr").first.wait_for()
    assert "/record/177838>" in page.evaluate(f"{EDITOR}.getValue()")
    assert page.locator(".kg-spelled").count() == 0

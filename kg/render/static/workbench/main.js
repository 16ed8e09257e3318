// The workbench: YASGUI with our own views, completion, links to share and downloads.
import { chart } from "./chart.js";
import { register } from "./completion.js";
import { html } from "./dom.js";
import { Graph } from "./graph.js";
import { map } from "./map.js";
import { network } from "./network.js";
import { pivot } from "./pivot.js";
import { otherSpellings } from "./spellings.js";
import { table } from "./table.js";
import { timeline } from "./timeline.js";
import { view } from "./view.js";
import { say } from "./words.js";

const LONGEST_ADDRESS = 4000;
const TABLES = ["json", "xml", "csv", "tsv"];
const GRAPHS = ["turtle", "ntriples", "rdfxml", "jsonld", "trig", "nquads"];

const place = document.getElementById("workbench");
const { root, base, outlines, asked, view: wanted } = place.dataset;
const endpoint = new URL(`${root}sparql`, location.href).href;
const graph = new Graph(root, base);
const Yasgui = window.Yasgui;
const plain = document.getElementById("query");
const focused = document.activeElement === plain;
const cards = [...document.querySelectorAll("a[data-example]")];

function prepare() {
  const { Yasqe, Yasr } = Yasgui;
  const views = { table, pivot, chart, timeline, map: map(outlines), network };
  for (const [name, each] of Object.entries(views)) Yasr.registerPlugin(name, view(name, each, graph));
  Yasr.defaults.pluginOrder = [...Object.keys(views), "response"];
  Yasr.defaults.errorRenderers = [problem];
  Yasr.registerPlugin("response", class extends Yasr.plugins.response {
    label = say("Text");
  });
  Yasgui.Tab.prototype.getShareableLink = function () {
    return shareable(this.getQuery(), this.getYasr()?.getSelectedPluginName());
  };
  Yasqe.defaults.inputStyle = "contenteditable"; // what is edited stands in what scrolls: it is reached by keyboard, and read aloud
  register(Yasqe, graph);
  const notify = Yasqe.prototype.showNotification;
  Yasqe.prototype.showNotification = function (name) {
    return notify.call(this, name, say("Ctrl + Space for suggestions"));
  };
}

// An error of the endpoint, which is JSON (RFC 9457), in words.
async function problem(error) {
  let said;
  try {
    said = JSON.parse(error.text);
  } catch {
    return undefined;
  }
  if (said.line && said.column) {
    const editor = gui.getTab().getYasqe();
    editor.getDoc().setCursor({ line: said.line - 1, ch: said.column - 1 });
  }
  return html("div", { class: "kg-problem" }, html("strong", {}, `${said.title}. `), said.detail || "");
}

function shareable(query, shown) {
  const address = new URL(endpoint);
  const fragment = new URLSearchParams(shown && shown !== "table" ? { view: shown } : {});
  address.searchParams.set("query", query);
  if (address.href.length > LONGEST_ADDRESS) {
    address.search = "";
    fragment.set("query", query);
  }
  address.hash = fragment.toString();
  return address.href;
}

// Ask in the tab that has this query, else in a new one: what is written in another one stays there.
function ask(query, title, shown) {
  const text = (tab) => tab.getYasqe()?.getValue() ?? tab.getPersistedJson().yasqe.value; // one not opened yet has no editor
  const found = Object.values(gui._tabs).find((tab) => text(tab).trim() === query.trim());
  const tab = found || gui.addTab(true, { name: gui.createTabName(title), yasqe: { value: query } });
  if (found) gui.selectTabId(found.getId());
  tab.setEndpoint(endpoint);
  tab.getYasr().selectPlugin(shown || "table");
  return tab.query().catch(() => {}); // what went wrong is shown where the result would be
}

// What was written into the form before the editor came goes on in a tab of its own (D-172).
function carry() {
  if (plain.value !== plain.defaultValue) {
    const { value, selectionStart } = plain;
    const tab = gui.addTab(true, { name: gui.createTabName(say("Query")), yasqe: { value } });
    tab.setEndpoint(endpoint);
    const written = tab.getYasqe().getDoc();
    written.setCursor(written.posFromIndex(selectionStart));
  }
  if (focused) gui.getTab().getYasqe().focus();
}

function bar(tab) {
  const results = tab.getYasr()?.results;
  const old = tab.rootEl.querySelector(".kg-bar");
  const made = html("div", { class: "kg-bar" });
  if (results && !results.getError()) {
    const formats = results.getType() === "ttl" ? GRAPHS : TABLES;
    made.append(html("span", {}, say("Download"), " "), ...formats.map((format) => download(tab, format)));
  }
  made.append(copier(tab), ...spelled(tab));
  if (old) old.replaceWith(made);
  else tab.rootEl.querySelector(".yasr").parentElement.before(made);
}

// What is written otherwise in the query than in the graph, and so is not found.
function spelled(tab) {
  const others = otherSpellings(tab.getQuery(), base);
  if (!others.size) return [];
  const rewrite = () => {
    tab.setQuery([...others].reduce((text, [written, own]) => text.replaceAll(written, own), tab.getQuery()));
    tab.query().catch(() => {}); // what went wrong is shown where the result would be
  };
  const line = ([written, own]) => html("li", {}, html("code", {}, written), " → ", html("code", {}, own));
  const said = say("Some addresses in the query are written differently in this collection, so nothing is found for them:");
  const again = html("button", { type: "button", class: "quiet", onclick: rewrite }, say("Run the query with the addresses as they are written here"));
  return [html("div", { class: "kg-spelled", role: "status" }, html("p", {}, said), html("ul", {}, [...others].map(line)), again)];
}

function download(tab, format) {
  const query = tab.getQuery();
  const address = new URL(endpoint);
  address.search = new URLSearchParams({ query, format });
  if (address.href.length <= LONGEST_ADDRESS) return html("a", { href: address.href, download: `result.${format}` }, format);
  const field = (name, value) => html("input", { type: "hidden", name, value });
  return html("form", { action: endpoint, method: "post" }, field("query", query), field("format", format), html("button", { class: "quiet" }, format));
}

function copier(tab) {
  const said = html("span", { role: "status", class: "note" });
  const copy = async () => {
    const link = tab.getShareableLink();
    history.replaceState(null, "", link);
    const copied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
    said.textContent = say(copied ? "Copied." : "The link is now in the address bar.");
  };
  return html("span", { class: "kg-share" }, html("button", { type: "button", class: "quiet", onclick: copy }, say("Link to share")), " ", said);
}

// What YASGUI leaves unsaid to who does not see it: that a view can't show this answer, and what stands in the list of tabs.
function voice(tab) {
  for (const button of tab.rootEl.querySelectorAll(".yasr_btnGroup button")) {
    const idle = button.classList.contains("disabled");
    button.setAttribute("aria-disabled", idle);
    button.title = idle ? say("This result has no columns for this view") : "";
  }
  place.querySelector(".addTab").setAttribute("role", "tab");
}

const described = new WeakSet();

function describe(tab) {
  if (!described.has(tab)) tab.getYasr().on("drawn", () => setTimeout(() => voice(tab))); // it marks them after it says so
  described.add(tab);
  voice(tab);
  const field = tab.getYasqe().getInputField();
  field.setAttribute("aria-label", say("Query in SPARQL"));
  field.setAttribute("aria-describedby", "kg-keys");
  bar(tab);
}

// A sentence in which keys are named, with the keys marked as such.
function keys(sentence) {
  const kinds = { run: ["Ctrl", "Enter"], complete: ["Ctrl", "Space"], leave: ["Esc", "Tab"] };
  const named = (name) => kinds[name].map((key, place) => [place ? " " : null, html("kbd", {}, key)]);
  return sentence.split(/%\((\w+)\)s/).map((piece, place) => (place % 2 ? named(piece) : piece));
}

function start() {
  prepare();
  place.hidden = false;
  document.getElementById("plain").hidden = true;
  const first = plain.value;
  const made = new Yasgui(place, {
    autofocus: false,
    persistenceId: `kg ${root}`,
    populateFromUrl: false,
    copyEndpointOnNewTab: false,
    endpointCatalogueOptions: { getData: () => [] },
    requestConfig: {
      endpoint,
      method: (yasgui) => (encodeURIComponent(yasgui.getTab().getQuery()).length > LONGEST_ADDRESS ? "POST" : "GET"),
      acceptHeaderSelect: "application/sparql-results+json",
      acceptHeaderGraph: "text/turtle",
    },
    yasqe: { value: first, editorHeight: "260px" },
    yasr: { maxPersistentResponseSize: 0 }, // an answer of yesterday would look like one of today
  });
  for (const tab of Object.values(made._tabs)) tab.setEndpoint(endpoint);
  place.prepend(
    html("p", { id: "kg-keys", class: "note" }, keys(say("%(run)s runs the query, %(complete)s completes a word, %(leave)s leaves the editor."))),
  );
  return made;
}

const gui = start();
gui.on("tabSelect", () => setTimeout(() => describe(gui.getTab())));
gui.on("tabAdd", () => setTimeout(() => describe(gui.getTab())));
gui.on("queryResponse", (_, tab) => {
  document.getElementById("answer")?.remove();
  setTimeout(() => bar(tab)); // YASGUI says so before YASR has the answer
});
describe(gui.getTab());
carry();

// The pictures wait until the editor is there, and until they are nearly in sight.
const sighted = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    sighted.unobserve(target);
    target.replaceChildren(html("img", { src: target.dataset.picture, alt: "", width: 320, height: 180 }));
  }
}, { rootMargin: "200px" });
setTimeout(() => document.querySelectorAll(".shot").forEach((shot) => sighted.observe(shot)), 500);

for (const card of cards) {
  card.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    place.scrollIntoView({ behavior: "smooth" });
    ask(card.dataset.query, card.querySelector("strong").textContent, card.dataset.view);
  });
}

const fragment = new URLSearchParams(location.hash.slice(1));
const query = asked || fragment.get("query");
if (query) ask(query, say("Query"), fragment.get("view") || wanted);

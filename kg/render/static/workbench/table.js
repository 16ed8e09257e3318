// The result as a table: sorted by any column, filtered by words, page by page.
import { html } from "./dom.js";
import { number } from "./columns.js";
import { shown } from "./view.js";
import { say } from "./words.js";

const PAGE = 50;

export const table = {
  label: say("Table"),
  path: "M1 2h14v3H1zM1 6.5h4v3H1zM6 6.5h9v3H6zM1 11h4v3H1zM6 11h9v3H6z",
  priority: 10,
  can: () => true,
  draw,
};

async function draw(place, result, graph) {
  const state = { words: "", by: null, up: true, page: 0 };
  const search = html("input", {
    type: "search",
    "aria-label": say("Show only rows with these words"),
    placeholder: say("Filter rows"),
    oninput: (event) => {
      state.words = event.target.value.toLowerCase();
      state.page = 0;
      refresh();
    },
  });
  const count = html("span", { class: "count", role: "status" });
  const body = html("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": say("Results") });
  const pages = html("div", { class: "kg-pages" });
  place.append(html("div", { class: "kg-tools" }, search, count), body, pages);

  async function refresh() {
    const rows = ordered(result, state, graph);
    const first = state.page * PAGE;
    const some = rows.slice(first, first + PAGE);
    await graph.learn(some.flatMap((row) => result.names.map((name) => row[name])));
    count.textContent = rows.length === result.rows.length ? say("Rows: %(count)s", { count: rows.length }) : say("Rows: %(count)s of %(all)s", { count: rows.length, all: result.rows.length });
    body.replaceChildren(grid(result.names, some, graph, state, refresh));
    pages.replaceChildren(...paging(state, Math.ceil(rows.length / PAGE), refresh));
  }
  await refresh();
}

function ordered({ rows, names }, { words, by, up }, graph) {
  const text = (row) => names.map((name) => (row[name] ? `${row[name].value} ${graph.name(row[name])}` : "")).join(" ");
  const found = words ? rows.filter((row) => text(row).toLowerCase().includes(words)) : rows;
  if (by === null) return found;
  const direction = up ? 1 : -1;
  return [...found].sort((one, other) => direction * compare(one[by], other[by], graph));
}

function compare(one, other, graph) {
  if (!one || !other) return one ? -1 : other ? 1 : 0;
  const [a, b] = [number(one), number(other)];
  if (a !== null && b !== null) return a - b;
  return graph.name(one).localeCompare(graph.name(other), undefined, { numeric: true });
}

function grid(names, rows, graph, state, refresh) {
  const heads = names.map((name) => {
    const sorted = state.by === name ? (state.up ? "ascending" : "descending") : undefined;
    const sort = () => {
      state.up = state.by === name ? !state.up : true;
      state.by = name;
      refresh();
    };
    return html("th", { scope: "col", "aria-sort": sorted }, html("button", { type: "button", onclick: sort }, name));
  });
  const cells = (row) =>
    names.map((name) => html("td", { class: number(row[name]) === null ? undefined : "number" }, ...shown(row[name], graph)));
  return html(
    "table",
    { class: "results" },
    html("thead", {}, html("tr", {}, heads)),
    html("tbody", {}, rows.map((row) => html("tr", {}, cells(row)))),
  );
}

function paging(state, count, refresh) {
  if (count < 2) return [];
  const go = (step, text) => {
    const to = state.page + step;
    const turn = () => {
      state.page = to;
      refresh();
    };
    return html("button", { type: "button", class: "quiet", disabled: to < 0 || to >= count, onclick: turn }, text);
  };
  return [go(-1, say("Previous rows")), html("span", { class: "note" }, say("Page %(page)s of %(count)s", { page: state.page + 1, count })), go(1, say("Next rows"))];
}

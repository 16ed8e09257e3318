// The result as a table with two sides: one column down, one across, what is counted or added where they meet.
import { html } from "./dom.js";
import { number, which } from "./columns.js";
import { say } from "./words.js";

const MOST = 60;

export const pivot = {
  label: say("Pivot"),
  path: "M1 1h5v5H1zM7 1h8v5H7zM1 7h5v8H1zM7 7h3.5v3.5H7zM11.5 7H15v3.5h-3.5zM7 11.5h3.5V15H7zM11.5 11.5H15V15h-3.5z",
  can: ({ names, rows }) => names.length > 1 && rows.length > 0,
  draw,
};

async function draw(place, result, graph) {
  const numbers = which(result, number);
  const others = result.names.filter((name) => !numbers.includes(name));
  const chosen = {
    down: others[0] || result.names[0],
    across: others[1] || result.names.find((name) => name !== others[0]),
    value: numbers[0] || "",
  };
  const body = html("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": say("Pivot table") });
  const refresh = () => body.replaceChildren(grid(result.rows, chosen, graph));
  const choice = (key, label, options) =>
    html(
      "label",
      {},
      label,
      html(
        "select",
        {
          onchange: (event) => {
            chosen[key] = event.target.value;
            refresh();
          },
        },
        options.map(([value, text]) => html("option", { value, selected: value === chosen[key] }, text)),
      ),
    );
  const names = result.names.map((name) => [name, name]);
  const values = [["", say("number of rows")], ...numbers.map((name) => [name, say("sum of %(column)s", { column: name })])];
  await graph.learn(result.rows.slice(0, 500).flatMap((row) => [row[chosen.down], row[chosen.across]]));
  place.append(
    html("div", { class: "kg-tools" }, choice("down", say("Rows"), names), choice("across", say("Columns"), names), choice("value", say("Value"), values)),
    body,
  );
  refresh();
}

function grid(rows, { down, across, value }, graph) {
  const sums = new Map();
  const totals = new Map();
  const add = (map, key, amount) => map.set(key, (map.get(key) || 0) + amount);
  for (const row of rows) {
    const side = row[down] ? graph.name(row[down]) : "";
    const top = row[across] ? graph.name(row[across]) : "";
    const amount = value ? number(row[value]) || 0 : 1;
    if (!sums.has(side)) sums.set(side, new Map());
    add(sums.get(side), top, amount);
    add(totals, top, amount);
  }
  const order = (one, other) => one.localeCompare(other, undefined, { numeric: true });
  const sides = [...sums.keys()].sort(order).slice(0, 500);
  const tops = [...totals.keys()].sort(order).slice(0, MOST);
  const most = Math.max(...sides.flatMap((side) => [...sums.get(side).values()]), 1);
  const cell = (amount) => {
    const element = html("td", { class: "number heat" }, amount === undefined ? "" : tidy(amount));
    element.style.setProperty("--heat", amount === undefined ? "0" : String(Math.max(amount, 0) / most));
    return element;
  };
  const total = (map) => tidy([...map.values()].reduce((sum, amount) => sum + amount, 0));
  return html(
    "table",
    { class: "results pivot" },
    html("thead", {}, html("tr", {}, html("td", {}), tops.map((top) => html("th", { scope: "col" }, top || "–")), html("th", { scope: "col" }, say("All")))),
    html(
      "tbody",
      {},
      sides.map((side) =>
        html("tr", {}, html("th", { scope: "row" }, side || "–"), tops.map((top) => cell(sums.get(side).get(top))), html("td", { class: "number" }, total(sums.get(side)))),
      ),
    ),
    html("tfoot", {}, html("tr", {}, html("th", { scope: "row" }, say("All")), tops.map((top) => html("td", { class: "number" }, tidy(totals.get(top)))), html("td", { class: "number" }, total(totals)))),
  );
}

const tidy = (amount) => String(Math.round(amount * 1000) / 1000);

// The result as bars: upright where they stand for times in order, lying where they stand for names.
import { clipped, html, svg } from "./dom.js";
import { caption, number, span, which } from "./columns.js";
import { say } from "./words.js";

const MOST = 60;

export const chart = {
  label: say("Chart"),
  path: "M1 15V1h1.5v12.5H15V15zM4.5 12V7H7v5zM8.5 12V3H11v9zM12.5 12V9H15v3z",
  can: (result) => result.rows.length > 0 && which(result, number).length > 0 && result.names.length > 1,
  draw,
};

async function draw(place, result, graph) {
  const value = which(result, number).at(-1);
  const dates = which(result, span);
  const by = dates[0] || caption(result, which(result, number)) || result.names.find((name) => name !== value);
  const some = result.rows.slice(0, MOST);
  await graph.learn(some.map((row) => row[by]));
  const bars = some.map((row) => ({ name: row[by] ? graph.name(row[by]) : "–", amount: number(row[value]) || 0, term: row[by] }));
  const width = Math.max(place.clientWidth || 600, 280);
  const title = say("%(value)s by %(column)s", { value, column: by });
  const cut = result.rows.length > MOST ? `: ${say("the first %(count)s of %(all)s", { count: MOST, all: result.rows.length })}` : "";
  place.append(
    html("p", { class: "count" }, title, cut),
    dates.length ? upright(bars, width, title) : lying(bars, width, title, graph),
  );
}

function upright(bars, width, title) {
  const [height, left, bottom] = [320, 40, 70];
  const most = Math.max(...bars.map((bar) => bar.amount), 1);
  const step = (width - left) / bars.length;
  const every = Math.ceil(20 / step);
  const highest = bars.findIndex((bar) => bar.amount === most); // which has its name always
  const y = (amount) => (height - bottom) * (1 - amount / most) + 10;
  const lines = ticks(most).map((amount) => [
    svg("line", { class: "grid", x1: left, x2: width, y1: y(amount), y2: y(amount) }),
    svg("text", { class: "tick", x: left - 6, y: y(amount) + 4, "text-anchor": "end" }, String(amount)),
  ]);
  const columns = bars.map((bar, place) => {
    const x = left + place * step + step * 0.12;
    const label = (place - highest) % every ? null : svg("text", { class: "tick", transform: `translate(${x + step * 0.38 + 4} ${height - bottom + 22}) rotate(-50)`, "text-anchor": "end" }, bar.name);
    return [svg("rect", { class: "stroke", x, y: y(bar.amount), width: step * 0.76, height: height - bottom + 10 - y(bar.amount) }, svg("title", {}, `${bar.name}: ${bar.amount}`)), label];
  });
  return svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary(bars, title) }, lines, columns);
}

function lying(bars, width, title, graph) {
  const row = 26;
  const left = Math.min(width * 0.42, 260);
  const letters = Math.floor(left / 7.2);
  const most = Math.max(...bars.map((bar) => bar.amount), 1);
  const lines = bars.map((bar, place) => {
    const length = Math.max(((width - left - 56) * Math.max(bar.amount, 0)) / most, 1);
    const name = svg("text", { class: "name", x: left - 8, y: place * row + 17, "text-anchor": "end" }, clipped(bar.name, letters), svg("title", {}, bar.name));
    const href = bar.term?.type === "uri" ? graph.href(bar.term.value) : null;
    return [
      href ? svg("a", { href }, name) : name,
      svg("rect", { class: "stroke", x: left, y: place * row + 3, width: length, height: row - 7 }, svg("title", {}, `${bar.name}: ${bar.amount}`)),
      svg("text", { class: "amount", x: left + length + 6, y: place * row + 17 }, String(bar.amount)),
    ];
  });
  return svg("svg", { class: "plot", viewBox: `0 0 ${width} ${bars.length * row + 4}`, role: "img", "aria-label": summary(bars, title) }, lines);
}

function ticks(most) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6].find((each) => most / each <= 6) || most;
  const found = [];
  for (let at = 0; at <= most; at += step) found.push(at);
  return found;
}

function summary(bars, title) {
  const top = [...bars].sort((one, other) => other.amount - one.amount).slice(0, 3);
  const longest = top.map((bar) => `${bar.name} ${bar.amount}`).join(", ");
  return say("%(title)s. Bars: %(count)s; the longest: %(longest)s. The table has the same figures.", { title, count: bars.length, longest });
}

// The result along time: one line a row, a bar as long as its date is uncertain or lasts.
import { html } from "./dom.js";
import { caption, span, subject, which } from "./columns.js";
import { say } from "./words.js";

const MOST = 300;

export const timeline = {
  label: say("Timeline"),
  path: "M1 7.2h14v1.6H1zM3 2.5h5v3H3zM6 10.5h7v3H6z",
  can: (result) => which(result, span).length > 0,
  draw,
};

async function draw(place, result, graph) {
  const [from, to] = which(result, span);
  const name = caption(result, [from, to]);
  const thing = subject(result);
  const items = lines(result.rows, from, to).slice(0, MOST);
  await graph.learn(items.flatMap(({ row }) => [row[name], row[thing]]));
  const first = Math.min(...items.map((item) => item.start));
  const last = Math.max(...items.map((item) => item.end));
  const whole = last - first || 1;
  const at = (day) => `${((day - first) / whole) * 100}%`;
  const axis = html("div", { class: "axis", "aria-hidden": "true" });
  for (const mark of marks(first, last)) {
    const tick = html("span", {}, mark.text);
    tick.style.left = at(mark.day);
    axis.append(tick);
  }
  const list = html("ol", { class: "lanes" });
  for (const item of items) {
    const bar = html("span", { class: "stroke" });
    bar.style.left = at(item.start);
    bar.style.width = `${((item.end - item.start) / whole) * 100}%`;
    const text = item.row[name] ? graph.name(item.row[name]) : "–";
    const href = item.row[thing] ? graph.href(item.row[thing].value) : null;
    const language = item.row[name]?.["xml:lang"];
    list.append(
      html(
        "li",
        {},
        html("span", { class: "what" }, href ? html("a", { href, lang: language, title: text }, text) : html("bdi", { lang: language }, text)),
        html("time", {}, said(item)),
        html("span", { class: "track", "aria-hidden": "true" }, bar),
      ),
    );
  }
  const left = result.rows.length - items.length;
  place.append(html("p", { class: "count" }, say("Dated rows: %(count)s", { count: items.length }), left ? `; ${say("without a date, or after the first %(most)s: %(count)s", { most: MOST, count: left })}` : ""), axis, list);
  thin(axis);
}

// On narrow screens marks stand close: what would run into another text, or out of the picture, goes without.
function thin(axis) {
  const edge = axis.parentElement.getBoundingClientRect().right;
  let taken = -Infinity;
  for (const tick of axis.children) {
    const { left, right } = tick.getBoundingClientRect();
    if (left < taken || right > edge) tick.textContent = "\u00a0";
    else taken = right;
  }
}

function lines(rows, from, to) {
  const found = [];
  for (const row of rows) {
    const begins = span(row[from]);
    const ends = to ? span(row[to]) : null;
    if (!begins && !ends) continue;
    const start = Math.min(begins?.start ?? ends.start, ends?.start ?? begins.start);
    const end = Math.max(begins?.end ?? ends.end, ends?.end ?? begins.end);
    found.push({ row, start, end, texts: [row[from]?.value, to && row[to]?.value].filter(Boolean) });
  }
  return found.sort((one, other) => one.start - other.start || one.end - other.end);
}

const said = ({ texts }) => [...new Set(texts)].join(" – ");

// Round moments between two days: years, months or days, some six of them.
function marks(first, last) {
  const day = (time) => time / 86_400_000;
  const [begin, end] = [new Date(first * 86_400_000), new Date(last * 86_400_000)];
  const years = end.getUTCFullYear() - begin.getUTCFullYear();
  const found = [];
  if (years >= 3) {
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => years / each <= 6) || 1000;
    for (let year = Math.ceil(begin.getUTCFullYear() / step) * step; year <= end.getUTCFullYear(); year += step) {
      const date = new Date(Date.UTC(2000, 0, 1));
      date.setUTCFullYear(year);
      found.push({ day: day(date.getTime()), text: String(year) });
    }
  } else {
    const months = years * 12 + end.getUTCMonth() - begin.getUTCMonth();
    if (months >= 3) {
      const step = Math.ceil(months / 6);
      for (let month = 0; month <= months; month += step) {
        const time = Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + month, 1);
        found.push({ day: day(time), text: new Date(time).toISOString().slice(0, 7) });
      }
    } else {
      const step = Math.max(Math.ceil((last - first) / 6), 1);
      for (let at = first; at < last; at += step) found.push({ day: at, text: new Date(at * 86_400_000).toISOString().slice(5, 10) });
    }
  }
  return found.filter((mark) => mark.day >= first && mark.day <= last);
}

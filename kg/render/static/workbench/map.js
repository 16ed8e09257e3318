// The result on a map: outlines that come with the page, places as dots, as large as their number.
import { html, svg } from "./dom.js";
import { caption, number, point, subject, which } from "./columns.js";
import { movable } from "./panzoom.js";
import { say } from "./words.js";

const MOST = 2000;
const NAMED = 40;
let outlines = null;

export const map = (address) => ({
  label: say("Map"),
  path: "M8 1a5 5 0 0 0-5 5c0 3.6 5 9 5 9s5-5.4 5-9a5 5 0 0 0-5-5zm0 3a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  can: (result) => columns(result) !== null,
  draw: (place, result, graph) => draw(place, result, graph, address),
});

function columns(result) {
  const [written] = which(result, point);
  if (written) return (row) => point(row[written]);
  const numbers = which(result, number);
  const latitude = numbers.find((name) => /^lat/i.test(name));
  const longitude = numbers.find((name) => /^(lon|lng)/i.test(name));
  if (!latitude || !longitude) return null;
  return (row) => {
    const [north, east] = [number(row[latitude]), number(row[longitude])];
    return north === null || east === null ? null : { latitude: north, longitude: east };
  };
}

async function draw(place, result, graph, address) {
  const where = columns(result);
  const numbers = which(result, number).filter((name) => !/^(lat|lon|lng)/i.test(name));
  const name = caption(result, [...numbers, ...which(result, point), ...which(result, number)]);
  const thing = subject(result);
  const dots = result.rows.map((row) => ({ row, at: where(row), amount: number(row[numbers[0]]) })).filter((dot) => dot.at).slice(0, MOST);
  await graph.learn(dots.slice(0, 500).flatMap(({ row }) => [row[name], row[thing]]));
  outlines ||= fetch(address).then((answer) => answer.json()).then(lands);
  const box = around(dots.map((dot) => dot.at), place.clientWidth || 600);
  const drawing = svg("svg", { class: "plot map", role: "group", tabindex: 0, "aria-label": say("Map. Places: %(count)s. Arrow keys move it, + and − change its scale.", { count: dots.length }) });
  drawing.append(svg("path", { class: "land", d: await outlines }));
  const most = Math.max(...dots.map((dot) => dot.amount || 0), 1);
  const marks = dots.map((dot) => mark(dot, most, graph.name(dot.row[name] || dot.row[thing] || { value: "" }), dot.row[thing] && graph.href(dot.row[thing].value)));
  // Large ones first, so that small ones lie above them.
  marks.sort((one, other) => other.radius - one.radius);
  drawing.append(...marks.map((each) => each.element));
  const tools = movable(drawing, box, () => fit(drawing, box, marks));
  new ResizeObserver(() => fit(drawing, box, marks)).observe(drawing);
  const left = result.rows.length - dots.length;
  place.append(html("p", { class: "count" }, say("Places: %(count)s", { count: dots.length }), left ? `; ${say("rows without coordinates: %(count)s", { count: left })}` : ""), html("div", { class: "kg-drawing" }, drawing, tools), html("p", { class: "note" }, say("Outlines: Natural Earth. Drag to move.")));
}

function mark(dot, most, text, href) {
  const radius = dot.amount === null ? 5 : 4 + 14 * Math.sqrt(Math.max(dot.amount, 0) / most);
  const circle = svg("circle", { class: "dot" });
  const label = svg("text", { class: "name" }, text);
  const title = svg("title", {}, dot.amount === null ? text : `${text}: ${dot.amount}`);
  const [x, y] = [dot.at.longitude, -dot.at.latitude];
  const group = svg(href ? "a" : "g", href ? { href, "aria-label": title.textContent } : {}, title, circle, label);
  return { element: group, circle, label, radius, x, y };
}

// Dots and names keep their size on the screen whatever the scale; a name stands where it covers no other.
function fit(drawing, box, marks) {
  const size = drawing.getBoundingClientRect();
  if (!size.width) return;
  const unit = box.width / size.width;
  const taken = [];
  let named = 0;
  for (const { circle, label, radius, x, y } of marks) {
    circle.setAttribute("cx", x);
    circle.setAttribute("cy", y);
    circle.setAttribute("r", radius * unit);
    const wide = label.textContent.length * 6.6;
    const beyond = x / unit + radius + 3 + wide > (box.x + box.width) / unit; // then it stands before its dot
    const left = beyond ? x / unit - radius - 3 - wide : x / unit + radius + 3;
    const area = { left, top: y / unit - 8, right: left + wide, bottom: y / unit + 8 };
    const inside = x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
    const free = inside && named < NAMED && taken.every((other) => area.right < other.left || area.left > other.right || area.bottom < other.top || area.top > other.bottom);
    label.classList.toggle("hidden", !free);
    if (!free) continue;
    named += 1;
    taken.push(area);
    label.setAttribute("x", x + (beyond ? -1 : 1) * (radius + 3) * unit);
    label.setAttribute("text-anchor", beyond ? "end" : "start");
    label.setAttribute("y", y + 4 * unit);
    label.style.fontSize = `${12 * unit}px`;
  }
}

// The part of the world in which the places lie, with some room around it.
function around(points, width) {
  const ratio = width < 500 ? 0.9 : 0.55;
  const xs = points.map((each) => each.longitude);
  const ys = points.map((each) => -each.latitude);
  const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
  const reach = (values) => Math.max(...values) - Math.min(...values);
  const wide = Math.max(reach(xs), reach(ys) / ratio, 4) * 1.25;
  return { x: middle(xs) - wide / 2, y: middle(ys) - (wide * ratio) / 2, width: wide, height: wide * ratio };
}

// TopoJSON: arcs of differences between whole numbers, shared by the countries that they part.
function lands(topology) {
  const { scale, translate } = topology.transform;
  const arcs = topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([east, north]) => {
      x += east;
      y += north;
      return [x * scale[0] + translate[0], -(y * scale[1] + translate[1])];
    });
  });
  const ring = (indices) => {
    const points = indices.flatMap((index, place) => {
      const arc = index < 0 ? [...arcs[~index]].reverse() : arcs[index];
      return place ? arc.slice(1) : arc;
    });
    // A ring that crosses the edge of the map would draw a line through the whole of it.
    const parts = [[]];
    points.forEach((each, place) => {
      if (place && Math.abs(each[0] - points[place - 1][0]) > 180) parts.push([]);
      parts.at(-1).push(each);
    });
    return parts.map((part) => `M${part.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L")}Z`).join("");
  };
  return topology.objects.countries.geometries
    .flatMap((country) => (country.type === "Polygon" ? [country.arcs] : country.type === "MultiPolygon" ? country.arcs : []))
    .flatMap((polygon) => polygon.map(ring))
    .join("");
}

// The result as a network: things as dots, what links them as lines, laid out so that linked ones lie near each other.
import { clipped, html, svg } from "./dom.js";
import { number, which } from "./columns.js";
import { movable } from "./panzoom.js";
import { say } from "./words.js";

const MOST = 150;
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const thing = (term) => (term.type === "uri" || term.type === "bnode" ? term : null);

export const network = {
  label: say("Network"),
  path: "M3.5 2a2 2 0 1 1-.01 4 2 2 0 0 1 0-4zM12.5 1a2 2 0 1 1-.01 4 2 2 0 0 1 0-4zM8.5 11a2 2 0 1 1-.01 4 2 2 0 0 1 0-4zM5 4.8l3 6-1 .6-3-6zM5.3 3.2l5.2-.6.1 1.2-5.2.6zM11.6 4.6l-2.4 6.6 1.1.4L12.7 5z",
  can: (result) => ends(result) !== null,
  draw,
};

// The two columns whose things are linked, and what the link is called.
function ends(result) {
  if (result.graph) return result.rows.some((row) => thing(row.object)) ? ["subject", "object", "predicate"] : null;
  const things = which(result, thing);
  if (things.length < 2) return null;
  const between = things.length > 2 ? things[1] : null;
  return [things[0], things.at(-1), between];
}

async function draw(place, result, graph) {
  const [from, to, by] = ends(result);
  const weight = which(result, number)[0];
  const nodes = new Map();
  const links = [];
  const node = (term) => {
    if (!nodes.has(term.value) && nodes.size < MOST) nodes.set(term.value, { term, count: 0, x: 0, y: 0 });
    return nodes.get(term.value);
  };
  for (const row of result.rows) {
    if (!row[from] || !row[to] || !thing(row[from]) || !thing(row[to]) || row[by]?.value === TYPE) continue;
    const [source, target] = [node(row[from]), node(row[to])];
    if (!source || !target || source === target) continue;
    const amount = (weight && number(row[weight])) || 1;
    source.count += amount;
    target.count += amount;
    links.push({ source, target, amount, by: row[by] });
  }
  const all = [...nodes.values()];
  if (!links.length) {
    place.append(html("p", { class: "count" }, say("No row connects two items.")));
    return;
  }
  await graph.learn([...all.map((each) => each.term), ...links.map((link) => link.by)]);
  const width = place.clientWidth || 600;
  const box = { x: 0, y: 0, width, height: Math.max(width * 0.6, 380) };
  arrange(all, links, box);
  render(place, all, links, graph, box);
}

// Forces until they rest: all push each other off, links pull, the middle holds all. The same result lies the same way.
function arrange(nodes, links, { width, height }) {
  nodes.forEach((node, place) => {
    const turn = place * 2.399963;
    const reach = Math.sqrt((place + 0.5) / nodes.length) * 0.42;
    node.x = width / 2 + Math.cos(turn) * reach * width;
    node.y = height / 2 + Math.sin(turn) * reach * height;
  });
  const ideal = Math.sqrt((width * height) / nodes.length) * 0.75;
  for (let round = 0; round < 260; round += 1) {
    const heat = (1 - round / 260) * ideal * 0.35;
    for (const node of nodes) [node.dx, node.dy] = [(width / 2 - node.x) * 0.012 * ideal * 0.1, (height / 2 - node.y) * 0.02 * ideal * 0.1];
    for (let one = 0; one < nodes.length; one += 1)
      for (let other = one + 1; other < nodes.length; other += 1) {
        const [a, b] = [nodes[one], nodes[other]];
        const [x, y] = [a.x - b.x || 0.01, a.y - b.y || 0.01];
        const push = (ideal * ideal) / (x * x + y * y);
        a.dx += x * push;
        a.dy += y * push;
        b.dx -= x * push;
        b.dy -= y * push;
      }
    for (const { source, target } of links) {
      const [x, y] = [target.x - source.x, target.y - source.y];
      const pull = Math.hypot(x, y) / ideal / 2;
      source.dx += x * pull;
      source.dy += y * pull;
      target.dx -= x * pull;
      target.dy -= y * pull;
    }
    for (const node of nodes) {
      const length = Math.hypot(node.dx, node.dy) || 1;
      node.x += (node.dx / length) * Math.min(length, heat);
      node.y += (node.dy / length) * Math.min(length, heat);
    }
  }
  // All of it inside the drawing, with room for names.
  const [xs, ys] = [nodes.map((node) => node.x), nodes.map((node) => node.y)];
  const scale = (values, size, room) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (value) => room + ((value - low) / (high - low || 1)) * (size - 2 * room);
  };
  const [across, down] = [scale(xs, width, Math.min(100, width / 5)), scale(ys, height, 24)];
  for (const node of nodes) [node.x, node.y] = [across(node.x), down(node.y)];
}

function render(place, nodes, links, graph, box) {
  const most = Math.max(...nodes.map((node) => node.count), 1);
  const heaviest = Math.max(...links.map((link) => link.amount), 1);
  const drawing = svg("svg", { class: "plot network", role: "group", tabindex: 0, "aria-label": say("Network. Nodes: %(things)s, links: %(links)s. Arrow keys move it, + and − change its scale.", { things: nodes.length, links: links.length }) });
  const lines = links.map((link) => {
    const named = [graph.name(link.source.term), link.by ? graph.name(link.by) : "–", graph.name(link.target.term)].join(" ");
    const line = svg("line", { class: "link", "stroke-width": heaviest > 1 ? 1 + 3 * (link.amount / heaviest) : 1.3 }, svg("title", {}, link.amount > 1 ? `${named}: ${link.amount}` : named));
    return { line, link };
  });
  const taken = [];
  const dots = [...nodes].sort((one, other) => other.count - one.count).map((node) => {
    const radius = 4 + 9 * Math.sqrt(node.count / most);
    const text = graph.name(node.term);
    const href = node.term.type === "uri" ? graph.href(node.term.value) : null;
    const label = svg("text", { class: "name", y: -radius - 4, "text-anchor": "middle" }, clipped(text, 28));
    const half = Math.min(text.length, 28) * 3.3;
    const area = [node.x - half, node.y - radius - 16, node.x + half, node.y - radius];
    const free = taken.every((other) => area[2] < other[0] || area[0] > other[2] || area[3] < other[1] || area[1] > other[3]);
    if (free) taken.push(area);
    else label.classList.add("covered");
    const dot = svg("circle", { class: "dot", r: radius });
    const inner = href ? svg("a", { href }, dot, label) : svg("g", {}, dot, label);
    const group = svg("g", { class: "node" }, svg("title", {}, text), inner);
    return { group, node };
  });
  const put = () => {
    for (const { line, link } of lines)
      for (const [name, value] of [["x1", link.source.x], ["y1", link.source.y], ["x2", link.target.x], ["y2", link.target.y]]) line.setAttribute(name, value);
    for (const { group, node } of dots) group.setAttribute("transform", `translate(${node.x} ${node.y})`);
  };
  drawing.append(...lines.map((each) => each.line), ...dots.map((each) => each.group));
  put();
  place.append(html("p", { class: "count" }, say("Nodes: %(things)s, links: %(links)s", { things: nodes.length, links: links.length })), html("div", { class: "kg-drawing" }, drawing, movable(drawing, box)));
}

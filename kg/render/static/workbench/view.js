// What every view of a result has: the plugin that YASR asks for, drawn after names are known.
import { html, icon } from "./dom.js";
import { read } from "./columns.js";

export function view(name, { label, path, priority = 0, can, draw }, graph) {
  return class {
    constructor(yasr) {
      this.yasr = yasr;
      this.label = label;
      this.priority = priority;
    }

    canHandleResults() {
      const results = this.yasr.results;
      if (!results || results.getError() || results.getBoolean() !== undefined) return false;
      return results.getBindings() !== null && can(read(results));
    }

    getIcon() {
      return icon(path);
    }

    async draw() {
      const place = html("div", { class: `kg-view kg-${name}` });
      this.yasr.resultsEl.append(place);
      await graph.ready;
      await draw(place, read(this.yasr.results), graph);
    }
  };
}

// A term as a cell: what it is called, and its address or language in small.
export function shown(term, graph) {
  if (!term) return [];
  if (term.type === "uri") {
    const name = graph.names.get(term.value);
    const href = graph.href(term.value);
    const text = html("bdi", {}, name || graph.short(term.value));
    const outward = href && !href.startsWith(graph.root) ? "external nofollow noopener" : undefined;
    const link = href ? html("a", { href, rel: outward, class: "iri", title: term.value }, text) : text;
    return name ? [link, " ", html("span", { class: "note" }, html("bdi", {}, graph.short(term.value)))] : [link];
  }
  const note = term["xml:lang"] || (term.datatype && plain(term.datatype) ? "" : term.datatype && graph.short(term.datatype));
  return [
    html("bdi", { lang: term["xml:lang"] || undefined }, term.value),
    note ? html("span", { class: "note" }, ` ${note}`) : null,
  ];
}

const PLAIN = /XMLSchema#(string|integer|decimal|double|date|boolean)$|rdf-syntax-ns#langString$/;
const plain = (datatype) => PLAIN.test(datatype);

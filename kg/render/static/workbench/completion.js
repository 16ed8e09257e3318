// What the editor completes: prefixes, classes and properties of this graph, and nothing from elsewhere.
const MOST = 60;

export function register(Yasqe, graph) {
  Yasqe.forkAutocompleter("prefixes", {
    name: "kg-prefixes",
    persistenceId: null,
    get: async () => {
      await graph.ready;
      return Object.entries(graph.prefixes).map(([prefix, namespace]) => `${prefix}: <${namespace}>`).sort();
    },
  });
  const terms = (kind) => ({
    persistenceId: null,
    autoShow: false,
    get: async (yasqe, token) => {
      await graph.ready;
      return matching(graph[kind], token?.autocompletionString || token?.string || "", token?.string || "");
    },
    postprocessHints: (yasqe, hints) => hints.map((hint) => described(hint, graph[kind], yasqe.getPrefixesFromQuery())),
  });
  Yasqe.forkAutocompleter("class", { name: "kg-classes", ...terms("classes") });
  Yasqe.forkAutocompleter("property", { name: "kg-properties", ...terms("properties") });
  Yasqe.defaults.autocompleters = ["variables", "kg-prefixes", "kg-classes", "kg-properties"];
}

// Terms whose address begins so, then those whose local name or label holds what was typed; the most used first.
function matching(terms, address, typed) {
  const word = typed.replace(/^.*:/, "").replace(/[<>]/g, "").toLowerCase();
  const begins = terms.filter((term) => address && term.iri.startsWith(address));
  const holds = terms.filter((term) => word && !typed.includes(":") && (local(term.iri).includes(word) || term.label.toLowerCase().includes(word)));
  return [...new Set([...begins, ...holds].map((term) => term.iri))].slice(0, MOST);
}

const local = (iri) => iri.split(/[/#]/).at(-1).toLowerCase();

function described(hint, terms, prefixes) {
  const full = expanded(hint.text, prefixes);
  const term = terms.find((each) => each.iri === full);
  if (!term) return hint;
  const label = term.label ? ` – ${term.label}` : "";
  return { ...hint, displayText: `${hint.text}${label}${term.count ? ` (${term.count})` : ""}` };
}

function expanded(text, prefixes) {
  if (text.startsWith("<")) return text.slice(1, -1);
  const [prefix, name] = text.split(/:(.*)/s);
  return (prefixes[prefix] || "") + name;
}

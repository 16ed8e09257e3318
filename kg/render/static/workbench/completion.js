// What the editor completes: prefixes, classes and properties of this graph, and nothing from elsewhere.
const MOST = 60;
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const TYPES = new Set(["a", "rdf:type", "rdfs:domain", "rdfs:range", `<${TYPE}>`]);

export function register(Yasqe, graph) {
  Yasqe.forkAutocompleter("prefixes", {
    name: "kg-prefixes",
    persistenceId: null,
    get: async () => {
      await graph.ready;
      return Object.entries(graph.prefixes).map(([prefix, namespace]) => `${prefix}: <${namespace}>`).sort();
    },
  });
  const terms = (kind, fits) => ({
    persistenceId: null,
    autoShow: kind === "classes",
    isValidCompletionPosition: (yasqe) => {
      const word = wordOf(yasqe);
      return !word.variable && fits(word.state, word.string);
    },
    preProcessToken: (yasqe, token) => {
      const { string, from, to } = wordOf(yasqe);
      return { ...token, string, autocompletionString: string, from, to };
    },
    get: async (yasqe, token) => {
      await graph.ready;
      return matching(graph[kind], token?.string || "", { ...graph.prefixes, ...yasqe.getPrefixesFromQuery() });
    },
    postProcessSuggestion: (yasqe, token, iri) => iri,
    postprocessHints: (yasqe, hints) => hints.map((hint) => shown(hint, graph, kind, yasqe.getPrefixesFromQuery())),
  });
  const next = (state, sign) => (state.possibleNext || []).includes(sign);
  Yasqe.forkAutocompleter("class", {
    name: "kg-classes",
    ...terms("classes", (state) => TYPES.has(state.lastProperty) && next(state, "IRI_REF")),
  });
  Yasqe.forkAutocompleter("property", {
    name: "kg-properties",
    ...terms("properties", (state, string) => string !== "" && next(state, "a")),
  });
  Yasqe.defaults.autocompleters = ["variables", "kg-prefixes", "kg-classes", "kg-properties"];
}

// The word that ends at the cursor, as it stands in the line: the editor's grammar takes "auth" for "a" and a mistake.
function wordOf(yasqe) {
  const { line, ch } = yasqe.getDoc().getCursor();
  const before = yasqe.getDoc().getLine(line).slice(0, ch);
  const string = before.match(/<[^\s<>]*$|[^\s{}()[\];,.|^*+!?$<>"'/]*$/)[0];
  const start = ch - string.length;
  const { state } = yasqe.getTokenAt({ line, ch: start }, true);
  return { string, state, variable: /[?$]$/.test(before.slice(0, start)), from: { ch: start }, to: { ch } };
}

// Terms that begin with what was typed, then those whose name or label holds it; the most used first.
function matching(terms, typed, prefixes) {
  if (typed.startsWith("<")) return terms.map((term) => term.iri).filter((iri) => iri.startsWith(typed.slice(1))).slice(0, MOST);
  const [prefix, name] = typed.includes(":") ? typed.split(/:(.*)/s) : [null, typed];
  const inside = prefix === null ? terms : terms.filter((term) => prefixes[prefix] && term.iri.startsWith(prefixes[prefix]));
  const word = name.toLowerCase();
  const names = (term) => [local(term.iri), term.label].map((each) => each.toLowerCase());
  const begins = inside.filter((term) => names(term).some((each) => each.startsWith(word)));
  const holds = inside.filter((term) => names(term).some((each) => each.includes(word)));
  return [...new Set([...begins, ...holds].map((term) => term.iri))].slice(0, MOST);
}

const local = (iri) => iri.split(/[/#]/).at(-1);

// A term as it is written into the query: by a prefix, which is declared with it, where there is one.
function shown(hint, graph, kind, declared) {
  const iri = hint.text;
  const term = graph[kind].find((each) => each.iri === iri);
  const [prefix, namespace] = shortest(iri, declared) || shortest(iri, graph.prefixes) || [];
  const text = prefix === undefined ? `<${iri}>` : `${prefix}:${iri.slice(namespace.length)}`;
  const label = term?.label ? ` – ${term.label}` : "";
  return {
    ...hint,
    text,
    displayText: `${text}${label}${term?.count ? ` (${term.count})` : ""}`,
    hint: (editor, data) => {
      editor.replaceRange(text, hint.from || data.from, hint.to || data.to, "complete");
      if (prefix !== undefined && !(prefix in declared)) editor.addPrefixes({ [prefix]: namespace });
    },
  };
}

// The prefix with the longest namespace that leaves a plain name.
function shortest(iri, prefixes) {
  const fitting = Object.entries(prefixes).filter(([, space]) => iri.startsWith(space) && /^\w[\w-]*$/.test(iri.slice(space.length)));
  return fitting.sort(([, one], [, other]) => other.length - one.length)[0];
}

// Spellings of addresses in a query: those of our things whose keys the graph writes otherwise. `kg/iris.py` has the rule.
const IRI = /<([^<>"{}|^`\\\0- ]*)>/g;
const KEY = /^[a-z]+\/[^/?#]+/;
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;
const PLAIN = /^(?:[\w~!$&'()*+,;=:@-]|[\xa0-\u200d\u2010-\u2029\u202f-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]|[\u{10000}-\u{dffff}\u{e1000}-\u{effff}])$/u;

function unescaped(escapes) {
  try {
    return [...decodeURIComponent(escapes)].map((sign) => (PLAIN.test(sign) ? sign : escaped(sign))).join("");
  } catch {
    return escapes.toUpperCase();
  }
}

function escaped(sign) {
  return sign === "." ? "%2E" : encodeURIComponent(sign);
}

// As written → as the graph has it, both in angle brackets.
export function otherSpellings(query, base) {
  const found = new Map();
  for (const [written, iri] of query.matchAll(IRI)) {
    const below = iri.startsWith(base) ? iri.slice(base.length) : iri;
    if (!KEY.test(below)) continue;
    const own = below.replace(ESCAPES, unescaped).normalize("NFC");
    if (own !== below) found.set(written, `<${base}${own}>`);
  }
  return found;
}

// What the columns of a result hold: numbers, dates, places, things. Views choose theirs from it.
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(["integer", "decimal", "double", "float", "int", "long", "short", "nonNegativeInteger"]);
const DATE = /^(-?\d{4})(?:-(\d{2})(?:-(\d{2}))?)?[?~%]?(?:T.*|Z|[+-]\d{2}:\d{2})?$/;
const POINT = /^(?:<[^>]*>\s*)?POINT\s*Z?\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)/i;

// Rows of a result whatever its kind: a graph has subject, predicate, object.
export function read(results) {
  const rows = results.getBindings() || [];
  return { names: results.getVariables() || [], rows, graph: results.getType() === "ttl" };
}

export function number(term) {
  if (!term || term.type === "uri") return null;
  const typed = term.datatype?.startsWith(XSD) && NUMBERS.has(term.datatype.slice(XSD.length));
  const value = Number(term.value);
  return typed && Number.isFinite(value) ? value : null;
}

// First and last moment of a date of one day, month or year, in days since 1970; null for what is no date.
export function span(term) {
  if (!term || term.type === "uri" || number(term) !== null) return null;
  const match = DATE.exec(term.value);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), match[2] && Number(match[2]), match[3] && Number(match[3])];
  if ((month && (month < 1 || month > 12)) || (day && (day < 1 || day > 31))) return null;
  const at = (y, m, d) => {
    const date = new Date(Date.UTC(2000, m - 1, d));
    date.setUTCFullYear(y, m - 1, d);
    return date.getTime() / 86_400_000;
  };
  const start = at(year, month || 1, day || 1);
  const end = day ? start + 1 : month ? at(year, month + 1, 1) : at(year + 1, 1, 1);
  return { start, end };
}

export function point(term) {
  const match = term && POINT.exec(term.value);
  return match ? { longitude: Number(match[1]), latitude: Number(match[2]) } : null;
}

// Names of the columns of which most values pass a test.
export function which({ names, rows }, test) {
  return names.filter((name) => {
    const given = rows.slice(0, 200).map((row) => row[name]).filter(Boolean);
    return given.length > 0 && given.filter((term) => test(term) !== null).length > given.length / 2;
  });
}

// The column whose values a person would call a row by.
export function caption({ names, rows }, taken = []) {
  const left = names.filter((name) => !taken.includes(name));
  const things = which({ names: left, rows }, (term) => (term.type === "uri" ? term : null));
  const texts = left.filter((name) => !things.includes(name));
  return texts.find((name) => /title|name|label/i.test(name)) || texts[0] || things[0];
}

// The column whose values are the things that rows are about.
export function subject({ names, rows }) {
  return which({ names, rows }, (term) => (term.type === "uri" ? term : null))[0];
}

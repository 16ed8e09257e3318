// What this graph is called and calls things: prefixes and terms for completion, names beside addresses.
const BATCH = 50;

export class Graph {
  constructor(root, base) {
    this.root = root;
    this.base = base;
    this.prefixes = {};
    this.classes = [];
    this.properties = [];
    this.names = new Map();
    this.ready = this.load();
  }

  async load() {
    const answer = await fetch(`${this.root}workbench/terms.json`);
    if (!answer.ok) return;
    const terms = await answer.json();
    this.prefixes = terms.prefixes;
    this.classes = terms.classes;
    this.properties = terms.properties;
    for (const term of [...terms.classes, ...terms.properties]) if (term.label) this.names.set(term.iri, term.label);
  }

  // The reference of a thing of ours, without its fragment; null for any other address.
  reference(iri) {
    if (!iri.startsWith(this.base)) return null;
    const path = iri.slice(this.base.length).split("#")[0];
    return /^[a-z]+\/[^/?]+$/.test(path) ? path : null;
  }

  // Where an address leads: ours by path, so that a copy elsewhere can be browsed; others only over the web or mail.
  href(iri) {
    if (iri.startsWith(this.base)) return this.root + iri.slice(this.base.length);
    return /^(https?:\/\/|mailto:)/.test(iri) ? iri : null;
  }

  short(iri) {
    let best = null;
    for (const [prefix, namespace] of Object.entries(this.prefixes)) {
      const fits = iri.startsWith(namespace) && !/[/#?]/.test(iri.slice(namespace.length));
      if (fits && (!best || namespace.length > best[1].length)) best = [prefix, namespace];
    }
    if (best) return `${best[0]}:${iri.slice(best[1].length)}`;
    return iri.startsWith(this.base) ? iri.slice(this.base.length) : iri;
  }

  // What a term is called where there is room for one line.
  name(term) {
    if (term.type !== "uri") return term.value;
    return this.names.get(term.value) || this.short(term.value);
  }

  // Ask for the names of things that are not known yet.
  async learn(terms) {
    const wanted = new Map();
    for (const term of terms) {
      if (term?.type !== "uri" || this.names.has(term.value)) continue;
      const reference = this.reference(term.value);
      if (reference) wanted.set(reference, [...(wanted.get(reference) || []), term.value]);
    }
    const references = [...wanted.keys()];
    const batches = [];
    for (let at = 0; at < references.length; at += BATCH) batches.push(references.slice(at, at + BATCH));
    await Promise.all(batches.map((batch) => this.ask(batch, wanted)));
  }

  async ask(batch, wanted) {
    const query = new URLSearchParams(batch.map((reference) => ["thing", reference]));
    const answer = await fetch(`${this.root}workbench/names.json?${query}`).catch(() => null);
    if (!answer?.ok) return; // names are a comfort: addresses are shown without them
    const names = await answer.json();
    for (const [reference, iris] of wanted) {
      if (!names[reference]) continue;
      for (const iri of iris) {
        const fragment = iri.split("#")[1];
        this.names.set(iri, fragment ? `${names[reference]} #${fragment}` : names[reference]);
      }
    }
  }
}

// Comunica over an endpoint and over a thing's address. `node comunica.mjs ENDPOINT THING CUT`
import { QueryEngine } from '@comunica/query-sparql';

const [endpoint, thing, cut] = process.argv.slice(2);
const engine = new QueryEngine();
const titles = 'SELECT ?t WHERE { ?r a <https://schema.org/ArchiveComponent> ; <http://purl.org/dc/terms/title> ?t } LIMIT 20';
const over = { sources: [{ type: 'sparql', value: endpoint }] };

async function rows(query, context) {
  return (await engine.queryBindings(query, context)).toArray();
}

const found = {};
found.titles = (await rows(titles, over)).map((row) => row.get('t').value);
found.ask = await engine.queryBoolean('ASK { ?s ?p ?o }', over);
found.construct = (await (await engine.queryQuads('CONSTRUCT WHERE { ?s ?p ?o } LIMIT 7', over)).toArray()).length;
found.guessed = (await rows(titles, { sources: [endpoint] })).length;
found.thing = (await rows(`SELECT ?o WHERE { <${thing}> <http://purl.org/dc/terms/title> ?o }`, { sources: [thing] })).length;
try {
  found.cut = (await rows(cut, over)).length;
} catch (error) {
  found.error = String(error);
}
console.log(JSON.stringify(found));

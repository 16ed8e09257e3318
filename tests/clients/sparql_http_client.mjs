// sparql-http-client over endpoint and graph store. `node sparql_http_client.mjs ENDPOINT STORE GRAPH`
import StreamClient from 'sparql-http-client';
import ParsingClient from 'sparql-http-client/ParsingClient.js';
import SimpleClient from 'sparql-http-client/SimpleClient.js';
import rdf from '@rdfjs/data-model';

const [endpointUrl, storeUrl, graph] = process.argv.slice(2);
const parsing = new ParsingClient({ endpointUrl });
const found = {};
for (const operation of ['get', 'postDirect', 'postUrlencoded']) {
  const rows = await parsing.query.select('SELECT ?s ?o WHERE { ?s <http://purl.org/dc/terms/title> ?o } LIMIT 9', { operation });
  found[operation] = rows.length;
}
found.ask = await parsing.query.ask('ASK { ?s ?p ?o }');
found.construct = (await parsing.query.construct('CONSTRUCT WHERE { ?s ?p ?o } LIMIT 7')).size;
const stream = new StreamClient({ endpointUrl, storeUrl });
found.store = 0;
for await (const _ of stream.store.get(rdf.namedNode(graph))) found.store += 1;
const simple = new SimpleClient({ endpointUrl });
found.status = (await simple.query.select('SELECT {')).status;
console.log(JSON.stringify(found));

// fetch-sparql-endpoint over an endpoint. `node fetch_sparql_endpoint.mjs ENDPOINT`
import { SparqlEndpointFetcher } from 'fetch-sparql-endpoint';

const [endpoint] = process.argv.slice(2);
const found = {};
for (const method of ['GET', 'POST']) {
  const fetcher = new SparqlEndpointFetcher({ method });
  let rows = 0;
  for await (const _ of await fetcher.fetchBindings(endpoint, 'SELECT ?s ?o WHERE { ?s <http://purl.org/dc/terms/title> ?o } LIMIT 9')) rows += 1;
  found[method] = rows;
}
const fetcher = new SparqlEndpointFetcher();
found.ask = await fetcher.fetchAsk(endpoint, 'ASK { ?s ?p ?o }');
let quads = 0;
for await (const _ of await fetcher.fetchTriples(endpoint, 'CONSTRUCT WHERE { ?s ?p ?o } LIMIT 7')) quads += 1;
found.construct = quads;
try {
  await fetcher.fetchAsk(endpoint, 'ASK { FILTER(<x:a>(1)) }');
} catch (error) {
  found.error = error.message;
}
console.log(JSON.stringify(found));

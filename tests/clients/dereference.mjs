// rdf-dereference: the quads of a thing. `node dereference.mjs THING`
import { rdfDereferencer } from 'rdf-dereference';

const { data } = await rdfDereferencer.dereference(process.argv[2]);
let quads = 0;
for await (const _ of data) quads += 1;
console.log(JSON.stringify({ quads }));

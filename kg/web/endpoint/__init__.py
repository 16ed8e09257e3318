"""The SPARQL endpoint: protocol, responses, formats, graph store, saved queries, workbench."""

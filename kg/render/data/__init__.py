"""Data formats of a thing: RDF serialisations, JSON-LD, the JSON record, content negotiation."""

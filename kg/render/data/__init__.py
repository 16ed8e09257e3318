"""A description as data: RDF formats, JSON-LD, the record, content negotiation."""

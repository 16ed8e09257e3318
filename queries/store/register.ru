# Note that a build loads into a graph, before the first triple is there.
# Parameters: $versions, $dataset, $graph (IRIs), $now (xsd:dateTime).
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>

INSERT { GRAPH ?versions { ?dataset dcat:hasVersion ?graph . ?graph dcterms:created ?now } }
WHERE { VALUES (?versions ?dataset ?graph ?now) { ($versions $dataset $graph $now) } }

# Forget a graph that was dropped.
# Parameters: $versions, $dataset, $graph (IRIs).
PREFIX dcat: <http://www.w3.org/ns/dcat#>

DELETE { GRAPH ?versions { ?dataset dcat:hasVersion ?graph . ?graph ?p ?o } }
WHERE {
  VALUES (?versions ?dataset ?graph) { ($versions $dataset $graph) }
  GRAPH ?versions { ?dataset dcat:hasVersion ?graph . OPTIONAL { ?graph ?p ?o } }
}

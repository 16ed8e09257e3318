# Make one graph the live one: the one triple with dcat:hasCurrentVersion changes, and the old graph's time runs.
# Parameters: $versions, $dataset, $graph (IRIs), $now (xsd:dateTime).
# It stands behind other updates in one request, where not every engine takes a PREFIX.
DELETE { GRAPH ?versions { ?dataset <http://www.w3.org/ns/dcat#hasCurrentVersion> ?old . ?graph <http://www.w3.org/ns/prov#invalidatedAtTime> ?when } }
INSERT { GRAPH ?versions { ?dataset <http://www.w3.org/ns/dcat#hasCurrentVersion> ?graph . ?other <http://www.w3.org/ns/prov#invalidatedAtTime> ?now } }
WHERE {
  VALUES (?versions ?dataset ?graph ?now) { ($versions $dataset $graph $now) }
  OPTIONAL { GRAPH ?versions { ?dataset <http://www.w3.org/ns/dcat#hasCurrentVersion> ?old } }
  OPTIONAL { GRAPH ?versions { ?dataset <http://www.w3.org/ns/dcat#hasCurrentVersion> ?other } FILTER (?other != ?graph) }
  OPTIONAL { GRAPH ?versions { ?graph <http://www.w3.org/ns/prov#invalidatedAtTime> ?when } }
}

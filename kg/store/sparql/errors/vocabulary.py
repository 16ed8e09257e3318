"""Vocabulary of SPARQL: keywords, functions, well-known prefixes, and the hints for foreign words."""

from kg.errors import Message

PREFIXES = {
    "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "geof": "http://www.opengis.net/def/function/geosparql/",
}
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
PATTERNS = ("OPTIONAL", "FILTER", "UNION", "MINUS", "BIND", "VALUES", "GRAPH", "EXISTS", "NOT")
CLAUSES = ("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET")
AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
FUNCTIONS = (
    *("STR", "LANG", "LANGMATCHES", "DATATYPE", "BOUND", "IRI", "URI", "BNODE", "RAND", "ABS", "CEIL", "FLOOR"),
    *("ROUND", "CONCAT", "STRLEN", "UCASE", "LCASE", "ENCODE_FOR_URI", "CONTAINS", "STRSTARTS", "STRENDS"),
    *("STRBEFORE", "STRAFTER", "SUBSTR", "REPLACE", "REGEX", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS"),
    *("TIMEZONE", "TZ", "NOW", "UUID", "STRUUID", "MD5", "SHA1", "SHA256", "SHA384", "SHA512", "COALESCE", "IF"),
    *("STRLANG", "STRDT", "SAMETERM", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC"),
)
CLAUSE_ORDER = Message(
    "Write the parts in this order: SELECT … WHERE { … } GROUP BY … HAVING … ORDER BY … LIMIT … OFFSET …"
)
AGGREGATE_HINT = Message("Write (COUNT(?x) AS ?number), with the parentheses and a name.")
FOREIGN_WORDS = {
    "and": (
        Message("%(name)s is not a SPARQL keyword", name="AND"),
        Message("Write && between conditions; patterns that follow one another hold all together."),
    ),
    "or": (
        Message("%(name)s is not a SPARQL keyword", name="OR"),
        Message("Write || between conditions, { … } UNION { … } between patterns."),
    ),
    "like": (
        Message("%(name)s is not a SPARQL keyword", name="LIKE"),
        Message('Write FILTER (CONTAINS(LCASE(STR(?x)), "part")).'),
    ),
    "not": (
        Message("NOT is only used before EXISTS or IN"),
        Message("Write FILTER NOT EXISTS { … }, or ! before a condition."),
    ),
    "exists": (
        Message("EXISTS is a condition"),
        Message("Write FILTER EXISTS { … } or FILTER NOT EXISTS { … }."),
    ),
    "join": (
        Message("SPARQL has no JOIN"),
        Message("Patterns in the same braces are joined by the variables that they share."),
    ),
}
EXPECTED_AFTER = {
    "filter": (Message("the condition needs parentheses"), Message("Write FILTER (?x > 5).")),
    "limit": (Message("%(name)s takes a whole number", name="LIMIT"), Message("Write LIMIT 10.")),
    "offset": (Message("%(name)s takes a whole number", name="OFFSET"), Message("Write OFFSET 10.")),
    "in": (Message("IN takes its values in parentheses"), Message('Write ?x IN ("a", "b").')),
    "bind": (Message("BIND takes parentheses"), Message("Write BIND (STR(?x) AS ?text).")),
    "as": (Message("AS gives a value to a variable"), Message("Write AS ?name, with a name of its own.")),
    "group": (Message("BY is missing"), Message("Write GROUP BY ?x.")),
    "order": (Message("BY is missing"), Message("Write ORDER BY ?x.")),
    "by": (
        Message("a variable is missing"),
        Message("Write BY ?x, or a value in parentheses: BY (STR(?x)), DESC(?x)."),
    ),
    **{
        word.lower(): (
            Message("%(name)s takes a pattern in braces", name=word),
            Message("Write %(name)s { ?x ?property ?value }.", name=word),
        )
        for word in ("OPTIONAL", "UNION", "MINUS", "EXISTS", "WHERE")
    },
}
"""Keyword → mistake in what follows it, and remedy."""

FOREIGN_OPERATORS = {
    "==": (
        Message("%(sign)s is not a SPARQL operator", sign="=="),
        Message("Write = for equal, != for unequal."),
    ),
    "<>": (Message("%(sign)s is not a SPARQL operator", sign="<>"), Message("Write != for unequal.")),
}
PREFIX_HINT = Message("Write PREFIX schema: <https://schema.org/>.")
GROUP_BY_HINT = Message("Add it to GROUP BY, or count or sample it: (COUNT(?x) AS ?number), (SAMPLE(?x) AS ?one).")
FUNCTION_HINT = Message("Functions are used in FILTER, BIND, SELECT and ORDER BY.")
TERM_HINT = Message('Variables begin with ?, names have a prefix (schema:name), texts stand in quotes ("text").')
MISSING_PART_HINT = Message("Something is missing in a function or condition.")

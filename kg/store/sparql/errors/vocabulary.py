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
    "and": ("AND is no word of SPARQL", "Between conditions write &&; patterns one after the other hold all together."),
    "or": ("OR is no word of SPARQL", "Between conditions write ||, between patterns { … } UNION { … }."),
    "like": ("LIKE is no word of SPARQL", 'Write FILTER (CONTAINS(LCASE(STR(?x)), "part")).'),
    "not": ("NOT stands before EXISTS or IN alone", "Write FILTER NOT EXISTS { … }, or ! before a condition."),
    "exists": ("EXISTS is a condition", "Write FILTER EXISTS { … } or FILTER NOT EXISTS { … }."),
    "join": ("there is no JOIN", "Patterns in the same braces are joined by the variables that they share."),
}
EXPECTED_AFTER = {
    "filter": ("the condition needs parentheses", "Write FILTER (?x > 5)."),
    "limit": ("LIMIT takes a whole number", "Write LIMIT 10."),
    "offset": ("OFFSET takes a whole number", "Write OFFSET 10."),
    "in": ("IN takes its values in parentheses", 'Write ?x IN ("a", "b").'),
    "bind": ("BIND takes parentheses", "Write BIND (STR(?x) AS ?text)."),
    "as": ("AS gives a value to a variable", "Write AS ?name, with a name of its own."),
    "group": ("BY is missing", "Write GROUP BY ?x."),
    "order": ("BY is missing", "Write ORDER BY ?x."),
    "by": ("a variable is missing", "Write BY ?x, or a value in parentheses: BY (STR(?x)), DESC(?x)."),
    **{
        word: (f"{word.upper()} takes a pattern in braces", f"Write {word.upper()} {{ ?x ?property ?value }}.")
        for word in ("optional", "union", "minus", "exists", "where")
    },
}
"""Keyword → mistake in what follows it, and remedy."""

FOREIGN_OPERATORS = {
    "==": ("== is no sign of SPARQL", "Write = for equal, != for unequal."),
    "<>": ("<> is no sign of SPARQL", "Write != for unequal."),
}
PREFIX_HINT = Message("Write PREFIX schema: <https://schema.org/>.")
GROUP_BY_HINT = Message("Add it to GROUP BY, or count or sample it: (COUNT(?x) AS ?number), (SAMPLE(?x) AS ?one).")
FUNCTION_HINT = Message("Functions are used in FILTER, BIND, SELECT and ORDER BY.")
TERM_HINT = Message('Variables begin with ?, names have a prefix (schema:name), texts stand in quotes ("text").')
MISSING_PART_HINT = Message("Something is missing in a function or condition.")

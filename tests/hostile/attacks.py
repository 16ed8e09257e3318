"""What hostile clients send."""

import random

MANY = 20_000
PREFIX = "PREFIX : <http://e/> PREFIX S: <http://e/> PREFIX service: <http://e/> "


def nests(times):
    """What nests so deep."""
    yield "SELECT * " + "{" * times + "}" * times
    yield "SELECT * { FILTER(" + "(" * times + "1" + ")" * times + ") }"
    yield "SELECT * { ?s " + "(" * times + "<x:a>" + ")*" * times + " ?o }"
    yield "SELECT * { FILTER(" + "!" * times + "true) }"
    yield "SELECT * { ?s ?p " + "[ ?p " * times + "1" + " ]" * times + " }"
    yield "SELECT * { ?s ?p " + "(" * times + "1" + ")" * times + " }"


def chains(times):
    """What is chained so long."""
    yield "SELECT * { {}" + " UNION {}" * times + " }"
    yield "SELECT * { ?s ?p ?o" + " OPTIONAL { ?s ?p ?o }" * times + " }"
    yield "SELECT * { ?s ?p ?o" + " MINUS { ?s ?p 1 }" * times + " }"
    yield "SELECT * { ?s ?p ?o" + " FILTER(?o)" * times + " }"
    yield "SELECT * { " + "".join(f"BIND(1 AS ?b{n})" for n in range(times)) + " }"
    yield "SELECT * { FILTER(1" + "||1" * times + ") }"
    yield "SELECT * { FILTER(1" + " + 1" * times + ") }"
    yield "SELECT * { ?s <x:a>" + "/<x:a>" * times + " ?o }"
    yield "SELECT * { ?s <x:a>" + "|<x:a>" * times + " ?o }"


def mixed(seed, rows=1000):
    """A sort of values that the engine has no total order for, which aborts its process."""
    chance = random.Random(seed)
    kinds = (
        lambda: str(chance.randint(1, 9999)),
        lambda: f'"{chance.randint(0, 999)}"^^<x:y>',
        lambda: f'"{chance.randint(1000, 2000)}-01-01"^^<http://www.w3.org/2001/XMLSchema#date>',
        lambda: f'"{chance.randint(0, 999)}"',
    )
    return f"SELECT ?n {{ VALUES ?n {{ {' '.join(chance.choice(kinds)() for _ in range(rows))} }} }} ORDER BY ?n"


HARD = (
    *(mixed(seed) for seed in range(4)),
    "SELECT * { ?s ?p ?o } ORDER BY ?o ?s ?p",
    "SELECT * { " + "".join(f"?s{n} ?p{n} ?o{n} . " for n in range(300)) + "}",
    "SELECT * { " + "".join(f"?s{n} ?p{n} ?o{n} . " for n in range(95)) + "}",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:a>|^!<x:a>)* ?b . ?b (!<x:a>|^!<x:a>)* ?c }",
    "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), '(((a{1,100}){1,100}){1,100})*b') }",
    "SELECT * { ?s ?p ?o . ?a ?b ?c FILTER REGEX(STR(?o), CONCAT('(', STR(?c), '|x)*(a|aa)+$')) }",
    "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f)); SEPARATOR=' ') AS ?x) { ?a ?b ?c . ?d ?e ?f }",
    "SELECT DISTINCT ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f }",
    "SELECT (MD5(CONCAT(STR(?c), STR(?f))) AS ?x) (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?c ?f",
)

BIG = "SELECT * { ?s ?p '" + "x" * 10_000_000 + "' }"


def calls(address):
    """A SERVICE of this address in each disguise, in each form of query."""
    here = f"<{address}>"
    bodies = (
        *(
            f"SERVICE {here} {{ ?s ?p ?o }}",
            f"service silent {here} {{ ?s ?p ?o }}",
            f"SERVICESILENT{here}{{ ?s ?p ?o }}",
        ),
        *(
            f"?s ?p 1SERVICE{here}{{ ?s ?p ?o }}",
            f"SeRvIcE#\n{here}{{}}",
            "{} SERVICES:x{ ?s ?p ?o }",
            "{} SERVICES:{}",
        ),
        *("{} SERVICE:{ ?s ?p ?o }", "{} service:x{ ?s ?p ?o }", f"VALUES ?x {{ {here} }} SERVICE ?x {{ ?s ?p ?o }}"),
        *(f"?s ?p :a\\#b . SERVICE {here} {{}}", f"?s ?p '''a\\'''' . SERVICE {here} {{}} #'''"),
    )
    forms = (
        *("SELECT * { %s }", "ASK { %s }", "CONSTRUCT { ?s ?p ?o } { %s }", "DESCRIBE ?s { %s }"),
        *("SELECT * { FILTER EXISTS { %s } }", "SELECT * { ?s ?p ?o LATERAL { %s } }", "SELECT * { GRAPH ?g { %s } }"),
    )
    prefix = PREFIX.replace("<http://e/>", here)
    for form in forms:
        for body in bodies:
            yield prefix + form % body
    for graph in (f"FROM {here}", f"FROM NAMED {here}"):
        yield f"SELECT * {graph} {{ ?s ?p ?o }}"


PIECES = (
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "{", "}", "(", ")", "[", "]", ".", ";", ",", "*", "?a", "?b"),
    *(
        "<http://schema.org/name>",
        "a",
        "'x'",
        '"y"@en',
        "1",
        "1.5e3",
        "true",
        "FILTER(",
        "OPTIONAL {",
        "UNION",
        "MINUS {",
    ),
    *(
        "BIND(",
        "AS",
        "VALUES ?a {",
        "GRAPH ?g {",
        "LATERAL {",
        "EXISTS {",
        "NOT",
        "IN (",
        "/",
        "|",
        "^",
        "+",
        "!",
        "||",
    ),
    *(
        "&&",
        "=",
        "<",
        ">",
        "-",
        "COUNT(",
        "GROUP BY",
        "ORDER BY",
        "HAVING(",
        "LIMIT 5",
        "OFFSET 3",
        "DISTINCT",
        "REDUCED",
    ),
    *(
        "<<(",
        ")>>",
        "<<",
        ">>",
        "{|",
        "|}",
        "~",
        "REGEX(",
        "IF(",
        "COALESCE(",
        "_:b",
        "BASE <http://e/>",
        "VERSION '1.2'",
    ),
    *(
        "PREFIX e: <http://e/>",
        "e:x",
        "e:",
        "#",
        "\n",
        "\x00",
        "\\",
        "'''",
        '"""',
        "é",
        "\U0001f600",
        "%",
        "@en--ltr",
        "SERVICE",
    ),
)


def random_query(chance, whole):
    """A query that nobody would write: pieces of the grammar, or a real query with something wrong in it."""
    if chance.random() < 0.3:
        pieces = [chance.choice(PIECES) for _ in range(chance.randint(1, 40))]
        return " ".join(["SELECT * {", *pieces, "}"] if chance.random() < 0.5 else pieces)
    text = chance.choice(whole)
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randint(0, len(text)) for _ in range(2))
        match chance.randint(0, 3):
            case 0:
                text = text[:at] + text[min(to, at + 9) :]
            case 1:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 2:
                text = text[:at] + text[at:to] * chance.randint(1, 3) + text[to:]
            case _:
                text = text[:at] + chance.choice(text) + text[at + 1 :]
    return text[:60_000]
